"""What the columns of a table hold, before anybody has said which one is meant."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl

from recur.arrays import Float64s
from recur.data.tables.columns import MOST_LOOKED_AT, first_cells, numbers
from recur.data.tables.header import with_header
from recur.data.tables.numbers import looks_numeric
from recur.data.tables.options import reading_options
from recur.data.tables.table import Table, read_table
from recur.data.tables.times import share_of_times
from recur.errors import DataError

_TIMES = 0.8  # of the cells of a column that is said to hold times


@dataclass(frozen=True)
class ColumnSummary:
    """What one column holds.

    Attributes:
        name: as it stands in the table.
        holds: `numbers`, `times` or `text`.
        missing: rows without a value.
        first: its first values.
        least: of its numbers, as the next two; None where it holds none.
        mean: of all of them.
        greatest: of all of them.
    """

    name: str
    holds: str
    missing: int
    first: str
    least: float | None = None
    mean: float | None = None
    greatest: float | None = None


@dataclass(frozen=True)
class Overview:
    """What the columns of a table hold.

    Attributes:
        source: what messages call the table.
        rows: of the table.
        columns: how many there are.
        summaries: of the first of them, up to 200.
    """

    source: str
    rows: int
    columns: int
    summaries: tuple[ColumnSummary, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the overview as plain JSON values."""
        return {
            "source": self.source,
            "rows": self.rows,
            "columns": self.columns,
            "described": [asdict(one) for one in self.summaries],
        }


def overview(source: Any, **reading: Any) -> Overview:
    """Say what the columns of a file or a frame hold; `reading` is as `read_panel` takes it.

    Example:
        >>> found = overview(pl.DataFrame({"day": ["2020-01-01", "2020-01-02"], "n": [1, 3]}))
        >>> [(one.name, one.holds, one.mean) for one in found.summaries]
        [('day', 'times', None), ('n', 'numbers', 2.0)]
    """
    table = with_header(read_table(source, reading_options(reading)), ())
    looked_at = range(min(len(table.names), MOST_LOOKED_AT))
    return Overview(
        source=table.source,
        rows=table.frame.height,
        columns=len(table.names),
        summaries=tuple(_summary(table, at) for at in looked_at),
    )


def _summary(table: Table, at: int) -> ColumnSummary:
    column = table.column(at)
    text = column.cast(pl.String).str.strip_chars()
    blank = int((text.is_null() | (text == "")).sum())
    name, first = table.names[at], first_cells(table, at)
    if share_of_times(column) >= _TIMES:
        return ColumnSummary(name, "times", blank, first)
    if not looks_numeric(column):
        return ColumnSummary(name, "text", blank, first)
    values = _values(table, at)
    known = values[np.isfinite(values)]
    missing = len(values) - len(known)
    if not len(known):
        return ColumnSummary(name, "numbers", missing, first)
    mean = (known / len(known)).sum()  # where the sum of the values may be too large a number
    sizes = (float(known.min()), float(mean), float(known.max()))
    return ColumnSummary(name, "numbers", missing, first, *sizes)


def _values(table: Table, at: int) -> Float64s:
    """Return float64 [rows]; what is no number counts as missing here."""
    try:
        return numbers(table, at)
    except DataError:
        plain = table.column(at).str.strip_chars().cast(pl.Float64, strict=False)
        return plain.fill_null(float("nan")).to_numpy()
