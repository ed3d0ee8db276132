"""Outliers: values far from the median of their neighbours, as distances go around them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FAR = 7.0
"""The score of an outlier; about one in 100,000 normal values, or steps of a random walk, has it,
and one in 1,000 in series of twenty values."""

FEWEST_VALUES = 15
"""Values below which outliers are not looked for."""

_NEIGHBOURS = 3  # on either side
_AROUND = 101  # values that say how large a distance is usual, so that calm and wild may alternate
_FEWEST_SEASONS = 3
_NORMAL = 1.4826  # standard deviations in a median absolute deviation of normal values
_ROUNDING = 1e-9


def outlier_scores(values: Floats, season: int = 1) -> Floats:
    """Return how far each value lies from the median of those around it.

    The unit is 1.4826 times the median of these distances around, which for normal noise is its
    standard deviation, but no less than a tenth of what it is over the whole series, or than half
    a usual step. What every season repeats is no outlier: the median distance of each phase is
    taken off first.

    Args:
        values: float64 [time], finite.
        season: its length in steps, 1 for none.

    Returns:
        float64 [time], signed; all 0 below 15 values.

    Example:
        >>> values = np.tile([1.0, 2.0, 4.0, 3.0], 10)
        >>> values[21] = 40.0
        >>> np.flatnonzero(np.abs(outlier_scores(values, season=4)) > FAR).tolist()
        [21]
    """
    count = len(values)
    if count < FEWEST_VALUES:
        return np.zeros(count)
    from scipy.ndimage import median_filter

    scaled = values / (float(np.abs(values).max()) or 1.0)
    apart = scaled - _median_of_neighbours(scaled)
    if season > 1 and count >= _FEWEST_SEASONS * season:
        apart = apart - _phase_medians(apart, season)
    sizes = np.abs(apart)
    overall = float(np.median(sizes)) or float(sizes.mean())  # a mean where most do not move
    usual = median_filter(sizes, min(_AROUND, count), mode="mirror")
    # On a smooth slope only the ends, with neighbours on one side, are far from their median.
    steps = np.abs(np.diff(scaled, prepend=scaled[:1]))
    usual = np.maximum(usual, median_filter(steps, min(_AROUND, count), mode="mirror") / 2)
    unit = _NORMAL * np.maximum(usual, 0.1 * overall)
    return np.asarray(apart / np.maximum(unit, _ROUNDING))


def _median_of_neighbours(values: Floats) -> Floats:
    """Return float64 [time], the median of three values before and three after each."""
    from scipy.ndimage import rank_filter

    around = np.ones(2 * _NEIGHBOURS + 1, dtype=bool)
    around[_NEIGHBOURS] = False  # a value that may be its own median is often no distance from it
    middle = (_NEIGHBOURS - 1, _NEIGHBOURS)
    low, high = (rank_filter(values, rank, footprint=around, mode="mirror") for rank in middle)
    return np.asarray((low + high) / 2)


def _phase_medians(values: Floats, season: int) -> Floats:
    """Return float64 [time], the median of the phase that each value falls in."""
    whole = np.pad(values, (0, -len(values) % season), constant_values=np.nan)
    medians = np.nanmedian(whole.reshape(-1, season), axis=0)
    return np.asarray(medians[np.arange(len(values)) % season])
