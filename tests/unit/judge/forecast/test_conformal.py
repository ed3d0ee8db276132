"""Conformal intervals must hold their levels, stay in order, and refuse what cannot be known."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recur.arrays import Float64s
from recur.errors import DataError
from recur.judge.forecast.conformal import (
    around,
    check_windows,
    conformalised,
    half_widths,
    margins,
    windows_needed,
)

LEVELS = (50.0, 64.4, 80.0, 90.0, 95.0, 97.5, 99.0, 99.9)


@pytest.mark.parametrize("level", LEVELS)
def test_the_windows_needed_are_the_fewest_whose_rank_exists(level: float) -> None:
    exact, n = Fraction(str(level)) / 100, windows_needed(level)
    assert (n + 1) * exact <= n
    assert n * exact > n - 1


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("spare", [0, 1, 7, 60, 247])
def test_the_rank_is_rounded_up_in_exact_arithmetic(level: float, spare: int) -> None:
    n = windows_needed(level) + spare
    scores = np.random.default_rng(n).permutation(np.arange(1.0, n + 1))  # the k-th smallest is k
    rank = -((-(n + 1) * Fraction(str(level)) / 100) // 1)
    assert half_widths(scores[:, None], (level,)).item() == rank


def test_each_step_ahead_has_its_own_width_and_the_sign_of_an_error_is_nothing() -> None:
    errors = np.random.default_rng(0).normal(size=(40, 3)) * [1.0, 10.0, 100.0]
    widths = half_widths(errors, (80, 95))
    assert (widths[:, 1:] > 5 * widths[:, :-1]).all()
    np.testing.assert_array_equal(widths, half_widths(-errors, (80, 95)))
    np.testing.assert_array_equal(widths[1], half_widths(errors[::-1], (95,))[0])


def test_a_level_beyond_the_windows_is_refused_with_what_to_do() -> None:
    message = (
        "95 % intervals need at least 19 calibration windows, there are 12; set more aside "
        "(parameter `calibration`, option --calibration) or ask for a level of at most 92.3 %."
    )
    errors = np.zeros((12, 2))
    with pytest.raises(DataError) as error:
        half_widths(errors, (80, 95))
    assert str(error.value) == message
    ends = np.zeros((2, 12, 2))
    with pytest.raises(DataError) as error:
        margins(errors, ends, ends, (80, 95))
    assert str(error.value) == message


def test_the_level_that_a_refusal_offers_is_supported_and_never_below_the_lowest() -> None:
    for windows in range(1, 200):
        with pytest.raises(DataError) as error:
            check_windows((99.9,), windows)
        offered = str(error.value).split("at most ")[1].split(" %")[0]
        check_windows((float(offered),), windows)
    with pytest.raises(DataError, match=r"there are 0; .*--calibration\)\.$"):
        check_windows((80,), 0)


@pytest.mark.parametrize("level", [80, 95])
@pytest.mark.parametrize(
    "draw", [np.random.Generator.standard_cauchy, np.random.Generator.normal], ids=["wild", "tame"]
)
def test_coverage_over_many_calibrations_is_the_rank_over_n_plus_1(
    level: int, draw: Callable[..., Float64s]
) -> None:
    errors = draw(np.random.default_rng(1), size=(21, 4000))  # a calibration in each column
    width = half_widths(errors[:20], (level,))[0]
    covered = np.mean(np.abs(errors[20]) <= width)
    assert covered == pytest.approx(np.ceil(21 * level / 100) / 21, abs=0.02)


@pytest.mark.parametrize("width", [0.1, 10.0], ids=["too narrow", "too wide"])
def test_the_margins_bring_intervals_of_another_method_to_their_levels(width: float) -> None:
    truth = np.random.default_rng(2).normal(size=(21, 4000))
    low, high = np.full((1, 21, 4000), -width), np.full((1, 21, 4000), 2 * width)
    by = margins(truth[:20], low[:, :20], high[:, :20], (80,))
    assert (by > 0).all() == (width == 0.1)
    assert (by < 0).all() == (width == 10.0)
    lower, upper = conformalised(np.zeros((1, 4000)), low[:, 20:], high[:, 20:], by)
    covered = np.mean((lower[0] <= truth[20]) & (truth[20] <= upper[0]))
    assert covered == pytest.approx(17 / 21, abs=0.02)


@given(st.integers(0, 10_000))
def test_ends_never_cross_the_centre_nor_those_of_another_level(seed: int) -> None:
    numbers = np.random.default_rng(seed)
    centre, by = numbers.normal(size=(5, 3)), numbers.normal(size=(2, 3))
    ends = numbers.normal(size=(2, 2, 5, 3))
    low, high = conformalised(centre, ends.min(axis=0), ends.max(axis=0), by, scale=2.0)
    assert (low <= centre).all()
    assert (high >= centre).all()
    assert (low[1] <= low[0]).all()
    assert (high[1] >= high[0]).all()


def test_ends_in_order_are_moved_by_the_margin_and_no_more() -> None:
    centre = np.array([[0.0]])
    low, high = np.array([[[-3.0]], [[-5.0]]]), np.array([[[4.0]], [[6.0]]])
    lower, upper = conformalised(centre, low, high, np.array([[-1.0], [0.5]]), scale=2.0)
    assert lower.ravel().tolist() == [-1.0, -6.0]
    assert upper.ravel().tolist() == [2.0, 7.0]


def test_widths_are_in_units_of_the_scale_of_each_row() -> None:
    centre = np.array([[1.0, 2.0], [3.0, 4.0]])
    low, high = around(centre, np.array([[1.0, 2.0]]), scale=np.array([1.0, 10.0]))
    np.testing.assert_array_equal(low[0], [[0.0, 0.0], [-7.0, -16.0]])
    np.testing.assert_array_equal(high[0], [[2.0, 4.0], [13.0, 24.0]])
    np.testing.assert_array_equal(
        around(centre, np.array([[1.0, 2.0]]), 3.0)[1][0], centre + np.array([3, 6])
    )
