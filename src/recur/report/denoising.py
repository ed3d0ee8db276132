"""The table of what is left of the noise: the network beside the filters."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from rich.table import Table
from rich.text import Text

from recur.errors import visible
from recur.judge.denoise.judgement import NETWORK, NOISY, DenoisingJudgement
from recur.report.table import add_columns, empty_table, starred
from recur.report.wording import error_column, value_column

_LABELS = {
    NOISY: "doing nothing",
    "savitzky_golay": "Savitzky-Golay",
    "wiener": "Wiener",
    "causal_wiener": "causal Wiener",
}
_MEASURES = {"mae": "MAE", "rmse": "RMSE"}


def filter_label(name: str) -> str:
    """Return the name of a way of cleaning as a reader sees it.

    >>> filter_label("moving_average"), filter_label("noisy")
    ('moving average', 'doing nothing')
    """
    return _LABELS.get(name, visible(name.replace("_", " ")))


def errors_table(judgement: DenoisingJudgement, steps: str = "held-out steps") -> Table:
    """Return the errors of the network and of the filters, the lowest of a column starred.

    Args:
        judgement: what they are read from.
        steps: what the network was judged on.
    """
    errors, ahead = judgement.errors, judgement.sees_future
    table = empty_table(
        f"* lowest in its column; over {judgement.verdict.steps:,} {steps}\n"
        "window: values seen at once"
    )
    table.add_column("", no_wrap=True)
    add_columns(table, "sees the\nfuture", "window", *_MEASURES.values(), "RMSE /\nnoisy")
    names = sorted(errors, key=lambda name: (name != NETWORK, name != NOISY, name in ahead))
    columns = [_column([errors[name][measure] for name in names]) for measure in _MEASURES]
    noise = errors[NOISY]["rmse"]
    shares = _column([errors[name]["rmse"] / noise if noise else None for name in names])
    blind = [name for name in names if name not in ahead]
    for name, *cells in zip(names, *columns, shares, strict=True):
        table.add_row(
            Text(filter_label(name), style="bold" if name == NETWORK else ""),
            "yes" if name in ahead else "no",
            str(judgement.windows.get(name, "")),
            *cells,
            end_section=name == NETWORK or name == blind[-1],
        )
    return table


def cleaned_table(
    names: Sequence[str],
    rows: Sequence[tuple[str, Sequence[float]]],
    ids: Sequence[str] | None = None,
    *,
    hidden: int = 0,
) -> Table:
    """Return the first steps of what was cleaned.

    Args:
        names: what the times and each of the values are called.
        rows: the time and the values of each step.
        ids: the recording of each step; None where there is only one.
        hidden: how many steps more there are.
    """
    table = empty_table(f"and {hidden:,} more" if hidden else None)
    if ids is not None:
        table.add_column("recording", no_wrap=True)
    table.add_column(names[0], no_wrap=True)
    add_columns(table, *(visible(name, most=24) for name in names[1:]))
    # Written as one column, so that a value has as many decimals before and after cleaning.
    texts = iter(value_column(value for _, values in rows for value in values))
    for i, (time, values) in enumerate(rows):
        recording = [] if ids is None else [Text(visible(ids[i], most=24))]
        table.add_row(*recording, Text(time), *islice(texts, len(values)))
    return table


def _column(values: Sequence[float | None]) -> list[Text]:
    """Write the errors of a column, the lowest starred."""
    best = min((value for value in values if value is not None), default=None)
    cells = zip(error_column(values, digits=3), values, strict=True)
    return [starred(cell, value is not None and value == best) for cell, value in cells]
