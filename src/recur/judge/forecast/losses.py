"""From forecasts on a walk to the one sequence of losses that the verdict compares."""

from __future__ import annotations

import numpy as np

from recur.arrays import Float64s
from recur.judge.forecast.walk import Forecasts, Walk

_ROUNDING = 1e-12
"""An error below this share of a series' largest value is rounding, and counts as none."""


def without_rounding(walk: Walk, made: Float64s) -> Float64s:
    """Return float64 [origins, horizon], forecasts, the truth where they miss it by rounding."""
    rounding = _ROUNDING * walk.per_origin(walk.largest)
    return np.where(np.abs(made - walk.truths) <= rounding[:, None], walk.truths, made)


def loss_sequence(walk: Walk, forecasts: Forecasts) -> Float64s:
    """Return float64 [judged times], the loss at each time of origin, oldest first.

    The loss of an origin is the squared error averaged over the horizon, in units of its series'
    scale. Series are averaged at the same distance from their ends: what moves them all at one time
    is one piece of evidence, however many they are. Truths that were not observed are left out,
    and so are the times at which none was; where there is none at all, one NaN says so.
    """
    sums = np.zeros((2, walk.times))
    for some, part in walk.parts():
        exact = without_rounding(part, np.concatenate(forecasts[some]))
        sums[:, walk.times - part.times :] += loss_sums(part, exact)
    return losses_from(sums)


def loss_sums(part: Walk, exact: Float64s) -> Float64s:
    """Return float64 [2, times], the sums of losses at each time of origin, and their number.

    Args:
        part: of a walk.
        exact: float64 [origins, horizon], forecasts `without_rounding`.
    """
    squared, scales = (exact - part.truths) ** 2, part.per_origin(part.scales)
    if part.counted is None:
        losses, there = np.mean(squared, axis=1) / scales, np.ones(len(squared))
    else:
        truths = part.counted.sum(axis=1)
        sums = np.where(part.counted, squared, 0.0).sum(axis=1)
        losses, there = sums / np.maximum(truths, 1) / scales, truths > 0
    return np.stack([np.bincount(part.time_index, of) for of in (losses, there)])


def losses_from(sums: Float64s) -> Float64s:
    """Return float64 [judged times], the mean losses, from their sums over all parts of a walk."""
    judged = sums[1] > 0
    return np.asarray(sums[0, judged] / sums[1, judged]) if judged.any() else np.full(1, np.nan)
