"""A CSV file as columns of text: its encoding, its separator, its header and its lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from recur.errors import DataError

SEPARATORS = (",", ";", "\t", "|")
_SNIFFED_LINES = 20
_MAGIC = (
    (b"PK\x03\x04", "is a workbook or an archive (save the sheet as CSV)"),
    (b"\x1f\x8b", "is compressed (unpack it first)"),
    (b"\xff\xfe", "is encoded as UTF-16 (save it as UTF-8)"),
    (b"\xfe\xff", "is encoded as UTF-16 (save it as UTF-8)"),
)


@dataclass(frozen=True)
class CsvText:
    """The fields of a CSV file.

    Attributes:
        frame: the columns, all text, named by position; blank fields are null.
        names: the header.
        line: says on which line of the file a row of `frame` begins.
        separator: what separates the fields.
        notes: what was noticed.
    """

    frame: pl.DataFrame
    names: tuple[str, ...]
    line: Callable[[int], int]
    separator: str
    notes: tuple[str, ...]


def is_binary(data: bytes) -> str:
    """Say what kind of binary file this is; empty for a text."""
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    if data[8:10] == b'{"' and b'"__metadata__":{"recur":' in data[:65536]:
        return "is a model or a checkpoint that recur saved"
    return "is a binary file" if b"\0" in data[:65536] else ""


def read_csv(data: bytes, source: str) -> CsvText:
    """Split the bytes of a CSV file into fields."""
    text = _decode(data, source)
    body = text.lstrip("\n")
    if not body.strip():
        raise DataError(f"{source} is empty; it needs a line of column names and rows of data.")
    first_line = len(text) - len(body) + 1
    separator = _sniff(body)
    records = _split(body, separator, source, first_line)
    names = tuple((name or "").strip() for name in records.row(0))
    return _without_blank_rows(records, names, separator, first_line)


def _decode(data: bytes, source: str) -> str:
    """Decode UTF-8, with or without a byte-order mark, and bring line ends to one form."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        bad, at = error.object[error.start], error.start + len(data) - len(error.object)
        line = data[:at].count(b"\n") + 1
        raise DataError(
            f"{source} is not UTF-8: byte 0x{bad:02x} at position {at} (line {line}) cannot be "
            "decoded; save the file as UTF-8 (in a spreadsheet, `CSV UTF-8`)."
        ) from None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text


def _sniff(text: str) -> str:
    """Choose the separator that cuts the first lines into equally many fields, and most."""
    lines = [line for line in text[:65536].split("\n", _SNIFFED_LINES)[:_SNIFFED_LINES] if line]

    def merit(separator: str) -> tuple[bool, int]:
        counts = [len(fields) for fields in csv.reader(lines, delimiter=separator)]
        return counts[0] > 1 and max(counts) == min(counts), counts[0]

    return max(SEPARATORS, key=merit)


def _split(text: str, separator: str, source: str, first_line: int) -> pl.DataFrame:
    """Return every record, the header first, as columns of text."""
    try:
        return pl.read_csv(
            io.BytesIO(text.encode()),
            has_header=False,
            infer_schema=False,
            separator=separator,
        )
    except pl.exceptions.PolarsError:
        complaint = _first_bad_record(text, separator, first_line)
        raise DataError(f"{source}, {complaint}.") from None


def _first_bad_record(text: str, separator: str, first_line: int) -> str:
    """Find the record that does not fit the header, or the quote that is never closed."""
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    start, end, expected = 0, 0, 0
    try:
        for fields in reader:
            start, end, expected = end, reader.line_num, expected or len(fields)
            if len(fields) > expected:
                return (
                    f"row {start + first_line} has {len(fields)} fields where the header has "
                    f"{expected}; a field that holds the separator must be quoted"
                )
    except csv.Error:  # a field of more than 128 KiB: what follows a quote that is never closed
        start = end
    if text.count('"') % 2:
        return f"row {start + first_line} opens a quote that is never closed"
    return "a quote inside a field cannot be read; quote the whole field and double the quote"


def _blank(records: pl.DataFrame) -> pl.Series:
    """Return which rows have nothing in any column."""
    nothing = pl.all().is_null() | (pl.all().str.strip_chars() == "")
    return records.select(pl.all_horizontal(nothing)).to_series()


def _without_blank_rows(
    records: pl.DataFrame, names: tuple[str, ...], separator: str, first_line: int
) -> CsvText:
    """Cut off the header and the blank lines at the end; skip other blank lines, with a note.

    In a file of one column a blank line between two others is a missing value and is kept.
    """
    records.columns = [str(i) for i in range(records.width)]
    blank = _blank(records[:, :1])
    if blank.any() and records.width > 1:  # most files are done with by their first column
        blank = _blank(records)
    blank[0] = False  # a header without names is a header
    filled = (~blank).arg_true()
    frame = records.head(int(filled[-1]) + 1)
    rows = filled if records.width > 1 else pl.Series(range(frame.height), dtype=pl.UInt32)
    skipped = frame.height - len(rows)
    notes = (f"Skipped {skipped} blank line{'s' * (skipped > 1)}.",) if skipped else ()

    def line(row: int) -> int:
        before = frame.head(int(rows[row + 1]))
        breaks = before.select(pl.all().str.count_matches("\n").sum()).sum_horizontal()
        return first_line + int(rows[row + 1]) + int(breaks[0] or 0)

    return CsvText(frame[rows[1:]] if skipped else frame.slice(1), names, line, separator, notes)
