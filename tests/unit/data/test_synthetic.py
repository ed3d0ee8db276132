"""Series made here: the answers they are said to have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from recur.data import synthetic
from recur.data.synthetic import Known
from recur.seeding import Purpose, Stream

MAKERS: list[Callable[..., Known]] = [
    synthetic.sine,
    synthetic.random_walk,
    synthetic.two_waves,
    synthetic.two_sines,
    synthetic.noisy_sines,
    synthetic.plateaus,
    synthetic.mackey_glass,
]
NOISE: dict[Callable[..., Known], dict[str, Any]] = {synthetic.sine: {"noise": 0.1}}


@pytest.mark.parametrize("make", MAKERS)
def test_the_same_seed_gives_the_same_bits_and_another_seed_others(
    make: Callable[..., Known],
) -> None:
    options = {"points": 60, **NOISE.get(make, {})}
    first, again, other = (make(**options, seed=seed) for seed in (1, 1, 2))
    assert first.values.tobytes() == again.values.tobytes()
    assert first.answer.tobytes() == again.answer.tobytes()
    assert not np.isclose(first.values, other.values).all()
    assert first.values.shape == first.answer.shape
    assert first.values.shape[-1] == 60
    assert first.values.dtype == first.answer.dtype == np.float64
    assert np.isfinite(first.values).all()


@pytest.mark.parametrize("period", [12, 50])
def test_one_value_of_a_sine_forecasts_to_its_limit_and_two_exactly(period: int) -> None:
    x = synthetic.sine(40 * period + 1, period).values
    step = 2 * np.pi / period
    best = (x[1:] @ x[:-1]) / (x[:-1] @ x[:-1])  # the best line through the origin
    assert np.mean((x[1:] - best * x[:-1]) ** 2) == pytest.approx(np.sin(step) ** 2 / 2)
    np.testing.assert_allclose(x[2:], 2 * np.cos(step) * x[1:-1] - x[:-2], atol=1e-10)


@pytest.mark.parametrize("make", [synthetic.sine, synthetic.two_waves, synthetic.mackey_glass])
def test_normal_noise_has_the_deviation_asked_for(make: Callable[..., Known]) -> None:
    known = make(points=4000, noise=0.3)
    noise = known.values - known.answer
    assert noise.std() == pytest.approx(0.3, rel=0.06)
    assert abs(noise.mean()) < 0.02
    assert abs(np.corrcoef(noise[1:], noise[:-1])[0, 1]) < 0.06
    clean = make(points=4000, noise=0.0)
    np.testing.assert_array_equal(clean.values, clean.answer)
    np.testing.assert_array_equal(clean.answer, known.answer)


@pytest.mark.parametrize("make", [synthetic.two_sines, synthetic.noisy_sines])
def test_uniform_noise_stays_within_its_bounds_and_fills_them(make: Callable[..., Known]) -> None:
    known = make(series=300, noise=0.2)
    noise = known.values - known.answer
    assert 0.199 < abs(noise).max() <= 0.2 + 1e-12
    assert np.mean(noise**2) == pytest.approx(0.2**2 / 3, rel=0.05)


def test_a_random_walk_is_best_forecast_by_its_last_value() -> None:
    known = synthetic.random_walk(5000)
    np.testing.assert_array_equal(known.answer[1:], known.values[:-1])
    assert known.answer[0] == 0
    steps = known.values - known.answer
    assert steps.std() == pytest.approx(1, rel=0.05)
    assert abs(np.corrcoef(steps[1:], steps[:-1])[0, 1]) < 0.05


def test_two_waves_repeat_after_two_pi_and_are_bounded() -> None:
    answer = synthetic.two_waves(points=40 * 50 + 1).answer
    np.testing.assert_allclose(answer[50:], answer[:-50], atol=1e-10)
    assert answer[0] == pytest.approx(0.5)
    assert 1.2 < abs(answer).max() < 1.5


def test_two_sines_stay_within_their_amplitudes_and_differ() -> None:
    known = synthetic.two_sines(series=500)
    assert known.values.shape == (500, 51)
    assert 0.6 < abs(known.answer).max() <= 0.7
    assert len(np.unique(known.answer[:, 0])) == 500


def test_two_sines_are_those_of_their_equation() -> None:
    a, b, f, g = Stream(3, Purpose.DATA).uniform(4 * 7).reshape(4, 7)
    answer = synthetic.two_sines(series=7, points=11, seed=3).answer
    for i, k in ((0, 0), (2, 10), (6, 4)):
        expected = 0.5 * np.sin((k / 10 - a[i]) * (10 * f[i] + 10))
        expected += 0.2 * np.sin((k / 10 - b[i]) * (20 * g[i] + 20))
        assert answer[i, k] == pytest.approx(expected)


def test_two_sines_reach_but_do_not_pass_their_highest_frequencies() -> None:
    points = 2001
    answer = synthetic.two_sines(series=1000, points=points).answer
    bend = abs(np.diff(answer, 2, axis=1)).max() * (points - 1) ** 2
    assert 420 < bend <= 0.5 * 20**2 + 0.2 * 40**2


def test_noisy_sines_begin_at_every_whole_phase_from_0_to_100() -> None:
    answer = synthetic.noisy_sines(series=3000, period=1000).answer
    starts = {round(float(phase), 6) for phase in np.arcsin(answer[:, 0]) * 1000 / (2 * np.pi)}
    assert starts == set(range(101))
    answer = synthetic.noisy_sines(series=3, period=60).answer
    np.testing.assert_allclose(answer[:, 60:], answer[:, :40], atol=1e-12)


def test_mackey_and_glass_obey_their_equation() -> None:
    x = synthetic.mackey_glass(1000, noise=0.0).answer
    assert 0.2 < x.min() < x.max() < 1.6
    late, now = x[:-17], x[17:]
    slope = 0.2 * late / (1 + late**10) - 0.1 * now
    trapezoid = (slope[1:] + slope[:-1]) / 2
    np.testing.assert_allclose(np.diff(now), trapezoid, atol=0.002)
    assert abs(np.diff(now)).max() > 0.05


def test_plateaus_hold_one_of_four_levels_and_their_spikes_are_rare() -> None:
    known = synthetic.plateaus(20_000, noise=0.1)
    np.testing.assert_allclose(np.unique(known.answer), [-1, -1 / 3, 1 / 3, 1])
    jumps = np.count_nonzero(np.diff(known.answer))
    assert jumps == pytest.approx(20_000 / 40 * 3 / 4, rel=0.15)  # a fourth keep their level
    off = np.abs(known.values - known.answer) > 1
    assert off.mean() == pytest.approx(0.03, abs=0.005)
