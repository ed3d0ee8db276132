"""The walk forward: which forecasts of which values a judgement compares."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Flags, Float64s, Indices
from recur.data.panel.gaps import carried
from recur.data.panel.panel import alike
from recur.errors import DataError, SettingsError
from recur.judge.forecast.complaints import BEYOND_ANY_VALUE, check_series, refuse_forecasts
from recur.judge.forecast.methods import Forecasts as Forecasts
from recur.judge.forecast.methods import Method as Method
from recur.judge.forecast.methods import Rule as Rule
from recur.judge.forecast.methods import WalkSize as WalkSize
from recur.judge.metrics import mean_observed, seasonal_scale

_TOGETHER = 1_000_000  # values, and forecasts of them, that are judged at once


@dataclass(frozen=True, eq=False)
class Walk:
    """A walk forward over the held-out end of each series.

    An origin is the index of the first value to be forecast: everything before it is known, even
    inside the held-out stretch. Origins step back by `stride` from the last one that leaves a whole
    horizon of truth, as far as `starts`, so that series of different lengths line up at their ends.

    Attributes:
        series: the whole series, float64 [length] each.
        starts: the index of the first held-out value of each series.
        horizon: how many values each forecast holds.
        season: the length of a season in steps, 1 for none.
        stride: how many steps lie between two origins.
        left_out: the names of series of the same data that are too short for it.
        observed: which values of each series were, bool [length] each; None where all were. What
            was not is no truth to be judged by; the last value that was stands there, for every
            method alike.

    >>> walk = Walk((np.arange(10.0),), starts=(6,), horizon=2)
    >>> walk.origins(0).tolist(), walk.truth(0).tolist()
    ([6, 7, 8], [[6.0, 7.0], [7.0, 8.0], [8.0, 9.0]])
    """

    series: tuple[NDArray[np.float64], ...]
    starts: tuple[int, ...]
    horizon: int
    season: int = 1
    stride: int = 1
    left_out: tuple[str, ...] = ()
    observed: tuple[Flags, ...] | None = None

    def __post_init__(self) -> None:
        for name in ("horizon", "season", "stride"):
            if getattr(self, name) < 1:
                raise SettingsError(f"`{name}` is {getattr(self, name)}; it must be 1 or more.")
        if not self.series or len(self.series) != len(self.starts):
            raise DataError(
                f"A walk needs one start for each of one or more series; "
                f"it was given {len(self.series)} series and {len(self.starts)} starts."
            )
        if self.observed is not None:
            self._carry(self.observed)
        starts = np.array(self.starts)
        placed = (starts >= 1) & (starts <= self.lengths - self.horizon)
        if not (placed.all() and self.largest.max() < BEYOND_ANY_VALUE):  # so where one is NaN
            for i, (values, start) in enumerate(zip(self.series, self.starts, strict=True)):
                check_series(i, values, start, self.horizon)

    def _carry(self, observed: tuple[Flags, ...]) -> None:
        """Put what was known before it under the mask; where nothing is masked there is none."""
        if [len(flags) for flags in observed] != self.lengths.tolist():
            raise DataError("A walk needs one flag for each value to say which were observed.")
        series = list(self.series)
        for some in self.spans:
            values, seen = np.concatenate(series[some]), np.concatenate(observed[some])
            bounds = np.append(0, np.cumsum(self.lengths[some]))
            known = carried(values, seen, bounds)
            if not np.array_equal(known, values):  # else what was given is not held twice
                series[some] = np.split(known, bounds[1:-1])
        object.__setattr__(self, "series", tuple(series))
        if all(flags.all() for flags in observed):
            object.__setattr__(self, "observed", None)

    def __len__(self) -> int:
        """Return the number of series."""
        return len(self.series)

    def origins(self, i: int) -> NDArray[np.int64]:
        """Return int64 [origins] of series `i`, ascending."""
        last = len(self.series[i]) - self.horizon
        return np.arange(last, self.starts[i] - 1, -self.stride, dtype=np.int64)[::-1]

    def truth(self, i: int) -> NDArray[np.float64]:
        """Return float64 [origins, horizon], the values to be forecast from each origin."""
        rows = self.origins(i)[:, None] + np.arange(self.horizon)
        return np.take(self.series[i], rows)

    def history(self, i: int) -> NDArray[np.float64]:
        """Return the values of series `i` before its held-out stretch."""
        return self.series[i][: self.starts[i]]

    def observed_values(self, i: int) -> NDArray[np.float64]:
        """Return the values of series `i`, NaN where none was observed."""
        if self.observed is None:
            return self.series[i]
        return np.where(self.observed[i], self.series[i], np.nan)

    @cached_property
    def spans(self) -> tuple[slice, ...]:
        """The series in parts that are judged one after the other, so that memory is bounded."""
        sizes = np.cumsum(self.lengths + np.maximum(self.counts, 0) * self.horizon)
        firsts = np.flatnonzero(np.diff((sizes - 1) // _TOGETHER, prepend=-1)).tolist()
        ends = [*firsts[1:], len(self)]
        return tuple(slice(*bounds) for bounds in zip(firsts, ends, strict=True))

    def part(self, some: slice) -> Walk:
        """Return the walk over some of the series, in the scales that they have among all."""
        if some == slice(0, len(self)):
            return self
        part = replace(
            self,
            series=self.series[some],
            starts=self.starts[some],
            observed=None if self.observed is None else self.observed[some],
        )
        part.__dict__["scales"] = self.scales[some]
        return part

    def parts(self) -> Iterator[tuple[slice, Walk]]:
        """Yield every part of the series, and the walk over it."""
        return ((some, self.part(some)) for some in self.spans)

    # The origins of all series, one series below the other: what is counted over thousands of
    # series is counted at once, because a call for each of them costs more than the counting.

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        """int64 [series], how many values each series has."""
        return np.array([len(values) for values in self.series], dtype=np.int64)

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """int64 [series], how many origins each series has."""
        starts = np.array(self.starts, dtype=np.int64)
        return (self.lengths - self.horizon - starts) // self.stride + 1

    @cached_property
    def truths(self) -> NDArray[np.float64]:
        """float64 [all origins, horizon], the values to be forecast."""
        return np.column_stack([self.values_at(step) for step in range(self.horizon)])

    @cached_property
    def seen(self) -> Flags | None:
        """Bool [all values], which of `values` were observed; None where all were."""
        return None if self.observed is None else np.concatenate(self.observed)

    def seen_at(self, step: int) -> Flags | None:
        """Return bool [all origins], whether `values_at` this step was observed; None for all."""
        return None if self.seen is None else np.take(self.seen, self._rows + step)

    @cached_property
    def counted(self) -> Flags | None:
        """Bool [all origins, horizon], which truths were observed; None where all were."""
        if self.seen is None:
            return None
        return np.take(self.seen, self._rows[:, None] + np.arange(self.horizon))

    @cached_property
    def judged_times(self) -> Indices:
        """int64 [judged times], the times of origin at which there is a truth to be judged by."""
        if self.observed is None:
            return np.arange(self.times)
        judged = [np.zeros(0, np.int64)]
        for _, part in self.parts():
            every = slice(None) if part.counted is None else part.counted.any(axis=1)
            judged.append(self.times - part.times + part.time_index[every])
        return np.unique(np.concatenate(judged))

    @cached_property
    def truth_counts(self) -> NDArray[np.int64]:
        """int64 [2, horizon], the truths at each step, and those of series that ever change."""
        counts = np.zeros((2, self.horizon), np.int64)
        for _, part in self.parts():
            seen = part.counted
            if seen is None:
                seen = np.ones((int(part.counts.sum()), self.horizon), np.bool_)
            changes = part.per_origin(part.seasonal_scales) > 0
            counts += [seen.sum(axis=0), seen[changes].sum(axis=0)]
        return counts

    @cached_property
    def seasonal_values(self) -> Float64s:
        """float64 [all values], those of a season before under the mask where they were."""
        if self.seen is None:
            return self.values
        bounds = np.append(self.begins, len(self.values))
        return carried(self.values, self.seen, bounds, self.season)

    def seasonal(self, i: int) -> Float64s:
        """Return the `seasonal_values` of series `i`."""
        if self.observed is None:
            return self.series[i]
        return carried(
            self.series[i], self.observed[i], np.array([0, self.lengths[i]]), self.season
        )

    def values_at(self, step: int) -> NDArray[np.float64]:
        """Return float64 [all origins], the value `step` steps after each; known where below 0."""
        return np.take(self.values, self._rows + step)

    def per_origin(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return float64 [all origins], at each the value of its series in `values` [series]."""
        return np.repeat(values, self.counts)

    @cached_property
    def time_index(self) -> NDArray[np.int64]:
        """int64 [all origins], the time of each: 0 is the oldest, series align at their ends."""
        return self.times + self._before_end

    @cached_property
    def _before_end(self) -> NDArray[np.int64]:
        """int64 [all origins], the place of each among those of its series; -1 is the newest."""
        return np.arange(self.counts.sum()) - np.repeat(np.cumsum(self.counts), self.counts)

    @cached_property
    def values(self) -> NDArray[np.float64]:
        """float64 [all values], the series one after the other."""
        return np.concatenate(self.series)

    @cached_property
    def begins(self) -> NDArray[np.int64]:
        """int64 [series], where each series begins in `values`."""
        return np.cumsum(self.lengths) - self.lengths

    @property
    def histories(self) -> list[NDArray[np.float64]]:
        """The values of each series before its held-out stretch."""
        return [self.history(i) for i in range(len(self))]

    def _of_histories(self, measure: Callable[[Float64s], Any]) -> Float64s:
        """Return float64 [series], what is measured of the values before each held-out stretch.

        Args:
            measure: of histories [series, time], NaN where nothing was observed.
        """
        found = np.empty(len(self))
        for some in self.spans:
            places = range(*some.indices(len(self)))
            histories = [self.observed_values(i)[: self.starts[i]] for i in places]
            for block, values in alike(histories):
                found[some.start + block] = measure(values)
        return found

    @cached_property
    def _rows(self) -> NDArray[np.int64]:
        """int64 [all origins], where each stands in `values`."""
        after_newest = np.cumsum(self.lengths) - self.horizon + self.stride
        return np.repeat(after_newest, self.counts) + self.stride * self._before_end

    @cached_property
    def times(self) -> int:
        """How many distinct times of origin there are: those of the longest held-out stretch."""
        return int(self.counts.max())

    @property
    def held_out(self) -> int:
        """How many values the longest run of origins and their horizons spans."""
        return (self.times - 1) * self.stride + self.horizon

    @property
    def independent_origins(self) -> int:
        """How many forecasts from end to end, without overlap, the held-out stretch has room for.

        Series that are held out at the same time may move together, so they count once; a stretch
        in which nothing was observed does not count.
        """
        return len(np.unique(self.judged_times * self.stride // self.horizon))

    @property
    def size(self) -> WalkSize:
        """Return how far it goes."""
        return WalkSize(
            series=len(self),
            times=self.times,
            horizon=self.horizon,
            season=self.season,
            stride=self.stride,
            held_out=self.held_out,
            independent_origins=self.independent_origins,
            left_out=self.left_out,
        )

    @cached_property
    def scales(self) -> NDArray[np.float64]:
        """float64 [series], the mean squared one-step change over the history of each series.

        A history that never changes takes the largest scale of the other series (1 if there is
        none), so that it cannot drown them.
        """
        scales = self._of_histories(
            lambda known: mean_observed(np.diff(known, axis=1) ** 2) if known.shape[1] > 1 else 0.0
        )
        return np.where(scales > 0, scales, scales.max() or 1.0)

    @cached_property
    def largest(self) -> NDArray[np.float64]:
        """float64 [series], the largest absolute value of each series, held-out ones included."""
        largest = np.empty(len(self))
        for some in self.spans:
            values = self.values if len(self.spans) == 1 else np.concatenate(self.series[some])
            begins = self.begins[some] - self.begins[some.start]
            highest = np.maximum.reduceat(values, begins)
            largest[some] = np.abs(np.maximum(highest, -np.minimum.reduceat(values, begins)))
        return largest

    @cached_property
    def seasonal_scales(self) -> NDArray[np.float64]:
        """float64 [series], the unit of the MASE of each: `seasonal_scale` of its history."""
        return self._of_histories(lambda known: seasonal_scale(known, self.season))

    def forecasts(self, name: str, method: Method | Forecasts) -> Forecasts:
        """Return what a method forecasts on this walk, checked for its shape and finite values.

        Args:
            name: what the method is called where a check fails.
            method: the method, or what it has forecast already.
        """
        if isinstance(method, Rule):
            method = tuple(one for some in self.spans for one in self._by_rule(method, some))
        elif callable(method):
            method = tuple(method(i, self.origins(i)) for i in range(len(self)))
        made = tuple(np.asarray(forecast, dtype=np.float64) for forecast in method)
        if len(made) != len(self):
            raise DataError(f"`{name}` holds forecasts of {len(made)} of {len(self)} series.")
        for i, (forecast, count) in enumerate(zip(made, self.counts, strict=True)):
            if forecast.shape != (count, self.horizon):
                raise DataError(
                    f"`{name}` forecast an array of shape {forecast.shape} for series {i}; "
                    f"[origins, horizon] is {(int(count), self.horizon)}."
                )
        self._check_finite(name, made)
        return made

    def _by_rule(self, rule: Rule, some: slice) -> list[NDArray[np.float64]]:
        counts = self.counts[some]
        series = np.repeat(np.arange(len(self))[some], counts)
        into = np.arange(len(series)) - np.repeat(np.cumsum(counts), counts)  # -1 is the newest
        origins = self.lengths[series] - self.horizon + self.stride * (into + 1)
        return np.split(rule.at(series, origins), np.cumsum(counts)[:-1])

    def _check_finite(self, name: str, made: Forecasts) -> None:
        if all(
            (np.abs(np.concatenate(made[some])) < BEYOND_ANY_VALUE).all() for some in self.spans
        ):
            return
        refuse_forecasts(name, made, self.counts, self.origins)
