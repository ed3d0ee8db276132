"""As many values are called unusual as was promised, whatever the errors are like."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from recur import SettingsError
from recur.judge.forecast.alarms import FEWEST, Alarms, limits, tail_limits

_Errors = Callable[[Any, tuple[int, int]], Any]


def garch(rng: Any, shape: tuple[int, int]) -> Any:
    """Return errors that are large after large ones."""
    errors, variance = np.empty(shape), np.ones(shape[0])
    for step in range(shape[1]):
        errors[:, step] = np.sqrt(variance) * rng.normal(size=shape[0])
        variance = 0.05 + 0.1 * errors[:, step] ** 2 + 0.85 * variance
    return errors


ERRORS: dict[str, _Errors] = {
    "normal": lambda rng, shape: rng.normal(size=shape),
    "laplace": lambda rng, shape: rng.laplace(size=shape),
    "student": lambda rng, shape: rng.standard_t(4, size=shape),
    "one-sided": lambda rng, shape: rng.exponential(size=shape) - 1,
    "growing": lambda rng, shape: rng.normal(size=shape) * np.exp(np.arange(shape[1]) / 1000),
    "clustered": garch,
}


@pytest.mark.parametrize("errors", ERRORS)
@pytest.mark.parametrize("rate", [0.05, 0.01, 0.002])
def test_the_share_of_false_alarms_is_as_promised(errors: str, rate: float) -> None:
    series, steps = 100, 4000
    values = ERRORS[errors](np.random.default_rng(0), (series, steps))
    alarms, every = Alarms(series, rate), np.arange(series)
    raised = np.array([alarms.take(every, values[:, t], np.zeros(series)) for t in range(steps)])
    share = raised[1000:].mean() / rate
    assert 1 / 1.3 < share < 1.3


def test_nothing_is_unusual_before_enough_is_known() -> None:
    alarms = Alarms(1, 0.01)
    one = np.zeros(1, np.int64)
    for step in range(FEWEST):
        low, high = alarms.allowed(one, np.zeros(1))
        assert (low[0], high[0]) == (-np.inf, np.inf)
        assert not alarms.take(one, np.array([1e9 if step == 50 else step % 3]), np.zeros(1))[0]
    for _ in range(20):
        alarms.take(one, np.ones(1), np.zeros(1))
    assert alarms.take(one, np.array([1e12]), np.zeros(1))[0]


def test_what_is_missing_is_not_unusual_and_teaches_nothing() -> None:
    rng = np.random.default_rng(0)
    one, whole, holed = np.zeros(1, np.int64), Alarms(1, 0.01), Alarms(1, 0.01)
    for value in rng.normal(size=400):
        given = np.array([value])
        expected = whole.take(one, given, np.zeros(1))
        assert not holed.take(one, np.array([np.nan]), np.zeros(1))[0]
        assert not holed.take(one, given, np.array([np.nan]))[0]
        assert np.array_equal(holed.take(one, given, np.zeros(1)), expected)
        assert whole.allowed(one, np.zeros(1)) == holed.allowed(one, np.zeros(1))


def test_series_do_not_hear_each_other() -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(size=(2, 600)) * np.array([[1.0], [50.0]])
    both, alone = Alarms(2, 0.01), [Alarms(1, 0.01), Alarms(1, 0.01)]
    for step in range(600):
        which = np.arange(2) if step % 3 else np.array([1])
        told = both.take(which, values[which, step], np.zeros(len(which)))
        for i, own in zip(which, told, strict=True):
            each = alone[i].take(np.zeros(1, np.int64), values[i : i + 1, step], np.zeros(1))
            assert each[0] == own


def test_an_event_does_not_deafen_what_comes_after() -> None:
    rng = np.random.default_rng(2)
    alarms, one = Alarms(1, 0.001), np.zeros(1, np.int64)
    for value in rng.normal(size=1500):
        alarms.take(one, np.array([value]), np.zeros(1))
    before = alarms.allowed(one, np.zeros(1))[1][0]
    assert alarms.take(one, np.array([20.0]), np.zeros(1))[0]
    for _ in range(10):
        alarms.take(one, np.array([20.0]), np.zeros(1))
    for value in rng.normal(size=300):
        alarms.take(one, np.array([value]), np.zeros(1))
    assert alarms.allowed(one, np.zeros(1))[1][0] < 1.5 * before


def test_a_share_that_can_be_ranked_is_the_conformal_rank() -> None:
    scores = np.random.default_rng(0).permutation(np.arange(999.0))[None]
    assert limits(scores, 0.05)[0] == 949  # the 950th of 999: 50 of 1000 lie beyond


@pytest.mark.parametrize("shape", [-0.2, 1e-6, 0.3])
def test_the_tail_reaches_as_far_as_one_of_its_shape(shape: float) -> None:
    uniform = 1 - (np.arange(100_000) + 0.5) / 100_000
    scores = (uniform**-shape - 1) / shape
    truth = (0.001**-shape - 1) / shape
    assert tail_limits(scores[None], 0.001)[0] == pytest.approx(truth, rel=0.02)


@pytest.mark.parametrize("rate", [0.0, -0.1, 0.3, float("nan")])
def test_what_is_no_share_is_refused(rate: float) -> None:
    with pytest.raises(SettingsError, match="a share above 0"):
        Alarms(1, rate)
