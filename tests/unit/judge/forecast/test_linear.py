"""The linear autoregression: recovers what is linear, leaks nothing, never explodes."""

from __future__ import annotations

import numpy as np
import pytest

from recur.arrays import Float64s
from recur.errors import DataError, SettingsError
from recur.judge import Walk, linear_autoregression, references
from recur.judge.forecast import linear


def autoregression(
    coefficients: list[float], length: int, seed: int, level: float = 0.0
) -> Float64s:
    rng = np.random.default_rng(seed)
    values = list(np.zeros(len(coefficients)))
    for shock in rng.normal(size=length + 100):
        values.append(float(np.dot(coefficients, values[: -len(coefficients) - 1 : -1])) + shock)
    return level + np.array(values[-length:])


def test_it_recovers_the_coefficients_of_an_ar2_process() -> None:
    series = autoregression([1.2, -0.5], 20_000, seed=0, level=40.0)
    model = linear_autoregression([series], lookback=4, horizon=1)
    np.testing.assert_allclose(model.weights[::-1, 0], [1.2, -0.5, 0.0, 0.0], atol=0.03)


def test_for_one_series_it_is_least_squares_on_the_newest_values_with_intercept() -> None:
    series = 50.0 + 3.0 * autoregression([1.2, -0.5], 300, seed=1)
    lookback, horizon = 8, 3
    model = linear_autoregression([series], lookback, horizon)
    seen = int(np.sum(model.weights[:, 0] != 0))
    assert 2 <= seen <= 4
    rows = range(len(series) - seen - horizon + 1)
    known = np.array([[*series[r : r + seen], 1.0] for r in rows])
    ahead = np.array([series[r + seen : r + seen + horizon] for r in rows])
    by_hand = np.linalg.solve(known.T @ known, known.T @ ahead)
    window = series[-lookback:][None]
    np.testing.assert_allclose(
        model.forecast(0, window), window[:, -seen:] @ by_hand[:-1] + by_hand[-1], rtol=1e-8
    )


@pytest.mark.parametrize("phi", [0.0, 0.5, 0.9])
def test_values_that_do_not_help_are_not_weighed(phi: float) -> None:
    seen = [
        np.sum(linear_autoregression([autoregression([phi], 400, seed)], 24, 1).weights != 0)
        for seed in range(40)
    ]
    assert np.mean([count <= 2 for count in seen]) > 0.8


def test_values_a_season_ago_are_weighed_where_they_help() -> None:
    season = np.tile(np.random.default_rng(0).normal(size=12), 40)
    series = season + 0.3 * np.random.default_rng(1).normal(size=480)
    assert np.sum(linear_autoregression([series], 24, 1).weights != 0) >= 12


def test_on_a_random_walk_it_stays_close_to_last_value() -> None:
    series = np.random.default_rng(2).normal(size=4_000).cumsum()
    walk = Walk((series,), (3_500,), horizon=5)
    simple = references(walk, lookback=10)
    errors = {n: walk.forecasts(n, simple[n])[0] - walk.truth(0) for n in ("linear", "last_value")}
    assert np.mean(errors["linear"] ** 2) < 1.05 * np.mean(errors["last_value"] ** 2)


def test_a_noiseless_sine_is_forecast_exactly_from_more_values_than_it_needs() -> None:
    series = np.sin(np.arange(400) * 0.3)
    walk = Walk((series,), (300,), horizon=10)
    forecast = walk.forecasts("linear", references(walk, lookback=40)["linear"])[0]
    np.testing.assert_allclose(forecast, walk.truth(0), atol=1e-6)


@pytest.mark.parametrize("length", [21, 25, 30, 38, 39, 40, 45, 60])
def test_with_few_windows_it_is_never_far_worse_than_last_value(length: int) -> None:
    ratios = []
    for seed in range(40):
        series = np.random.default_rng(seed).normal(size=length + 50).cumsum()
        walk = Walk((series,), (length,), horizon=1)
        made = {n: walk.forecasts(n, m)[0] for n, m in references(walk, lookback=19).items()}
        mse = {n: np.mean((made[n] - walk.truth(0)) ** 2) for n in ("linear", "last_value")}
        ratios.append(mse["linear"] / mse["last_value"])
    assert np.median(ratios) < 3.0


def test_many_series_share_one_model_whatever_their_levels_and_sizes() -> None:
    short = [autoregression([0.8], 300, seed=s) for s in range(100)]
    moved = [values * 10.0**s + 1000.0 * s for s, values in zip(range(-2, 3), short, strict=False)]
    model = linear_autoregression(short, lookback=1, horizon=1)
    assert model.weights[0, 0] == pytest.approx(0.8, abs=0.05)
    again = linear_autoregression([*moved, *short[5:]], lookback=1, horizon=1)
    np.testing.assert_allclose(again.weights, model.weights, rtol=1e-8)


def test_a_constant_history_is_forecast_by_its_value() -> None:
    model = linear_autoregression([np.full(30, 7.0)], lookback=3, horizon=2)
    np.testing.assert_allclose(model.forecast(0, np.full((1, 3), 7.0)), [[7.0, 7.0]])


def test_the_fit_sees_nothing_of_the_held_out_stretch() -> None:
    rng = np.random.default_rng(4)
    series = rng.normal(size=90)
    other = np.concatenate([series[:60], rng.normal(size=30)])
    window = np.arange(60, 61)
    one, two = (references(Walk((s,), (60,), 2), 5)["linear"](0, window) for s in (series, other))
    np.testing.assert_array_equal(one, two)


def test_windows_beyond_the_limit_are_thinned_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    series = [autoregression([0.7], 700, seed=s) for s in range(3)]
    whole = linear_autoregression(series, 2, 1)
    monkeypatch.setattr(linear, "MOST_WINDOWS", 1_000)
    thinned = linear_autoregression(series, 2, 1)
    assert not np.array_equal(thinned.weights, whole.weights)
    np.testing.assert_allclose(thinned.weights, whole.weights, atol=0.06)


def test_thinning_keeps_the_windows_that_are_evenly_spaced_over_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    series = [np.arange(9.0), np.arange(2.0), np.arange(100.0, 104.0), np.arange(200.0, 207.0)]
    every = [values[k : k + 3] for values in series for k in range(len(values) - 2)]
    np.testing.assert_array_equal(linear._taken(series, *linear._places(series, 3), 3), every)
    monkeypatch.setattr(linear, "MOST_WINDOWS", 4)
    kept = np.linspace(0, len(every) - 1, 4).round().astype(int)
    owners, begins = linear._places(series, 3)
    windows = linear._taken(series, owners, begins, 3)
    np.testing.assert_array_equal(windows, [every[k] for k in kept])
    assert owners.tolist() == [0, 0, 3, 3]


def test_the_fit_does_not_depend_on_the_size_of_its_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    series = [autoregression([0.7], 300, seed=s) for s in range(3)]
    whole = linear_autoregression(series, 4, 2)
    monkeypatch.setattr(linear, "_BLOCK", 37)
    np.testing.assert_allclose(
        linear_autoregression(series, 4, 2).weights, whole.weights, atol=1e-9
    )


def test_histories_shorter_than_a_window_are_refused_with_the_numbers() -> None:
    with pytest.raises(DataError, match=r"needs 12 values .* the longest has 11"):
        linear_autoregression([np.arange(11.0), np.arange(3.0)], lookback=10, horizon=2)


def test_a_lookback_of_nothing_is_refused() -> None:
    with pytest.raises(SettingsError, match="`lookback` is 0"):
        linear_autoregression([np.arange(11.0)], lookback=0, horizon=2)
