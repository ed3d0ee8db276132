"""Errors of forecasts: MAE, MSE, RMSE, sMAPE and MASE."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recur.judge.walk import Forecasts, Walk

METRICS = ("mae", "mse", "rmse", "smape", "mase")


def mae(truth: NDArray[np.float64], forecast: NDArray[np.float64]) -> float:
    """Return the mean absolute error of two arrays of one shape.

    >>> mae(np.array([1.0, 3.0]), np.array([2.0, 5.0]))
    1.5
    """
    return float(np.mean(np.abs(truth - forecast)))


def mse(truth: NDArray[np.float64], forecast: NDArray[np.float64]) -> float:
    """Return the mean squared error of two arrays of one shape.

    >>> mse(np.array([1.0, 3.0]), np.array([2.0, 5.0]))
    2.5
    """
    return float(np.mean((truth - forecast) ** 2))


def rmse(truth: NDArray[np.float64], forecast: NDArray[np.float64]) -> float:
    """Return the root of the mean squared error of two arrays of one shape."""
    return float(np.sqrt(mse(truth, forecast)))


def smape(truth: NDArray[np.float64], forecast: NDArray[np.float64]) -> float:
    """Return the mean of 200 |y - f| / (|y| + |f|), from 0 to 200 percent; 0 / 0 counts as 0.

    >>> smape(np.array([1.0, 0.0]), np.array([3.0, 0.0]))
    50.0
    """
    size = np.abs(truth) + np.abs(forecast)
    shares = np.divide(np.abs(truth - forecast), size, out=np.zeros_like(size), where=size > 0)
    return float(200.0 * np.mean(shares))


def mase(
    truth: NDArray[np.float64], forecast: NDArray[np.float64], scale: NDArray[np.float64] | float
) -> float | None:
    """Return the mean absolute error in units of `scale`, see `seasonal_scale`.

    Args:
        truth: the values, [rows] or [rows, horizon].
        forecast: what was forecast for them, of the same shape.
        scale: one scale for all, or one for each row; rows of scale 0 are left out.

    Returns:
        The scaled error, or None when every scale is 0.
    """
    scale = np.broadcast_to(np.asarray(scale, dtype=np.float64), len(truth))
    known = scale > 0
    if not known.any():
        return None
    errors = np.abs(truth - forecast)[known]
    return float(np.mean((errors.T / scale[known]).T))


def seasonal_scale(history: NDArray[np.float64], season: int) -> float:
    """Return the mean absolute error of the seasonal naive forecast within `history`.

    The season is taken as 1 where the history is no longer than a season; 0 where nothing changes.

    >>> seasonal_scale(np.array([1.0, 5.0, 2.0, 7.0]), season=2)
    1.5
    """
    lag = season if len(history) > season else 1
    changes = np.abs(history[lag:] - history[:-lag])
    return float(np.mean(changes)) if len(changes) else 0.0


def errors_of(walk: Walk, forecasts: Forecasts) -> dict[str, float | None]:
    """Return every metric over all forecasts of a walk, each forecast value counting once.

    A metric that has no finite value, such as the MASE of a series that never changed, is None.
    """
    return _every_metric(*_rows(walk, forecasts))


def errors_by_horizon(walk: Walk, forecasts: Forecasts) -> dict[str, NDArray[np.float64]]:
    """Return every metric at each step ahead, float64 [horizon]; NaN where it has no value."""
    truth, forecast, scale = _rows(walk, forecasts)
    steps = [_every_metric(truth[:, k], forecast[:, k], scale) for k in range(walk.horizon)]
    return {name: np.array([step[name] for step in steps], dtype=np.float64) for name in METRICS}


def _rows(
    walk: Walk, forecasts: Forecasts
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return truth [rows, horizon], forecast [rows, horizon] and MASE scale [rows]."""
    scales = [seasonal_scale(walk.history(i), walk.season) for i in range(len(walk))]
    truth = np.concatenate([walk.truth(i) for i in range(len(walk))])
    return truth, np.concatenate(forecasts), np.repeat(scales, [len(rows) for rows in forecasts])


def _every_metric(
    truth: NDArray[np.float64], forecast: NDArray[np.float64], scale: NDArray[np.float64]
) -> dict[str, float | None]:
    with np.errstate(over="ignore"):
        values: dict[str, float | None] = {
            "mae": mae(truth, forecast),
            "mse": mse(truth, forecast),
            "rmse": rmse(truth, forecast),
            "smape": smape(truth, forecast),
            "mase": mase(truth, forecast, scale),
        }
    return {name: v if v is not None and np.isfinite(v) else None for name, v in values.items()}
