"""What a method without a training is given, and what every forecaster answers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from recur.arrays import Float64s, Indices
from recur.data.panel.panel import Panel
from recur.judge import Walk


class Prediction(NamedTuple):
    """Forecasts from some origins.

    Attributes:
        centre: float64 [origins, horizon].
        low: float64 [levels, origins, horizon], the lower ends of intervals; no levels where
            none were asked for.
        high: the upper ends.
    """

    centre: Float64s
    low: Float64s
    high: Float64s


def without_ends(centre: Float64s) -> Prediction:
    """Return forecasts [origins, horizon] that have no intervals of their own."""
    no_ends = np.zeros((0, *centre.shape))
    return Prediction(centre, no_ends, no_ends)


@dataclass(frozen=True, eq=False)
class Known:
    """Histories to forecast from.

    Everything before an origin is known. A method that fits something to a series and takes it
    along fits it to the values before the first origin of that series (`walk.history`).

    Attributes:
        panel: the series.
        series: int64 [origins], which one each origin is of.
        origins: int64 [origins], the index of the first value to be forecast; the length of the
            series where it is still to come.
        horizon: steps ahead.
        season: in steps, 1 for none.
        lookback: how many of the newest values count, for what looks at so many.
        threads: of the processor, for what can use them.
    """

    panel: Panel
    series: Indices
    origins: Indices
    horizon: int
    season: int
    lookback: int
    threads: int | None = None

    def histories(self) -> list[Float64s]:
        """Return what is known at each origin: float64 [origin], NaN where it was not observed."""
        values = self.panel.values
        if self.panel.filled is not None:
            values = np.where(self.panel.filled, np.nan, values)
        begins = self.panel.offsets[self.series]
        ends = begins + self.origins
        return [values[begin:end] for begin, end in zip(begins, ends, strict=True)]

    @cached_property
    def firsts(self) -> Indices:
        """int64 [series], the first origin of each; its length where it has none."""
        return first_origins(self.panel, self.series, self.origins)

    @cached_property
    def walk(self) -> Walk:
        """The series as the simple answers take them.

        A walk needs values to be forecast, and after the newest value there are none yet: the last
        one stands there, a horizon long, and no answer looks at it.
        """
        series = tuple(np.append(v, np.full(self.horizon, v[-1])) for v in self.panel)
        observed = self.panel.observed
        if observed is not None:
            beyond = np.ones(self.horizon, np.bool_)
            observed = tuple(np.append(seen, beyond) for seen in observed)
        firsts = tuple(self.firsts.tolist())
        return Walk(series, firsts, self.horizon, self.season, observed=observed)


def truths_at(panel: Panel, series: Indices, origins: Indices, horizon: int) -> Float64s:
    """Return float64 [origins, horizon], what came from origins on, NaN where it is unknown."""
    rows = (panel.offsets[series] + origins)[:, None] + np.arange(horizon)
    truth = panel.values[rows]
    return truth if panel.filled is None else np.where(panel.filled[rows], np.nan, truth)


def origins_between(
    starts: Indices, ends: Indices, horizon: int, stride: int = 1, most: int | None = None
) -> tuple[Indices, Indices]:
    """Return the origins whose horizon lies between two bounds [series], series after series.

    They are `stride` steps apart, from the last one back, as those of a walk; where there are more
    than `most`, so many that are evenly spread over all.

    Returns:
        int64 [origins], which series each is of; int64 [origins].
    """
    counts = np.maximum(0, (ends - starts - horizon) // stride + 1)
    lasts, total = np.cumsum(counts) - 1, int(counts.sum())
    if most is None or total <= most:
        places, series = np.arange(total), np.repeat(np.arange(len(starts)), counts)
    else:
        places = np.linspace(0, total - 1, most).round().astype(np.int64)
        series = np.searchsorted(lasts, places)
    before_end = places - lasts[series]
    return series, np.asarray(ends[series] - horizon + stride * before_end, np.int64)


def first_origins(panel: Panel, series: Indices, origins: Indices) -> Indices:
    """Return int64 [series], the first origin of each; its length where it has none."""
    ends: Indices = panel.lengths.copy()
    np.minimum.at(ends, series, origins)
    return ends
