"""Bounds that values keep to as far as they are known: forecasts and intervals keep to them too."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Flags, Float64s, Indices
from recur.data.panel.panel import Panel

# A bound is near where it is no further from the values than this share of their range. Where the
# floor is further away, no interval that says anything reaches it.
NEAR = 0.25
# Fewer values may all lie on one side of 0 by chance, as half a wave does.
ENOUGH = 50
# The share of values that lie on a ceiling: by chance they would not.
ON_CEILING = 0.02

_TOGETHER = 1_000_000  # values that are looked at at once


class Bounds(NamedTuple):
    """What the values after some origins keep to.

    Attributes:
        low: float64 [origins, 1], 0 or minus infinity.
        high: float64 [origins, 1], 1, 100 or infinity.
    """

    low: Float64s
    high: Float64s


def bounds_at(panel: Panel, series: Indices, origins: Indices) -> Bounds:
    """Return the bounds that the values of series [n] before origins [n] have kept to.

    Values that were never below 0 stay above it where they are whole numbers, or where there are
    fifty and more and they have come near it. Those that were never below 0 nor above 1 are shares,
    and stay below 1, where they have come near both, or many lie on 1. Percentages stay below 100
    where many lie on that.
    """
    if len(series) > 1 and (np.diff(series) > 0).all():
        begins = np.flatnonzero(np.diff(panel.offsets[series] // _TOGETHER, prepend=-1)).tolist()
        parts = [slice(*ends) for ends in pairwise([*begins, len(series)])]
        made = [_one_each(panel, series[some], origins[some]) for some in parts]
        return Bounds(*(np.concatenate(ends) for ends in zip(*made, strict=True)))
    low, high = np.full(len(origins), -np.inf), np.full(len(origins), np.inf)
    order = np.argsort(series, kind="stable")
    which, firsts = np.unique(series[order], return_index=True)
    for i, mine in zip(which, np.split(order, firsts[1:]), strict=True):
        before = origins[mine] - 1
        values = panel.series(int(i))[: int(before.max()) + 1]
        if not len(values) or values[: int(before.min()) + 1].min() < 0:
            continue
        low[mine], high[mine] = (part[before] for part in _kept_to(values))
    return Bounds(low[:, None], high[:, None])


def _one_each(panel: Panel, series: Indices, origins: Indices) -> Bounds:
    """Return the same of one origin a series: of many series a loop would take longer than all."""
    values = panel.values[panel.offsets[series[0]] : panel.offsets[series[-1] + 1]]
    begins = panel.offsets[series] - panel.offsets[series[0]]
    runs = np.stack([begins, begins + origins], axis=1).reshape(-1)

    def over(ufunc: np.ufunc, values: NDArray[Any]) -> NDArray[Any]:
        padded = np.append(values, values[-1:])  # a run may end with the last value
        return np.asarray(ufunc.reduceat(padded, runs)[::2])

    none = np.full(len(series), np.inf)
    least, most = over(np.minimum, values), over(np.maximum, values)
    whole = over(np.logical_and, values == np.rint(values))
    hundred, one = (over(np.add, (values == top).astype(np.int64)) for top in (100.0, 1.0))
    room, above = NEAR * (most - least), (least >= 0) & (origins > 0)
    floor = above & (whole | ((least <= room) & (origins >= ENOUGH)))
    many = np.maximum(2, ON_CEILING * origins)
    high = np.where(above & (most <= 100.0) & (hundred >= many), 100.0, none)
    shares = (one >= many) | (floor & (1.0 - most <= room))
    high[above & (most <= 1.0) & shares] = 1.0
    return Bounds(np.where(floor, 0.0, -np.inf)[:, None], high[:, None])


def _kept_to(values: Float64s) -> tuple[Float64s, Float64s]:
    """Return the floor and the ceiling that values have kept to, up to each of them."""
    least, most = np.minimum.accumulate(values), np.maximum.accumulate(values)
    room, count = NEAR * (most - least), np.arange(1, len(values) + 1)
    whole = np.logical_and.accumulate(values == np.rint(values))
    floor = (least >= 0) & (whole | ((least <= room) & (count >= ENOUGH)))
    high = np.full(len(values), np.inf)
    for ceiling in (100.0, 1.0):
        on = np.cumsum(values == ceiling) >= np.maximum(2, ON_CEILING * count)
        if ceiling == 1.0:
            on |= floor & (1.0 - most <= room)
        high[(least >= 0) & (most <= ceiling) & on] = ceiling
    return np.where(floor, 0.0, -np.inf), high


class RunningBounds:
    """The bounds that growing series have kept to so far; see `bounds_at`.

    Attributes:
        kept: float64 [5, series]: the least and the greatest value, how many there were, and how
            many of them were 100 and 1.
        whole: bool [series], whether all were whole numbers.
    """

    def __init__(self, series: int) -> None:
        self.kept, self.whole = np.empty((5, series)), np.empty(series, np.bool_)
        self.forget()

    def forget(self) -> None:
        """Be as if no value had come."""
        self.kept[:], self.whole[:] = 0.0, True
        self.kept[0], self.kept[1] = np.inf, -np.inf

    def take(self, series: Indices, values: Float64s, times: Indices | int = 1) -> None:
        """Take values [n] of some series [n], each so many times in a row."""
        least, most, count, hundred, one = self.kept
        least[series] = np.minimum(least[series], values)
        most[series] = np.maximum(most[series], values)
        count[series] += times
        hundred[series] += times * (values == 100.0)
        one[series] += times * (values == 1.0)
        self.whole[series] &= values == np.rint(values)

    def take_all(self, i: int, values: Float64s) -> None:
        """Take all values of one series, in the place of what came before."""
        hundred, one = (np.count_nonzero(values == ceiling) for ceiling in (100.0, 1.0))
        self.kept[:, i] = values.min(), values.max(), len(values), hundred, one
        self.whole[i] = (values == np.rint(values)).all()

    def state(self) -> dict[str, NDArray[Any]]:
        """Return all arrays that values change, by name."""
        return {"kept_to": self.kept, "whole": self.whole}

    def at(self, series: Indices) -> Bounds | None:
        """Return the bounds of some series [n] as of now; None where none has any."""
        least, most, count, hundred, one = self.kept[:, series]
        above: Flags = least >= 0
        if not above.any():
            return None
        room = NEAR * (most - least)
        floor = above & (self.whole[series] | ((least <= room) & (count >= ENOUGH)))
        many, high = np.maximum(2, ON_CEILING * count), np.full(len(series), np.inf)
        high[above & (most <= 100.0) & (hundred >= many)] = 100.0
        shares = (one >= many) | (floor & (1.0 - most <= room))
        high[above & (most <= 1.0) & shares] = 1.0
        low = np.where(floor, 0.0, -np.inf)
        return Bounds(low[:, None], high[:, None])

    def hold(self, series: Indices, forecasts: Float64s) -> Float64s:
        """Return forecasts [..., n, horizon] of some series [n] within their bounds."""
        bounds = self.at(series)
        return forecasts if bounds is None else np.clip(forecasts, *bounds)
