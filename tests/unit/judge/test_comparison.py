"""One comparison: the test, its interval, and that they cannot disagree."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate

from recur.arrays import Float64s
from recur.judge import SIZE, compare
from recur.judge.comparison import FEWEST_INDEPENDENT, degrees_of_freedom


def loss_pair(seed: int, times: int, skill: float, heavy: bool) -> tuple[Float64s, Float64s]:
    rng = np.random.default_rng(seed)
    shared = rng.standard_t(3 if heavy else 30, size=(2, times))
    return shared[0] ** 2, (1.0 - skill) * (0.7 * shared[0] + 0.7 * shared[1]) ** 2


def by_hand(reference: Float64s, losses: Float64s, degrees: int, skill: float) -> float:
    """The t statistic of "skill is no more than `skill`", from its definition."""
    difference = (1.0 - skill) * reference - losses
    times, variance = len(difference), 0.0
    for wave in range(1, degrees + 1):
        projection = sum(
            d * math.cos(math.pi * wave * (t + 0.5) / times) for t, d in enumerate(difference)
        )
        variance += (math.sqrt(2.0 / times) * projection) ** 2 / degrees
    return math.sqrt(times) * float(difference.mean()) / math.sqrt(variance)


def upper_tail(t: float, degrees: int) -> float:
    """The chance that Student's t exceeds `t`, by integrating its density."""
    size = math.gamma((degrees + 1) / 2) / math.gamma(degrees / 2) / math.sqrt(degrees * math.pi)
    density = np.vectorize(lambda x: size * (1 + x * x / degrees) ** (-(degrees + 1) / 2))
    return float(integrate.quad(density, t, math.inf)[0])


def test_the_p_value_agrees_with_its_definition() -> None:
    reference, losses = loss_pair(seed=0, times=90, skill=0.2, heavy=False)
    t = by_hand(reference, losses, degrees=5, skill=0.0)
    found = compare("last_value", reference, losses, degrees=5)
    assert found.p_value == pytest.approx(upper_tail(t, 5), rel=1e-6)


def test_at_the_ends_of_the_interval_the_test_is_just_at_its_size() -> None:
    reference, losses = loss_pair(seed=1, times=120, skill=0.3, heavy=False)
    found = compare("last_value", reference, losses, degrees=6)
    assert found.low is not None
    assert found.high is not None
    assert upper_tail(by_hand(reference, losses, 6, found.low), 6) == pytest.approx(SIZE, rel=1e-6)
    at_high = upper_tail(-by_hand(reference, losses, 6, found.high), 6)
    assert at_high == pytest.approx(SIZE, rel=1e-6)


@given(
    seed=st.integers(0, 2**32 - 1),
    times=st.integers(8, 200),
    degrees=st.integers(3, 12),
    skill=st.floats(-1.0, 1.0),
    heavy=st.booleans(),
)
def test_the_finding_the_p_value_and_the_interval_never_disagree(
    seed: int, times: int, degrees: int, skill: float, heavy: bool
) -> None:
    reference, losses = loss_pair(seed, times, skill, heavy)
    found = compare("last_value", reference, losses, min(degrees, times - 1))
    assert (found.finding == "better") == (found.low is not None and found.low > 0)
    assert (found.finding == "worse") == (found.high is not None and found.high < 0)
    assert found.p_value is not None
    assert found.skill is not None
    if abs(found.p_value - SIZE) > 1e-9:
        assert (found.finding == "better") == (found.p_value < SIZE)
    assert (found.low is None) == (found.high is None)
    if found.low is not None and found.high is not None:
        assert found.low <= found.skill <= found.high


@given(seed=st.integers(0, 2**32 - 1), unit=st.floats(1e-6, 1e6))
def test_the_unit_of_the_losses_changes_nothing(seed: int, unit: float) -> None:
    reference, losses = loss_pair(seed, 80, 0.1, heavy=True)
    one = compare("drift", reference, losses, 4)
    two = compare("drift", unit * reference, unit * losses, 4)
    assert one.p_value == pytest.approx(two.p_value, rel=1e-6)
    assert one.low is None if two.low is None else one.low == pytest.approx(two.low, rel=1e-6)


