"""The simple answers that are means of known values, from running sums."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from recur.arrays import Float64s, Indices
from recur.data.panel.panel import alike
from recur.judge.forecast.walk import Method, Rule, Walk


def mean(walk: Walk, sums: Float64s) -> Method:
    """Forecast the mean of all known values.

    Args:
        walk: what it will be judged on.
        sums: float64 [all values], the `running_sums` of its series.
    """
    return window_mean(walk, sums, lookback=int(walk.lengths.max()))


def window_mean(walk: Walk, sums: Float64s, lookback: int) -> Method:
    """Forecast the mean of the newest `lookback` values, or of as many as are known.

    Args:
        walk: what it will be judged on.
        sums: float64 [all values], the `running_sums` of its series.
        lookback: how many values.
    """

    def forecast(series: Indices, origins: Indices) -> Float64s:
        return np.repeat(_means(walk, sums, series, origins, lookback)[:, None], walk.horizon, 1)

    return Rule(forecast)


def seasonal_mean(walk: Walk, sums: Float64s, seasonal_sums: Float64s) -> Method:
    """Forecast the mean of all known values of the same place in the season.

    It is the mean of all known values where less than a season is known.

    Args:
        walk: what it will be judged on.
        sums: float64 [all values], the `running_sums` of its series.
        seasonal_sums: float64 [all values], those a season apart.
    """

    def forecast(series: Indices, origins: Indices) -> Float64s:
        begins = walk.begins[series, None]
        newest = origins[:, None] - walk.season + np.arange(walk.horizon) % walk.season
        whole = origins >= walk.season
        newest[~whole] = 0
        made = seasonal_sums[begins + newest] / (newest // walk.season + 1)
        made += walk.seasonal_values[begins]
        if not whole.all():
            early = _means(walk, sums, series[~whole], origins[~whole], walk.season)
            made[~whole] = early[:, None]
        return np.asarray(made)

    return Rule(forecast)


def running_sums(series: Sequence[Float64s], season: int = 1) -> Float64s:
    """Return the sum of each value and of those whole seasons before it in its series.

    They are sums of what each value differs from the first of its series, so that they are as
    exact far from zero as near it; and no sum runs from one series into the next.

    Args:
        series: float64 [length] each.
        season: how many steps lie between two values that are added.

    Returns:
        float64 [all values], the series one after the other.

    >>> running_sums([np.array([5.0, 7.0, 8.0, 9.0]), np.array([1.0, 2.0])]).tolist()
    [0.0, 2.0, 5.0, 9.0, 0.0, 1.0]
    >>> running_sums([np.array([5.0, 7.0, 8.0, 9.0])], season=2).tolist()
    [0.0, 2.0, 3.0, 6.0]
    """
    lengths = np.array([len(values) for values in series], dtype=np.int64)
    begins = np.cumsum(lengths) - lengths
    sums = np.empty(lengths.sum())
    for some, values in alike(series):
        length = values.shape[1]
        apart = min(season, length)
        changes = np.zeros((len(some), -(-length // apart), apart))
        flat = changes.reshape(len(some), -1)
        np.subtract(values, values[:, :1], out=flat[:, :length])
        np.cumsum(changes, axis=1, out=changes)
        sums[begins[some, None] + np.arange(length)] = flat[:, :length]
    return sums


def _means(
    walk: Walk, sums: Float64s, series: Indices, origins: Indices, lookback: int
) -> Float64s:
    """Return float64 [origins], the mean of the newest `lookback` values before each."""
    begins = walk.begins[series]
    counted = np.minimum(origins, lookback)
    before = np.where(origins > lookback, sums[begins + origins - counted - 1], 0.0)
    return np.asarray((sums[begins + origins - 1] - before) / counted + walk.values[begins])
