"""The errors of the forecasts of a walk: every metric, at each step ahead and over all of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recur.judge.forecast.losses import without_rounding
from recur.judge.forecast.walk import Forecasts, Walk
from recur.judge.metrics import mae, mase, mean_weighed, mse, smape

METRICS = ("mae", "mse", "rmse", "smape", "mase")


def errors_by_horizon(walk: Walk, forecasts: Forecasts) -> dict[str, NDArray[np.float64]]:
    """Return every metric at each step ahead, float64 [horizon]; NaN where it has no finite value.

    Each forecast value counts once, whichever its series; those whose truth was not observed do
    not count.
    """
    made, scales = without_rounding(walk, forecasts), walk.per_origin(walk.seasonal_scales)
    seen = [slice(None)] * walk.horizon if walk.counted is None else list(walk.counted.T)
    with np.errstate(over="ignore"):
        steps = [_at_step(walk.truths[of, k], made[of, k], scales[of]) for k, of in enumerate(seen)]
    return {name: _finite([step[name] for step in steps]) for name in METRICS}


def errors_of(walk: Walk, by_horizon: dict[str, NDArray[np.float64]]) -> dict[str, float | None]:
    """Return every metric over all forecasts of a walk from those at each step ahead.

    The mean over all is the mean over the steps, each weighed by its truths that were observed.
    A metric that has no finite value, such as the MASE of a series that never changed, is None.
    """
    scaled = walk.per_origin(walk.seasonal_scales) > 0
    means = {
        name: mean_of_steps(walk, values, scaled if name == "mase" else None)
        for name, values in by_horizon.items()
    }
    means["rmse"] = float(np.sqrt(means["mse"]))
    return {name: mean if np.isfinite(mean) else None for name, mean in means.items()}


def mean_of_steps(
    walk: Walk, values: NDArray[np.float64], origins: NDArray[np.bool_] | None = None
) -> float:
    """Return the mean over all forecasts of what each step ahead comes to.

    Args:
        walk: what was forecast.
        values: float64 [horizon].
        origins: bool [all origins], those that count; None for all.
    """
    if walk.counted is None:  # every step has as many forecasts as the next
        return float(np.mean(values))
    truths = (walk.counted if origins is None else walk.counted[origins]).sum(axis=0)
    return mean_weighed(values, truths)


def _at_step(
    truth: NDArray[np.float64], forecast: NDArray[np.float64], scales: NDArray[np.float64]
) -> dict[str, float | None]:
    if not len(truth):
        return dict.fromkeys(METRICS)
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
