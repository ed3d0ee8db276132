"""From forecasts on a walk to the one sequence of losses that the verdict compares."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recur.judge.forecast.walk import Forecasts, Walk

_ROUNDING = 1e-12
"""An error below this share of a series' largest value is rounding, and counts as none."""


def without_rounding(walk: Walk, forecasts: Forecasts) -> NDArray[np.float64]:
    """Return float64 [origins, horizon], forecasts, the truth where they miss it by rounding."""
    made, rounding = np.concatenate(forecasts), _ROUNDING * walk.per_origin(walk.largest)
    return np.where(np.abs(made - walk.truths) <= rounding[:, None], walk.truths, made)


def loss_sequence(walk: Walk, forecasts: Forecasts) -> NDArray[np.float64]:
    """Return float64 [judged times], the loss at each time of origin, oldest first.

    The loss of an origin is the squared error averaged over the horizon, in units of its series'
    scale. Series are averaged at the same distance from their ends: what moves them all at one time
    is one piece of evidence, however many they are. Truths that were not observed are left out,
    and so are the times at which none was; where there is none at all, one NaN says so.
    """
    squared = (without_rounding(walk, forecasts) - walk.truths) ** 2
    scales, counted = walk.per_origin(walk.scales), walk.counted
    if counted is None:
        losses = np.mean(squared, axis=1) / scales
        return np.bincount(walk.time_index, losses) / np.bincount(walk.time_index)
    truths = counted.sum(axis=1)
    if not counted.any():
        return np.full(1, np.nan)
    losses = np.where(counted, squared, 0.0).sum(axis=1) / np.maximum(truths, 1) / scales
    sums, counts = (np.bincount(walk.time_index, part) for part in (losses, truths > 0))
    return np.asarray(sums[walk.judged_times] / counts[walk.judged_times])
