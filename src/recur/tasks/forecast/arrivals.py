"""When values of a stream come: times as they are given, and the steps that lie between them."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from recur.arrays import Indices
from recur.data.clock import DAY, LONGEST_CLOSURE, Clock
from recur.data.tables.times import read_times
from recur.errors import DataError

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?!\d)")  # which needs no look at all formats
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = _EPOCH.resolution


def stamp(time: Any, clock: Clock, due: int | None = None) -> int:
    """Return a time as a clock counts it: microseconds since 1970 (UTC), or a whole number.

    Args:
        time: a date, `numpy.datetime64`, a text in any format that files have, or a whole number
            where the clock counts.
        clock: of the series.
        due: when the next value is due, which decides between readings of a text.
    """
    if isinstance(time, str) and clock.dated and _ISO.match(time):
        with suppress(ValueError):  # what is no such date may be a time of another kind
            time = datetime.fromisoformat(time)
    if isinstance(time, datetime):
        aware = time if time.tzinfo else time.replace(tzinfo=UTC)
        return (aware - _EPOCH) // _MICROSECOND
    if clock.dated and isinstance(time, date):
        return (time - _EPOCH.date()).days * DAY
    if clock.dated and isinstance(time, np.datetime64) and not np.isnat(time):
        return int(time.astype("M8[us]").astype(np.int64))
    if not clock.dated and isinstance(time, int | np.integer):
        return int(time)
    if isinstance(time, str):
        text = pl.Series([time.strip()], dtype=pl.String)
        readings = [r for r in read_times(text, lambda _: "the stream") if r.counted != clock.dated]
        stamps = [int(reading.values[0]) for reading in readings]
        if stamps:
            return due if due in stamps else stamps[0]
    kind = "a date" if clock.dated else "a whole number"
    raise DataError(f"the time `{time}` is not {kind}, which the clock of this model takes.")


def steps_between(clock: Clock, before: int, after: int) -> int:
    """Return the steps from one value of a stream to the next.

    Raises:
        DataError: the later one is off the clock, or not later.
    """
    between = np.array([before, after], np.int64)
    steps = int(clock.steps(between[:1], between[1:])[0])
    if steps < 1:
        raise DataError(
            f"the time {clock.text(after)} after {clock.text(before)} is off the clock of this "
            f"model ({clock.describe()}); values of a stream come in order, a step or more apart."
        )
    closed = clock.kind == "trading" and steps <= LONGEST_CLOSURE + 1
    return 1 if closed else steps


def next_times(clock: Clock, times: Indices) -> Indices:
    """Return int64 [series], each time a step later."""
    return clock.shift(times, np.ones_like(times))


class Coming(NamedTuple):
    """Times of the next values of some of all series.

    Attributes:
        times: int64 [all series], of the newest values.
        passed: int64 [n], how many steps lie between the value before and this one.
        told: whether anybody has said them.
    """

    times: Indices
    passed: Indices
    told: bool


class Arrivals:
    """The times of the newest values of series that grow together or each by itself.

    Where no time was ever given, that of a clock of rows counts from 0, and that of any other goes
    on behind what training has seen, of which nothing is told.
    """

    def __init__(self, clock: Clock, series: int, seen_until: int) -> None:
        self._clock, self._seen_until = clock, seen_until
        self._since = np.zeros(series, np.int64)
        self._steps = 0
        self.timed = np.zeros(series, np.bool_)
        self.forget()

    def forget(self) -> None:
        """Be as if no value had come."""
        rows = self._clock.kind == "rows"
        self._since = np.full_like(self._since, -1 if rows else self._seen_until)
        self._steps = 0
        self.timed[:] = rows

    def begin(self, times: Indices) -> None:
        """Go on from the newest times of all series, int64 [series]."""
        self._since, self._steps = times.copy(), 0
        self.timed[:] = True

    def state(self) -> dict[str, NDArray[Any]]:
        """Return all arrays that values change, by name."""
        self._since = self.all_newest().copy()
        return {"since": self._since, "timed": self.timed}

    def go_on(self) -> None:
        """Let a step pass of all series."""
        self._steps += 1

    def is_next(self, time: Any) -> bool:
        """Say whether values of all series come a step after their newest, at a time or at none.

        Of several series with a time that is not looked into.
        """
        if time is None:
            return True
        if len(self._since) > 1 or not self.timed[0] or np.ndim(time):
            return False
        due = int(self._clock.shift(self._since, np.array([self._steps + 1]))[0])
        return stamp(time, self._clock, due) == due

    def newest(self, series: Indices) -> Indices:
        """Return int64 [n], the times of the newest values of some series."""
        return self.all_newest()[series]

    def all_newest(self) -> Indices:
        """Return int64 [series], the times of the newest values."""
        if self._steps:
            steps = np.full_like(self._since, self._steps)
            self._since, self._steps = self._clock.shift(self._since, steps), 0
        return self._since

    @property
    def since(self) -> tuple[Indices | None, int]:
        """Return int64 [series], times of all series, and how many steps ago they were.

        What is returned is not written to. There are none where that of a series is not known.
        """
        return (self._since if self.timed.all() else None), self._steps

    def coming(self, series: Indices, time: Any) -> Coming:
        """Return the times of the next values of some series [n], a step later where None.

        Nothing changes before they are taken.
        """
        times, passed = self.all_newest().copy(), np.zeros(len(series), np.int64)
        if time is None or self._clock.kind == "rows":
            times[series] = next_times(self._clock, times[series])
        else:
            given = _each(time, len(series))
            for n, (i, own) in enumerate(zip(series.tolist(), given, strict=True)):
                before = int(times[i])
                due = int(next_times(self._clock, times[i : i + 1])[0])
                times[i] = stamp(own, self._clock, due if self.timed[i] else None)
                if self.timed[i]:
                    passed[n] = steps_between(self._clock, before, int(times[i])) - 1
        return Coming(times, passed, time is not None and self._clock.kind != "rows")

    def take(self, series: Indices, coming: Coming) -> None:
        """Take the times that were read of some series [n]."""
        self._since = coming.times
        if coming.told:
            self.timed[series] = True


def _each(time: Any, count: int) -> list[Any]:
    """Return the time of each of some values, which may be one for all."""
    if isinstance(time, list | tuple | np.ndarray) and np.ndim(time):
        if len(time) != count:
            raise DataError(f"there are {len(time)} times for {count} values; give one of each.")
        return list(time)
    return [time] * count
