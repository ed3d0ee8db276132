"""Decompositions must give back what a series was made of."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recur.data.describe.decomposition import decompose, least_values, likelier, moving_average
from recur.errors import DataError

PATTERN = np.array([-3.0, 1.0, 4.0, 0.0, -2.0])
LINE = 20 + 0.5 * np.arange(60.0)


@pytest.mark.parametrize("length", [5, 10])
def test_a_line_and_a_season_are_found_exactly(length: int) -> None:
    parts = decompose(LINE + np.tile(PATTERN, 12), length)
    inside = parts.inside
    assert parts.trend[inside] == pytest.approx(LINE[inside])
    assert parts.season == pytest.approx(np.tile(PATTERN, 12))
    assert np.abs(parts.rest[inside]).max() < 1e-9
    assert (parts.trend_strength, parts.season_strength) == pytest.approx((1.0, 1.0))


def test_factors_are_found_where_seasons_grow_with_the_level() -> None:
    factors = 1 + PATTERN / 10
    values = 50 * np.tile(factors, 12) * np.linspace(1, 1.2, 60)
    parts = decompose(values, 5, "multiplicative")
    assert parts.season[:5] == pytest.approx(factors, rel=1e-3)
    assert parts.rest[parts.inside] == pytest.approx(1.0, abs=2e-3)


@given(st.sampled_from(["additive", "multiplicative"]), st.integers(1, 9), st.integers(0, 99))
def test_parts_make_up_the_series(kind: str, length: int, seed: int) -> None:
    values = np.random.default_rng(seed).uniform(1, 2, size=40)
    parts = decompose(values, length, kind)  # type: ignore[arg-type]
    inside = parts.inside
    trend, season, rest = (part[inside] for part in (parts.trend, parts.season, parts.rest))
    whole = trend + season + rest if kind == "additive" else trend * season * rest
    assert whole == pytest.approx(values[inside])
    mean_season = parts.season[:length].mean()
    assert mean_season == pytest.approx(0.0 if kind == "additive" else 1.0)


def test_noise_has_neither_trend_nor_season() -> None:
    noise = np.random.default_rng(0).normal(size=2400)
    parts = decompose(noise, 24)
    assert parts.season_strength < 0.05
    assert parts.trend_strength < 0.1


def test_a_season_explains_its_share_of_the_variance() -> None:
    wave = np.sqrt(2) * np.sin(2 * np.pi * np.arange(4800) / 24)
    parts = decompose(wave + np.random.default_rng(0).normal(size=4800), 24)
    assert parts.season_strength == pytest.approx(0.5, abs=0.03)


def test_the_likelier_decomposition_is_the_one_the_series_was_made_by() -> None:
    random = np.random.default_rng(1)
    season, level = np.tile(1 + PATTERN / 20, 24), np.linspace(1, 8, 120)
    product = season * level * np.exp(0.02 * random.normal(size=120))
    total = 30 + level + np.tile(PATTERN, 24) + 0.5 * random.normal(size=120)
    growth = np.exp(np.linspace(0, 5, 120) + 0.1 * random.normal(size=120))
    made = ((product, "multiplicative"), (total, "additive"), (growth, "multiplicative"))
    for values, kind in made:
        for scale in (1e-6, 1.0, 1e6):
            both = decompose(scale * values, 5), decompose(scale * values, 5, "multiplicative")
            assert likelier(*both).kind == kind
    alone = decompose(product, 5)
    assert likelier(alone, None) is alone


def test_a_moving_average_weighs_every_phase_the_same() -> None:
    assert moving_average(np.tile([1.0, 2.0, 6.0, 3.0], 4), 4)[2:-2] == pytest.approx(3.0)
    average = moving_average(np.arange(6.0), 3)
    assert np.isnan(average[[0, -1]]).all()
    assert average[1:-1] == pytest.approx([1, 2, 3, 4])


@pytest.mark.parametrize("length", [1, 2, 5, 12])
def test_the_least_number_of_values_is_enough_and_one_less_is_refused(length: int) -> None:
    values = np.random.default_rng(0).normal(size=least_values(length))
    parts = decompose(values, length)
    assert np.isfinite(parts.rest[parts.inside]).all()
    assert 0 <= parts.season_strength <= 1
    with pytest.raises(DataError, match=f"at least {least_values(length)} values"):
        decompose(values[1:], length)


def test_values_that_are_not_positive_are_no_products() -> None:
    with pytest.raises(DataError, match="takes positive values; one is 0"):
        decompose(np.arange(60.0), 5, "multiplicative")


def test_a_constant_series_has_no_strength() -> None:
    for kind in ("additive", "multiplicative"):
        parts = decompose(np.full(60, 5.0), 5, kind)
        assert (parts.trend_strength, parts.season_strength) == (0.0, 0.0)
