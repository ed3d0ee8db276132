"""The errors of the forecasts of a walk: every metric, at each step ahead and over all of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recur.judge.forecast.losses import without_rounding
from recur.judge.forecast.walk import Forecasts, Walk
from recur.judge.metrics import mean_weighed, shares_of_size

METRICS = ("mae", "mse", "rmse", "smape", "mase")
_SUMS = ("count", "mae", "mse", "shares", "changing", "scaled")


def errors_by_horizon(walk: Walk, forecasts: Forecasts) -> dict[str, NDArray[np.float64]]:
    """Return every metric at each step ahead, float64 [horizon]; NaN where it has no finite value.

    Each forecast value counts once, whichever its series; those whose truth was not observed do
    not count.
    """
    sums = np.zeros((len(_SUMS), walk.horizon))
    for some, part in walk.parts():
        sums += error_sums(part, without_rounding(part, np.concatenate(forecasts[some])))
    return errors_from(sums)


def error_sums(part: Walk, exact: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return float64 [sums, horizon], what the errors at each step ahead come to.

    Args:
        part: of a walk.
        exact: float64 [origins, horizon], forecasts `without_rounding`.
    """
    seen = [slice(None)] * part.horizon if part.counted is None else list(part.counted.T)
    scales = part.per_origin(part.seasonal_scales)
    with np.errstate(over="ignore"):
        steps = [
            _at_step(part.truths[of, k], exact[of, k], scales[of]) for k, of in enumerate(seen)
        ]
    return np.array(steps).T


def errors_from(sums: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Return every metric at each step ahead from the sums over all parts of a walk."""
    found = dict(zip(_SUMS, sums, strict=True))
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        means = {name: found[name] / found["count"] for name in ("mae", "mse")}
        means["rmse"] = np.sqrt(means["mse"])
        means["smape"] = 200.0 * (found["shares"] / found["count"])
        means["mase"] = found["scaled"] / found["changing"]
    return {name: np.where(np.isfinite(means[name]), means[name], np.nan) for name in METRICS}


def errors_of(walk: Walk, by_horizon: dict[str, NDArray[np.float64]]) -> dict[str, float | None]:
    """Return every metric over all forecasts of a walk from those at each step ahead.

    The mean over all is the mean over the steps, each weighed by its truths that were observed.
    A metric that has no finite value, such as the MASE of a series that never changed, is None.
    """
    means = {
        name: mean_of_steps(walk, values, changing=name == "mase")
        for name, values in by_horizon.items()
    }
    means["rmse"] = float(np.sqrt(means["mse"]))
    return {name: mean if np.isfinite(mean) else None for name, mean in means.items()}


def mean_of_steps(walk: Walk, values: NDArray[np.float64], *, changing: bool = False) -> float:
    """Return the mean over all forecasts of what each step ahead comes to.

    Args:
        walk: what was forecast.
        values: float64 [horizon].
        changing: whether only series that ever change count.
    """
    if walk.observed is None:  # every step has as many forecasts as the next
        return float(np.mean(values))
    return mean_weighed(values, walk.truth_counts[int(changing)])


def _at_step(
    truth: NDArray[np.float64], forecast: NDArray[np.float64], scales: NDArray[np.float64]
) -> list[float]:
    """Return the sums of `_SUMS` over the forecasts of one step ahead."""
    errors, known = np.abs(truth - forecast), scales > 0
    return [
        len(truth),
        errors.sum(),
        ((truth - forecast) ** 2).sum(),
        shares_of_size(truth, forecast).sum(),
        known.sum(),
        (errors[known] / scales[known]).sum(),
    ]
