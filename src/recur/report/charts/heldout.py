"""The whole of a series with its held-out forecasts and what lies beyond its end, to zoom into."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from recur.arrays import Float64s, Indices
from recur.data.clock import MINUTE, SECOND, Clock
from recur.data.panel.panel import Panel
from recur.judge import Forecasts, Intervals, Judgement, Walk, level_key
from recur.judge.forecast.verdict import NETWORK
from recur.report.charts.chart import Band, Chart, Charts, Colour, Line, thinned
from recur.report.plots.bands import Bands
from recur.report.plots.heldout import (
    ModelInputs,
    first_shown,
    heading,
    line_under,
    path_origins,
)
from recur.report.plots.timeline import positions, unit
from recur.report.wording import judged_label, time_heading

MOST_WHOLE = 5000
"""Values before the stretch that is shown first, up to which all of them are in the page."""

BUCKETS = 800
"""Runs that a longer history is parted into; of each its highest and lowest values are kept."""

MOST_SERIES, MOST_CHARACTERS = 40, 3_000_000
"""Series that a page has charts of, and how long these may be together, the first one apart."""

_DAY = 86_400.0  # seconds


def held_out_charts(
    panel: Panel,
    judgement: Judgement,
    beyond: Callable[[int], tuple[ModelInputs, Bands | None]],
) -> Charts:
    """Return the charts of the first series, as many as a page holds, and how many these are.

    Args:
        panel: the series as they were judged, whole.
        judgement: the forecasts, and their intervals.
        beyond: gives what is forecast beyond the end of a series, and its intervals.
    """
    made: list[Chart] = []
    size = 0
    for i in range(min(len(panel), MOST_SERIES)):
        forecast, bands = beyond(i)
        chart = held_out_chart(panel, judgement, forecast, series=i, forecast_bands=bands)
        size += len(chart.json())
        if made and size > MOST_CHARACTERS:
            break
        made.append(chart)
    some = len(made) < len(panel)
    note = f"The first {len(made)} of {len(panel):,} series are in this page." if some else ""
    return Charts(tuple(made), note)


def held_out_chart(
    panel: Panel,
    judgement: Judgement,
    forecast: ModelInputs,
    *,
    series: int = 0,
    forecast_bands: Bands | None = None,
) -> Chart:
    """Return what `held_out_picture` draws, and what lies before it, of a series.

    Args:
        panel: the series as they were judged, whole.
        judgement: the forecasts, and their intervals.
        forecast: what is forecast beyond its end.
        series: the index of the series.
        forecast_bands: intervals of `forecast`.
    """
    walk, against = judgement.walk, judgement.verdict.against
    start, end = walk.starts[series], len(walk.series[series])
    times = np.concatenate([panel.clock_times(series)[:end], forecast[0]])
    x, dated = positions(times, panel.clock)
    places, newest = len(x), float(walk.series[series][-1])

    def path(forecasts: Forecasts) -> Float64s:
        return _paths(walk, forecasts[series], series, places)

    def beyond(values: Float64s) -> Float64s:
        return _from(end - 1, np.append(newest, values), places)

    def walked(name: str, colour: Colour, width: float) -> Line:
        y = path(judgement.forecasts[name])
        return Line(judged_label(name, judgement), y, colour, width, broken=True)

    begun = walk.origins(series)[path_origins(walk, series, 0)]
    chart = Chart(
        heading(panel, series),
        line_under(walk, series),
        np.round(x * _DAY, 3) if dated else x,
        lines=(
            Line("truth", _from(0, walk.observed_values(series), places), "ink"),
            walked(against, "grey", 1.0),
            walked(NETWORK, "blue", 2.0),
            Line("forecast", beyond(forecast[1]), "orange", 2.0, dash=(6, 3), since=end),
        ),
        bands=(
            *(
                Band(_level_label(level), path(low), path(high), "blue", broken=True)
                for level, low, high in _widest_first(judgement.intervals)
            ),
            *(
                Band(_level_label(level), beyond(low), beyond(high), "orange", since=end)
                for level, (low, high) in sorted((forecast_bands or {}).items(), reverse=True)
            ),
        ),
        date_length=_date_length(times, panel.clock) if dated else 0,
        across="row" if panel.clock.dated and not dated else time_heading(panel.clock),
        first=first_shown(walk, series),
        held_out=(start, end - 1),
        breaks=tuple(begun.tolist()) if walk.horizon > 1 else (),
        name=panel.ids[series],
    )
    return _bounded(chart)


def _bounded(chart: Chart) -> Chart:
    """Return a chart of bounded size: whole from what is shown first on, thinned before."""
    first = chart.first
    if first <= MOST_WHOLE:
        return chart
    before = thinned([values[:first] for values in chart.values], BUCKETS)
    if chart.held_out:  # where it begins, and the value before that
        edge = np.arange(chart.held_out[0] - 1, chart.held_out[0] + 1)
        before = np.union1d(before, edge[edge < first])
    note = (
        f"Of the {first} values before what is shown first, {len(before)} are in this picture, "
        "the highest and the lowest of each stretch among them; from there on, all are."
    )
    kept = np.concatenate([before, np.arange(first, len(chart.x))])
    return replace(chart.at(kept), note=note)


def _widest_first(intervals: Intervals | None) -> list[tuple[float, Forecasts, Forecasts]]:
    """Return each level with its lower and upper ends."""
    if intervals is None:
        return []
    return list(zip(intervals.levels, intervals.low, intervals.high, strict=True))[::-1]


def _level_label(level: float) -> str:
    return f"{level_key(level)} % interval"


def _from(place: int, values: Float64s, places: int) -> Float64s:
    """Return float64 [places]: values from a place on, NaN around them."""
    y = np.full(places, np.nan)
    y[place : place + len(values)] = values
    return y


def _paths(walk: Walk, forecast: Float64s, i: int, places: int) -> Float64s:
    """Return float64 [places]: forecasts [origins, horizon] of a series that do not overlap."""
    y = np.full(places, np.nan)
    chosen = path_origins(walk, i, 0)
    y[walk.origins(i)[chosen][:, None] + np.arange(walk.horizon)] = forecast[chosen]
    return y


def _date_length(times: Indices, clock: Clock) -> int:
    """Return how many characters of an ISO date and time tell all times apart."""
    lengths = {"Y": 4, "M": 7, "D": 10}
    if unit(clock) in lengths:
        return lengths[unit(clock)]
    if not (times % MINUTE).any():
        return 16
    return 19 if not (times % SECOND).any() else 23
