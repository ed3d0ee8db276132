"""Daylight saving in local times: the hour that autumn doubles, and that spring leaves out."""

from __future__ import annotations

import numpy as np

from recur.arrays import Indices
from recur.data.clock import DAY, HOUR, Clock

# Where clocks change they do so in the night to a Sunday or on it, before four, in these months.
_MONTHS = (3, 4, 9, 10, 11)
_SUNDAY, _SATURDAY = 6, 5
_UNTIL = 4 * HOUR


def is_clock_change(times: Indices, clock: Clock | None = None) -> bool:
    """Say whether all times lie in a night in which clocks may change, twice a year at most.

    >>> night, noon = (np.array([f"2019-10-27T{hour}:00"], "M8[us]") for hour in ("02", "12"))
    >>> is_clock_change(night.astype(np.int64)), is_clock_change(noon.astype(np.int64))
    (True, False)
    """
    if not len(times) or (clock is not None and (clock.kind != "fixed" or clock.step > HOUR)):
        return False
    days, of_day = np.divmod(times, DAY)
    weekday = (days + 3) % 7
    night = (weekday == _SUNDAY) & (of_day < _UNTIL)
    night |= (weekday == _SATURDAY) & (of_day >= DAY - HOUR)
    months = times.astype("M8[us]").astype("M8[M]").astype(np.int64)
    nights = np.unique((times + HOUR) // DAY)
    years = nights.astype("M8[D]").astype("M8[Y]").astype(np.int64)
    rare = np.unique(years, return_counts=True)[1].max() <= 2
    return bool(night.all() and np.isin(months % 12 + 1, _MONTHS).all() and rare)
