"""The naive references: what they forecast, and that they never see the future."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recur.arrays import Float64s
from recur.judge import SIMPLE, Method, Walk, references
from recur.judge.forecast.baselines import drift, last_value, seasonal_naive


def only(method: Method, walk: Walk) -> Float64s:
    return walk.forecasts("method", method)[0]


def test_references_come_in_the_order_in_which_ties_are_broken() -> None:
    walk = Walk((np.arange(20.0),), (15,), 2)
    assert tuple(references(walk, 3)) == SIMPLE
    assert SIMPLE[0] == "last_value"


def test_last_value_repeats_the_newest_known_value() -> None:
    walk = Walk((np.array([1.0, 2.0, 4.0, 8.0, 9.0]),), (2,), horizon=2)
    assert only(last_value(walk), walk).tolist() == [[2.0, 2.0], [4.0, 4.0]]


def test_seasonal_naive_agrees_with_a_loop_written_by_hand() -> None:
    series = np.random.default_rng(0).normal(size=40)
    walk = Walk((series,), (25,), horizon=8, season=3)
    for row, origin in zip(only(seasonal_naive(walk), walk), walk.origins(0), strict=True):
        known = list(series[:origin])
        for value in row:
            assert value == known[-3]
            known.append(known[-3])


def test_seasonal_naive_of_season_one_is_last_value() -> None:
    walk = Walk((np.random.default_rng(0).normal(size=40),), (25,), horizon=4)
    np.testing.assert_array_equal(only(seasonal_naive(walk), walk), only(last_value(walk), walk))


def test_seasonal_naive_repeats_the_last_value_until_a_season_is_known() -> None:
    walk = Walk((np.arange(8.0),), (2,), horizon=2, season=4)
    assert only(seasonal_naive(walk), walk)[:3].tolist() == [[1, 1], [2, 2], [0, 1]]


def test_drift_continues_a_straight_line_exactly() -> None:
    walk = Walk((3.0 - 0.5 * np.arange(30.0),), (20,), horizon=5)
    np.testing.assert_allclose(only(drift(walk), walk), walk.truth(0), atol=1e-12)


def test_drift_from_a_single_value_is_that_value() -> None:
    walk = Walk((np.array([5.0, 7.0, 8.0]),), (1,), horizon=2)
    assert only(drift(walk), walk).tolist() == [[5.0, 5.0]]


@pytest.mark.parametrize("name", SIMPLE)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), changed=st.integers(30, 49), season=st.integers(1, 9))
def test_changing_the_future_changes_no_forecast_made_before_it(
    name: str, seed: int, changed: int, season: int
) -> None:
    rng = np.random.default_rng(seed)
    series = rng.normal(size=50)
    other = series.copy()
    other[changed:] += rng.normal(size=50 - changed)
    one, two = (Walk((s,), (30,), horizon=3, season=season) for s in (series, other))
    before = one.origins(0) <= changed
    np.testing.assert_array_equal(
        only(references(one, 4)[name], one)[before], only(references(two, 4)[name], two)[before]
    )


@pytest.mark.parametrize("name", SIMPLE)
def test_one_origin_at_a_time_gives_the_same_forecasts(name: str) -> None:
    walk = Walk((np.random.default_rng(3).normal(size=60),), (40,), horizon=3, season=7)
    method = references(walk, 5)[name]
    together = only(method, walk)
    alone = np.concatenate([method(0, origin[None]) for origin in walk.origins(0)])
    np.testing.assert_allclose(together, alone, rtol=1e-12)


def panel(offset: float = 0.0) -> tuple[Float64s, ...]:
    rng = np.random.default_rng(0)
    return tuple(offset + rng.normal(size=length).cumsum() for length in (40, 23, 9, 40))


STARTS = (25, 12, 2, 30)


@pytest.mark.parametrize("name", ["mean", "window_mean", "seasonal_mean"])
@pytest.mark.parametrize("season", [1, 5])
def test_means_agree_with_a_loop_written_by_hand(name: str, season: int) -> None:
    walk = Walk(panel(), STARTS, horizon=4, season=season)
    made = walk.forecasts(name, references(walk, 6)[name])
    for i, values in enumerate(walk.series):
        for row, origin in zip(made[i], walk.origins(i), strict=True):
            known = values[:origin]
            for step, value in enumerate(row):
                counted = {
                    "mean": known,
                    "window_mean": known[-6:],
                    "seasonal_mean": known[(origin + step) % season :: season],
                }[name]
                if name == "seasonal_mean" and origin < season:
                    counted = known
                assert value == pytest.approx(counted.mean(), rel=1e-12)


@pytest.mark.parametrize("name", ["mean", "window_mean", "seasonal_mean"])
def test_means_are_as_exact_far_from_zero_as_near_it(name: str) -> None:
    near, far = (
        Walk(tuple(offset + np.round(one * 2**10) / 2**10 for one in panel()), STARTS, 3, 5)
        for offset in (0.0, 2.0**40)
    )
    one, two = (walk.forecasts(name, references(walk, 6)[name]) for walk in (near, far))
    for here, there in zip(one, two, strict=True):
        np.testing.assert_allclose(there - 2.0**40, here, atol=2.0**-11)


def test_a_series_beside_a_huge_one_keeps_its_own_mean() -> None:
    small = np.random.default_rng(1).normal(size=40)
    huge = 1e15 * np.random.default_rng(2).normal(size=40)
    alone, beside = Walk((small,), (30,), 2), Walk((huge, small), (30, 30), 2)
    for name in ("mean", "window_mean", "seasonal_mean"):
        one = alone.forecasts(name, references(alone, 6)[name])[0]
        two = beside.forecasts(name, references(beside, 6)[name])[1]
        np.testing.assert_array_equal(one, two)


def test_the_mean_of_a_constant_is_exact() -> None:
    walk = Walk((np.full(30, 0.1),), (20,), 2, season=4)
    for name in ("mean", "window_mean", "seasonal_mean"):
        assert (only(references(walk, 6)[name], walk) == 0.1).all()
