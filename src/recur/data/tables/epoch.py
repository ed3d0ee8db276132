"""Times as counts of seconds, or of parts of them, since the beginning of 1970."""

from __future__ import annotations

import numpy as np
import polars as pl

from recur.arrays import Indices
from recur.data.clock import SECOND

# How many of a unit make a second. Whole numbers that all lie between 1990 and 2100 in one of
# these are times; smaller ones may count anything.
_PER_SECOND = {
    "seconds": 1,
    "milliseconds": 1000,
    "microseconds": SECOND,
    "nanoseconds": 1000 * SECOND,
}
_SINCE, _UNTIL = 631_152_000, 4_102_444_800
_DECIMAL = r"^[0-9]{9,10}\.[0-9]+$"
_FIRST_LOOK = 64


def epoch_unit(counts: Indices) -> str:
    """Return the unit in which whole numbers count from 1970 on; "" where they do not.

    >>> epoch_unit(np.array([1546300800, 1546304400])), epoch_unit(np.array([1, 2]))
    ('seconds', '')
    """
    low, high = counts.min(), counts.max()
    fits = (u for u, n in _PER_SECOND.items() if _SINCE * n <= low and high <= _UNTIL * n)
    return next(fits, "")


def from_epoch(counts: Indices, unit: str) -> Indices:
    """Return int64 [n], microseconds since 1970, of counts in a unit.

    >>> from_epoch(np.array([1546300800]), "seconds").tolist()
    [1546300800000000]
    """
    each = _PER_SECOND[unit]
    return counts * (SECOND // each) if each <= SECOND else counts // (each // SECOND)


def decimal_seconds(column: pl.Series) -> Indices | None:
    """Return int64 [rows], microseconds, of decimal seconds since 1970; None of other columns."""
    if column.dtype == pl.String:
        if not column.head(_FIRST_LOOK).str.contains(_DECIMAL).all():
            return None
        column = column.cast(pl.Float64, strict=False)
    if not column.dtype.is_float() or column.null_count() or not len(column):
        return None
    seconds = column.to_numpy()
    if not (seconds.min() >= _SINCE and seconds.max() <= _UNTIL):  # not so where one is NaN
        return None
    return np.asarray(np.rint(seconds * 1000).astype(np.int64) * 1000)
