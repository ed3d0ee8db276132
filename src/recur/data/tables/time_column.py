"""Which column of a table says when: by its name, by what it holds, and by telling rows apart."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np
import polars as pl

from recur.data.tables.columns import (
    EPOCH_NAMES,
    LIKELY_TIME_NAMES,
    MOST_LOOKED_AT,
    SURE_TIME_NAMES,
    find_column,
    first_named,
    likely_id,
    undecided,
)
from recur.data.tables.epoch import decimal_seconds
from recur.data.tables.grouping import columns_that_tell_series_apart
from recur.data.tables.table import Table
from recur.data.tables.times import share_of_times

_MOST = 0.8  # of the cells of a column of times, so that a bad one is named and not passed over


def choose_time(
    table: Table, name: str | None, id_at: int | None, taken: Collection[int | None]
) -> int | None:
    """Return the column of times, if there is one.

    The one asked for; else the first by its name, else the only one whose cells read as dates. Of
    several the one that tells rows apart is meant: half hours, and not the day that stands beside
    them.

    Args:
        table: of series.
        name: the column asked for.
        id_at: the column that tells series apart, where it is known.
        taken: the positions of columns that are something else.
    """
    if name is not None:
        return find_column(table, name, "time")
    taken = {id_at, *taken}
    named = list(_by_name(table, taken))
    held = [at for at in _by_content(table, taken) if at not in named]
    if len(named) + len(held) < 2:
        return next(iter((*named, *held)), None)
    told = (at for at in named if _tells_rows_apart(table, at, id_at, taken))
    first = next(told, None)
    if first is not None:
        return first
    telling = [at for at in held if _tells_rows_apart(table, at, id_at, taken)]
    if len(telling) == 1 or named:
        return (telling if len(telling) == 1 else named)[0]
    raise undecided(table, telling or held, "time", "columns of times")


def _by_name(table: Table, taken: Collection[int | None]) -> Iterator[int]:
    """Yield the columns that by their names are times, the surest first."""
    for name in SURE_TIME_NAMES:
        at = first_named(table, [name])
        if at is not None and at not in taken and not _evenly_decimal(table.column(at)):
            yield at
    for name in (*EPOCH_NAMES, *LIKELY_TIME_NAMES):
        at = first_named(table, [name])
        if at is not None and at not in taken and _is_likely(table.column(at)):
            yield at


def _is_likely(column: pl.Series) -> bool:
    return share_of_times(column, counts=True) >= _MOST


def _by_content(table: Table, taken: Collection[int | None]) -> Iterator[int]:
    """Yield the columns whose cells mostly read as dates, of a column without a name years too."""
    for at in range(min(len(table.names), MOST_LOOKED_AT)):
        column = table.column(at)
        years = at == 0 and not table.names[at] and _are_years(column)
        if at not in taken and (years or share_of_times(column) >= _MOST):
            yield at


def _are_years(column: pl.Series) -> bool:
    """Say whether a column counts through years, as the index of a frame that was saved does."""
    if column.dtype == pl.String:
        column = column.str.strip_chars().cast(pl.Int64, strict=False)
    if not column.dtype.is_integer() or column.null_count() or len(column) < 2:
        return False
    years = column.to_numpy()
    return bool(years.min() >= 1500 and years.max() < 2200 and (np.diff(years) == 1).all())


def _tells_rows_apart(
    table: Table, at: int, id_at: int | None, taken: Collection[int | None]
) -> bool:
    """Say whether no time is met twice within a series, as far as a table knows its series."""
    times = table.column(at)
    if id_at is not None:
        pairs = pl.DataFrame([times.alias("time"), table.column(id_at).alias("id")])
        return pairs.n_unique() == len(times)
    if times.n_unique() == len(times):
        return True
    others = {at, *taken}
    if likely_id(table, others) is not None:
        return True
    ranks = times.rank("dense").fill_null(0).cast(pl.Int64).to_numpy()
    return bool(columns_that_tell_series_apart(table, ranks, others))


def _evenly_decimal(column: pl.Series) -> bool:
    """Say whether a column counts in evenly spaced decimal numbers, which only give an order."""
    numbers = column.cast(pl.Float64, strict=False) if column.dtype == pl.String else column
    if not numbers.dtype.is_float() or numbers.null_count() or len(numbers) < 2:
        return False
    if decimal_seconds(column) is not None:
        return False
    values = numbers.to_numpy()
    if not np.isfinite(values).all():
        return False
    steps = np.diff(values)
    even = steps.min() > 0 and np.ptp(steps) <= 0.1 * np.median(steps)
    return bool(even and (values % 1 != 0).any())
