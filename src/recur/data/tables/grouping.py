"""The rows of a table series by series, by the column that tells series apart."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import polars as pl

from recur.arrays import Indices
from recur.data.tables.numbers import looks_numeric
from recur.data.tables.table import Table, Where
from recur.data.tables.times import are_times
from recur.errors import DataError

Groups = tuple[Indices, Indices, tuple[str, ...]]

_ROWS_EACH = 3  # of a series on average: a column that is new in every row tells nothing apart
_MOST_TRIED = 100  # columns, of which a very wide file has many more
_WHOLE = r"^\s*[+-]?\d{1,18}\s*$"


def group(column: pl.Series, where: Where, block: int = 100_000) -> Groups:
    """Return the rows series by series, the length of each series, and its id.

    The rows of a series mostly stand together, and only the first of such a run is read.

    Args:
        column: the ids.
        where: says where a row is.
        block: rows of text that are compared at once, which changes no result.
    """
    firsts = _run_starts(column, block)
    names = column.gather(firsts).cast(pl.String).str.strip_chars()
    blank = (names.is_null() | (names == "")).arg_true()
    if len(blank):
        row = int(firsts[int(blank[0])])
        raise DataError(f"{where(row)}: the id is missing; fill it in.")
    ids = names.unique(maintain_order=True)
    series = names.replace_strict(ids, pl.int_range(len(ids), eager=True)).to_numpy()
    run_lengths = np.diff(firsts, append=len(column))
    lengths = np.bincount(series, run_lengths, len(ids)).astype(np.int64)
    if (series[1:] >= series[:-1]).all():
        return np.arange(len(column), dtype=np.min_scalar_type(len(column))), lengths, tuple(ids)
    return np.argsort(np.repeat(series, run_lengths), kind="stable"), lengths, tuple(ids)


def columns_that_tell_series_apart(
    table: Table, times: Indices, taken: Collection[int | None] = ()
) -> list[int]:
    """Return the columns by each of which the times of a table repeat no more.

    Every value of such a column has a series of its own, of distinct times. Columns of text come
    first; where none fits, columns of whole numbers are tried, as stores are numbered. Of columns
    that tell the same rows apart, a number and a name of each store say, only the first counts.

    Args:
        table: whose times repeat.
        times: int64 [rows], its column of times as read.
        taken: the positions of columns that are something else.
    """
    free = [i for i in range(len(table.names)) if i not in taken][:_MOST_TRIED]
    numeric = [i for i in free if looks_numeric(table.column(i))]
    texts = [i for i in free if i not in numeric and _is_text(table.column(i))]
    whole = [i for i in numeric if _is_whole(table.column(i))]
    return _telling(table, times, texts) or _telling(table, times, whole)


def _telling(table: Table, times: Indices, positions: Collection[int]) -> list[int]:
    """Return which of some columns tell rows of the same time apart."""
    stamps = pl.Series("time", times)
    found: dict[bytes, int] = {}
    for position in positions:
        column = table.column(position).cast(pl.String).str.strip_chars().alias("id")
        series = column.n_unique()
        if series < 2 or _ROWS_EACH * series > len(column):
            continue
        if column.null_count() or (column == "").any():
            continue
        if pl.DataFrame([stamps, column]).n_unique() == len(column):
            names = column.unique(maintain_order=True)
            places = column.replace_strict(names, pl.int_range(len(names), eager=True))
            found.setdefault(places.to_numpy().tobytes(), position)
    return [*found.values()]


def _is_text(column: pl.Series) -> bool:
    return column.dtype == pl.String and not are_times(column)


def _is_whole(column: pl.Series) -> bool:
    """Say whether a column holds whole numbers alone, and in every row one."""
    if column.dtype == pl.String:
        return bool(column.str.contains(_WHOLE).fill_null(value=False).all())
    return column.dtype.is_integer()


def _run_starts(column: pl.Series, block: int) -> Indices:
    """Return int64 [runs], rows before which a column changes, and a few more."""
    starts: list[Indices] = []
    for first in range(0, len(column), block):
        run = column.slice(first, block).rle_id().to_numpy()
        changes = np.flatnonzero(run[1:] != run[:-1]) + 1
        starts.append(first + np.concatenate([[0], changes]))
    return np.concatenate(starts)
