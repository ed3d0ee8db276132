"""Outliers: values far from the median of their neighbours, as distances go around them."""

from __future__ import annotations

import numpy as np

from recur.arrays import Float64s
from recur.data.describe.decomposition import moving_average

FAR = 6.0
"""The score of an outlier: of normal values, or steps of a random walk, fewer than one in 100,000
have it, of series of twenty values fewer than one in 1,000."""

FEWEST_VALUES = 15
"""Values below which outliers are not looked for."""

_NEIGHBOURS = 3  # on either side
_AROUND = 101  # values that say how large a distance is usual, so that calm and wild may alternate
_FEWEST_SEASONS = 3
_NORMAL = 1.4826  # standard deviations in a median absolute deviation of normal values
_ROUNDING = 1e-9


def outlier_scores(values: Float64s, season: int = 1) -> Float64s:
    """Return how far each value lies from the median of those around it.

    The unit is 1.4826 times the median of these distances around, which for normal noise is its
    standard deviation, but no less than a tenth of what it is over the whole series, or than half
    a usual step. What every season repeats is no outlier and is taken off first.

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
    if 1 < season <= count // _FEWEST_SEASONS:
        scaled = scaled - _season(scaled, season)
    apart = scaled - _median_of_neighbours(scaled)
    sizes = np.abs(apart)
    overall = float(np.median(sizes)) or float(sizes.mean())  # a mean where most do not move
    usual = median_filter(sizes, min(_AROUND, count), mode="mirror")
    # On a smooth slope only the ends, with neighbours on one side, are far from their median.
    steps = np.abs(np.diff(scaled, prepend=scaled[:1]))
    usual = np.maximum(usual, median_filter(steps, min(_AROUND, count), mode="mirror") / 2)
    unit = _NORMAL * np.maximum(usual, 0.1 * overall)
    return np.asarray(apart / np.maximum(unit, _ROUNDING))


def _season(values: Float64s, length: int) -> Float64s:
    """Return float64 [time], the median of each phase around the trend, which no outlier moves."""
    around = values - moving_average(values, length)
    whole = np.pad(around, (0, -len(values) % length), constant_values=np.nan)
    medians = np.nanmedian(whole.reshape(-1, length), axis=0)
    return np.asarray(medians[np.arange(len(values)) % length])


def _median_of_neighbours(values: Float64s) -> Float64s:
    """Return float64 [time], the median of three values before and three after each."""
    padded = np.pad(values, _NEIGHBOURS, mode="reflect")
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * _NEIGHBOURS + 1)
    # Without the value itself, which would often be its own median and no distance from it.
    return np.asarray(np.median(np.delete(around, _NEIGHBOURS, axis=1), axis=1))
