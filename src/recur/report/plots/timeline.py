"""The axis of time of a picture: where times stand on it, and how it is marked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, date2num, num2date
from matplotlib.ticker import Formatter, MaxNLocator

from recur.arrays import Float64s, Indices
from recur.data.clock import DAY, Clock
from recur.report.wording import time_heading

_EARLIEST, _LATEST = np.datetime64("0010-01-01", "us"), np.datetime64("9900-01-01", "us")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FINEST = 1000  # microseconds of a step below which dates are no help to the eye


def positions(times: Indices, clock: Clock) -> tuple[Float64s, bool]:
    """Return float64 [time], where times stand, and whether they are dates in days since 1970.

    What is counted in years, months or days stands where that begins, so that the value of a
    December stands above December, whether it is of the first, the 15th or the last of it.

    Dates that cannot be drawn become rows.
    """
    if not clock.dated:
        return times.astype(np.float64), False
    dates = times.astype("M8[us]")
    fine = clock.kind == "fixed" and clock.step < _FINEST
    if fine or dates.min() < _EARLIEST or dates.max() > _LATEST:
        return np.arange(len(times), dtype=np.float64), False
    begun = dates.astype(f"M8[{unit(clock)}]").astype("M8[us]")
    return np.asarray(date2num(begun), dtype=np.float64), True  # type: ignore[no-untyped-call]


def mark_time(axes: Axes, clock: Clock, *, dated: bool, most: int = 9) -> None:
    """Mark an axis of time with dates or with whole numbers, at most so many."""
    axes.margins(x=0.01)
    if dated:
        locator = _DateTicks(UTC, minticks=4, maxticks=most)  # type: ignore[no-untyped-call]
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(_Dates())
    else:
        axes.xaxis.set_major_locator(MaxNLocator(most, integer=True))
        axes.set_xlabel("row" if clock.dated else time_heading(clock))


def unit(clock: Clock) -> str:
    """Return what times are counted in, as NumPy names it."""
    if clock.kind == "months":
        return "M" if clock.step % 12 else "Y"
    whole_days = clock.kind == "trading" or clock.step % DAY == 0
    return "D" if whole_days else "us"


class _DateTicks(AutoDateLocator):
    """Ticks less those that another follows too soon, as the 1st does the 31st."""

    def __call__(self) -> list[float]:
        """Return where they stand."""
        ticks = np.asarray(super().__call__(), np.float64)  # type: ignore[no-untyped-call]
        apart = np.diff(ticks, append=np.inf)
        kept: list[float] = ticks[apart > 0.6 * apart[:-1].max(initial=0.0)].tolist()
        return kept


class _Dates(Formatter):
    """Names every tick in full: below its time the day, below that the year, where they change."""

    def __call__(self, x: float, pos: int | None = None) -> str:  # noqa: ARG002 (matplotlib's)
        """Return the label of one tick."""
        return self.format_ticks([x])[0]

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """Return the labels of all ticks, of which some may lie outside of what is shown."""
        first_shown = float(self.axis.get_view_interval()[0])  # type: ignore[union-attr]
        labels, before = [], [""]
        for value, lines in zip(values, _named(values), strict=True):
            repeated = [k > 0 and lines[k:] == before[k:] for k in range(len(lines))]
            shown = ("" if same else line for same, line in zip(repeated, lines, strict=True))
            labels.append("\n".join(shown))
            before = lines if value >= first_shown else [""]
        return labels


def _named(values: Sequence[float]) -> list[list[str]]:
    """Return the lines of each tick in full, as fine as the finest of all ticks."""
    dates: list[datetime] = num2date(values, UTC)  # type: ignore[no-untyped-call]
    if any(date.time() != time() for date in dates):
        seconds = any(date.second or date.microsecond for date in dates)
        clocks = [f"{date:%H:%M:%S.%f}".rstrip("0").rstrip(".") for date in dates]
        times = clocks if seconds else [f"{date:%H:%M}" for date in dates]
        return [[t, _day(date), f"{date.year}"] for t, date in zip(times, dates, strict=True)]
    if any(date.day != 1 for date in dates):
        return [[_day(date), f"{date.year}"] for date in dates]
    if any(date.month != 1 for date in dates):
        return [[_month(date), f"{date.year}"] for date in dates]
    return [[f"{date.year}"] for date in dates]


def _day(date: datetime) -> str:
    return f"{_month(date)} {date.day}"


def _month(date: datetime) -> str:
    return _MONTHS[date.month - 1]  # in the language of the rest, whatever is spoken here
