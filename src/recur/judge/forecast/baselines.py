"""The simple answers that every network is judged against."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Float64s, Indices
from recur.judge.forecast.linear import linear_autoregression
from recur.judge.forecast.means import mean, running_sums, seasonal_mean, window_mean
from recur.judge.forecast.walk import Method, Rule, Walk

NAIVE = ("last_value", "seasonal_naive", "drift", "mean", "window_mean", "seasonal_mean")
"""The answers that fit nothing, in the order in which ties between them are broken."""

LINEAR = "linear"

SIMPLE = (*NAIVE, LINEAR)
"""All that a network has to beat."""

_BLOCK = 8_192  # windows of the linear autoregression held at once


def references(walk: Walk, lookback: int, names: Sequence[str] = SIMPLE) -> dict[str, Method]:
    """Return the simple answers of a judgement by name.

    Args:
        walk: what they will be judged on; the linear model is fitted to its histories.
        lookback: how many values the linear autoregression sees, and the window's mean.
        names: of those to return; by default all.
    """

    @cache
    def sums(season: int) -> Float64s:
        return running_sums(walk.series, season)

    answers: dict[str, Callable[[], Method]] = {
        "last_value": lambda: last_value(walk),
        "seasonal_naive": lambda: seasonal_naive(walk),
        "drift": lambda: drift(walk),
        "mean": lambda: mean(walk, sums(1)),
        "window_mean": lambda: window_mean(walk, sums(1), lookback),
        "seasonal_mean": lambda: seasonal_mean(walk, sums(1), sums(walk.season)),
        LINEAR: lambda: linear(walk, lookback),
    }
    return {name: answers[name]() for name in names}


def last_value(walk: Walk) -> Method:
    """Repeat the newest known value."""

    def forecast(series: Indices, origins: Indices) -> NDArray[np.float64]:
        newest = walk.values[walk.begins[series] + origins - 1]
        return np.repeat(newest[:, None], walk.horizon, axis=1)

    return Rule(forecast)


def seasonal_naive(walk: Walk) -> Method:
    """Repeat the last whole season; the newest value where less than a season is known."""

    def forecast(series: Indices, origins: Indices) -> NDArray[np.float64]:
        into_season = np.arange(walk.horizon) % walk.season
        season_ago = origins[:, None] - walk.season + into_season
        known = np.where(origins[:, None] >= walk.season, season_ago, origins[:, None] - 1)
        return np.take(walk.values, walk.begins[series, None] + known)

    return Rule(forecast)


def drift(walk: Walk) -> Method:
    """Continue the straight line from the first to the newest known value."""

    def forecast(series: Indices, origins: Indices) -> NDArray[np.float64]:
        begins = walk.begins[series]
        newest = walk.values[begins + origins - 1]
        slopes = (newest - walk.values[begins]) / np.maximum(origins - 1, 1)
        return np.asarray(newest[:, None] + np.outer(slopes, np.arange(1, walk.horizon + 1)))

    return Rule(forecast)


def linear(walk: Walk, lookback: int) -> Method:
    """Forecast by one linear autoregression fitted to the histories of all series of the walk.

    Where less than `lookback` values are known, the first value stands for those before it.
    """
    model = linear_autoregression(walk.histories, lookback, walk.horizon)

    def forecast(series: Indices, origins: Indices) -> NDArray[np.float64]:
        made = np.empty((len(origins), walk.horizon))
        for first in range(0, len(origins), _BLOCK):
            some = slice(first, first + _BLOCK)
            known = np.maximum(origins[some, None] + np.arange(-lookback, 0), 0)
            windows = walk.values[walk.begins[series[some], None] + known]
            made[some] = model.forecast(series[some], windows)
        return made

    return Rule(forecast)
