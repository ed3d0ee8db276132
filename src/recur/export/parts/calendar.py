"""What stands beside the values of a series: columns, categories, and the calendar."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from recur.data.clock import DAY
from recur.export.parts import Array

_TURN = 2 * np.pi
_UNTIL_1970 = 719_162  # days since the first of January of the year 1


def scaled_columns(columns: Array, mean: Array, spread: Array) -> Array:
    """Return columns [..., columns] around their means, in their units."""
    return ((columns - mean) / spread).astype(np.float32)


def one_of_each(numbers: Array, categories: int) -> Array:
    """Return [batch, categories], 1 for the category of each series, by its number."""
    return (numbers[:, None] == np.arange(categories)).astype(np.float32)


def up_to_now(columns: Array, lookback: int) -> Array:
    """Return the first steps [batch, lookback, columns] of those that reach further."""
    return columns[:, :lookback]


def later(columns: Array, lookback: int, ahead: int) -> Array:
    """Return the same so many steps on, at each step of a window."""
    return columns[:, ahead : ahead + lookback]


def at_each_step(constants: Array, lookback: int) -> Array:
    """Return [batch, lookback, constants], what does not change over time."""
    return constants[:, None, :] + np.zeros((lookback, 1), np.float32)


def each_window(columns: Array, lookback: int) -> Array:
    """Return [steps, batch, lookback, 2 * columns], what windows that move on see now and next."""
    steps = columns.shape[1] - lookback
    seen = [columns[:, k : k + lookback] for k in range(steps + 1)]
    return np.stack([np.concatenate(pair, axis=2) for pair in pairwise(seen)])


def columns_together(*columns: Array) -> Array:
    """Return columns [batch, time, any] side by side."""
    return np.concatenate(columns, axis=2)


def wave(phase: Array) -> Array:
    """Return [batch, time, 2], sine and cosine of the share of a cycle that has passed."""
    angle = _TURN * phase
    return np.stack([np.sin(angle), np.cos(angle)], axis=2).astype(np.float32)


def hour_of_day(times: Array) -> Array:
    """Return the share of the day that has passed at times, microseconds since 1970."""
    return (times % DAY) / DAY


def weekday(times: Array) -> Array:
    """Return the share of the week that has passed; 1970 began on a Thursday."""
    return (times // DAY + 3) % 7 / 7


def civil(days: Array) -> tuple[Array, Array]:
    """Return the year and the month, from 0 on, of days since 1970.

    A year that begins in March has its leap day at the end; 400 years have 146097 days.
    """
    days = days + 719_468  # since the first of March of the year 0
    era = days // 146_097
    of_era = days - era * 146_097
    year = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    month = (5 * of_year + 2) // 153 + 2  # from March, which is 2
    late = (month >= 12).astype(np.int64)
    return year + era * 400 + late, month - 12 * late


def new_year(year: Array) -> Array:
    """Return the days from 1970 to the first of January of a year."""
    last = year - 1
    return 365 * last + last // 4 - last // 100 + last // 400 - _UNTIL_1970


def day_of_year(times: Array) -> Array:
    """Return the share of the year that has passed, in days."""
    days = times // DAY
    year, _ = civil(days)
    begins = new_year(year)
    return (days - begins) / (new_year(year + 1) - begins)


def month_of_year(times: Array) -> Array:
    """Return the share of the year that has passed, in months."""
    _, month = civil(times // DAY)
    return month / 12
