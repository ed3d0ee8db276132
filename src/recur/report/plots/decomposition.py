"""The picture of a decomposition: observed, trend, season and rest, as sum and as product."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from recur.arrays import Flags, Indices
from recur.data.clock import Clock
from recur.data.describe.decomposition import Decomposition
from recur.errors import visible
from recur.report.plots.style import BLUE, FADED, GREY, INK, HouseFigure, drawable, house_style
from recur.report.plots.timeline import mark_time, positions

_WIDTHS = {1: 10.0, 2: 14.0}  # inches, by how many stand side by side
_ROW = 2.0  # inches


def decomposition_picture(
    name: str,
    clock: Clock,
    times: Indices,
    decompositions: tuple[Decomposition, ...],
    unknown: Flags | None = None,
) -> Figure:
    """Draw a series with its trend, season and rest, a column for each decomposition.

    The season is drawn once, step by step; where there is none, its row is left out.

    Args:
        name: what the series is called.
        clock: what one step is.
        times: int64 [time].
        decompositions: of the same series: additive, and multiplicative where there is one.
        unknown: bool [time], which values were not observed, and are drawn as gaps.
    """
    rows = 4 if decompositions[0].length > 1 else 3
    with house_style():
        picture = HouseFigure((_WIDTHS[len(decompositions)], 0.8 + _ROW * rows))
        grid = picture.subplots(rows, len(decompositions), squeeze=False)
        for column, parts in zip(grid.T, decompositions, strict=True):
            _draw(column, parts, clock, times, unknown, narrow=len(decompositions) > 1)
        heading = drawable(visible(name, most=60))
        picture.suptitle(heading, x=0.012, ha="left", size=15)
        picture.align_ylabels()
    return picture


def _draw(
    column: NDArray[np.object_],
    parts: Decomposition,
    clock: Clock,
    times: Indices,
    unknown: Flags | None,
    *,
    narrow: bool,
) -> None:
    """Draw one decomposition down a column of axes."""
    x, dated = positions(times, clock)
    observed, trend, rest = column[:3]
    for axes in (trend, rest):
        axes.sharex(observed)
    observed.set_title(_heading(parts), loc="left", size=12, color=FADED)
    values, left = parts.observed, parts.rest
    if unknown is not None:
        values, left = (np.where(unknown, np.nan, part) for part in (values, left))
    observed.plot(x, values, color=INK, lw=1.2)
    trend.plot(x, values, color=GREY, lw=0.6, alpha=0.6)
    trend.plot(x, parts.trend, color=BLUE, lw=1.8)
    rest.axhline(_neutral(parts), color=GREY, lw=0.8)
    rest.plot(x, left, color=INK, lw=0.9)
    for axes, label in ((observed, "observed"), (trend, "trend"), (rest, "rest")):
        axes.set_ylabel(label)
    mark_time(rest, clock, dated=dated, most=7 if narrow else 9)
    for axes in (observed, trend):
        axes.tick_params(labelbottom=False)
    if parts.length > 1:
        _draw_season(column[3], parts)


def _draw_season(axes: Axes, parts: Decomposition) -> None:
    """Draw the season once, from the phase that the series begins in."""
    few = parts.length <= 60
    axes.axhline(_neutral(parts), color=GREY, lw=0.8)
    steps = np.arange(1, parts.length + 1)
    axes.plot(steps, parts.season[: parts.length], color=BLUE, lw=1.5, marker="o" * few, ms=3.5)
    axes.set_ylabel("season")
    axes.set_xlabel(f"step of the season of {parts.length}, from the first value on")
    axes.xaxis.set_major_locator(MaxNLocator(12, integer=True))
    axes.margins(x=0.02)


def _neutral(parts: Decomposition) -> float:
    """Return the value of a season or a rest that changes nothing."""
    return 0.0 if parts.kind == "additive" else 1.0


def _heading(parts: Decomposition) -> str:
    season = f", season {parts.season_strength:.2f}" if parts.length > 1 else ""
    return f"{parts.kind}: strength of trend {parts.trend_strength:.2f}{season}"
