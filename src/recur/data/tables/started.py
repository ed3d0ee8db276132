"""Tables with a series in each column, whose first rows say how long it is and when it begins."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np
import polars as pl

from recur.arrays import Float64s, Indices
from recur.data.tables.columns import SERIES_ID
from recur.data.tables.numbers import MISSING
from recur.data.tables.table import Table
from recur.errors import DataError

_HEAD = 3  # rows: the number of values, the year, the month or quarter
_YEARS = (1500, 2200)
_QUARTERS = 4


def with_starts_read(table: Table, asked: Collection[str]) -> Table:
    """Return a table whose columns begin with their length and start as one with their times.

    It is taken for one where that fits every column, of two and more: the first row is the number
    of values from the fourth on, the second a year, the third a month or a quarter of it.

    Args:
        table: any.
        asked: the columns that a user has named.

    Raises:
        DataError: a column is asked for by name, or months cannot be told from quarters.
    """
    heads = _heads(table)
    if heads is None:
        return table
    lengths, years, parts = heads
    what = _part(table.source, parts)
    said = f"its length, and the year and the {what} of its start"
    named = [name for name in asked if name.casefold() in table.folded]
    if named:
        raise DataError(
            f"{table.source} has a series in each column, with {said} above its values; leave "
            f"`{named[0]}` out, and all of them are read."
        )
    step = 1 if what == "month" else 3
    months = np.repeat((years - 1970) * 12 + (parts - 1) * step, lengths)
    months += step * (np.arange(len(months)) - np.repeat(np.cumsum(lengths) - lengths, lengths))
    values = [table.column(i)[_HEAD : _HEAD + n] for i, n in enumerate(lengths.tolist())]
    mixed = len({one.dtype for one in values}) > 1
    kind = pl.String() if mixed else values[0].dtype
    long = pl.DataFrame(
        {
            "0": pl.Series(table.names).gather(np.repeat(np.arange(len(lengths)), lengths)),
            "1": pl.Series(months.astype("M8[M]").astype("M8[us]")),
            "2": pl.concat([one.cast(kind).rename("") for one in values]),
        }
    )
    rows = np.concatenate([np.arange(_HEAD, _HEAD + n) for n in lengths])
    table.repairs.said(
        f"Each column of {table.source} was taken as a series, with {said} in its first three rows."
    )
    number = table.number
    return replace(
        table,
        frame=long,
        names=(SERIES_ID, "ds", "y"),
        number=lambda row: number(int(rows[row])),
    )


def _part(source: str, parts: Indices) -> str:
    """Say whether years are parted in months or quarters: by a start after four, or the name."""
    named = [part for part in ("month", "quarter") if part in source.casefold()]
    if (parts > _QUARTERS).any():
        return "month"
    if len(named) == 1:
        return named[0]
    raise DataError(
        f"{source} has a series in each column, with its length, and the year and a part of its "
        "start above its values, which may be a month or a quarter; put `monthly` or `quarterly` "
        "into the name of the file, or delete these rows and add a column of times."
    )


def _heads(table: Table) -> tuple[Indices, Indices, Indices] | None:
    """Return int64 [columns] three times, what stands above the values; None for other tables."""
    width = len(table.names)
    if width < 2 or table.index_columns or table.frame.height <= _HEAD:
        return None
    if _whole(table.column(0)[:_HEAD]) is None:
        return None
    firsts = [_whole(table.column(i)[:_HEAD]) for i in range(width)]
    known = [first for first in firsts if first is not None]
    if len(known) < width:
        return None
    heads = np.array(known).astype(np.int64)
    lengths, years, parts = heads.T
    if not (((years >= _YEARS[0]) & (years <= _YEARS[1])) & (parts >= 1) & (parts <= 12)).all():
        return None
    fits = all(_ends_at(table.column(i), int(n)) for i, n in enumerate(lengths))
    return (lengths, years, parts) if fits else None


def _whole(first: pl.Series) -> Float64s | None:
    """Return float64 [rows], the whole numbers that a column begins with; None for others."""
    numbers = first.cast(pl.Float64, strict=False) if first.dtype != pl.Boolean else None
    if numbers is None or numbers.null_count() or not (numbers == numbers.floor()).all():
        return None
    return numbers.to_numpy() if numbers.is_between(1, 2**53).all() else None


def _ends_at(column: pl.Series, count: int) -> bool:
    """Say whether below the head of a column stand so many values and nothing else."""
    below = column[_HEAD:]
    if below.dtype == pl.String:
        blank = below.is_null() | below.str.strip_chars().str.to_lowercase().is_in(MISSING)
    else:
        blank = below.is_null()
    return count <= len(below) and bool(not blank[:count].tail(1).any() and blank[count:].all())
