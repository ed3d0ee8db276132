"""How late a forecast follows the truth, and how often it has the direction right."""

from __future__ import annotations

import math

import numpy as np
import pytest

from recur.arrays import Float64s
from recur.judge import Walk, references
from recur.judge.forecast.tracking import best_lag, direction_hits, wilson


def random_walk(seed: int = 0, length: int = 300) -> Float64s:
    return np.random.default_rng(seed).normal(size=length).cumsum()


@pytest.mark.parametrize("horizon", [1, 4])
def test_a_copy_of_yesterday_is_one_step_late(horizon: int) -> None:
    walk = Walk((random_walk(),), (200,), horizon)
    assert best_lag(walk, walk.forecasts("copy", references(walk, 5)["last_value"])) == 1


def test_a_copy_of_last_season_is_a_season_late() -> None:
    walk = Walk((random_walk(),), (200,), horizon=2, season=14)
    assert best_lag(walk, walk.forecasts("copy", references(walk, 5)["seasonal_naive"])) == 14


@pytest.mark.parametrize("late", [0, 2, 3, 7])
@pytest.mark.parametrize("stride", [1, 3])
def test_a_late_and_noisy_copy_has_its_lag_on_any_stride(late: int, stride: int) -> None:
    series = random_walk()
    noise = np.random.default_rng(1).normal(size=300) * 0.2
    walk = Walk((series,), (200,), horizon=1, stride=stride)
    copy = walk.forecasts("copy", lambda i, origins: (series + noise)[origins - late][:, None])
    assert best_lag(walk, copy) == late


def test_a_lag_that_fits_hardly_better_than_none_is_not_reported() -> None:
    series = random_walk()
    walk = Walk((series,), (200,), horizon=1)
    between = walk.forecasts(
        "between", lambda i, origins: (0.49 * series[origins] + 0.51 * series[origins - 1])[:, None]
    )
    assert best_lag(walk, between) == 0


def test_on_a_constant_series_nothing_is_late() -> None:
    walk = Walk((np.ones(60),), (40,), horizon=1)
    assert best_lag(walk, walk.forecasts("zero", lambda i, origins: np.zeros((20, 1)))) == 0


def test_the_lag_is_bounded_by_the_shortest_history() -> None:
    walk = Walk((random_walk(), random_walk(1)[:50]), (200, 2), horizon=1)
    assert best_lag(walk, walk.forecasts("copy", references(walk, 1)["last_value"])) == 1


def test_a_small_series_is_not_drowned_by_a_large_one() -> None:
    small, large = random_walk(0), 1e6 * random_walk(1)
    walk = Walk((small, small, large), (200, 200, 200), horizon=1)
    late = (1, 1, 0)
    made = walk.forecasts("copy", lambda i, o: walk.series[i][o - late[i]][:, None])
    assert best_lag(walk, made) == 1


def test_direction_hits_agree_with_a_loop_written_by_hand() -> None:
    rng = np.random.default_rng(5)
    series = rng.integers(-3, 4, size=80).astype(float).cumsum()
    walk = Walk((series,), (50,), horizon=3)
    made = walk.forecasts(
        "guess", lambda i, o: series[o - 1][:, None] + rng.integers(-1, 2, (len(o), 3))
    )
    hits = counted = 0
    for row, origin in zip(made[0], walk.origins(0), strict=True):
        for k in range(3):
            named, happened = row[k] - series[origin - 1], series[origin + k] - series[origin - 1]
            if named != 0 and happened != 0:
                counted += 1
                hits += (named > 0) == (happened > 0)
    assert direction_hits(walk, made)[0] == pytest.approx(hits / counted)


def test_last_value_names_no_direction() -> None:
    walk = Walk((random_walk(),), (200,), horizon=2)
    assert direction_hits(walk, walk.forecasts("copy", references(walk, 5)["last_value"])) == (
        None,
        None,
        None,
    )


def test_overlapping_forecasts_widen_the_interval_of_direction_hits() -> None:
    widths = []
    for horizon in (1, 10):
        walk = Walk((random_walk(),), (200,), horizon)
        up = (walk.values_at(-1)[:, None] + np.ones(horizon),)
        share, low, high = direction_hits(walk, up)
        assert share is not None
        assert low is not None
        assert high is not None
        assert low < share < high
        widths.append(high - low)
    assert widths[1] > 2 * widths[0]


def test_wilsons_interval_solves_its_equation() -> None:
    low, high = wilson(0.7, trials=40)
    for end in (low, high):
        z = abs(0.7 - end) / math.sqrt(end * (1 - end) / 40)
        assert z == pytest.approx(2.0537489, rel=1e-6)
    assert wilson(1.0, 5)[1] == pytest.approx(1.0)
    assert wilson(0.0, 5)[0] == pytest.approx(0.0, abs=1e-12)
