"""The fit must find the curves behind the noise, and nothing may beat the best forecast of all."""

from __future__ import annotations

import numpy as np
import pytest

from recur.data.synthetic import two_sines
from recur.labs.ladder.limit import two_sines_expected, two_sines_fitted

STEPS, POINTS, NOISE = 50, 60, 0.05
T = np.linspace(0, 1, POINTS)


def made(series: int, noise: float = NOISE) -> tuple[np.ndarray, np.ndarray]:
    """Return series with noise and without, float64 [series, points] each."""
    known = two_sines(series, POINTS, noise, seed=3)
    return known.values, known.answer


def test_without_noise_the_fit_is_the_curve_itself_and_goes_on_along_it() -> None:
    values, answer = made(40, noise=0.0)
    assert two_sines_fitted(values[:, :STEPS], T) == pytest.approx(answer, abs=1e-4)


def test_in_noise_no_curve_of_the_family_is_nearer_than_the_fit() -> None:
    values, answer = made(200)
    fitted = two_sines_fitted(values[:, :STEPS], T)

    def squares(curves: np.ndarray) -> np.ndarray:
        return np.asarray(((values - curves)[:, :STEPS] ** 2).sum(axis=1))

    assert np.mean(squares(fitted) <= squares(answer) + 1e-9) > 0.98


def test_the_best_forecast_lies_between_the_noise_and_the_fit() -> None:
    values, answer = made(200)
    truth = answer[:, STEPS:]  # without the noise to come, which is the same for all
    fitted, best = (
        np.mean((method[:, STEPS:] - truth) ** 2)
        for method in (
            two_sines_fitted(values[:, :STEPS], T),
            two_sines_expected(values[:, :STEPS], T, NOISE, strides=600),
        )
    )
    assert 0 < best < 0.8 * fitted


def test_every_curve_of_the_walk_is_possible_so_their_mean_is_too() -> None:
    values, _ = made(50)
    best = two_sines_expected(values[:, :STEPS], T, NOISE, strides=600)
    assert np.abs(values - best)[:, :STEPS].max() <= NOISE + 1e-9


def test_where_the_known_values_tell_nothing_the_best_forecast_is_the_mean_of_the_family() -> None:
    values, _ = made(200)
    best = two_sines_expected(values[:, :STEPS], T, noise=10.0, strides=2000)
    family = family_mean(0.5, 10, 20) + family_mean(0.2, 20, 40)
    assert best.mean(axis=0) == pytest.approx(family, abs=np.abs(family).max() / 3)


def family_mean(amplitude: float, lowest: float, highest: float) -> np.ndarray:
    """Return the mean of amplitude sin((t - a) w) over a from 0 to 1 and all frequencies w."""
    w = np.linspace(lowest, highest, 1001)[:, None]
    return np.asarray(amplitude * ((np.cos((T - 1) * w) - np.cos(T * w)) / w).mean(axis=0))


def test_the_same_seed_walks_the_same_way_and_another_comes_to_nearly_the_same() -> None:
    values, _ = made(20)
    walks = [two_sines_expected(values[:, :STEPS], T, NOISE, 600, seed) for seed in (0, 0, 1)]
    assert np.array_equal(walks[0], walks[1])
    assert not np.array_equal(walks[0], walks[2])
    assert walks[0] == pytest.approx(walks[2], abs=NOISE)
