"""Tables with a year in each row and its months or quarters in the columns."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

import numpy as np
import polars as pl

from recur.data.tables.columns import LIKELY_ID_NAMES, SERIES_ID, is_pattern
from recur.data.tables.monthnames import MONTHS, plain
from recur.data.tables.numbers import looks_numeric
from recur.data.tables.rowwise import within_ends
from recur.data.tables.table import Table

_QUARTER = re.compile(r"q([1-4])|([1-4])\. ?(?:q|quarter|quartal)")
_COUNTS = {"months": 12, "quarters": 4}
_YEAR = r"^(?:1[5-9]\d\d|2[01]\d\d)$"
_FEWEST = 2  # years


def with_years_unrolled(table: Table, asked: Collection[str], id_: str | None = None) -> Table:
    """Return a table with a year in each row as one with a month or quarter in each, and say so.

    A column holds years, and those that follow each other have the names of twelve months or of
    four quarters; where years repeat, a column of texts tells the series apart. Other columns, of
    totals say, are left out.

    Args:
        table: any.
        asked: the columns that a user has named; a table that has one of them is taken as it is.
        id_: the column that tells series apart; None finds it.
    """
    if any(name.casefold() in table.folded or is_pattern(table, name) for name in asked):
        return table
    for what, count in _COUNTS.items():
        first = _first_part(table.names, what)
        if first is None:
            continue
        at = range(first, first + count)
        likely = _begin_with_years(table.frame)
        year = next((i for i in likely if i not in at and _years(table, i)), None)
        if year is None or not all(_numeric(table.column(i)) for i in at):
            continue
        ids = _ids(table, year, at, id_)
        if ids is not None:
            return _unrolled(table, what, year, at, ids, id_)
    return table


def _first_part(names: tuple[str, ...], what: str) -> int | None:
    """Return the column from which on the names are those of all parts of a year, in order."""
    parts = [_part(name, what) for name in names]
    wanted = [*range(1, _COUNTS[what] + 1)]
    places = range(len(names) - len(wanted) + 1)
    return next((k for k in places if parts[k : k + len(wanted)] == wanted), None)


def _part(name: str, what: str) -> int:
    """Return the month or the quarter that a name is of, 0 for none."""
    text = plain(name).strip().rstrip(".")
    if what == "months":
        return int(text) if text.isdecimal() else MONTHS.get(text, 0)
    found = _QUARTER.fullmatch(text)
    return int(found[1] or found[2]) if found else 0


def _begin_with_years(frame: pl.DataFrame) -> list[int]:
    """Return the columns whose first value is a year."""
    return [i for i, first in enumerate(frame.row(0)) if re.search(_YEAR, str(first).strip())]


def _years(table: Table, at: int) -> bool:
    text = table.column(at).cast(pl.String).str.strip_chars()
    return text.len() >= _FEWEST and bool(text.str.contains(_YEAR).fill_null(value=False).all())


def _numeric(column: pl.Series) -> bool:
    return looks_numeric(column) or column.null_count() == len(column)


def _ids(table: Table, year: int, parts: range, id_: str | None) -> pl.Series | None:
    """Return what tells series apart, one constant where there is one; None where it is open.

    It is a column that is called so, or by which years repeat no more where they do.
    """
    years = table.column(year).cast(pl.String)
    repeat = years.n_unique() < len(years)
    for i, name in enumerate(table.names):
        column = table.column(i).cast(pl.String)
        if i == year or i in parts or column.null_count():
            continue
        pairs = pl.DataFrame({"id": column, "year": years})
        names = (SERIES_ID, *LIKELY_ID_NAMES) if id_ is None else (id_.casefold(),)
        called = name.casefold() in names
        if (called or (repeat and id_ is None)) and pairs.n_unique() == len(years):
            return column.str.strip_chars()
    return None if repeat or id_ is not None else pl.Series(["y"] * len(years))


def _unrolled(
    table: Table, what: str, year: int, parts: range, ids: pl.Series, id_: str | None
) -> Table:
    years = table.column(year).cast(pl.String).str.strip_chars()
    texts = [table.column(i).cast(pl.String) for i in parts]
    count = len(parts)
    named = pl.Series([f"-{i:02}" if what == "months" else f"Q{i}" for i in range(1, count + 1)])
    rows = np.repeat(np.arange(len(years)), count)
    at = np.tile(np.arange(count), len(years))
    values = pl.concat([one.alias("") for one in texts]).gather(at * len(years) + rows)
    frame = pl.DataFrame(
        {"0": ids.gather(rows), "1": years.gather(rows) + named.gather(at), "2": values}
    ).with_columns(row=pl.Series(rows))
    order = frame.select(pl.arg_sort_by("0", "1", maintain_order=True)).to_series()
    frame = frame[order]
    runs = frame["0"].rle_id().to_numpy().astype(np.int64)
    frame = frame.filter(pl.Series(within_ends(frame["2"], runs)))
    where, number = frame["row"].to_numpy(), table.number
    first, last = table.names[parts[0]], table.names[parts[-1]]
    table.repairs.said(
        f"Each row of {table.source} was taken as a year, since the columns from `{first}` to "
        f"`{last}` are its {what}."
    )
    several = ids.n_unique() > 1 or id_ is not None
    return replace(
        table,
        frame=frame.select("0", "1", "2") if several else frame.select("1", "2"),
        names=(id_ or SERIES_ID, "ds", "y") if several else ("ds", "y"),
        number=lambda row: number(int(where[row])),
        index_columns=0,
    )
