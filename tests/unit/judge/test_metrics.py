"""Every metric against a loop written by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from recur.arrays import Float64s
from recur.judge import mae, mase, mse, rmse, seasonal_scale, smape

values = st.floats(-1e6, 1e6, width=32)
pairs = st.integers(1, 30).flatmap(
    lambda n: st.tuples(
        arrays(np.float64, n, elements=values), arrays(np.float64, n, elements=values)
    )
)


def by_hand(truth: Float64s, forecast: Float64s, scale: float) -> dict[str, float]:
    absolute = squared = relative = 0.0
    for y, f in zip(truth, forecast, strict=True):
        absolute += abs(y - f)
        squared += (y - f) ** 2
        if abs(y) + abs(f) > 0:
            relative += 200.0 * abs(y - f) / (abs(y) + abs(f))
    n = len(truth)
    return {
        "mae": absolute / n,
        "mse": squared / n,
        "rmse": math.sqrt(squared / n),
        "smape": relative / n,
        "mase": absolute / n / scale,
    }


@given(pairs)
def test_metrics_agree_with_a_loop_written_by_hand(pair: tuple[Float64s, Float64s]) -> None:
    truth, forecast = pair
    expected = by_hand(truth, forecast, scale=2.5)
    found = {
        "mae": mae(truth, forecast),
        "mse": mse(truth, forecast),
        "rmse": rmse(truth, forecast),
        "smape": smape(truth, forecast),
        "mase": mase(truth, forecast, 2.5),
    }
    assert found == pytest.approx(expected, rel=1e-12, abs=1e-12)


@given(pairs)
def test_smape_lies_between_0_and_200(pair: tuple[Float64s, Float64s]) -> None:
    assert 0.0 <= smape(*pair) <= 200.0 + 1e-9


def test_smape_of_nothing_forecast_as_nothing_is_0() -> None:
    assert smape(np.zeros(3), np.zeros(3)) == 0.0


def test_seasonal_scale_agrees_with_a_loop_written_by_hand() -> None:
    history = np.random.default_rng(0).normal(size=40)
    total = 0.0
    for t in range(12, 40):
        total += abs(history[t] - history[t - 12])
    assert seasonal_scale(history, 12) == pytest.approx(total / 28)


def test_a_history_no_longer_than_a_season_is_scaled_by_its_steps() -> None:
    assert seasonal_scale(np.array([0.0, 1.0, 3.0]), season=3) == 1.5
    assert seasonal_scale(np.array([7.0]), season=3) == 0.0
