"""The picture of a few short series side by side: what was known, what came, and forecasts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from recur.arrays import Float64s
from recur.report.plots.bands import Bands, shade
from recur.report.plots.style import (
    BLUE,
    FADED,
    GREY,
    INK,
    ORANGE,
    HouseFigure,
    drawable,
    house_style,
    title,
)

_COLOURS = (BLUE, ORANGE, GREY)


@dataclass(frozen=True, eq=False)
class Shown:
    """A series and forecasts of its end.

    Attributes:
        known: float64 [steps], what the forecasts have seen.
        truth: float64 [horizon], what came.
        forecasts: float64 [horizon] each, by name, up to three.
        bands: intervals of the second forecast.
    """

    known: Float64s
    truth: Float64s
    forecasts: Mapping[str, Float64s]
    bands: Bands = field(default_factory=dict)


def forecasts_picture(heading: str, under: str, series: Sequence[Shown], newest: int) -> Figure:
    """Draw the end of each series and what was forecast of it.

    Args:
        heading: what the picture shows.
        under: a line below the heading.
        series: up to four.
        newest: known values of each to draw.
    """
    with house_style():
        picture = HouseFigure((14.0, 5.0))
        grid = picture.subplots(1, len(series), sharey=True, squeeze=False)[0]
        for axes, example in zip(grid, series, strict=True):
            _draw(axes, example, newest)
        title(grid[0], heading, under)
        for wide in (grid[0].get_legend(), *grid[0].texts):  # they may reach over the next panels
            wide.set_in_layout(False)
    return picture


def _draw(axes: Axes, example: Shown, newest: int) -> None:
    """Draw one series; its forecasts begin at the newest known value."""
    known = example.known[-newest:]
    ahead = np.arange(len(example.truth) + 1)
    axes.plot(np.arange(1 - len(known), 1), known, color=INK, lw=1.5, label="known")
    axes.plot(
        ahead[1:], example.truth, color=INK, ls="", marker="o", ms=5, mfc="white", label="truth"
    )
    for (name, forecast), colour in zip(example.forecasts.items(), _COLOURS, strict=False):
        path = np.append(known[-1], forecast)
        axes.plot(ahead, path, color=colour, lw=1.8, label=drawable(name))
    if example.bands:
        shade(axes, ahead[1:].astype(np.float64), example.bands, _COLOURS[1])
    axes.axvline(0.5, color=FADED, lw=0.8)
    axes.xaxis.set_major_locator(MaxNLocator(7, steps=[1, 5, 10], integer=True))
    axes.set_xlabel("steps from the newest known value")