def test_identical_losses_are_no_evidence() -> None:
    losses = np.random.default_rng(0).normal(size=50) ** 2
    found = compare("last_value", losses, losses.copy(), 4)
    assert (found.skill, found.low, found.high) == (0.0, 0.0, 0.0)
    assert (found.p_value, found.finding) == (1.0, "none")


def test_a_difference_as_small_as_rounding_is_no_evidence() -> None:
    losses = np.random.default_rng(0).normal(size=50) ** 2
    found = compare("last_value", losses, losses * (1.0 - 1e-15), 4)
    assert (found.skill, found.p_value, found.finding) == (0.0, 1.0, "none")


def test_proportional_losses_leave_no_doubt_about_the_skill() -> None:
    losses = np.random.default_rng(0).normal(size=50) ** 2
    found = compare("last_value", losses, 0.49 * losses, 4)
    assert found.skill == pytest.approx(0.51)
    assert found.low == pytest.approx(0.51, abs=1e-6)
    assert found.high == pytest.approx(0.51, abs=1e-6)


def test_a_perfect_forecast_has_skill_one() -> None:
    found = compare("last_value", np.random.default_rng(0).normal(size=50) ** 2, np.zeros(50), 4)
    assert (found.skill, found.low, found.high, found.finding) == (1.0, 1.0, 1.0, "better")


def test_an_exact_reference_cannot_be_beaten() -> None:
    found = compare("last_value", np.zeros(50), np.ones(50), 4)
    assert (found.skill, found.low, found.high) == (None, None, None)
    assert (found.p_value, found.finding) == (1.0, "worse")


def test_two_exact_forecasts_are_equal() -> None:
    found = compare("last_value", np.zeros(50), np.zeros(50), 4)
    assert (found.skill, found.p_value, found.finding) == (0.0, 1.0, "none")


def test_a_reference_whose_losses_are_one_spike_supports_no_claim() -> None:
    reference = np.full(60, 1e-6)
    reference[40] = 1.0
    found = compare("last_value", reference, reference - 5e-7, 4)
    assert (found.low, found.finding) == (None, "none")
    assert found.p_value is not None
    assert found.p_value > SIZE


def test_without_degrees_of_freedom_there_is_a_skill_but_no_claim() -> None:
    found = compare("last_value", np.array([2.0, 2.0]), np.array([1.0, 1.0]), None)
    assert (found.skill, found.p_value, found.finding) == (0.5, None, "too_little")


def test_degrees_of_freedom_grow_with_the_times_and_shrink_with_overlap() -> None:
    assert degrees_of_freedom(400, FEWEST_INDEPENDENT - 1) is None
    assert degrees_of_freedom(FEWEST_INDEPENDENT, FEWEST_INDEPENDENT) == 3
    assert degrees_of_freedom(400, 400) == 10
    assert degrees_of_freedom(377, 16) == 8


@pytest.mark.parametrize(("times", "overlap"), [(30, 1), (120, 1), (96, 5), (177, 12)])
def test_where_losses_are_equal_on_average_a_claim_is_as_rare_as_declared(
    times: int, overlap: int
) -> None:
    rng = np.random.default_rng(times)
    degrees = degrees_of_freedom(times, (times + overlap - 1) // overlap)
    claims, trials = 0, 2_000
    for _ in range(trials):
        shocks = rng.normal(size=(2, times + overlap - 1))
        reference, losses = (np.convolve(errors**2, np.ones(overlap), "valid") for errors in shocks)
        claims += compare("last_value", reference, losses, degrees).finding == "better"
    assert claims / trials <= 0.03


def test_a_stretch_that_one_error_decides_gives_no_interval() -> None:
    reference = np.full(100, 0.01)
    reference[70] = 100.0
    found = compare("drift", reference, 0.9 * reference, 5)
    assert (found.low, found.high, found.finding) == (None, None, "none")
    assert found.skill == pytest.approx(0.1)
