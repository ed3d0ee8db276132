"""The axis of time of a picture: where times stand on it, and how it is marked."""

from __future__ import annotations

from datetime import UTC

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.ticker import MaxNLocator

from recur.arrays import Float64s, Indices
from recur.data.clock import Clock
from recur.report.wording import time_heading

_EARLIEST, _LATEST = np.datetime64("0010-01-01", "us"), np.datetime64("9900-01-01", "us")
_FINEST = 1000  # microseconds of a step below which dates are no help to the eye


def positions(times: Indices, clock: Clock) -> tuple[Float64s, bool]:
    """Return float64 [time], where times stand, and whether they are dates in days since 1970.

    Dates that cannot be drawn become rows.
    """
    if not clock.dated:
        return times.astype(np.float64), False
    dates = times.astype("M8[us]")
    fine = clock.kind == "fixed" and clock.step < _FINEST
    if fine or dates.min() < _EARLIEST or dates.max() > _LATEST:
        return np.arange(len(times), dtype=np.float64), False
    return np.asarray(date2num(dates), dtype=np.float64), True  # type: ignore[no-untyped-call]


def mark_time(axes: Axes, clock: Clock, *, dated: bool, most: int = 9) -> None:
    """Mark an axis of time with dates or with whole numbers, at most so many."""
    axes.margins(x=0.01)
    if dated:
        locator = AutoDateLocator(UTC, minticks=4, maxticks=most)  # type: ignore[no-untyped-call]
        formatter = ConciseDateFormatter(locator, UTC)  # type: ignore[no-untyped-call]
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(formatter)
    else:
        axes.xaxis.set_major_locator(MaxNLocator(most, integer=True))
        axes.set_xlabel("row" if clock.dated else time_heading(clock))
