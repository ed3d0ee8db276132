"""Growing series forecast on any engine, by the forecast of their newest windows."""

from __future__ import annotations

import numpy as np

from recur.arrays import Float64s, Indices
from recur.data.sources.newest import NewestWindows
from recur.engines.base import Engine, FollowedEnds
from recur.networks.spec import NetworkSpec, Values


class WindowFollower:
    """A network that forecasts growing series; see `Follower`."""

    def __init__(
        self,
        engine: Engine,
        spec: NetworkSpec,
        weights: Values,
        newest: NewestWindows,
        horizon: int,
        ends: FollowedEnds,
    ) -> None:
        self._engine, self._spec, self._weights = engine, spec, weights
        self._newest, self._horizon, self._ends = newest, horizon, ends

    def follow(self, series: Indices, values: Float64s) -> Float64s:
        """Take one value of each of some series, and forecast; see `Follower.follow`."""
        newest, ends = self._newest, self._ends
        newest.take(series, values, np.isfinite(values))
        ends.bounds.take(series, newest.newest_values(series))
        windows = newest.windows(series)
        made = self._engine.forecast(self._spec, self._weights, windows, self._horizon)
        reach = ends.reach[:, series]
        return ends.bounds.hold(series, np.concatenate([made, made - reach, made + reach]))
