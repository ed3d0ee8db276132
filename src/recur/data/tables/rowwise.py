"""Tables with a series in each row, the times or steps in the names of the columns."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from recur.data.tables.columns import SERIES_ID, SURE_TIME_NAMES
from recur.data.tables.numbers import MISSING, looks_numeric
from recur.data.tables.table import Table
from recur.data.tables.times import are_times, read_times
from recur.errors import DataError

_FEWEST = 3  # columns that are steps of one series
_MOST_NAMES = 12  # columns before them
_NUMBERED = re.compile(r"^([A-Za-z_ ]{0,8}?)[_ ]?(\d{1,6})$")


def with_series_below(table: Table, asked: Collection[str], id_: str | None = None) -> Table:
    """Return a table with a series in each row as one with a value in each, and say so.

    A series is in a row where the last columns hold numbers and their names are times, or count
    on by one (`V2`, `V3`, ...). What stands before them names the series.

    Args:
        table: any.
        asked: the columns that a user has named, an id apart; a table that has one of them is
            taken as it is.
        id_: the column that names the series; None finds it.
    """
    first = _first_step(table)
    if first is None or any(name.casefold() in table.folded for name in asked):
        return table
    steps = table.names[first:]
    columns = [table.column(i) for i in range(first, len(table.names))]
    ids = _ids(table, first, id_)
    if ids is None:
        return table
    times = _are_times(steps)
    kind = _kind(columns)
    values = pl.concat([one.cast(kind).rename("") for one in columns])
    rows = np.tile(np.arange(table.frame.height), len(steps))
    at = np.repeat(np.arange(len(steps)), table.frame.height)
    order = np.lexsort((at, rows))
    long = pl.DataFrame(
        {
            "0": ids.gather(rows[order]),
            "1": pl.Series(steps).gather(at[order]),
            "2": values.gather(order),
        }
    )
    kept = within_ends(long["2"], rows[order])
    long, where = long.filter(pl.Series(kept)), rows[order][kept]
    what = "times" if times else "steps"
    table.repairs.said(
        f"Each row of {table.source} was taken as a series, since the columns from `{steps[0]}` to "
        f"`{steps[-1]}` are {what}."
    )
    names = (id_ or SERIES_ID, *(("ds", "y") if times else ("y",)))
    number = table.number
    return replace(
        table,
        frame=long if times else long.select(pl.col("0"), pl.col("2").alias("1")),
        names=names,
        number=lambda row: number(int(where[row])),
        index_columns=0,
    )


def _first_step(table: Table) -> int | None:
    """Return the column from which on the names are times, or count; None for none.

    Rows that have times, or no names, are steps rather than series.
    """
    names = table.names
    if len(names) <= _FEWEST or not _is_step(names[-1]):
        return None
    for first in range(1, min(len(names) - _FEWEST + 1, _MOST_NAMES)):
        before = range(first)
        if any(table.folded[i] in SURE_TIME_NAMES for i in before):
            return None
        if (_are_times(names[first:]) or _count_on(names[first:])) and _all_are_numbers(
            [table.column(i) for i in range(first, len(names))]
        ):
            if _count_on(names[first - 1 :]) and _are_numbers(table.column(first - 1)):
                return None  # numbers that count through all columns name nothing
            timed = any(are_times(table.column(i)) or _counts(table.column(i)) for i in before)
            return None if timed else first
    return None


def _is_step(name: str) -> bool:
    return any(char.isdigit() for char in name)


def _all_are_numbers(columns: Sequence[pl.Series]) -> bool:
    """Say of each column whether it holds numbers, of all at once where nothing is odd."""
    text = [one.rename("") for one in columns if one.dtype == pl.String]
    if text:
        known = pl.concat(text)
        known = known.filter(_known(known)).str.strip_chars()
        if not known.cast(pl.Float64, strict=False).null_count():
            columns = [one for one in columns if one.dtype != pl.String]
    return all(_are_numbers(one) for one in columns)


def _are_numbers(column: pl.Series) -> bool:
    return looks_numeric(column) or not _known(column).any()


def _counts(column: pl.Series) -> bool:
    """Say whether a column counts years or steps, so that its rows are in time."""
    if not looks_numeric(column):
        return False
    numbers = column.cast(pl.Float64, strict=False).to_numpy()
    steps = np.diff(numbers)
    return bool(len(steps) and (steps == steps[0]).all() and steps[0] != 0 and numbers[0] > 1000)


def _are_times(names: Sequence[str]) -> bool:
    column = pl.Series(names)
    try:
        reading = read_times(column, str)[0]
    except DataError:
        return False
    rising = bool((np.diff(reading.values) > 0).all())
    return rising and (are_times(column) or not reading.counted)


def _count_on(names: Sequence[str]) -> bool:
    parts = [_NUMBERED.match(name.strip()) for name in names]
    if not all(parts) or len({part[1] for part in parts if part}) > 1:
        return False
    numbers = [int(part[2]) for part in parts if part]
    return numbers[0] <= 2 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def _ids(table: Table, first: int, id_: str | None) -> pl.Series | None:
    """Return what names each row: the first column that tells all apart, or all together."""
    named = [i for i in range(first) if id_ is None or table.folded[i] == id_.casefold()]
    texts = [table.column(i).cast(pl.String).str.strip_chars() for i in named]
    if not texts:
        return None
    for text in texts:
        if not text.null_count() and text.n_unique() == len(text):
            return text
    joined = pl.DataFrame([text.alias(str(i)) for i, text in enumerate(texts)]).select(
        pl.concat_str(pl.all(), separator=" · ", ignore_nulls=True).alias("id")
    )["id"]
    return joined if joined.n_unique() == len(joined) else None


def _kind(columns: Sequence[pl.Series]) -> pl.DataType:
    kinds = {one.dtype for one in columns}
    return columns[0].dtype if len(kinds) == 1 else pl.Float64() if pl.String not in kinds else (
        pl.String()
    )  # fmt: skip


def within_ends(
    values: pl.Series, rows: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return bool [values], whether each is between the first and the last known one of its row."""
    flags = _known(values).fill_null(value=False).to_numpy()
    index = np.arange(len(flags))
    starts = np.searchsorted(rows, rows)
    ends = np.searchsorted(rows, rows, side="right") - 1
    before = np.maximum.accumulate(np.where(flags, index, -1))
    after = np.minimum.accumulate(np.where(flags, index, len(flags))[::-1])[::-1]
    return (before >= starts) & (after <= ends)


def _known(values: pl.Series) -> pl.Series:
    if values.dtype == pl.String:
        return values.is_not_null() & ~values.str.strip_chars().str.to_lowercase().is_in(MISSING)
    return values.fill_nan(None).is_not_null() if values.dtype.is_float() else values.is_not_null()
