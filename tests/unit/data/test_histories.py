"""What the pretrained network reads of a history depends on that history alone."""

from __future__ import annotations

import numpy as np
import pytest

from recur.data.histories.inputs import (
    AHEAD,
    PER_STEP,
    SIMPLE,
    SUMMARY,
    HistoryInputs,
    compressed,
)
from recur.data.histories.seasonal import seasonal_indices
from recur.data.histories.spans import longest_read
from recur.data.simulated.series import simulate

_STEPS = np.arange(1, 31)
_SHAPES = [(1, 0, (5, 9, 33)), (12, 0, (7, 23, 24, 40, 100)), (24, 168, (30, 60, 400, 700))]


def _read(values: np.ndarray, period: int, second: int = 0) -> list[np.ndarray]:
    inputs = HistoryInputs.read(values, period, second)
    return [inputs.patches, inputs.summary, *inputs.ahead(_STEPS), inputs.begun]


@pytest.mark.parametrize(("period", "second", "lengths"), _SHAPES)
def test_histories_side_by_side_are_read_as_each_alone(
    period: int, second: int, lengths: tuple[int, ...]
) -> None:
    values = simulate(len(lengths), max(lengths), period, second, seed=3)
    padded = np.full_like(values, np.nan)
    for row, length in enumerate(lengths):
        padded[row, -length:] = values[row, -length:]
    patches, summary, ahead, base, begun = _read(padded, period, second)
    for row, length in enumerate(lengths):
        alone = _read(values[row : row + 1, -length:], period, second)
        steps = len(alone[0])
        assert begun[:, row].sum() == steps
        np.testing.assert_allclose(patches[-steps:, row], alone[0][:, 0], atol=1e-5)
        np.testing.assert_allclose(summary[row], alone[1][0], atol=1e-5)
        np.testing.assert_allclose(ahead[:, row], alone[2][:, 0], atol=1e-5)
        np.testing.assert_allclose(base[:, row], alone[3][:, 0], rtol=1e-9)


@pytest.mark.parametrize("period", [1, 4, 12])
def test_units_and_level_do_not_matter(period: int) -> None:
    values = simulate(20, 80, period, seed=1)
    values /= values.std(axis=1, keepdims=True)
    plain, moved = HistoryInputs.read(values, period), HistoryInputs.read(7 * values + 50, period)
    np.testing.assert_allclose(moved.scale, 7 * plain.scale, rtol=1e-9)
    np.testing.assert_allclose(moved.patches, plain.patches, atol=1e-5)
    ahead, base = plain.ahead(_STEPS)
    ahead_moved, base_moved = moved.ahead(_STEPS)
    np.testing.assert_allclose(ahead_moved, ahead, atol=1e-5)
    np.testing.assert_allclose(base_moved, 7 * base + 50, rtol=1e-7, atol=1e-6)
    zeros = 9  # the share of zeros is the one number that does depend on the level
    kept = np.delete(np.arange(SUMMARY), zeros)
    np.testing.assert_allclose(moved.summary[:, kept], plain.summary[:, kept], atol=1e-4)


def test_shapes_are_as_told() -> None:
    inputs = HistoryInputs.read(simulate(3, 90, 7, seed=1), 7)
    ahead, base = inputs.ahead(_STEPS)
    assert inputs.patches.shape[1:] == (3, PER_STEP)
    assert inputs.summary.shape == (3, SUMMARY)
    assert ahead.shape == (30, 3, AHEAD)
    assert base.shape == (30, 3)


def test_the_simple_ones_of_what_is_told_ahead_are_the_last_season_and_the_lines() -> None:
    values = simulate(2, 60, 6, seed=1)
    inputs = HistoryInputs.read(values, 6)
    ahead, _ = inputs.ahead(np.array([1, 4]))
    season, *lines = SIMPLE
    before = compressed(inputs._relative[:, [-6, -3]]).T
    np.testing.assert_allclose(ahead[:, :, season], before, atol=1e-6)
    assert lines == [-4, -3, -2, -1]
    levels, slopes = inputs._lines
    expected = [compressed(levels[:, k] + slopes[:, k] * 4) for k in (1, 2, 3, 4)]
    np.testing.assert_allclose(ahead[1][:, lines].T, expected, atol=1e-6)


