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
    """Return float64 [times], the loss at each time of origin, oldest first.

    The loss of an origin is the squared error averaged over the horizon, in units of its series'
    scale. Series are averaged at the same distance from their ends: what moves them all at one time
    is one piece of evidence, however many they are.
    """
    errors = without_rounding(walk, forecasts) - walk.truths
    losses = np.mean(errors**2, axis=1) / walk.per_origin(walk.scales)
    return np.bincount(walk.time_index, losses) / np.bincount(walk.time_index)
