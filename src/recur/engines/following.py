"""Growing series forecast on any engine, by the forecast of their newest windows."""

from __future__ import annotations

import numpy as np

from recur.arrays import Float64s, Indices
from recur.data.sources.newest import NewestWindows
from recur.engines.base import Engine
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
        levels: int,
    ) -> None:
        self._engine, self._spec, self._weights = engine, spec, weights
        self._newest, self._horizon, self._levels = newest, horizon, levels

    def follow(self, series: Indices, values: Float64s) -> Float64s:
        """Take one value of each of some series, and forecast; see `Follower.follow`."""
        self._newest.take(series, values, np.isfinite(values))
        windows = self._newest.windows(series)
        made = self._engine.forecast(
            self._spec, self._weights, windows, self._horizon, levels=self._levels
        )
        return np.asarray(made[0])
