"""Seasons: found where they are, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recur.arrays import Float64s
from recur.data.describe.season import (
    detect_season,
    detect_seasons,
    seasonal_strength,
    seasons_beside,
)
from recur.data.tables.readers import read_panel


def wave(length: int, points: int, noise: float, seed: int) -> Float64s:
    random = np.random.default_rng(seed)
    phase = random.uniform(0, 2 * np.pi)
    clean = np.sqrt(2) * np.sin(2 * np.pi * np.arange(points) / length + phase)
    return np.asarray(clean + noise * random.normal(size=points))


def test_a_clean_wave_has_its_length() -> None:
    assert detect_season(wave(50, 500, 0.0, 0)) == 50


def test_a_noisy_wave_has_its_length_within_one_step() -> None:
    found = [detect_season(wave(50, 500, 6**-0.5, seed)) for seed in range(20)]
    assert all(abs(length - 50) <= 1 for length in found)


def test_a_season_as_strong_as_the_noise_is_still_a_season() -> None:
    assert [detect_season(wave(24, 480, 1.0, seed), (24,)) for seed in range(5)] == [24] * 5


@pytest.mark.parametrize("candidates", [(), (5, 252), (7, 365), (24, 168), (12,)])
def test_random_walks_and_noise_have_no_season(candidates: tuple[int, ...]) -> None:
    random = np.random.default_rng(1)
    steps = random.normal(size=(200, 500))
    walks = [detect_season(walk, candidates) for walk in steps.cumsum(axis=1)]
    noise = [detect_season(series, candidates) for series in steps]
    assert walks.count(1) >= 196
    assert noise.count(1) >= 196


@pytest.mark.parametrize("length", [3, 7, 12, 24])
def test_a_repeating_pattern_is_found_with_and_without_a_hint(length: int) -> None:
    random = np.random.default_rng(length)
    pattern = 3 * random.normal(size=length)
    time = np.arange(30 * length)
    series = pattern[time % length] + random.normal(size=len(time)) + 0.01 * time
    assert detect_season(series) == length
    assert detect_season(series, (length,)) == length


@pytest.mark.parametrize("series", [[], [1.0], [2.0] * 50, list(range(50)), [0.0, 1.0] * 3])
def test_short_constant_and_straight_series_have_none(series: list[float]) -> None:
    assert detect_season(np.array(series, dtype=np.float64), (2, 12)) == 1


@given(st.floats(1e-3, 1e6), st.floats(-1e6, 1e6))
def test_units_do_not_matter(scale: float, shift: float) -> None:
    assert detect_season(scale * wave(12, 120, 0.1, 3) + shift, (12,)) == 12


def test_a_panel_goes_by_the_majority() -> None:
    walk = np.random.default_rng(0).normal(size=200).cumsum()
    waves = [wave(12, 200, 0.1, seed) for seed in range(3)]
    assert detect_season(read_panel([*waves, walk])) == 12
    assert detect_season(read_panel([waves[0], walk, walk])) == 1


def test_strength_is_the_share_explained() -> None:
    assert seasonal_strength(wave(20, 400, 0.0, 0), 20) == pytest.approx(1.0)
    assert seasonal_strength(wave(20, 4000, 1.0, 0), 20) == pytest.approx(0.5, abs=0.05)


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "target", "seasons"),
    [
        ("stocks/TSLA.csv", "Close", {1}),
        ("stocks/GOOGL.csv", "Close", {1}),
        ("stocks/DJI.csv", "Close", {1}),
        ("forecast/AirPassengers.csv", None, {12}),
        ("forecast/taylor.csv", None, {48, 336}),
        ("forecast/ETTh1.csv", "OT", {24}),
        ("forecast/monthly-sunspots.csv", None, {1, 12, *range(126, 137)}),
    ],
)
def test_known_seasons(realdata: Path, name: str, target: str | None, seasons: set[int]) -> None:
    panel = read_panel(realdata / name, target=target)
    assert detect_season(panel, panel.clock.seasons()) in seasons


def test_a_length_that_the_clock_all_but_suggests_is_the_clocks() -> None:
    rng = np.random.default_rng(5)
    time = np.arange(6 * 2016.0)
    values = np.sin(2 * np.pi * time / 2009) + 0.1 * rng.normal(size=len(time))
    assert detect_season(values, (288, 2016)) == 2016


def test_short_series_show_a_season_together_that_none_shows_alone() -> None:
    rng = np.random.default_rng(6)
    shapes = rng.normal(size=(30, 4))
    series = [
        0.3 * rng.normal(size=26).cumsum() + 2.0 * np.tile(shape, 7)[:26] for shape in shapes[:12]
    ] + [rng.normal(size=26).cumsum() for _ in range(18)]
    panel = read_panel(series)
    assert detect_season(panel, (4,)) == 4
    assert detect_season(panel) == 1  # where no clock suggests it


@pytest.mark.parametrize("shared", [0.0, 1.0])
def test_series_without_a_season_seldom_show_one_together(shared: float) -> None:
    rng = np.random.default_rng(7)
    found = 0
    for _ in range(50):
        common = shared * rng.normal(size=72).cumsum()
        walks = [common + rng.normal(size=72).cumsum() for _ in range(20)]
        found += detect_season(read_panel(walks), (12,)) > 1
    assert found <= 1


def test_a_half_of_the_clocks_cycle_is_the_cycle_where_its_halves_differ() -> None:
    year = np.array([0.85, 0.8, 0.95, 1.0, 1.05, 1.1, 0.9, 0.85, 1.0, 1.05, 1.2, 1.25])
    noise = np.random.default_rng(0).standard_normal(108)
    values = 400 * year[np.arange(108) % 12] + 0.5 * np.arange(108) + 8 * noise
    assert detect_season(values, (12,)) == 12
    halves = 400 * year[np.arange(108) % 6] + 0.5 * np.arange(108) + 8 * noise
    assert detect_season(halves, (12,)) == 6


def shape(length: int, random: np.random.Generator) -> Float64s:
    """Return a smooth shape of variance 1."""
    width = max(1, length // 8)
    tripled = np.convolve(np.tile(random.normal(size=length), 3), np.ones(width) / width, "same")
    middle = tripled[length : 2 * length]
    return np.asarray(middle / middle.std())


@pytest.mark.parametrize(("day", "week"), [(24, 168), (48, 336), (7, 365)])
@pytest.mark.parametrize("candidates", ["clock", "none"])
def test_a_longer_season_is_found_beside_a_shorter_one(
    day: int, week: int, candidates: str
) -> None:
    if candidates == "none" and day == 7:
        return  # which no length of a day stands for
    time, found = np.arange(6 * week), []
    for seed in range(10):
        random = np.random.default_rng(seed)
        days, weeks = shape(day, random)[time % day], shape(week, random)[time % week]
        values = days + 0.8 * weeks + 0.5 * random.normal(size=len(time))
        given = (day, week) if candidates == "clock" else ()
        found.append(seasons_beside(values, day, given))
    assert found.count((week,)) >= 9


@pytest.mark.parametrize(("day", "week", "points"), [(24, 168, 1000), (7, 365, 1460)])
@pytest.mark.parametrize("rest", ["noise", "walk", "amplitude"])
def test_where_there_is_no_longer_season_none_is_found(
    day: int, week: int, points: int, rest: str
) -> None:
    found = 0
    for seed in range(100):
        random = np.random.default_rng(seed)
        values = shape(day, random)[np.arange(points) % day]
        steps = random.normal(size=points)
        if rest == "amplitude":
            values = (3 + values) * np.exp(0.01 * random.normal(size=points).cumsum())
        values = values + (0.1 * steps.cumsum() if rest == "walk" else 0.5 * steps)
        found += bool(seasons_beside(values, day, (day, week)))
    assert found <= 2


def test_beside_no_season_there_is_none() -> None:
    values = np.random.default_rng(0).normal(size=2000)
    assert detect_seasons(values, (24, 168)) == seasons_beside(values, 1, (24, 168)) == ()
    assert seasons_beside(np.full(2000, 3.0), 24, (24, 168)) == ()


def test_of_a_panel_most_of_its_series_have_to_show_it() -> None:
    random, time = np.random.default_rng(3), np.arange(24 * 7 * 8)
    days = shape(24, random)[time % 24]
    weeks = days + shape(168, random)[time % 168]
    for several, found in (((weeks, weeks, days), (168,)), ((weeks, days, days), ())):
        panel = read_panel([v + 0.3 * random.normal(size=len(v)) for v in several])
        assert seasons_beside(panel, 24, (24, 168)) == found


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "target", "found"),
    [
        ("forecast/taylor.csv", None, (48, 336)),
        ("forecast/wild/vic_elec.csv", "Demand", (48, 336)),
        ("forecast/ETTh1.csv", "OT", (24,)),
        ("forecast/ETTh1.csv", "HUFL", (24,)),
    ],
)
def test_all_seasons_of_known_series(
    realdata: Path, name: str, target: str | None, found: tuple[int, ...]
) -> None:
    panel = read_panel(realdata / name, target=target)
    assert detect_seasons(panel, panel.clock.seasons()) == found
