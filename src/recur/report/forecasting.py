"""Tables of forecasts: errors beside the simple answers, coverage, and the values themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice

from rich.table import Table
from rich.text import Text

from recur.arrays import Float64s, Indices
from recur.data.clock import Clock
from recur.errors import visible
from recur.judge import Intervals, JudgementSummary, MeasuredIntervals
from recur.judge.forecast.verdict import NETWORK
from recur.judge.words import percent, skill_cell
from recur.report.coverage import COLUMNS, MSIS, coverage_footnote, coverage_rows
from recur.report.error_table import MEASURES, error_rows, footnote
from recur.report.table import add_columns, empty_table, starred
from recur.report.wording import (
    MISSING,
    error_column,
    interval_cell,
    time_heading,
    value_column,
)

_EVIDENCE = {"skill": "yes", "none": "no", "too_little": "too few data"}
_HEADERS = {"RMSE / last value": "RMSE /\nlast value"}


def error_table(judgement: JudgementSummary) -> Table:
    """Return the errors of the network and of every simple answer, side by side.

    The lowest value of each column is bold and starred, so that it shows without colour.
    """
    measured_on = footnote(judgement).replace("; ", "\n")  # a caption wraps at the table's width
    table = empty_table(f"* lowest in its column\n{measured_on}")
    table.add_column("", no_wrap=True)
    add_columns(table, *(_HEADERS.get(measure, measure) for measure in MEASURES))
    for row in error_rows(judgement):
        name = Text(row.label, style="bold" if row.judged else "")
        cells = [starred(cell, best) for cell, best in zip(row.cells, row.best, strict=True)]
        table.add_row(name, *cells, end_section=row.judged)
    return table


def coverage_table(intervals: Intervals | MeasuredIntervals, *, by_horizon: bool = False) -> Table:
    """Return what the intervals of each level held, beside what they were asked to hold.

    Args:
        intervals: the intervals of a walk.
        by_horizon: whether to add a row for each step ahead.
    """
    rows = coverage_rows(intervals, by_horizon=by_horizon)
    stepwise = any(row.step is not None for row in rows)
    measured_on = coverage_footnote(intervals).replace("; ", "\n")
    table = empty_table(f"{MSIS}\n{measured_on}")
    table.add_column(COLUMNS[0], no_wrap=True)
    if stepwise:
        table.add_column("steps ahead", justify="right", no_wrap=True)
    for column in COLUMNS[1:]:
        table.add_column(column, justify="right", no_wrap=True)
    for row in rows:
        if row.step is None and stepwise:
            table.add_section()
        ahead = ["all" if row.step is None else str(row.step)] if stepwise else []
        table.add_row(row.cells[0], *ahead, *row.cells[1:])
    return table


def forecast_table(
    clock: Clock,
    ids: Sequence[str],
    times: Indices,
    values: Float64s,
    *,
    target: str = "forecast",
    ends: Mapping[str, Float64s] | None = None,
    most: int = 12,
) -> Table:
    """Return the first rows of a forecast, and how many more there are.

    Args:
        clock: what the times are.
        ids: the name of each series; a single one is not shown.
        times: int64 [series, horizon], when the values are forecast for.
        values: float64 [series, horizon].
        target: the heading of the values.
        ends: of intervals, by their heading, each float64 [series, horizon].
        most: how many rows to show.
    """
    rows = [(i, step) for i in range(len(ids)) for step in range(values.shape[1])]
    hidden = len(rows) - most if len(rows) > most + 1 else 0
    first_rows = rows[: len(rows) - hidden]
    table = empty_table(f"and {hidden} more" if hidden else None)
    several = len(ids) > 1
    if several:
        table.add_column("series", no_wrap=True)
    table.add_column(time_heading(clock), justify="left", no_wrap=True)
    columns = {target: values, **(ends or {})}
    for heading in columns:
        table.add_column(Text(visible(heading, most=24)), justify="right", no_wrap=True)
    # Written as one column, so that a value and the ends around it have as many decimals.
    texts = iter(
        value_column(float(column[row]) for row in first_rows for column in columns.values())
    )
    for i, step in first_rows:
        name = [Text(visible(ids[i], most=24))] if several else []
        table.add_row(*name, Text(clock.text(int(times[i, step]))), *islice(texts, len(columns)))
    return table


def files_table(judged: Sequence[tuple[str, JudgementSummary]]) -> Table:
    """Return how the networks of several files did, one row a file.

    Args:
        judged: each file's name and its judgement.
    """
    level = percent(judged[0][1].verdict.level)
    table = empty_table(
        f"MSE: mean squared error, beside that of the last value\n"
        f"skill: over the strongest simple answer, with its {level} interval"
    )
    table.add_column("", no_wrap=True)
    add_columns(table, "MSE", "last\nvalue", "ratio", "skill", "interval", "evidence\nof skill")
    for name, judgement in judged:
        errors, verdict = judgement.errors, judgement.verdict
        network, last_value = errors[NETWORK]["mse"], errors["last_value"]["mse"]
        ratio = network / last_value if network is not None and last_value else None
        table.add_row(
            Text(visible(name, most=20)),
            *error_column([network, last_value], digits=4),
            *error_column([ratio], digits=4),
            MISSING if verdict.skill is None else skill_cell(verdict.skill),
            interval_cell(verdict.low, verdict.high),
            _EVIDENCE[verdict.claim],
        )
    return table
