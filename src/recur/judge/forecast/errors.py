"""The errors of the forecasts of a walk: every metric, at each step ahead and over all of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recur.judge.forecast.losses import without_rounding
from recur.judge.forecast.walk import Forecasts, Walk
from recur.judge.metrics import mae, mase, mse, smape

METRICS = ("mae", "mse", "rmse", "smape", "mase")


def errors_by_horizon(walk: Walk, forecasts: Forecasts) -> dict[str, NDArray[np.float64]]:
    """Return every metric at each step ahead, float64 [horizon]; NaN where it has no finite value.

    Each forecast value counts once, whichever its series.
    """
    made, scales = without_rounding(walk, forecasts), walk.per_origin(walk.seasonal_scales)
    with np.errstate(over="ignore"):
        steps = [_at_step(walk.truths[:, k], made[:, k], scales) for k in range(walk.horizon)]
    return {name: _finite([step[name] for step in steps]) for name in METRICS}


def errors_of(by_horizon: dict[str, NDArray[np.float64]]) -> dict[str, float | None]:
    """Return every metric over all forecasts of a walk from those at each step ahead.

    Every step has as many forecasts as the next, so the mean over all is the mean over the steps.
    A metric that has no finite value, such as the MASE of a series that never changed, is None.
    """
    means = {name: float(np.mean(values)) for name, values in by_horizon.items()}
    means["rmse"] = float(np.sqrt(means["mse"]))
    return {name: mean if np.isfinite(mean) else None for name, mean in means.items()}


def _at_step(
    truth: NDArray[np.float64], forecast: NDArray[np.float64], scales: NDArray[np.float64]
) -> dict[str, float | None]:
    squared = mse(truth, forecast)
    return {
        "mae": mae(truth, forecast),
        "mse": squared,
        "rmse": float(np.sqrt(squared)),
        "smape": smape(truth, forecast),
        "mase": mase(truth, forecast, scales),
    }


def _finite(values: list[float | None]) -> NDArray[np.float64]:
    """Return float64 [values], NaN for None and for what is not finite."""
    numbers = np.array(values, dtype=np.float64)
    return np.where(np.isfinite(numbers), numbers, np.nan)
