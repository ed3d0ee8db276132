"""Intervals that are stretched: by how much, from how many windows, and what they hold then."""

from __future__ import annotations

import math

import numpy as np
import pytest

from recur.judge.forecast.stretching import reaches, stretched, stretches, windows_to_stretch

RANDOM = np.random.default_rng(5)
CENTRE = RANDOM.normal(size=(120, 5))
LOW, HIGH = CENTRE - np.array([[[1.0]], [[2.0]]]), CENTRE + np.array([[[3.0]], [[4.0]]])
TRUTH = CENTRE + 5 * RANDOM.normal(size=(120, 5))


def test_an_interval_that_is_stretched_by_what_a_truth_takes_ends_there() -> None:
    reached = reaches(TRUTH, CENTRE, LOW, HIGH)
    for level in (0, 1):
        low, high = stretched(CENTRE, LOW[level:][:1], HIGH[level:][:1], reached[level:][:1])
        on_an_end = np.minimum(np.abs(low[0] - TRUTH), np.abs(high[0] - TRUTH))
        np.testing.assert_allclose(on_an_end, 0, atol=1e-9)


def test_the_stretch_is_a_rank_over_steps_about_as_far_ahead() -> None:
    reached = reaches(TRUTH, CENTRE, LOW, HIGH)
    found = stretches(reached, (80, 95), independent=100)
    for row, level in enumerate((80, 95)):
        for step in range(1, 6):
            near = [
                reached[row, window, other - 1]
                for window in range(120)
                for other in range(1, 6)
                if step / 2 <= other <= 2 * step
            ]
            rank = math.ceil((len(near) + 1) * level / 100 - 1e-9)
            assert found[row, step - 1] == sorted(near)[rank - 1]


def test_the_windows_that_it_was_found_on_are_held_as_often_as_it_says() -> None:
    found = stretches(reaches(TRUTH, CENTRE, LOW, HIGH), (80, 95), independent=100)
    low, high = stretched(CENTRE, LOW, HIGH, found)
    inside = ((low <= TRUTH) & (high >= TRUTH)).mean(axis=(1, 2))
    assert inside == pytest.approx([0.8, 0.95], abs=0.02)
    assert ((LOW <= TRUTH) & (TRUTH <= HIGH)).mean() < 0.7


def test_levels_that_the_windows_do_not_support_stay_as_they_are() -> None:
    reached = reaches(TRUTH, CENTRE, LOW, HIGH)
    assert (stretches(reached, (80, 95), independent=99) == 1).all()
    some = stretches(reached, (80, 99), independent=windows_to_stretch(80))
    assert (some[0] != 1).all()
    assert (some[1] == 1).all()


def test_an_interval_without_width_is_never_stretched_to_infinity() -> None:
    flat = np.zeros((1, 120, 5))
    exact = reaches(np.zeros((120, 5)), np.zeros((120, 5)), flat, flat)
    assert (exact == 0).all()
    missed = stretches(reaches(TRUTH, CENTRE, CENTRE[None], CENTRE[None]), (80,), 120)
    assert (missed == 1).all()
