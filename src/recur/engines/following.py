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
        made = self._engine.forecast(
            self._spec, self._weights, windows, self._horizon, levels=ends.quantiles
        )
        reach = ends.reach[:, series]
        if ends.quantiles > 1:
            shape = (len(series), self._horizon, ends.quantiles)
            said, count = np.sort(made[0].reshape(shape), axis=2).transpose(2, 0, 1), len(reach)
            made = said[count : count + 1]
            low = np.minimum(said[:count][::-1] - reach, made)
            high = np.maximum(said[count + 1 :] + reach, made)
            parts = [np.minimum.accumulate(low), np.maximum.accumulate(high)]
        else:
            parts = [made - reach, made + reach]
        return ends.bounds.hold(series, np.concatenate([made, *parts]))
