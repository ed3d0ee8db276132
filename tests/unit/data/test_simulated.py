"""Simulated series: the same for the same seed, of any length and period, and of many kinds."""

from __future__ import annotations

import numpy as np
import pytest

from recur.data.describe.season import seasonal_strength
from recur.data.simulated.series import simulate


@pytest.mark.parametrize(
    ("length", "period", "second"),
    [(5, 1, 0), (6, 4, 0), (60, 12, 0), (400, 24, 168), (40, 1000, 0), (3000, 7, 365), (9, 2, 0)],
)
def test_any_length_and_period_is_finite_and_moves(length: int, period: int, second: int) -> None:
    values = simulate(64, length, period, second, seed=3)
    assert values.shape == (64, length)
    assert np.isfinite(values).all()
    assert (np.ptp(values, axis=1) > 0).mean() > 0.8


def test_a_seed_and_a_step_make_the_same_series_again() -> None:
    first = simulate(20, 50, 12, seed=1, step=4)
    assert np.array_equal(first, simulate(20, 50, 12, seed=1, step=4))
    assert not np.array_equal(first, simulate(20, 50, 12, seed=1, step=5))
    assert not np.array_equal(first, simulate(20, 50, 12, seed=2, step=4))


def test_the_kinds_are_all_there() -> None:
    values = np.concatenate([simulate(400, 120, 12, seed=seed) for seed in range(3)])
    strengths = np.array([seasonal_strength(series, 12) for series in values])
    assert (strengths > 0.8).mean() > 0.15  # clear seasons
    assert (strengths < 0.1).mean() > 0.15  # none
    assert ((values == 0).mean(axis=1) > 0.2).mean() > 0.02  # intermittent, or cut at zero
    positive = values.min(axis=1) > 0
    assert 0.3 < positive.mean() < 0.9
    values = values[np.ptp(values, axis=1) > 0]  # counts of something rare may all be zero
    steps = np.diff(values, axis=1)
    kurtosis = ((steps - steps.mean(1, keepdims=True)) ** 4).mean(1) / steps.var(1) ** 2
    assert (kurtosis > 6).mean() > 0.1  # outliers, heavy tails, shifts
    ends = np.abs(values[:, -12:].mean(1) - values[:, :12].mean(1)) / values.std(1)
    assert (ends > 2).mean() > 0.2  # trends
    assert (ends < 0.5).mean() > 0.1  # levels that stay


def test_seasons_come_round_at_the_period_that_was_asked_for() -> None:
    values = simulate(300, 260, 13, seed=5)
    right = np.array([seasonal_strength(series, 13) for series in values])
    wrong = np.array([seasonal_strength(series, 11) for series in values])
    assert (right > 0.7).sum() > 4 * (wrong > 0.7).sum()


def test_a_longer_season_is_there_beside_the_shorter_one() -> None:
    with_both = simulate(200, 700, 10, 70, seed=2)
    alone = simulate(200, 700, 10, seed=2)

    def clear(values: np.ndarray) -> float:
        shorter = values - np.array([np.resize(v.reshape(-1, 10).mean(0), 700) for v in values])
        return float(np.mean([seasonal_strength(series, 70) > 0.5 for series in shorter]))

    assert clear(with_both) > clear(alone) + 0.1
