"""The test against a random walk: its size, its power, its sentence."""

from __future__ import annotations

import math

import numpy as np
import pytest

from recur.arrays import Float64s
from recur.data.describe.random_walk import FEWEST_VALUES, RandomWalkTest, check_random_walk


def outcome(values: Float64s, season: int = 1) -> RandomWalkTest:
    test = check_random_walk(values, season)
    assert test is not None
    return test


def volatile_walk(random: np.random.Generator, points: int) -> Float64s:
    """Return a walk whose steps are calm for a hundred values, then ten times as large."""
    size = np.where(np.arange(points) // 100 % 2, 10.0, 1.0)
    return np.asarray((size * random.normal(size=points)).cumsum())


def test_few_random_walks_are_told_apart() -> None:
    random = np.random.default_rng(0)
    steps = random.normal(size=(500, 300))
    volatile = np.array([volatile_walk(random, 300) for _ in range(500)])
    for walks in (steps.cumsum(axis=1), (0.5 + steps).cumsum(axis=1), volatile):
        claims = sum(outcome(walk).distinguishable for walk in walks)
        assert claims <= 20  # 10 expected at a size of 2 %


def test_noise_sines_and_trending_changes_are_told_apart() -> None:
    random = np.random.default_rng(1)
    noise = random.normal(size=(20, 300))
    wave = np.sin(2 * np.pi * np.arange(300) / 50)
    trending = np.cumsum([np.convolve(one, np.ones(4), "same") for one in noise], axis=1)
    for series in (*noise, *(wave + 0.3 * noise), *trending):
        assert outcome(series).distinguishable


def test_the_ratio_over_two_steps_is_one_more_than_the_correlation_of_changes() -> None:
    values = np.random.default_rng(2).normal(size=400).cumsum()
    changes = np.diff(values) - np.diff(values).mean()
    correlation = (changes[1:] @ changes[:-1]) / (changes @ changes)
    corrected = correlation + (len(changes) - 1) / (len(changes) * (len(changes) - 1))
    assert outcome(values).ratios[0] == pytest.approx(1 + corrected)


def test_the_bound_is_that_of_the_largest_statistic_among_its_number() -> None:
    test = outcome(np.random.default_rng(3).normal(size=400).cumsum())
    largest = max(map(abs, test.statistics))
    single = math.erfc(largest / math.sqrt(2))
    assert test.p_value == pytest.approx(1 - (1 - single) ** len(test.horizons))


def test_a_season_is_a_horizon_where_the_series_is_long_enough() -> None:
    values = np.random.default_rng(4).normal(size=300).cumsum()
    assert outcome(values, season=24).horizons == (2, 4, 8, 16, 24)
    assert outcome(values, season=100).horizons == (2, 4, 8, 16)
    assert outcome(values[:FEWEST_VALUES]).horizons == (2, 4)


@pytest.mark.parametrize("scale", [1e-90, 1e-3, 1e90])
def test_units_and_level_do_not_matter(scale: float) -> None:
    values = np.random.default_rng(5).normal(size=200).cumsum()
    assert outcome(scale * values).p_value == pytest.approx(outcome(values).p_value)
    assert outcome(values + 1000).p_value == pytest.approx(outcome(values).p_value)


@pytest.mark.parametrize(
    "values", [np.arange(100.0), np.full(100, 7.0), np.zeros(100), np.arange(47.0) ** 2]
)
def test_straight_and_short_series_are_not_tested(values: Float64s) -> None:
    assert check_random_walk(values) is None


def test_a_single_jump_is_no_evidence() -> None:
    assert not outcome(np.repeat([0.0, 1.0], 50)).distinguishable


def test_the_sentence_says_which_way_the_changes_go() -> None:
    random = np.random.default_rng(6)
    steps = random.normal(size=300)
    assert "are partly taken back" in outcome(steps).sentence
    assert "tend to go on" in outcome(np.cumsum(np.convolve(steps, np.ones(4)))).sentence
    walk = outcome(steps.cumsum())
    assert walk.sentence.startswith("Not distinguishable from a random walk")
    assert f"p {walk.p_value:.2g}" in walk.sentence
