"""Intervals of a method that has some of its own, stretched until they held what they say.

A conformal score that needs no unit: how many times as far as its own interval a truth lies from
the forecast. So windows of many series can be counted together, and a fan keeps its shape.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recur.judge.forecast.conformal import rank_of

_Array = NDArray[np.float64]

# Below so many independent windows intervals came out worse than a good network's own; and so many
# misses are expected of them, else the end of a level is that of a window or two.
_FEWEST, _MISSES = 100, 5


def windows_to_stretch(level: float) -> int:
    """Return how many independent windows it takes to stretch intervals of a level, in percent.

    >>> [windows_to_stretch(level) for level in (80, 95, 99)]
    [100, 100, 500]
    """
    return max(_FEWEST, round(_MISSES * 100.0 / (100.0 - level)))


def reaches(truth: _Array, centre: _Array, low: _Array, high: _Array) -> _Array:
    """Return how many times as far as they do intervals would have to reach to hold each truth.

    Args:
        truth: float64 [windows, horizon].
        centre: float64 [windows, horizon], the forecasts.
        low: float64 [levels, windows, horizon], the lower ends of their intervals.
        high: the upper ends.

    Returns:
        float64 [levels, windows, horizon]: 1 where a truth lies on an end.
    """
    missed = truth - centre
    own = np.where(missed > 0, high - centre, centre - low)
    never = np.where(missed == 0, 0.0, np.inf)
    reached: _Array = np.broadcast_to(never, own.shape).copy()
    np.divide(np.abs(missed), own, out=reached, where=own > 0)
    return reached


def stretches(reached: _Array, levels: Sequence[float], independent: int) -> _Array:
    """Return float64 [levels, horizon], how many times as far as their own intervals have to reach.

    The rank of split conformal intervals, counted over the steps from half as far ahead to twice
    as far, so that a fan stays smooth. A level that takes more windows than there are, or that no
    stretch would hold, stays as it is: 1.

    Args:
        reached: float64 [levels, windows, horizon], of `reaches`.
        levels: in percent, rising.
        independent: how many of the windows do not overlap.
    """
    horizon = reached.shape[2]
    found = np.ones((len(levels), horizon))
    for row, level in enumerate(levels):
        if independent < windows_to_stretch(level):
            continue
        for step in range(1, horizon + 1):
            near = reached[row, :, (step + 1) // 2 - 1 : 2 * step].ravel()
            rank = rank_of(len(near), level)
            found[row, step - 1] = np.partition(near, rank - 1)[rank - 1]
    return np.where(np.isfinite(found), found, 1.0)


def stretched(centre: _Array, low: _Array, high: _Array, by: _Array) -> tuple[_Array, _Array]:
    """Return the ends of intervals that reach so many times as far, none less than the one below.

    Args:
        centre: float64 [rows, horizon], the forecasts.
        low: float64 [levels, rows, horizon], the lower ends, levels rising.
        high: the upper ends.
        by: float64 [levels, horizon], or [levels, rows, horizon].

    >>> centre, ends = np.array([[5.0]]), np.array([[[1.0]], [[3.0]]])
    >>> low, high = stretched(centre, centre - ends, centre + ends, np.array([[2.0], [0.5]]))
    >>> low.ravel().tolist(), high.ravel().tolist()
    ([3.0, 3.0], [7.0, 7.0])
    """
    by = by[:, None] if by.ndim == centre.ndim else by
    lower, upper = centre - by * (centre - low), centre + by * (high - centre)
    return np.minimum.accumulate(lower, axis=0), np.maximum.accumulate(upper, axis=0)
