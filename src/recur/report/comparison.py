"""Tables for a terminal: networks beside simple answers with their marks, and errors by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from rich.table import Table
from rich.text import Text

from recur.judge import LEVEL, SIMPLE, SIZE, Walk
from recur.judge.comparison import FEWEST_INDEPENDENT
from recur.judge.forecast.horizons import STEP_LEVEL, Estimate, StepErrors
from recur.judge.forecast.ranking import RankedMethod
from recur.judge.words import FAR, counted, percent, skill_cell, steps_ahead
from recur.report.error_table import where_judged
from recur.report.table import add_columns, empty_table, lowest, starred
from recur.report.wording import MISSING, error_column, interval_cell, method_label

_ERRORS = {"MAE": "mae", "RMSE": "rmse"}
_MOST_STEPS = 12  # rows


def comparison_label(name: str) -> str:
    """Return the name of a method as a reader sees it.

    >>> comparison_label("encoder_decoder")
    'encoder decoder'
    """
    return method_label(name).replace("_", " ")


def comparison_table(
    ranking: Sequence[RankedMethod],
    errors: Mapping[str, Mapping[str, float | None]],
    parameters: Mapping[str, int],
    seconds: Mapping[str, float],
    judged: str,
) -> Table:
    """Return every method with its errors, its skill and the evidence, and what it cost.

    Args:
        ranking: of every method, in the order of the rows.
        errors: of each, every metric, by name.
        parameters: how many each network has, by name.
        seconds: how long each took to fit, by name.
        judged: the name of the one that the verdict is on.
    """
    table = empty_table(gap=1)  # the widest numbers just fit 80 columns
    table.add_column("", no_wrap=True)
    add_columns(table, *_ERRORS, "skill", f"{percent(LEVEL)} interval")
    table.add_column("", no_wrap=True)
    add_columns(table, "para-\nmeters", "seconds")
    columns = [
        error_column([errors[method.name][metric] for method in ranking], 4)
        for metric in _ERRORS.values()
    ]
    marks = [lowest(column) for column in columns]
    alone = _below_the_line(ranking) == 1
    for row, method in enumerate(ranking):
        last_simple = method.name in SIMPLE and ranking[row + 1].name not in SIMPLE
        table.add_row(
            Text(comparison_label(method.name), style="bold" if method.name == judged else ""),
            *(starred(column[row], mark[row]) for column, mark in zip(columns, marks, strict=True)),
            MISSING if method.skill is None else skill_cell(method.skill),
            interval_cell(method.low, method.high),
            _marks(method, alone=alone),
            f"{parameters[method.name]:,}" if method.name in parameters else "",
            _seconds(seconds.get(method.name)),
            end_section=last_simple,
        )
    return table


def steps_table(steps: Mapping[str, Sequence[StepErrors]]) -> Table:
    """Return the errors of one method at each step ahead with their intervals, others' beside.

    Args:
        steps: for each method its errors at every step; of all but the first the RMSE alone is
            shown.
    """
    judged, *others = steps.values()
    names = list(steps)[1:]
    rows = np.unique(
        np.linspace(0, len(judged) - 1, min(len(judged), _MOST_STEPS)).round().astype(int)
    )
    level = f"({percent(STEP_LEVEL)} interval)"
    table = empty_table(gap=2)
    rmse_of = (f"RMSE of\n{comparison_label(name)}" for name in names)
    add_columns(table, "step", "MAE", level, "RMSE", level, *rmse_of)
    columns = [
        *_with_ends([judged[k].mae for k in rows]),
        *_with_ends([judged[k].rmse for k in rows]),
        *(error_column([other[k].rmse.value for k in rows], 4) for other in others),
    ]
    for k, *cells in zip(rows, *columns, strict=True):
        table.add_row(str(k + 1), *cells)
    return table


def comparison_note(ranking: Sequence[RankedMethod], walk: Walk) -> list[str]:
    """Return lines that say what was measured, what the marks mean, and how far to trust them."""
    lines = [
        f"the last {counted(walk.held_out, 'value')}{where_judged(walk)}, held out; "
        f"forecast {steps_ahead(walk.horizon)}",
        "* lowest in its column; skill is over the strongest simple answer",
    ]
    if any(method.skill is not None and method.skill < FAR for method in ranking):
        lines.append("x 5 in place of a skill: a squared error 5 times that of the strongest")
    if any(method.skill is None for method in ranking):
        lines.append(f"{MISSING} in place of a skill: the strongest is exact")
    if walk.independent_origins < FEWEST_INDEPENDENT:
        needed = f"{FEWEST_INDEPENDENT} independent origins, here are {walk.independent_origins}"
        return [*lines, f"no difference can be evidence: that takes {needed}"]
    methods = _below_the_line(ranking)
    if methods == 1:
        return [*lines, "+ evidence that it beats every simple answer"]
    corrected = f"corrected for {methods} methods (Holm, {percent(SIZE)})"
    return [
        *lines,
        "+ evidence that it beats every simple answer; best: of those below the line,",
        "- evidence that it is behind that one; each interval speaks of one method alone,",
        f"the marks are {corrected}: the best of many may be lucky",
    ]


def steps_note(steps: Sequence[StepErrors]) -> list[str]:
    """Return lines that say what the intervals are, and which steps are missing."""
    without = [step.step for step in steps if step.mae.low is None]
    lines = ["intervals: what another stretch of the same kind might give"]
    if without:
        lines = [f"too few independent origins for intervals {steps_ahead(without[0])} and further"]
    if len(steps) > _MOST_STEPS:
        lines.append(f"{_MOST_STEPS} of {len(steps)} steps are shown")
    return lines


def _below_the_line(ranking: Sequence[RankedMethod]) -> int:
    return sum(method.name not in SIMPLE for method in ranking)


def _marks(method: RankedMethod, *, alone: bool) -> str:
    best = method.best and not alone
    signs = {"+": method.beats_simple, "-": method.behind_best, "best": best}
    return " ".join(sign for sign, holds in signs.items() if holds)


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def _with_ends(estimates: Sequence[Estimate]) -> tuple[list[str], list[str]]:
    """Write errors, and their intervals, with as many decimals each."""
    numbers = [x for estimate in estimates for x in (estimate.value, estimate.low, estimate.high)]
    texts = error_column(numbers, 4)
    ends = [
        "" if low == MISSING else f"{low} to {high}"
        for low, high in zip(texts[1::3], texts[2::3], strict=True)
    ]
    return texts[::3], ends
