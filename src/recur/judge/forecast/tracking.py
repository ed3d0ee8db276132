"""How a forecast follows the truth: how late, and how often in the right direction."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from recur.arrays import Float64s, Indices
from recur.judge.comparison import SIZE
from recur.judge.forecast.walk import Forecasts, Walk

_CLEARLY = 0.5
"""The share of the misfit that a later lag may leave before the forecast is called late."""


def best_lag(walk: Walk, forecasts: Forecasts) -> int:
    """Return how many steps late the one-step-ahead forecasts follow the truth.

    It is the lag k for which the forecast for time t is nearest to the truth at t - k in mean
    square (series in units of their scales), and 0 unless another leaves less than half of it.
    """
    sums = np.zeros((2, longest_lag(walk) + 1))
    for some, part in walk.parts():
        sums += lag_sums(part, np.concatenate(forecasts[some]), sums.shape[1] - 1)
    return lag_from(sums)


def longest_lag(walk: Walk) -> int:
    """Return the longest lag that is looked at."""
    return min(max(walk.horizon, walk.season, 10), *walk.starts)


def lag_sums(part: Walk, made: Float64s, most: int) -> Float64s:
    """Return float64 [2, most + 1], the squared distances at each lag and how many there are.

    Args:
        part: of a walk.
        made: float64 [origins, horizon], forecasts.
        most: the longest lag.
    """
    one_ahead, scales = made[:, 0], part.per_origin(part.scales)

    def distance(lag: int) -> tuple[float, float]:
        squared = (one_ahead - part.values_at(-lag)) ** 2 / scales
        seen = part.seen_at(-lag)
        if seen is None:
            return squared.sum(), len(squared)
        if part.counted is not None:
            seen = seen & part.counted[:, 0]
        return squared[seen].sum(), seen.sum()

    return np.array([distance(lag) for lag in range(most + 1)], np.float64).T


def lag_from(sums: Float64s) -> int:
    """Return what `best_lag` does, from the sums over all parts of a walk."""
    distances = np.where(sums[1] > 0, sums[0] / np.maximum(sums[1], 1), np.inf)
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
    counts = np.zeros(3, np.int64)
    for some, part in walk.parts():
        counts += direction_counts(part, np.concatenate(forecasts[some]))
    return hits_from(walk, counts)


def direction_counts(part: Walk, made: Float64s) -> Indices:
    """Return int64 [3]: forecasts of the right direction, those that count, and all.

    Args:
        part: of a walk.
        made: float64 [origins, horizon], forecasts.
    """
    newest = part.values_at(-1)[:, None]
    named, happened = np.sign(made - newest), np.sign(part.truths - newest)
    both = (named != 0) & (happened != 0)
    if part.counted is not None:
        both &= part.counted
    return np.array([np.sum(both & (named == happened)), np.sum(both), both.size], np.int64)


def hits_from(walk: Walk, counts: Indices) -> tuple[float | None, float | None, float | None]:
    """Return what `direction_hits` does, from the counts over all parts of a walk."""
    hits, counted, size = counts.tolist()
    if counted == 0:
        return None, None, None
    low, high = wilson(hits / counted, walk.independent_origins * counted / size)
    return hits / counted, low, high


def wilson(share: float, trials: float) -> tuple[float, float]:
    """Return Wilson's interval for a share, at the level of the verdict.

    >>> low, high = wilson(0.5, trials=100)
    >>> round(low, 3), round(high, 3)
    (0.399, 0.601)
    """
    z_squared = NormalDist().inv_cdf(1.0 - SIZE) ** 2
    middle = (share + z_squared / (2 * trials)) / (1 + z_squared / trials)
    within = share * (1 - share) / trials + z_squared / (4 * trials**2)
    half = np.sqrt(z_squared * within) / (1 + z_squared / trials)
    return float(max(middle - half, 0.0)), float(min(middle + half, 1.0))
