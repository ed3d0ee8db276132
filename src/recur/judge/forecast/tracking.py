"""How a forecast follows the truth: how late, and how often in the right direction."""

from __future__ import annotations

import math

import numpy as np

from recur.judge.comparison import SIZE
from recur.judge.forecast.walk import Forecasts, Walk

_CLEARLY = 0.5
"""The share of the misfit that a later lag may leave before the forecast is called late."""


def best_lag(walk: Walk, forecasts: Forecasts) -> int:
    """Return how many steps late the one-step-ahead forecasts follow the truth.

    It is the lag k for which the forecast for time t is nearest to the truth at t - k in mean
    square (series in units of their scales), and 0 unless another leaves less than half of it.
    """
    most = min(max(walk.horizon, walk.season, 10), *walk.starts)
    one_ahead = np.concatenate([forecast[:, 0] for forecast in forecasts])
    scales = walk.per_origin(walk.scales)

    def distance(lag: int) -> float:
        squared = (one_ahead - walk.values_at(-lag)) ** 2 / scales
        seen = walk.seen_at(-lag)
        if seen is None:
            return float(np.mean(squared))
        if walk.counted is not None:
            seen = seen & walk.counted[:, 0]
        return float(np.mean(squared[seen])) if seen.any() else math.inf

    distances = np.array([distance(lag) for lag in range(most + 1)])
    if not np.isfinite(distances[0]):
        return 0
    best = int(np.argmin(distances))
    return best if distances[best] < _CLEARLY * distances[0] else 0


def direction_hits(
    walk: Walk, forecasts: Forecasts
) -> tuple[float | None, float | None, float | None]:
    """Return the share of forecasts that name the direction rightly, and its Wilson interval.

    The direction is that from the newest known value, over all steps ahead. Truths that did not
    change have none, and a forecast of no change names none: both are left out, and where nothing
    remains there is no share. The interval counts as many trials as there are independent origins
    among those that remain.
    """
    newest = walk.values_at(-1)[:, None]
    named, happened = np.sign(np.concatenate(forecasts) - newest), np.sign(walk.truths - newest)
    both = (named != 0) & (happened != 0)
    if walk.counted is not None:
        both &= walk.counted
    hits, counted = int(np.sum(both & (named == happened))), int(np.sum(both))
    if counted == 0:
        return None, None, None
    low, high = wilson(hits / counted, walk.independent_origins * counted / both.size)
    return hits / counted, low, high


def wilson(share: float, trials: float) -> tuple[float, float]:
    """Return Wilson's interval for a share, at the level of the verdict.

    >>> low, high = wilson(0.5, trials=100)
    >>> round(low, 3), round(high, 3)
    (0.399, 0.601)
    """
    from scipy.special import ndtri  # slow to import

    z_squared = float(ndtri(1.0 - SIZE)) ** 2
    middle = (share + z_squared / (2 * trials)) / (1 + z_squared / trials)
    within = share * (1 - share) / trials + z_squared / (4 * trials**2)
    half = np.sqrt(z_squared * within) / (1 + z_squared / trials)
    return float(max(middle - half, 0.0)), float(min(middle + half, 1.0))
