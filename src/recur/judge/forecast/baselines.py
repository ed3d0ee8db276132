"""The simple answers that every network is judged against."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Float64s, Indices
from recur.judge.forecast.linear import LinearAutoregression, linear_autoregression
from recur.judge.forecast.means import mean, running_sums, seasonal_mean, window_mean
from recur.judge.forecast.walk import Method, Rule, Walk

NAIVE = ("last_value", "seasonal_naive", "drift", "mean", "window_mean", "seasonal_mean")
"""The answers that fit nothing, in the order in which ties between them are broken."""

LINEAR = "linear"

SIMPLE = (*NAIVE, LINEAR)
"""All that a network has to beat."""

ReferencesOfPart = Callable[[slice, Walk], dict[str, Method]]
"""The simple answers for some of the series of a walk."""

_GROWS = 1.5  # what is known, until the linear model is fitted again
_BLOCK = 8_192  # windows of the linear autoregression held at once


@dataclass(frozen=True, eq=False)
class LinearModels:
    """The linear autoregressions of a walk, each fitted when more was known than before.

    Attributes:
        ends: int64 [models, series], the values of each series that each is fitted to.
        models: with how many values each sees.
    """

    ends: Indices
    models: list[tuple[LinearAutoregression, int]]

    def of(self, some: slice) -> LinearModels:
        """Return the same for some of the series."""
        own = [(model.of(some), sees) for model, sees in self.models]
        return LinearModels(self.ends[:, some], own)


def references(
    walk: Walk, lookback: int, names: Sequence[str] = SIMPLE, fitted: LinearModels | None = None
) -> dict[str, Method]:
    """Return the simple answers of a judgement by name.

    Args:
        walk: what they will be judged on; the linear model is fitted to its histories.
        lookback: how many values the linear autoregression may see, and the window's mean.
        names: of those to return; by default all.
        fitted: the linear models, where the walk is a part of that whose histories they are of.
    """

    @cache
    def sums(season: int) -> Float64s:
        values = walk.values if season == 1 else walk.seasonal_values
        return running_sums(np.split(values, walk.begins[1:]), season)

    answers: dict[str, Callable[[], Method]] = {
        "last_value": lambda: last_value(walk),
        "seasonal_naive": lambda: seasonal_naive(walk),
        "drift": lambda: drift(walk),
        "mean": lambda: mean(walk, sums(1)),
        "window_mean": lambda: window_mean(walk, sums(1), lookback),
        "seasonal_mean": lambda: seasonal_mean(walk, sums(1), sums(walk.season)),
        LINEAR: lambda: linear(walk, fitted or linear_models(walk, lookback)),
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
        return np.take(walk.seasonal_values, walk.begins[series, None] + known)

    return Rule(forecast)


def drift(walk: Walk) -> Method:
    """Continue the straight line from the first to the newest known value."""

    def forecast(series: Indices, origins: Indices) -> NDArray[np.float64]:
        begins = walk.begins[series]
        newest = walk.values[begins + origins - 1]
        slopes = (newest - walk.values[begins]) / np.maximum(origins - 1, 1)
        return np.asarray(newest[:, None] + np.outer(slopes, np.arange(1, walk.horizon + 1)))

    return Rule(forecast)


def references_in_parts(walk: Walk, lookback: int) -> ReferencesOfPart:
    """Return what gives the simple answers for each part of a walk, none of which is kept."""
    fitted = linear_models(walk, lookback)
    return lambda some, part: references(part, lookback, fitted=fitted.of(some))


def linear_models(walk: Walk, lookback: int) -> LinearModels:
    """Return one linear autoregression fitted to the histories of all series of a walk.

    On a walk longer than the histories before it the model is fitted again each time that half as
    much more is known.
    """
    starts = np.array(walk.starts)
    times = _GROWS ** np.arange(1 + _refits(walk))
    ends = np.minimum(np.ceil(starts * times[:, None]).astype(np.int64), walk.lengths)
    return LinearModels(ends, [_linear_up_to(walk, stage, lookback) for stage in ends])


def linear(walk: Walk, fitted: LinearModels) -> Method:
    """Forecast by a linear autoregression.

    Where less values are known than it sees, the first stands for those before.
    """
    ends, models = fitted.ends, fitted.models

    def forecast(series: Indices, origins: Indices) -> NDArray[np.float64]:
        made = np.empty((len(origins), walk.horizon))
        stages = np.maximum(0, (ends[:, series] <= origins).sum(axis=0) - 1)
        for stage, (model, sees) in enumerate(models):
            chosen = np.flatnonzero(stages == stage)
            for first in range(0, len(chosen), _BLOCK):
                some = chosen[first : first + _BLOCK]
                known = np.maximum(origins[some, None] + np.arange(-sees, 0), 0)
                windows = walk.seasonal_values[walk.begins[series[some], None] + known]
                made[some] = model.forecast(series[some], windows)
        return made

    return Rule(forecast)


def _refits(walk: Walk) -> int:
    """Return how often the linear model is fitted again."""
    grown = (walk.lengths - walk.horizon) / np.array(walk.starts)
    return int(np.floor(np.log(max(1.0, grown.max())) / np.log(_GROWS)))


def _linear_up_to(walk: Walk, ends: Indices, lookback: int) -> tuple[LinearAutoregression, int]:
    """Return the model fitted to the values before `ends` [series], and how many it sees."""
    histories = _Histories(walk, ends)
    observed = walk.observed and [seen[:end] for seen, end in zip(walk.observed, ends, strict=True)]
    sees = max(1, min(lookback, int(ends.max()) - walk.horizon))
    return linear_autoregression(histories, sees, walk.horizon, observed), sees


class _Histories(Sequence[Float64s]):
    """The values of a walk before some ends [series], with those of a season before under a mask.

    Of a walk in parts none is kept: what is under a mask is found anew each time.
    """

    def __init__(self, walk: Walk, ends: Indices) -> None:
        self._walk, self._ends = walk, ends
        whole = walk.observed is not None and len(walk.spans) == 1
        self._known = np.split(walk.seasonal_values, walk.begins[1:]) if whole else None

    def __len__(self) -> int:
        return len(self._walk)

    def __getitem__(self, i: Any) -> Any:
        values = self._walk.seasonal(i) if self._known is None else self._known[i]
        return values[: self._ends[i]]
