"""How a forecast follows the truth: how late, and how often in the right direction."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from recur.judge.comparison import SIZE
from recur.judge.walk import Forecasts, Walk

_CLEARLY = 0.9
"""A later lag must fit this much better than none before the forecast is called late."""


def best_lag(walk: Walk, forecasts: Forecasts) -> int:
    """Return how many steps late the one-step-ahead forecasts follow the truth.

    It is the lag k for which the forecast for time t is nearest to the truth at t - k in mean
    square (series in units of their scales), and 0 unless another is nearer by a tenth.
    """
    most = min(max(walk.horizon, walk.season, 10), *walk.starts)
    distances = np.zeros(most + 1)
    for i, forecast in enumerate(forecasts):
        late = walk.series[i][walk.origins(i)[:, None] - np.arange(most + 1)]
        distances += np.sum((forecast[:, :1] - late) ** 2, axis=0) / walk.scales[i]
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
    hits = counted = total = 0
    for i, forecast in enumerate(forecasts):
        newest = walk.newest(i)[:, None]
        named, happened = np.sign(forecast - newest), np.sign(walk.truth(i) - newest)
        both = (named != 0) & (happened != 0)
        hits += int(np.sum(both & (named == happened)))
        counted += int(np.sum(both))
        total += both.size
    if counted == 0:
        return None, None, None
    low, high = wilson(hits / counted, walk.independent_origins * counted / total)
    return hits / counted, low, high


def wilson(share: float, trials: float) -> tuple[float, float]:
    """Return Wilson's interval for a share, at the level of the verdict.

    >>> low, high = wilson(0.5, trials=100)
    >>> round(low, 3), round(high, 3)
    (0.399, 0.601)
    """
    z_squared = float(ndtri(1.0 - SIZE)) ** 2
    middle = (share + z_squared / (2 * trials)) / (1 + z_squared / trials)
    within = share * (1 - share) / trials + z_squared / (4 * trials**2)
    half = np.sqrt(z_squared * within) / (1 + z_squared / trials)
    return float(max(middle - half, 0.0)), float(min(middle + half, 1.0))
