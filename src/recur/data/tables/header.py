"""Whether the first line of a CSV file names the columns or holds data already."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from recur.data.tables.columns import (
    LIKELY_ID_NAMES,
    LIKELY_TIME_NAMES,
    MOST_LOOKED_AT,
    NAMELESS,
    SERIES_ID,
    SURE_TIME_NAMES,
)
from recur.data.tables.numbers import MISSING, excerpt, looks_numeric
from recur.data.tables.table import Table
from recur.data.tables.times import are_times, read_times
from recur.errors import DataError

_USUAL_NAMES = {*SURE_TIME_NAMES, *LIKELY_TIME_NAMES, *LIKELY_ID_NAMES, SERIES_ID, ""}
_SAMPLE = 1000
_DECIMAL = r"^\s*-?\d*\.\d+\s*$"  # which no time is
_FIRST_CELLS = 5  # in which a time below the first line shows itself, whatever comes further down


def with_header(table: Table, asked: Collection[str]) -> Table:
    """Return a table whose first line, where it holds data, is its first row.

    Its columns are then called `ds` (times), `id` (text), `y` (the only numbers), and all others
    by their place.

    Args:
        table: of a CSV file, its first line taken for the names.
        asked: the columns that a user has named; a line that has one of them holds names.
    """
    if not table.separator:
        return table
    asked_for = any(name.casefold() in table.folded for name in asked)
    line = excerpt(table.separator.join(table.names))
    few = table.head_columns(MOST_LOOKED_AT)
    if not asked_for and _holds_data(few):
        whole = _with_first_line(table)
        names = _names_by_content(whole)
        told = (
            f"Row 1 of {table.source}, `{line}`, holds data and no names: it is the first row, and "
            f"the columns are called {', '.join(f'`{name}`' for name in names)}."
        )
        return replace(whole, names=names, notes=(*table.notes, told), named_by_place=True)
    numbers = [_is_number(name) for name in few.names]
    doubtful = all(numbers) or (any(numbers) and not asked_for)
    if not doubtful or not _USUAL_NAMES.isdisjoint(table.folded):
        return table
    told = (
        f"Row 1 of {table.source}, `{line}`, was taken for the names of the columns; if it holds "
        "data, put a line of names above it."
    )
    return replace(table, notes=(*table.notes, told))


def _holds_data(table: Table) -> bool:
    """Say whether the first line is like the lines below it, cell by cell.

    A time above times is data for sure. Numbers above numbers are, unless they count through the
    columns, as years or places do, and no column counts on from them.
    """
    columns = [table.column(i).head(_SAMPLE) for i in range(len(table.names))]
    pairs = list(zip(table.names, columns, strict=True))
    if any(_begins_with_times(_under(name, column)) for name, column in pairs):
        return True
    if not _USUAL_NAMES.isdisjoint(table.folded):
        return False
    if not any(_is_number(name) for name in table.names):
        return False
    if not all(_is_like(name, column) for name, column in pairs):
        return False
    if len(pairs) == 1:
        return not _is_number_of_a_column(*pairs[0])
    counted = any(_counts(_under(name, column)) for name, column in pairs)
    return counted or not _count_through(table.names)


def _is_like(name: str, column: pl.Series) -> bool:
    """Say whether a cell is a number, or missing, above numbers, or a text met again below."""
    if looks_numeric(column):
        return _is_number(name) or name.casefold() in MISSING
    return bool((column.str.strip_chars() == name).any())


def _is_number(name: str) -> bool:
    return not (name[:1].isalpha() or name[-1:].isalpha()) and looks_numeric(pl.Series([name]))


def _is_number_of_a_column(name: str, column: pl.Series) -> bool:
    """Say whether a file of one column has the 0 above it that pandas writes for no name."""
    values = column.str.strip_chars().cast(pl.Float64, strict=False).drop_nulls().to_numpy()
    outside = len(values) > 0 and not values.min() <= 0 <= values.max()
    return name == "0" and outside and bool((values % 1 != 0).all())


def _count_through(names: Sequence[str]) -> bool:
    """Say whether names are whole numbers that rise by one."""
    if not all(name.isascii() and name.isdigit() for name in names):
        return False
    return bool((np.diff([int(name) for name in names]) == 1).all())


def _begins_with_times(column: pl.Series) -> bool:
    if column[0] is None or not any(map(str.isdigit, column[0])):  # every time has digits
        return False
    cells = column.drop_nulls().head(_FIRST_CELLS)
    if len(cells) < 2 or cells.str.contains(_DECIMAL).any():
        return False
    return are_times(cells)


def _counts(column: pl.Series) -> bool:
    """Say whether a column holds whole numbers that a clock would give: even steps, or dates."""
    try:
        readings = read_times(column, str)
    except DataError:
        return False
    steps = np.diff(readings[0].values)
    if len(steps) < 2 or not ((steps > 0).all() or (steps < 0).all()):
        return False
    return not readings[0].counted or bool((steps == steps[0]).all())


def _under(name: str, column: pl.Series) -> pl.Series:
    """Return a column with its name as the first cell."""
    return pl.concat([pl.Series([name or None], dtype=pl.String), column.rename("")])


def _with_first_line(table: Table) -> Table:
    columns = [_under(name, table.column(i)).alias(str(i)) for i, name in enumerate(table.names)]
    return replace(table, frame=pl.DataFrame(columns), number=lambda row: table.number(row - 1))


def _names_by_content(table: Table) -> tuple[str, ...]:
    """Return names for columns that have none."""
    looked = range(min(len(table.names), MOST_LOOKED_AT))
    columns = [table.column(i).head(_SAMPLE) for i in looked]
    names = [f"column{i + 1}" for i in range(len(table.names))]
    timed = [i for i in looked if _begins_with_times(columns[i])]
    timed = timed or [i for i in looked if _counts(columns[i])]
    if timed and len(names) > 1:
        names[timed[0]] = "ds"
    free = [i for i in looked if names[i] != "ds"]
    numeric = [i for i in free if looks_numeric(columns[i])]
    texts = [i for i in free if i not in numeric]
    if texts:
        names[texts[0]] = "id"
    if len(numeric) == 1:
        names[numeric[0]] = NAMELESS
    return tuple(names)
