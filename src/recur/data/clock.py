"""What one step of a series is: rows, counts, a fixed duration, calendar months or trading days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Annotated, Any, Literal, get_args

import numpy as np
from annotated_types import Ge, Le

from recur.arrays import Indices
from recur.data.dates import (
    date_of_weekday,
    day_of_month,
    months_of,
    shift_months,
    weekday_number,
)
from recur.errors import DataError
from recur.settings import from_plain

Kind = Literal["rows", "integer", "fixed", "months", "trading"]

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY
SHORTEST_MONTH = 28 * DAY

# Exchanges close for up to six weekdays in a row (a golden week), and for about 7 % of weekdays
# in a year; more than that is a hole in the data.
LONGEST_CLOSURE = 6
LARGEST_CLOSED_SHARE = 0.10

_LAST_DATE = int(np.datetime64("200000-01-01", "us").astype(np.int64))
_LAST = 2**62
_LONGEST_STEP = 10**17  # of whatever unit; of microseconds, three thousand years

_UNITS = (
    (WEEK, "weekly", "weeks"),
    (DAY, "daily", "days"),
    (HOUR, "hourly", "hours"),
    (MINUTE, "every minute", "minutes"),
    (SECOND, "every second", "seconds"),
    (1000, "every millisecond", "milliseconds"),
    (1, "every microsecond", "microseconds"),
)


@dataclass(frozen=True)
class Clock:
    """One step of time.

    Attributes:
        kind: `rows` (no times, only an order), `integer` (whole numbers), `fixed` (a duration),
            `months` (calendar months), `trading` (weekdays less holidays).
        step: the length of one step: microseconds for `fixed`, months for `months`, else a count.
        day: for `months`, the day that times fall on where the month is long enough for it; 31
            stands for month ends.

    Example:
        >>> ends = Clock("months", 1, day=31)
        >>> january = int(np.datetime64("2019-01-31", "us").astype(np.int64))
        >>> [ends.text(int(time)) for time in ends.after(january, 3)]
        ['2019-02-28', '2019-03-31', '2019-04-30']
        >>> ends.describe(), ends.seasons()
        ('monthly', (12,))
    """

    kind: Kind = "rows"
    step: Annotated[int, Ge(1), Le(_LONGEST_STEP)] = 1
    day: Annotated[int, Ge(1), Le(31)] = 1

    @classmethod
    def detect(
        cls, times: Indices, offsets: Indices | None = None, *, counted: bool = False
    ) -> Clock | None:
        """Find the one clock of all series, or None where no step holds for half of the times.

        Args:
            times: int64 [rows], strictly increasing within a series.
            offsets: int64 [series + 1], the bounds of the series; None for a single one.
            counted: whether the times are whole numbers rather than microseconds since 1970.
        """
        times, offsets, counts = _distinct(times, offsets)
        before, after = neighbours(times, offsets)
        weights = np.repeat(counts, np.maximum(0, np.diff(offsets) - 1))
        if counted:
            step = _usual(after - before, weights)
            return cls("integer", step) if step else None
        if not len(before):
            return cls("fixed", DAY)
        return (
            _detect_months(before, after, weights, times, strict=True)
            or _detect_trading(before, after, weights, times)
            or _detect_fixed(after - before, weights)
            or _detect_months(before, after, weights, times, strict=False)
        )

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Clock:
        """Build a clock from plain JSON values."""
        if values["kind"] not in get_args(Kind):
            raise DataError(f"a clock is one of {', '.join(get_args(Kind))}, not {values['kind']}.")
        clock = from_plain(cls, values)
        if clock is None:
            raise DataError(
                f"a clock has a step of 1 or more and a day from 1 to 31, not {values}."
            )
        return clock

    def to_dict(self) -> dict[str, Any]:
        """Return the clock as plain JSON values."""
        return asdict(self)

    @property
    def dated(self) -> bool:
        """Return whether times are dates rather than counts."""
        return self.kind not in ("rows", "integer")

    def shift(self, times: Indices, steps: Indices) -> Indices:
        """Return int64 [n], each time moved forward by its own number of steps."""
        if self.kind == "months":
            return shift_months(times, steps * self.step, self.day)
        if self.kind == "trading":
            days, clock = np.divmod(times, DAY)
            return date_of_weekday(weekday_number(days) + steps) * DAY + clock
        return times + steps * self.step

    def after(self, last: int | Indices, count: int) -> Indices:
        """Return int64 [count], the times that follow `last`; [n, count], those after each [n].

        Raises:
            DataError: they are further away than any calendar goes.
        """
        last = np.asarray(last, np.int64)
        unit = {"months": 31 * DAY, "trading": 7 * DAY}.get(self.kind, 1) * self.step
        if last.size and int(last.max()) + count * unit > (_LAST_DATE if self.dated else _LAST):
            raise DataError(
                f"{count:,} steps of a clock that is {self.describe()} go beyond "
                f"{'the year 200,000' if self.dated else 'all whole numbers'}; look less far ahead."
            )
        steps = np.arange(1, count + 1, dtype=np.int64)
        return self.shift(last[..., None], steps)

    def steps(self, before: Indices, after: Indices) -> Indices:
        """Return int64 [n], the steps from each time to a later one; 0 where it is off the clock.

        Trading days are counted as weekdays, so a holiday between two times counts.
        """
        if self.kind == "trading":
            return weekday_number(after // DAY) - weekday_number(before // DAY)
        distance = months_of(after) - months_of(before) if self.kind == "months" else after - before
        return np.where(distance % self.step == 0, distance // self.step, np.int64(0))

    def describe(self) -> str:
        """Say in a few words what one step is."""
        if self.kind == "rows":
            return "rows in order"
        if self.kind == "trading":
            return "trading days"
        if self.kind == "integer":
            return "counted in steps of " + str(self.step)
        if self.kind == "months":
            names = {1: "monthly", 3: "quarterly", 12: "yearly"}
            several = f"{self.step // 12} years" if self.step % 12 == 0 else f"{self.step} months"
            return names.get(self.step) or f"every {several}"
        length, one, many = next(unit for unit in _UNITS if self.step % unit[0] == 0)
        return one if self.step == length else f"every {self.step // length} {many}"

    def text(self, time: int) -> str:
        """Write one time as an ISO date, with the time of day where it has one, or as a number."""
        if not self.dated:
            return str(time)
        return date_text(time)

    def iso(self, times: Indices) -> list[str]:
        """Write times [n] for files and JSON, all in one format, which recur reads again.

        They are dates where a step is whole days and no time has a time of day, else ISO with a T
        and with seconds, or with microseconds where steps or times need them; or numbers.

        >>> midnight = np.array([0, DAY])
        >>> Clock("fixed", DAY).iso(midnight), Clock("fixed", HOUR).iso(midnight)[1:]
        (['1970-01-01', '1970-01-02'], ['1970-01-02T00:00:00'])
        """
        if not self.dated:
            return [str(time) for time in times.tolist()]
        step = self.step if self.kind == "fixed" else DAY
        units = ((DAY, "D"), (SECOND, "s"), (1, "us"))
        unit = next(name for size, name in units if not (step % size or (times % size).any()))
        return [str(time) for time in times.astype("M8[us]").astype(f"M8[{unit}]")]

    def seasons(self) -> tuple[int, ...]:
        """Return the season lengths, in steps, that this clock suggests, the shortest first."""
        if self.kind == "trading":
            return (5, 252)
        if self.kind == "months":
            return (12 // self.step,) if self.step in (1, 2, 3, 4, 6) else ()
        if self.kind != "fixed":
            return ()
        if self.step in (DAY, WEEK):
            return (7, 365) if self.step == DAY else (52,)
        fits = [(cycle, cycle // self.step) for cycle in (HOUR, DAY, WEEK) if not cycle % self.step]
        return tuple(n for cycle, n in fits if (12 if cycle == HOUR else 2) <= n <= 2016)


def neighbours(times: Indices, offsets: Indices | None = None) -> tuple[Indices, Indices]:
    """Return the times before and after each step that stays within a series."""
    if offsets is None or len(offsets) <= 2:
        return times[:-1], times[1:]
    inside = np.ones(max(len(times) - 1, 0), dtype=bool)
    bounds = offsets[1:-1]
    inside[bounds[(bounds > 0) & (bounds < len(times))] - 1] = False
    return times[:-1][inside], times[1:][inside]


def date_text(time: int) -> str:
    """Write microseconds since 1970 as an ISO date, with the time of day where there is one."""
    date, _, clock = str(np.datetime64(int(time), "us")).partition("T")
    if time % DAY == 0:
        return date
    clock = clock.removesuffix(".000000")
    return f"{date} {clock[:5] if clock.endswith(':00') and len(clock) == 8 else clock}"


def _distinct(times: Indices, offsets: Indices | None) -> tuple[Indices, Indices, Indices]:
    """Return the times of all series that differ in them, their bounds, and how often each is met.

    Most series of a large panel are of the same days.
    """
    if offsets is None or len(offsets) <= 2:
        return times, np.array([0, len(times)]), np.ones(1, np.int64)
    series = (times[first:last].tobytes() for first, last in pairwise(offsets.tolist()))
    times_of_series = Counter(series)
    lengths = np.array([len(stamps) // times.itemsize for stamps in times_of_series])
    bounds = np.concatenate([[0], np.cumsum(lengths)])
    return (
        np.frombuffer(b"".join(times_of_series), times.dtype),
        bounds,
        np.array([*times_of_series.values()]),
    )


def _usual(distances: Indices, weights: Indices) -> int | None:
    """Return the most common distance, 1 where there is none, None where it is no majority."""
    if not len(distances):
        return 1
    distinct, places = np.unique(distances, return_inverse=True)
    counts = np.bincount(places, weights)
    best = int(np.argmax(counts))
    return int(distinct[best]) if 2 * counts[best] >= weights.sum() else None


def _detect_months(
    before: Indices, after: Indices, weights: Indices, times: Indices, *, strict: bool
) -> Clock | None:
    """Find a clock of months; a strict one keeps its day and its time of day."""
    distance = months_of(after) - months_of(before)
    if (distance < 1).any():
        return None
    if strict:
        (day1, length1), (day2, length2) = day_of_month(before), day_of_month(after)
        kept = np.where(day1 < day2, day1 == length1, (day1 == day2) | (day2 == length2))
        if not (kept & (before % DAY == after % DAY)).all():
            return None
    step = _usual(distance, weights)
    return Clock("months", step, _anchor(times)) if step else None


def _anchor(times: Indices) -> int:
    """Return the day of the month that all times fall on where they can, 31 for month ends."""
    day, length = day_of_month(times)
    if (day == length).all():
        return 31
    latest = int(day.max())
    return latest if (day == np.minimum(latest, length)).all() else 1


def _detect_trading(
    before: Indices, after: Indices, weights: Indices, times: Indices
) -> Clock | None:
    """Find weekdays that pass over at least one weekend and never fall into one."""
    days, clock = np.divmod(times, DAY)
    if ((days + 3) % 7 > 4).any() or (clock != clock[0]).any():
        return None
    weekdays = weekday_number(after // DAY) - weekday_number(before // DAY)
    over_a_weekend = bool((weekdays < after // DAY - before // DAY).any())
    return Clock("trading") if over_a_weekend and _usual(weekdays, weights) == 1 else None


def _detect_fixed(distances: Indices, weights: Indices) -> Clock | None:
    """Find a fixed duration; one as long as a month must explain every distance."""
    step = _usual(distances, weights)
    if step is None or (step >= SHORTEST_MONTH and (distances % step != 0).any()):
        return None
    return Clock("fixed", step)
