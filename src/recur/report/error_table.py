"""Errors beside the simple answers, as text: a row for each method, a column for each measure."""

from __future__ import annotations

from dataclasses import dataclass

from recur.judge import JudgementSummary
from recur.judge.forecast.verdict import NETWORK
from recur.judge.forecast.walk import Walk, WalkSize
from recur.judge.words import counted, steps_ahead
from recur.report.table import lowest
from recur.report.wording import error_column, judged_label, ordered_methods

MEASURES = ("MAE", "RMSE", "sMAPE %", "MASE", "RMSE / last value")
"""The columns; each is better where it is lower."""

_DIGITS = {"mae": 4, "rmse": 4, "smape": 3, "mase": 4}


@dataclass(frozen=True)
class ErrorRow:
    """One method.

    Attributes:
        label: its name as a reader sees it.
        judged: whether it is the network that the verdict speaks of.
        cells: its measures as text, in the order of `MEASURES`.
        best: for each cell, whether none of the column reads lower.
    """

    label: str
    judged: bool
    cells: tuple[str, ...]
    best: tuple[bool, ...]


def error_rows(judgement: JudgementSummary) -> tuple[ErrorRow, ...]:
    """Return every method of a judgement, the network first.

    Methods that read the same share the mark of the best: no difference is claimed unseen.
    """
    names = ordered_methods(judgement)
    columns = [
        error_column([judgement.errors[name][metric] for name in names], digits)
        for metric, digits in _DIGITS.items()
    ]
    columns.append(error_column(_relative_to_last_value(judgement, names), digits=4))
    marks = [lowest(column) for column in columns]
    return tuple(
        ErrorRow(
            label=judged_label(name, judgement),
            judged=name == NETWORK,
            cells=tuple(column[row] for column in columns),
            best=tuple(mark[row] for mark in marks),
        )
        for row, name in enumerate(names)
    )


def footnote(judgement: JudgementSummary) -> str:
    """Say what the errors were measured on, and where two of its rows must be the same."""
    walk = judgement.walk
    where = where_judged(walk)
    same = ""
    if walk.season == 1:
        same = "; no season: the seasonal rows are those of last value and mean"
    ahead = steps_ahead(walk.horizon)
    held_out = counted(walk.held_out, "value")
    return f"the last {held_out}{where}, held out; forecast {ahead}{same}"


def where_judged(walk: Walk | WalkSize) -> str:
    """Say which series errors were measured on, nothing where there is one."""
    everything = len(walk) + len(walk.left_out)
    if everything == 1:
        return ""
    of = f"{len(walk)} of {everything}" if walk.left_out else f"{len(walk)}"
    return f" of each of {of} series"


def _relative_to_last_value(
    judgement: JudgementSummary, names: tuple[str, ...]
) -> list[float | None]:
    """Return each method's RMSE in units of that of repeating the last value."""
    unit = judgement.errors["last_value"]["rmse"]
    errors = [judgement.errors[name]["rmse"] for name in names]
    return [error / unit if error is not None and unit else None for error in errors]
