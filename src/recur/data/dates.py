"""Reckoning with months of their own lengths, and with weekdays."""

from __future__ import annotations

import numpy as np

from recur.arrays import Indices

_DAY = 86_400_000_000  # microseconds


def months_of(times: Indices) -> Indices:
    """Return int64 [n], the calendar months since January 1970."""
    return times.view("M8[us]").astype("M8[M]").view(np.int64)


def month_start(months: Indices) -> Indices:
    """Return int64 [n], the days since 1970 on which the months begin."""
    return months.astype("M8[M]").astype("M8[D]").astype(np.int64)


def day_of_month(times: Indices) -> tuple[Indices, Indices]:
    """Return int64 [n] twice: the day of the month of each time, and its month's length."""
    months = months_of(times)
    start = month_start(months)
    return times // _DAY - start + 1, month_start(months + 1) - start


def shift_months(times: Indices, months: Indices, day: int) -> Indices:
    """Move times by calendar months, kept to the clock's day, or to their own if they are off."""
    own, length = day_of_month(times)
    wanted = np.where(own == np.minimum(day, length), day, own)
    there = months_of(times) + months
    start = month_start(there)
    days: Indices = start + np.minimum(wanted, month_start(there + 1) - start) - 1
    return days * _DAY + times % _DAY


def weekday_number(days: Indices) -> Indices:
    """Return int64 [n], the Mondays to Fridays up to each day; a weekend counts as its Friday."""
    week, weekday = np.divmod(days + 3, 7)  # 1970 began on a Thursday
    return week * 5 + np.minimum(weekday, 4)


def date_of_weekday(number: Indices) -> Indices:
    """Return int64 [n], the day on which each weekday falls: the inverse of `weekday_number`."""
    week, weekday = np.divmod(number, 5)
    return week * 7 + weekday - 3
