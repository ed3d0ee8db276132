"""Measures of two arrays, the truth and its forecast: MAE, MSE, RMSE, sMAPE and MASE."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray


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
    return float(200.0 * np.mean(shares_of_size(truth, forecast)))


def shares_of_size(
    truth: NDArray[np.float64], forecast: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return |y - f| / (|y| + |f|), 0 / 0 being 0, in the shape of both."""
    size = np.abs(truth) + np.abs(forecast)
    shares = np.divide(np.abs(truth - forecast), size, out=np.zeros_like(size), where=size > 0)
    return np.asarray(shares)


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


def seasonal_scale(history: NDArray[np.float64], season: int) -> Any:
    """Return the mean absolute error of the seasonal naive forecast within `history` [..., time].

    The season is taken as 1 where the history is no longer than a season; 0 where nothing changes.
    Values that are NaN were not observed, and count for nothing.

    Returns:
        float64 [...], a number for a single history.

    >>> seasonal_scale(np.array([1.0, 5.0, 2.0, 7.0]), season=2)
    1.5
    """
    lag = season if history.shape[-1] > season else 1
    changes = np.abs(history[..., lag:] - history[..., :-lag])
    means = mean_observed(changes)
    return means if history.ndim > 1 else float(means)


def mean_weighed(values: NDArray[np.float64], truths: NDArray[Any]) -> float:
    """Return the mean of values, each weighed by how many truths it is of; NaN for none at all."""
    there = truths > 0
    return float(np.average(values[there], weights=truths[there])) if there.any() else math.nan


def mean_observed(values: NDArray[np.float64]) -> Any:
    """Return float64 [...], the means of values [..., time] that are not NaN; 0 where all are."""
    seen = ~np.isnan(values)
    if seen.all():
        return values.mean(axis=-1) if values.shape[-1] else np.zeros(values.shape[:-1])
    return np.where(seen, values, 0.0).sum(axis=-1) / np.maximum(seen.sum(axis=-1), 1)
