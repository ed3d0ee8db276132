"""Judged forecasts that the tests of the report layer show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from recur.arrays import Float64s
from recur.data.clock import Clock
from recur.data.panel.panel import Panel
from recur.judge import Intervals, Judgement, Method, Walk, judge, references
from recur.training.history import Epoch, History


@dataclass(frozen=True, eq=False)
class Judged:
    """A panel, its judgement, and a forecast of every series beyond its end."""

    panel: Panel
    judgement: Judgement

    def beyond(self, i: int = 0) -> tuple[NDArray[np.int64], Float64s]:
        horizon = self.judgement.walk.horizon
        last = int(self.panel.clock_times(i)[-1])
        return self.panel.clock.after(last, horizon), self.panel.series(i)[-horizon:]


Make = Callable[..., Judged]
IntervalsOf = Callable[..., Intervals]


@pytest.fixture
def judged() -> Make:
    """Judge a forecaster that is the mean of the season's and the linear answer."""

    def make(
        series: Sequence[Float64s] | None = None,
        *,
        horizon: int = 3,
        season: int = 4,
        held_out: int = 24,
        stride: int = 1,
        clock: Clock | None = None,
        start: str = "2020-01-01",
        target: str = "load",
        ids: Sequence[str] | None = None,
    ) -> Judged:
        series = [wave()] if series is None else series
        clock = clock or Clock("rows")
        starts = tuple(len(values) - held_out for values in series)
        walk = Walk(tuple(series), starts, horizon, season, stride)
        simple = references(walk, lookback=8)
        network = _mean(simple["seasonal_naive"], simple["linear"])
        judgement = judge(walk, {"network": network, **simple})
        return Judged(_panel(series, clock, start, target, ids), judgement)

    return make


@pytest.fixture
def intervals_of() -> IntervalsOf:
    """Put intervals around the network's forecasts, 1 to either side for each level in turn."""

    def make(
        judgement: Judgement, levels: tuple[float, ...] = (80, 95), method: str = "conformal"
    ) -> Intervals:
        made = judgement.forecasts["network"]
        reaches = range(1, len(levels) + 1)
        low = tuple(tuple(forecast - reach for forecast in made) for reach in reaches)
        high = tuple(tuple(forecast + reach for forecast in made) for reach in reaches)
        return Intervals(judgement.walk, method, levels, low, high)

    return make


@pytest.fixture
def history() -> History:
    """Twelve epochs that halve the loss, with a rescue before the sixth; the eighth is the best."""
    return tuple(
        Epoch(
            number=k,
            training=2.0**-k,
            validation=2.0**-k + (0.1 * (k - 8) if k > 8 else 0.0),
            rate=1e-3,
            norm=1.0,
            attempt=int(k >= 6),
        )
        for k in range(1, 13)
    )


def wave(rows: int = 80, seed: int = 0) -> Float64s:
    """Return a season of 4 under noise, float64 [rows]."""
    noise = np.random.default_rng(seed).normal(size=rows)
    return 10.0 + np.tile([0.0, 3.0, 1.0, -2.0], rows)[:rows] + 0.5 * noise


def _mean(one: Method, other: Method) -> Method:
    return lambda i, origins: (one(i, origins) + other(i, origins)) / 2


def _panel(
    series: Sequence[Float64s], clock: Clock, start: str, target: str, ids: Sequence[str] | None
) -> Panel:
    first = int(np.datetime64(start, "us").astype(np.int64)) if clock.dated else 0
    times = [np.concatenate([[first], clock.after(first, len(y) - 1)]) for y in series]
    return Panel(
        values=np.concatenate(series),
        times=np.concatenate(times).astype(np.int64),
        offsets=np.cumsum([0, *(len(y) for y in series)], dtype=np.int64),
        ids=tuple(ids or (f"series {i}" for i in range(len(series)))),
        clock=clock,
        target=target,
    )
