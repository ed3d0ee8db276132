"""A CSV file as columns of text: its encoding, its separator, its header and its lines."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from recur.data.tables.content import Content
from recur.data.tables.encodings import decode, is_marked
from recur.data.tables.formulas import as_they_were
from recur.data.tables.layout import Layout, lay_out
from recur.data.tables.numbers import looks_numeric
from recur.data.tables.repairs import Repairs
from recur.errors import DataError

_SAMPLE = 200  # lines that tell prose
_MAGIC = (
    (b"PK\x03\x04", "is a workbook or an archive"),
    (b"\x1f\x8b", "is compressed"),
    (b"%PDF", "is a PDF, in which numbers only have places on paper"),
    (b"\x89HDF", "is an HDF5 file"),
    (b"FEA1", "is a Feather file of the first version"),
)


def is_binary(data: bytes) -> str:
    """Say what kind of binary file this is; empty for a text."""
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    if data[8:10] == b'{"' and b'"__metadata__":{"recur":' in data[:65536]:
        return "is a model or a checkpoint that recur saved"
    return "is a binary file" if b"\0" in data[:65536] and not is_marked(data) else ""


def read_csv(
    data: bytes, source: str, repairs: Repairs | None = None, encoding: str | None = None
) -> Content:
    """Split the bytes of a CSV file into fields.

    Args:
        data: the file.
        source: what messages call it.
        repairs: is told what was left out of it.
        encoding: of the file; None finds it.
    """
    repairs = repairs or Repairs(source)
    return read_text(decode(data, source, encoding, repairs), source, repairs)


def read_text(
    text: str, source: str, repairs: Repairs, separator: str = "", shown: str = ""
) -> Content:
    """Split a text into fields.

    Args:
        text: its line ends are single characters.
        source: what messages call it.
        repairs: is told what was left out of it.
        separator: what separates its fields; "" finds it.
        shown: what the content says it was; "" for just that.
    """
    if not text or text.isspace():
        raise DataError(f"{source} is empty; it needs a line of column names and rows of data.")
    layout = lay_out(text, repairs, separator)
    records = _split(layout, source, repairs)
    if "'" in layout.body:  # else a look at each of many columns takes seconds
        records = as_they_were(records)
    records.columns = [str(i) for i in range(records.width)]
    names = tuple((name or "").strip() for name in records.row(0))
    table = _without_empty_columns(records, names, repairs)
    content = _rows_alone(table, layout, repairs)
    return replace(content, separator=shown) if shown else content


def _split(layout: Layout, source: str, repairs: Repairs) -> pl.DataFrame:
    """Return every record, the header first, as columns of text."""
    records = _fields(layout)
    if records is None and (longer := _trailing_separators(layout)):
        repairs.made(
            "trailing separators",
            longer,
            f"Left out what separates nothing at the end of {longer:,} line{'s' * (longer > 1)}.",
        )
        records = _fields(layout, truncate=True)
    if records is None and (told := _as_they_stand(layout)) is not None:
        records, quotes = told
        several = f"{quotes:,} quote{'s' * (quotes > 1)}"
        repairs.made("quotes", quotes, f"Took {several} within fields as any other sign.")
    if records is None and _is_prose(layout):
        raise DataError(
            f"{source} holds prose and no table; `recur write` learns to write like a text, and "
            "`recur classify` to tell classes of texts apart."
        )
    if records is None:
        raise DataError(f"{source}, {_first_bad_record(layout)}.")
    return records


def _is_prose(layout: Layout) -> bool:
    """Say whether few lines below a first one without fields have a number in them."""
    first, *lines = layout.body.split("\n", _SAMPLE + 1)[:-1] or [layout.body]
    with_digits = sum(any(char.isdigit() for char in line) for line in lines)
    return layout.separator not in first and 10 * with_digits < len(lines)


def _as_they_stand(layout: Layout) -> tuple[pl.DataFrame, int] | None:
    """Return the fields with their quotes as signs like any, and how many; None where none is odd.

    They are where no field begins with one.
    """
    quotes = layout.body.count('"')
    records = _fields(layout, quote=None) if quotes else None
    if records is None:
        return None
    begun = pl.all().str.strip_chars_start().str.starts_with('"').fill_null(value=False)
    return None if records.select(pl.any_horizontal(begun.any())).item() else (records, quotes)


def _fields(
    layout: Layout, *, truncate: bool = False, quote: str | None = '"'
) -> pl.DataFrame | None:
    """Return the fields of every line; None where they do not fit together."""
    try:
        return pl.read_csv(
            io.BytesIO(layout.body.encode()),
            has_header=False,
            infer_schema=False,
            separator=layout.separator,
            truncate_ragged_lines=truncate,
            quote_char=quote,
        )
    except pl.exceptions.PolarsError:
        return None


def _trailing_separators(layout: Layout) -> int:
    """Return how many records are longer than the header by blanks; 0 where one holds more."""
    reader = csv.reader(io.StringIO(layout.body), delimiter=layout.separator)
    try:
        width = len(next(reader))
        longer = [fields[width:] for fields in reader if len(fields) > width]
    except csv.Error:
        return 0
    return 0 if any(map(str.strip, (cell for cells in longer for cell in cells))) else len(longer)


def _first_bad_record(layout: Layout) -> str:
    """Find the record that does not fit the header, or the quote that is never closed."""
    reader = csv.reader(io.StringIO(layout.body), delimiter=layout.separator)
    start, end, expected = 0, 0, 0
    try:
        for fields in reader:
            start, end, expected = end, reader.line_num, expected or len(fields)
            if len(fields) > expected:
                return (
                    f"row {layout.line(start)} has {len(fields)} fields where the header has "
                    f"{expected}; a field that holds the separator must be quoted"
                )
    except csv.Error:  # a field of more than 128 KiB: what follows a quote that is never closed
        start = end
    if layout.body.count('"') % 2:
        return f"row {layout.line(start)} opens a quote that is never closed"
    return "a quote inside a field cannot be read; quote the whole field and double the quote"


def _blank(records: pl.DataFrame) -> pl.Series:
    """Return which rows have nothing in any column."""
    nothing = pl.all().is_null() | (pl.all().str.strip_chars() == "")
    return records.select(pl.all_horizontal(nothing)).to_series()


def _without_empty_columns(
    records: pl.DataFrame, names: tuple[str, ...], repairs: Repairs
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Leave out columns that have neither a name nor a value: what trailing separators make."""
    empty = [
        i
        for i, name in enumerate(names)
        if not name and len(names) > 1 and records.to_series(i).null_count() == records.height
    ]
    if not empty or len(empty) == len(names):
        return records, names
    several = f"{len(empty):,} column{'s' * (len(empty) > 1)}"
    repairs.made("empty columns", len(empty), f"Left out {several} without a name and any value.")
    kept = [i for i in range(len(names)) if i not in empty]
    return records.select([str(i) for i in kept]), tuple(names[i] for i in kept)


