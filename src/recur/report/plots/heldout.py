"""The picture of the held-out stretch: the truth, the forecasts, and what lies beyond the end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from recur.arrays import Float64s, Indices
from recur.data.panel.panel import Panel
from recur.errors import visible
from recur.judge import Forecasts, Intervals, Judgement, Walk
from recur.judge.forecast.verdict import NETWORK
from recur.judge.words import counted
from recur.report.plots.bands import Bands, shade
from recur.report.plots.style import (
    BLUE,
    FADED,
    GREY,
    INK,
    ORANGE,
    PALE,
    figure,
    house_style,
    title,
)
from recur.report.plots.timeline import mark_time, positions
from recur.report.wording import judged_label

ModelInputs = tuple[Indices, Float64s]
"""A forecast of one series beyond its end: times int64 [horizon], values float64 [horizon]."""

MOST_SHOWN = 300
"""Held-out values beyond which only the newest are drawn, so that each can be seen."""


@dataclass(frozen=True, eq=False)
class _View:
    """What part of a series a picture shows.

    Attributes:
        x: float64 [length + beyond], where each value stands, dates in days since 1970.
        dated: whether they are dates.
        first: the index of the first value drawn.
        start: the index of the first held-out value.
        end: the number of known values.
    """

    x: Float64s
    dated: bool
    first: int
    start: int
    end: int


def held_out_picture(
    panel: Panel,
    judgement: Judgement,
    series: int = 0,
    forecast: ModelInputs | None = None,
    *,
    bands: Intervals | None = None,
    forecast_bands: Bands | None = None,
) -> Figure:
    """Draw the truth and the network's forecasts of it over the held-out stretch of a series.

    One step ahead the forecasts make one line; further ahead they are drawn as paths that do not
    overlap, one from every `horizon`-th origin. The strongest simple answer runs along, thin.

    Args:
        panel: the series as they were judged, whole.
        judgement: the forecasts.
        series: the index of the series to draw.
        forecast: what is forecast beyond its end.
        bands: intervals of the held-out forecasts, shaded.
        forecast_bands: intervals of `forecast`, shaded.
    """
    walk = judgement.walk
    view = _view(panel, walk, series, forecast)
    against = judgement.verdict.against
    with house_style():
        picture, axes = figure()
        drawn = slice(view.first, view.end)
        truth = walk.observed_values(series)  # a gap is drawn as a gap
        axes.plot(view.x[drawn], truth[drawn], color=INK, lw=1.5, label="truth")
        if bands is not None:
            shade(axes, *_band_paths(walk, bands, series, view), BLUE)
        for name, colour, width in ((against, GREY, 1.0), (NETWORK, BLUE, 1.8)):
            x, y = _paths(walk, judgement.forecasts[name], series, view)
            dot = "o" if len(x) == 1 else ""  # which makes no line
            label = judged_label(name, judgement)
            axes.plot(x, y, color=colour, lw=width, marker=dot, label=label)
        if forecast is not None:
            newest = walk.series[series][-1]
            if forecast_bands:
                _shade_beyond(axes, view, newest, forecast_bands, named=bands is None)
            _draw_beyond(axes, view, newest, forecast[1])
        _mark_held_out(axes, view)
        mark_time(axes, panel.clock, dated=view.dated)
        title(axes, heading(panel, series), line_under(walk, series))
    return picture


def first_shown(walk: Walk, i: int) -> int:
    """Return the index of the first value of a series that its picture shows."""
    end, start = len(walk.series[i]), walk.starts[i]
    held_out = end - start
    return max(start - max(held_out // 2, 20), 0) if held_out <= MOST_SHOWN else end - MOST_SHOWN


def path_origins(walk: Walk, i: int, first: int) -> Indices:
    """Return which origins of a series begin paths that do not overlap, none before `first`."""
    apart = -(-walk.horizon // walk.stride)
    origins = walk.origins(i)
    chosen = np.arange(len(origins) - 1, -1, -apart)[::-1]
    return chosen[origins[chosen] >= first]


def _view(panel: Panel, walk: Walk, i: int, forecast: ModelInputs | None) -> _View:
    """Choose what to show: the newest held-out values, and half as much history."""
    end, start = len(walk.series[i]), walk.starts[i]
    first = first_shown(walk, i)
    times = panel.clock_times(i)[:end]
    beyond = times[:0] if forecast is None else forecast[0]
    x, dated = positions(np.concatenate([times, beyond]), panel.clock)
    return _View(x, dated, first, start, end)


def _paths(walk: Walk, forecasts: Forecasts, i: int, view: _View) -> tuple[Float64s, Float64s]:
    """Return x and y of one line over forecasts that do not overlap, broken between them.

    One step ahead every origin has its value and the line is whole.
    """
    chosen = path_origins(walk, i, view.first)
    x = view.x[walk.origins(i)[chosen][:, None] + np.arange(walk.horizon)]
    y = forecasts[i][chosen]
    if walk.horizon > 1:
        x, y = (np.pad(part, ((0, 0), (0, 1)), constant_values=np.nan) for part in (x, y))
    return x.ravel(), y.ravel()


def _mark_held_out(axes: Axes, view: _View) -> None:
    """Shade the held-out stretch from halfway before its first value."""
    if view.start <= view.first:
        return
    begin = (view.x[view.start - 1] + view.x[view.start]) / 2
    low, high = axes.get_ylim()
    axes.set_ylim(bottom=low - 0.06 * (high - low))  # room for the words
    axes.axvspan(begin, view.x[view.end - 1], color=PALE, lw=0, zorder=0)
    axes.axvline(begin, color=FADED, lw=0.8, zorder=1)
    axes.annotate(
        "held out from here",
        (begin, 0.0),
        xytext=(5, 5),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        color=FADED,
        size=9,
    )


def _band_paths(walk: Walk, bands: Intervals, i: int, view: _View) -> tuple[Float64s, Bands]:
    """Return x and the ends of every level over the paths that `_paths` draws."""
    ends = {
        level: (_paths(walk, low, i, view)[1], _paths(walk, high, i, view)[1])
        for level, low, high in zip(bands.levels, bands.low, bands.high, strict=True)
    }
    return _paths(walk, bands.low[0], i, view)[0], ends


def _shade_beyond(axes: Axes, view: _View, newest: float, bands: Bands, *, named: bool) -> None:
    """Shade the intervals beyond the end, opening from the newest value."""
    ends = {
        level: (np.append(newest, low), np.append(newest, high))
        for level, (low, high) in bands.items()
    }
    shade(axes, view.x[view.end - 1 :], ends, ORANGE, named=named)


def _draw_beyond(axes: Axes, view: _View, newest: float, forecast: Float64s) -> None:
    """Draw the forecast beyond the end, tied to the newest value."""
    x = view.x[view.end - 1 :]
    y = np.append(newest, forecast)
    axes.plot(x, y, color=ORANGE, lw=1.8, ls=(0, (2, 1)), label="forecast")
    few = len(forecast) <= 60
    axes.plot(x[1:], y[1:], color=ORANGE, ls="", marker="o", ms=4 if few else 2)


def heading(panel: Panel, i: int) -> str:
    """Return what the picture of a series shows."""
    target = visible(panel.target, most=50)
    return target if len(panel) == 1 else f"{target}: {visible(panel.ids[i], most=40)}"


def line_under(walk: Walk, i: int) -> str:
    """Return what of the held-out stretch of a series its picture shows, and from what forecast."""
    held_out = len(walk.series[i]) - walk.starts[i]
    if walk.starts[i] <= first_shown(walk, i):
        stretch = f"the newest {MOST_SHOWN} of {held_out} held-out values"
    else:
        stretch = counted(held_out, "held-out value")
    if walk.horizon == 1:
        each = "each" if walk.stride == 1 else f"one in {walk.stride}"
        return f"{stretch}, {each} forecast from all values before it"
    return f"{stretch}, forecast in paths of {walk.horizon} steps from all values before each"
