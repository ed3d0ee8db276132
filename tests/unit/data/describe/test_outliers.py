"""Outliers: found where they were planted, at the ends and within a season too, else nowhere."""

from __future__ import annotations

import numpy as np
import pytest

from recur.arrays import Float64s
from recur.data.describe.outliers import FAR, FEWEST_VALUES, outlier_scores


def found(values: Float64s, season: int = 1) -> list[int]:
    at: list[int] = np.flatnonzero(np.abs(outlier_scores(values, season)) >= FAR).tolist()
    return at


@pytest.mark.parametrize("at", [0, 1, 57, 98, 99])
def test_a_planted_outlier_is_found_in_noise_and_in_a_walk(at: int) -> None:
    noise = np.random.default_rng(0).normal(size=100)
    for values in (noise, noise.cumsum()):
        values[at] += 20
        assert found(values) == [at]
        assert outlier_scores(values)[at] > FAR


def test_two_in_a_row_are_found() -> None:
    values = np.random.default_rng(1).normal(size=100)
    values[40:42] -= 30
    assert found(values) == [40, 41]


def test_noise_and_walks_have_next_to_none() -> None:
    steps = np.random.default_rng(2).normal(size=(50, 500))
    assert sum(len(found(one)) for one in (*steps, *steps.cumsum(axis=1))) <= 2


@pytest.mark.parametrize("season", [2, 4, 12, 24])
def test_what_every_season_repeats_is_no_outlier_and_hides_none(season: int) -> None:
    random = np.random.default_rng(season)
    values = np.tile(10 * random.normal(size=season), 20) + 0.5 * random.normal(size=20 * season)
    assert found(values, season) == []
    values[-1] += 15
    values[7] -= 15
    assert found(values, season) == [7, 20 * season - 1]


@pytest.mark.parametrize(
    "values",
    [np.arange(100.0), np.sin(np.arange(300) / 8), np.arange(100.0) ** 2, np.full(50, 3.0)],
    ids=["line", "sine", "square", "constant"],
)
def test_smooth_series_have_none(values: Float64s) -> None:
    assert found(values) == []


def test_what_is_usual_is_taken_from_around() -> None:
    random = np.random.default_rng(3)
    values = random.normal(size=600) * np.repeat([1.0, 8.0], 300)
    values[150] += 12  # small beside the wild half, large beside its own
    assert found(values) == [150]


def test_a_single_value_in_a_series_that_never_moves_is_found() -> None:
    values = np.zeros(120)
    values[80] = 1
    assert found(values) == [80]


@pytest.mark.parametrize("scale", [1e-90, 1e6, 1e90])
def test_units_do_not_matter(scale: float) -> None:
    values = np.random.default_rng(4).normal(size=100)
    assert outlier_scores(scale * values) == pytest.approx(outlier_scores(values))


def test_short_series_are_not_judged() -> None:
    values = np.zeros(FEWEST_VALUES - 1)
    values[3] = 100
    assert found(values) == []
