"""The errors of a walk: every forecast value counts once, in the units of its history."""

from __future__ import annotations

import numpy as np
import pytest

from recur.arrays import Float64s
from recur.judge import Walk, mae, mase, mse, references, rmse, seasonal_scale, smape
from recur.judge.forecast.errors import errors_by_horizon, errors_of


def every_metric(truth: Float64s, forecast: Float64s, scales: Float64s) -> dict[str, float | None]:
    plain = {"mae": mae, "mse": mse, "rmse": rmse, "smape": smape}
    errors: dict[str, float | None] = {name: of(truth, forecast) for name, of in plain.items()}
    return {**errors, "mase": mase(truth, forecast, scales)}


def test_mase_of_a_walk_uses_the_history_before_the_held_out_stretch() -> None:
    series = np.array([0.0, 1.0, 0.0, 1.0, 0.0, 9.0, 3.0])
    walk = Walk((series,), (5,), 1)
    errors = errors_by_horizon(walk, (np.array([[8.0], [5.0]]),))
    assert errors_of(walk, errors)["mase"] == 1.5


def test_mase_leaves_out_series_that_never_changed() -> None:
    walk = Walk((np.array([0.0, 1.0, 0.0, 4.0]), np.array([5.0, 5.0, 5.0, 4.0])), (3, 3), 1)
    forecasts = (np.array([[2.0]]), np.array([[0.0]]))
    assert errors_of(walk, errors_by_horizon(walk, forecasts))["mase"] == 2.0


def test_mase_without_any_scale_is_none_and_nan_by_horizon() -> None:
    walk = Walk((np.ones(6),), (4,), 1)
    forecasts = (np.zeros((2, 1)),)
    errors = errors_by_horizon(walk, forecasts)
    assert np.isnan(errors["mase"]).all()
    assert errors_of(walk, errors)["mase"] is None


def test_errors_at_a_step_and_over_all_count_every_forecast_value_once() -> None:
    rng = np.random.default_rng(1)
    walk = Walk((rng.normal(size=60), rng.normal(size=50)), (40, 35), horizon=4, season=3)
    forecasts = walk.forecasts("drift", references(walk, 5)["drift"])
    truth = np.concatenate([walk.truth(i) for i in range(2)])
    made = np.concatenate(forecasts)
    counts = [len(forecast) for forecast in forecasts]
    scales = np.repeat([seasonal_scale(walk.history(i), 3) for i in range(2)], counts)
    steps = errors_by_horizon(walk, forecasts)
    for k in range(4):
        at_step = {name: float(values[k]) for name, values in steps.items()}
        assert at_step == pytest.approx(every_metric(truth[:, k], made[:, k], scales))
    assert errors_of(walk, steps) == pytest.approx(every_metric(truth, made, scales))


def test_errors_too_large_to_be_squared_are_none() -> None:
    walk = Walk((np.arange(9.0),), (6,), horizon=2)
    errors = errors_of(walk, errors_by_horizon(walk, (np.full((2, 2), 1e200),)))
    assert (errors["mse"], errors["rmse"]) == (None, None)
    assert errors["mae"] == pytest.approx(1e200)


def test_rounding_is_no_error_by_any_metric() -> None:
    values = np.sin(2 * np.pi * np.arange(80) / 10)
    walk = Walk((values,), (60,), 1)
    off = walk.truth(0) + 1e-15  # beside a truth of 0 a symmetric percentage of 200
    exact = errors_of(walk, errors_by_horizon(walk, (off,)))
    assert exact == dict.fromkeys(exact, 0.0)
    wrong = errors_of(walk, errors_by_horizon(walk, (walk.truth(0) + 1e-9,)))
    assert wrong["mae"] == pytest.approx(1e-9)
