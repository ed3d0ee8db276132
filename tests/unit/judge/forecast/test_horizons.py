"""The errors at each step ahead: their means, their intervals, and when there are none."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import t as student

from recur.arrays import Float64s
from recur.judge import Walk
from recur.judge.forecast.errors import errors_by_horizon
from recur.judge.forecast.horizons import STEP_LEVEL, step_errors


def noise(times: int, horizon: int = 1, seed: int = 0) -> tuple[Walk, tuple[Float64s]]:
    """A walk over zeros, and forecasts of it that are noise."""
    walk = Walk((np.zeros(10 + times + horizon - 1),), (10,), horizon)
    return walk, (np.random.default_rng(seed).normal(size=(times, horizon)),)


def uneven() -> tuple[Walk, tuple[Float64s, Float64s]]:
    """Two series, the second held out for half as long, and forecasts of them."""
    rng = np.random.default_rng(1)
    walk = Walk((rng.normal(size=80), rng.normal(size=60)), (40, 40), horizon=3)
    return walk, (rng.normal(size=(38, 3)), rng.normal(size=(18, 3)))


def test_the_means_are_those_of_the_judgement_whatever_the_lengths_of_the_series() -> None:
    walk, made = uneven()
    expected = errors_by_horizon(walk, made)
    steps = step_errors(walk, made)
    assert [step.step for step in steps] == [1, 2, 3]
    assert [step.mae.value for step in steps] == pytest.approx(expected["mae"])
    assert [step.rmse.value for step in steps] == pytest.approx(expected["rmse"])


def test_the_interval_agrees_with_its_definition() -> None:
    walk, made = noise(times=100)
    losses, variance = np.abs(made[0][:, 0]), 0.0
    for wave in range(1, 6):  # half the root of 100 times
        cosine = [math.cos(math.pi * wave * (at + 0.5) / 100) for at in range(100)]
        variance += 2.0 * float(np.dot(cosine, losses)) ** 2 / 5 / 100**2
    reach = float(student(5).ppf(0.975)) * math.sqrt(variance) / float(losses.mean())
    found = step_errors(walk, made)[0].mae
    assert found.low == pytest.approx(float(losses.mean()) * math.exp(-reach))
    assert found.high == pytest.approx(float(losses.mean()) * math.exp(reach))


def test_the_interval_holds_the_true_error_about_as_often_as_it_says() -> None:
    inside = []
    for seed in range(400):
        step = step_errors(*noise(times=100, seed=seed))[0]
        for found, truth in ((step.mae, math.sqrt(2 / math.pi)), (step.rmse, 1.0)):
            assert found.low is not None
            assert found.high is not None
            inside.append(found.low <= truth <= found.high)
    assert np.mean(inside) == pytest.approx(STEP_LEVEL, abs=0.02)


def test_errors_that_persist_widen_the_interval() -> None:
    walk, made = noise(times=200)
    calm = np.sort(np.abs(made[0]), axis=0)  # the same errors, the small ones first
    mixed, sorted_ = step_errors(walk, made)[0].mae, step_errors(walk, (calm,))[0].mae
    assert sorted_.value == pytest.approx(mixed.value)
    assert mixed.high is not None
    assert sorted_.high is not None
    assert sorted_.high > 1.5 * mixed.high


def test_series_that_move_together_do_not_narrow_the_interval() -> None:
    walk, made = noise(times=60)
    many = Walk(walk.series * 20, walk.starts * 20, 1)
    one, twenty = step_errors(walk, made)[0].rmse, step_errors(many, made * 20)[0].rmse
    assert (twenty.low, twenty.high) == pytest.approx((one.low, one.high))


def test_a_step_has_an_interval_where_its_own_forecasts_leave_room_for_enough_origins() -> None:
    walk, made = noise(times=32, horizon=6)  # 32 + 4 values: seven forecasts five steps ahead
    known = [step.mae.low is not None for step in step_errors(walk, made)]
    assert known == [True, True, True, True, False, False]


def test_more_series_at_some_times_are_no_variation_of_the_error() -> None:
    walk, _ = uneven()
    truth = (walk.truth(0), walk.truth(1))
    step = step_errors(walk, tuple(values + 0.5 for values in truth))[0].mae
    assert (step.low, step.value, step.high) == pytest.approx((0.5, 0.5, 0.5))


def test_exact_forecasts_have_an_error_of_nothing_for_sure() -> None:
    walk, _ = noise(times=40)
    step = step_errors(walk, (np.zeros((40, 1)),))[0]
    assert (step.mae.value, step.rmse.value) == (0.0, 0.0)
    assert step.mae.high in (None, 0.0)


def test_a_step_as_json_has_both_errors_with_their_ends() -> None:
    walk, made = noise(times=40)
    names = {"step", *(f"{m}{end}" for m in ("mae", "rmse") for end in ("", "_low", "_high"))}
    assert set(step_errors(walk, made)[0].to_dict()) == names
