"""What intervals held, as plain text cells: one row for each level, and for each step if asked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recur.errors import visible
from recur.judge import Intervals, MeasuredIntervals, level_key
from recur.report.wording import error_column

COLUMNS = ("nominal level", "measured coverage", "mean width", "MSIS")
"""What was asked for, the share of truths inside, and two measures that are better lower."""

MSIS = "MSIS: mean scaled interval score, lower is better"

_METHODS = {
    "conformal": "split conformal intervals",
    "dropout": "intervals from dropout samples",
    "quantiles": "quantiles of the network",
    "conformal_dropout": "dropout samples made conformal",
    "conformal_quantiles": "quantiles made conformal",
}


@dataclass(frozen=True)
class CoverageRow:
    """The measures of one level, over all steps ahead or at one of them.

    Attributes:
        step: how many steps ahead; None over all of them.
        cells: the level and its measures as text, in the order of `COLUMNS`.
    """

    step: int | None
    cells: tuple[str, ...]


def coverage_rows(
    intervals: Intervals | MeasuredIntervals, *, by_horizon: bool = False
) -> tuple[CoverageRow, ...]:
    """Return one row for each level; where asked, followed by one for each step ahead."""
    steps: list[int | None] = [None]
    if by_horizon and intervals.walk.horizon > 1:
        steps.extend(range(1, intervals.walk.horizon + 1))
    numbers = []
    for measures in intervals.measures.values():
        by_step = np.column_stack([measures.coverage, measures.width, measures.msis])
        numbers.extend([by_step.mean(axis=0), *by_step][: len(steps)])
    coverage, widths, scores = np.array(numbers).T.tolist()
    columns = (
        [f"{level_key(level)} %" for level in intervals.levels for _ in steps],
        [f"{100.0 * share:.1f} %" for share in coverage],
        error_column(widths, digits=4),
        error_column(scores, digits=4),
    )
    ahead = [step for _ in intervals.levels for step in steps]
    cells = zip(*columns, strict=True)
    return tuple(CoverageRow(step, texts) for step, texts in zip(ahead, cells, strict=True))


def coverage_footnote(intervals: Intervals | MeasuredIntervals) -> str:
    """Say how the intervals were made and on how much they were measured."""
    return f"{interval_label(intervals.method)}; {origins_text(intervals)}"


def origins_text(intervals: Intervals | MeasuredIntervals) -> str:
    """Say on how much the intervals were measured.

    Forecasts that overlap hold or miss their truths together, so it is the number of origins
    without overlap that says how much a measured coverage is worth.
    """
    walk = intervals.walk
    origins = "1 held-out origin" if walk.times == 1 else f"{walk.times} held-out origins"
    overlap = walk.independent_origins < walk.times
    apart = f" ({walk.independent_origins} without overlap)" if overlap else ""
    return f"{origins}{apart}" + ("" if len(walk) == 1 else f" of {len(walk)} series")


def interval_label(method: str) -> str:
    """Return what the intervals of a method are called.

    >>> interval_label("conformal")
    'split conformal intervals'
    """
    return _METHODS.get(method, f"{visible(method, most=40)} intervals")
