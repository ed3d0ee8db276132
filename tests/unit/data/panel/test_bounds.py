"""Which bounds values keep to, and that forecasts and intervals keep to them too."""

from __future__ import annotations

import numpy as np
import pytest

from recur.arrays import Float64s
from recur.data.panel import bounds
from recur.data.panel.bounds import bounds_at
from recur.data.synthetic import random_walk, sine
from recur.data.tables.readers import read_panel
from recur.judge import Intervals
from recur.tasks.forecast.forecaster import Forecaster
from recur.tasks.forecast.predict import predict_at

RANDOM = np.random.default_rng(0)
POISSON = RANDOM.poisson(0.7, 200).astype(float)
NONE = (-np.inf, np.inf)


def newest(values: Float64s) -> tuple[float, float]:
    found = bounds_at(read_panel(values), np.array([0]), np.array([len(values)]))
    return float(found.low[0, 0]), float(found.high[0, 0])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (POISSON, (0, np.inf)),
        (POISSON + 50, (0, np.inf)),  # whole numbers are counts, near the floor or not
        (-POISSON, NONE),
        (RANDOM.exponential(3, 200), (0, np.inf)),
        (RANDOM.uniform(10, 20, 200), NONE),  # the floor is far from them
        (RANDOM.normal(size=200), NONE),
        (RANDOM.beta(0.5, 0.5, 200), (0, 1)),
        (RANDOM.uniform(0.6, 0.99, 200), NONE),  # a rate of exchange comes near 1 by chance
        (RANDOM.uniform(0, 0.5, 200), (0, np.inf)),
        (np.minimum(1, RANDOM.normal(0.99, 0.01, 200)), (-np.inf, 1)),  # mostly available
        (np.r_[1.0, RANDOM.uniform(0.6, 0.99, 200)], NONE),  # an index that began at 1
        (100 * np.clip(RANDOM.normal(0.5, 0.4, 200), 0, 1), (0, 100)),
        (RANDOM.uniform(0, 99, 200), (0, np.inf)),
        (np.r_[0.0, 100.0, RANDOM.uniform(0, 99, 200)], (0, np.inf)),
    ],
)
def test_values_keep_to_the_bounds_that_they_touch(
    values: Float64s, expected: tuple[float, float]
) -> None:
    assert newest(values) == expected


def test_a_bound_holds_until_the_first_value_beyond_it_is_known() -> None:
    values = np.r_[RANDOM.beta(0.5, 0.5, 50), 1.2, 0.5, -0.1, 0.5]
    origins = np.array([54, 50, 52, 51, 53])
    found = bounds_at(read_panel([values, values]), np.ones(5, np.int64), origins)
    assert found.low[:, 0].tolist() == [-np.inf, 0, 0, 0, -np.inf]
    assert found.high[:, 0].tolist() == [np.inf, 1, np.inf, np.inf, np.inf]


def test_series_have_bounds_of_their_own() -> None:
    panel = read_panel([POISSON, RANDOM.normal(size=200), RANDOM.beta(0.5, 0.5, 200)])
    found = bounds_at(panel, np.array([2, 0, 1, 2]), np.array([200, 150, 99, 180]))
    assert found.low[:, 0].tolist() == [0, 0, -np.inf, 0]
    assert found.high[:, 0].tolist() == [1, np.inf, np.inf, 1]


def test_forecasts_and_intervals_of_counts_and_shares_keep_to_their_bounds() -> None:
    share = np.clip(sine(200, 12, noise=0.3).values / 2 + 0.5, 0, 1)
    for values, high in ((POISSON, np.inf), (share, 1.0)):
        model = Forecaster(horizon=3, hidden=4, epochs=3, lookback=12, intervals=(80, 95))
        model.fit(values, test=40, progress=False)
        judged = model.judge().intervals
        assert isinstance(judged, Intervals)
        ends = np.concatenate([np.concatenate(part) for part in (*judged.low, *judged.high)])
        assert (ends.min(), ends.max() <= high) == (0, True)
        found = predict_at(model.fitted_, read_panel(values), np.array([0]), np.array([200]))
        assert (found.low[-1] == 0).any()
        for part in found:
            assert (part >= 0).all()
            assert (part <= high).all()
        assert (found.low <= found.centre).all()
        assert (found.centre <= found.high).all()


def test_what_has_been_below_zero_may_go_there_again() -> None:
    values = random_walk(200, seed=3).values
    values -= values[-1]
    model = Forecaster(horizon=3, hidden=4, epochs=2, intervals=(80,)).fit(values, test=30)
    found = predict_at(model.fitted_, read_panel(values), np.array([0]), np.array([200]))
    assert (found.low < 0).all()


def test_bounds_of_many_series_are_those_of_each_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "_TOGETHER", 450)
    series = [
        POISSON,
        -POISSON,
        RANDOM.beta(0.5, 0.5, 200),
        POISSON[:60] + 3,
        RANDOM.normal(size=9),
    ]
    panel, places = read_panel(series), np.array([0, 1, 3, 4])
    found = bounds_at(panel, places, panel.lengths[places])
    assert [*zip(found.low[:, 0], found.high[:, 0], strict=True)] == [
        newest(series[i]) for i in places
    ]
