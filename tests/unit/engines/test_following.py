"""A follower forecasts growing series as the engine forecasts their windows, bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from recur.data.panel.bounds import RunningBounds
from recur.data.sources.newest import NewestWindows, WindowReading
from recur.engines.base import FollowedEnds
from recur.engines.compiled.engine import CompiledEngine
from recur.judge.forecast.conformal import conformalised
from recur.networks.initial import initial_values
from recur.networks.spec import NetworkSpec

HORIZON, LOOKBACK = 4, 11


def rooms(series: int, scaling: Any, residual: Any, *, sees_gaps: bool) -> NewestWindows:
    """Return windows that are full, of the same values each time."""
    reading = WindowReading(HORIZON, residual, 5, LOOKBACK, sees_gaps)
    newest, rng = NewestWindows(series, LOOKBACK, scaling, reading), np.random.default_rng(0)
    newest.scales[:] = rng.uniform(0.5, 2.0, size=(2, series))
    for step in range(LOOKBACK):
        seen = (rng.random(series) > 0.2) | (step == 0)
        newest.take(np.arange(series), rng.normal(size=series), seen)
    return newest


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("series", [1, 3, 70])
@pytest.mark.parametrize(
    ("network", "scaling", "residual", "sees_gaps"),
    [
        ({"outputs": HORIZON}, "window", "last", False),
        ({"outputs": HORIZON, "cell": "lstm", "layers": 2}, "series", "none", True),
        ({"outputs": 1}, "minmax", "seasonal", False),
        ({"outputs": 1, "decoder": True}, "window", "seasonal", True),
        ({"outputs": HORIZON, "hidden": 130}, "none", "last", False),
        ({"outputs": HORIZON * 5}, "window", "last", True),
    ],
)
def test_each_value_is_followed_by_the_forecast_of_its_window(
    network: dict[str, Any], scaling: str, residual: str, sees_gaps: bool, series: int, threads: int
) -> None:
    given = {"cell": "gru", "hidden": 9, **network}
    spec = NetworkSpec(inputs=1 + sees_gaps, reads="last", **given)
    weights = initial_values(spec, 0)
    engine, alone = CompiledEngine(threads, worth=0), CompiledEngine()
    rng, every = np.random.default_rng(1), np.arange(series)
    newest, twin = (rooms(series, scaling, residual, sees_gaps=sees_gaps) for _ in range(2))
    reach = np.tile(rng.normal(size=(2, 1, HORIZON)), (1, series, 1))
    quantiles = 5 if given.get("outputs") == HORIZON * 5 else 1
    ends, bounds = FollowedEnds(reach, RunningBounds(series), quantiles), RunningBounds(series)
    follower = engine.follower(spec, weights, newest, HORIZON, ends)
    for step in range(120):  # more than a room holds
        some = every if step % 4 else every[rng.random(series) < 0.6]
        if not len(some):
            continue
        values = np.where(rng.random(len(some)) < 0.1, np.nan, np.abs(rng.normal(size=len(some))))
        made = follower.follow(some, values)
        twin.take(some, values, np.isfinite(values))
        bounds.take(some, twin.newest_values(some))
        centre = alone.forecast(spec, weights, twin.windows(some), HORIZON, levels=quantiles)
        if quantiles > 1:
            said = np.sort(centre[0].reshape(len(some), HORIZON, 5), axis=2).transpose(2, 0, 1)
            both = conformalised(said[2], said[1::-1], said[3:], reach[:, 0], 1.0)
            own = np.concatenate([said[2:3], *both])
        else:
            own = np.concatenate([centre, centre - reach[:, some], centre + reach[:, some]])
        assert np.array_equal(made, bounds.hold(some, own))
    assert np.array_equal(newest.counts, twin.counts)