def _rows_alone(
    table: tuple[pl.DataFrame, tuple[str, ...]], layout: Layout, repairs: Repairs
) -> Content:
    """Cut off the header; leave out blank lines and what repeats the header, and tell so.

    In a file of one column a blank line between two others is a missing value and is kept.
    """
    records, names = table
    blank = _blank(records[:, :1])
    if blank.any() and records.width > 1:  # most files are done with by their first column
        blank = _blank(records)
    blank[0] = False  # a header without names is a header
    filled = (~blank).arg_true()
    frame = records.head(int(filled[-1]) + 1)
    rows = filled if records.width > 1 else pl.Series(range(frame.height), dtype=pl.UInt32)
    skipped = layout.blank + records.height - len(rows)
    if skipped:
        repairs.made(
            "blank lines", skipped, f"Skipped {skipped:,} blank line{'s' * (skipped > 1)}."
        )
    again = _repeated_header(records)
    if len(again):
        rows = pl.Series(np.setdiff1d(rows.to_numpy(), again))
        several = f"{len(again):,} time{'s' * (len(again) > 1)}"
        repairs.made("headers", len(again), f"The names of the columns came again {several}.")
    whole = len(rows) == frame.height

    def line(row: int) -> int:
        before = frame.head(int(rows[row + 1]))
        breaks = before.select(pl.all().str.count_matches("\n").sum()).sum_horizontal()
        return layout.line(int(rows[row + 1]) + int(breaks[0] or 0))

    return Content(frame.slice(1) if whole else frame[rows[1:]], names, line, layout.separator)


def _repeated_header(records: pl.DataFrame) -> np.ndarray[Any, Any]:
    """Return the rows that hold the names of the columns once more."""
    names = records.row(0)
    first = next((i for i, name in enumerate(names) if name and name.strip()), None)
    if first is None or records.height < 2:
        return np.array([], dtype=np.int64)
    same = (records.to_series(first) == names[first]).arg_true().to_numpy()[1:]
    texts = [name for name in names if name]
    if not len(same) or looks_numeric(pl.Series(texts[:1])) or len(names) < 2:
        return np.array([], dtype=np.int64)
    return np.array([i for i in same if records.row(int(i)) == names], dtype=np.int64)