def test_only_the_newest_values_are_read() -> None:
    longest = longest_read(1)
    values = simulate(2, longest + 300, 1, seed=4)
    other = values.copy()
    other[:, :300] = 1e6
    for one, two in zip(_read(values, 1), _read(other, 1), strict=True):
        assert np.array_equal(one, two)


def test_every_value_that_is_read_counts() -> None:
    values = simulate(1, 90, 6, seed=4)
    before = _read(values, 6)
    for place in (0, 44, 88, 89):
        other = values.copy()
        other[0, place] += values.std()
        assert not np.array_equal(_read(other, 6)[0], before[0]), place


def test_a_missing_value_is_not_read_as_zero() -> None:
    values = simulate(1, 60, 12, seed=6) + 1000
    values[0, 30] = np.nan
    missing = _read(values, 12)
    values[0, 30] = 0
    zero = _read(values, 12)
    assert not np.allclose(missing[3], zero[3], rtol=1e-6)
    assert np.ptp(missing[3]) < 100 * np.nanstd(values)


def test_the_base_goes_on_with_level_and_season() -> None:
    time = np.arange(96)
    season = np.array([5.0, -1, -3, 2, 0, -3])
    values = (20 + season[time % 6])[None]
    _, base = HistoryInputs.read(values, 6).ahead(np.arange(1, 13))
    np.testing.assert_allclose(base[:, 0], 20 + season[np.arange(96, 108) % 6], atol=1e-6)


@pytest.mark.parametrize("period", [7, 12])
def test_indices_are_drawn_towards_none_where_there_is_no_season(period: int) -> None:
    noise = np.random.default_rng(0).standard_normal((200, 10 * period))
    shape = np.sin(2 * np.pi * np.arange(10 * period) / period)
    known = np.ones_like(noise)
    without, _ = seasonal_indices(noise, known, period)
    with_season, clear = seasonal_indices(noise + 3 * shape, known, period)
    assert np.abs(without).mean() < 0.12  # unshrunk: .25
    assert np.abs(with_season - 3 * shape[:period]).mean() < 0.3
    assert clear[:, 0].min() > 0.8


@pytest.mark.parametrize(
    "values",
    [np.zeros(9), np.full(30, 4.5), np.full(30, 1e38), np.array([3.0]), np.array([1.0, 2])],
)
def test_constants_and_very_short_histories_have_finite_inputs(values: np.ndarray) -> None:
    for part in _read(values[None], 4):
        assert np.isfinite(part).all()


@pytest.mark.parametrize(("period", "second"), [(24, 168), (7, 0), (12, 0)])
@pytest.mark.parametrize("length", [9, 60, 700])
def test_a_history_has_the_same_bits_beside_another(period: int, second: int, length: int) -> None:
    rng = np.random.default_rng(length)
    values = np.exp(np.sin(np.arange(length) * 2 * np.pi / period) + rng.normal(size=length))
    values[rng.random(length) < 0.1] = np.nan
    values[-1] = 2.0
    rows = np.stack([values, np.log(values)])
    together, steps = HistoryInputs.read(rows, period, second), np.arange(1, 40)
    for i in range(2):
        one = together.alone(i)
        alone = HistoryInputs.read(rows[i : i + 1], period, second)
        for name in ("patches", "begun", "summary", "anchor", "scale", "seasonal_odds"):
            assert np.array_equal(getattr(one, name), getattr(alone, name)), name
        assert np.array_equal(one.ahead(steps)[0], alone.ahead(steps)[0])
        assert np.array_equal(one.ahead(steps)[1], alone.ahead(steps)[1])
