"""Where a large file is cut: between two series, whose rows stand together."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import polars as pl

from recur.data.tables.numbers import looks_numeric
from recur.data.tables.parted import FilePart, Kind, no_panic, scan
from recur.data.tables.separators import sniff
from recur.errors import DataError, nearest

_LINES = 50  # that tell what separates fields
_WINDOW = 4096  # rows in which the end of a series is looked for first
_LONGEST = 1 << 20  # bytes of a line


def names_in(name: str, kind: Kind) -> dict[str, str] | None:
    """Return the columns of a file, and of each whether it holds text, numbers or times.

    Of a text nobody has read yet its fields are "", and where its first line seems to hold no
    names, or columns cannot be told without reading all of it, there is None.
    """
    if kind in ("parquet", "arrow"):
        with no_panic():
            schema = scan(name, kind).collect_schema()
        return {column: _said(dtype) for column, dtype in schema.items()}
    if kind == "other":
        return None
    lines, separator = _head(name)
    fields = next(csv.reader(lines[:1], delimiter=separator), [])
    if any(looks_numeric(pl.Series([field])) for field in fields):
        return None
    return {field.strip(): "" for field in fields}


def _said(dtype: pl.DataType) -> str:
    if dtype.is_numeric():
        return "numbers"
    return "times" if dtype.is_temporal() else "text"


def _head(name: str) -> tuple[list[str], str]:
    """Return the first lines of a text, and what separates their fields."""
    with Path(name).open("rb") as file:
        read = [file.readline(_LONGEST) for _ in range(_LINES)]
    lines = [line.decode("utf-8-sig", "replace").rstrip("\r\n") for line in read if line.strip()]
    return lines, sniff(lines)[0]


def cut(name: str, kind: Kind, id_: str | None, each: int) -> Iterator[FilePart]:
    """Yield the parts of a large file, each of about so many rows, or bytes of a text.

    Args:
        name: of the file.
        kind: what it is.
        id_: the column that tells series apart; None where there is none.
        each: how much a part is at least, but the last.
    """
    if kind == "other":
        raise DataError(
            f"`{name}` is larger than the memory it may take, and of a kind that is read whole; "
            "write it as Parquet, or allow more with `memory`."
        )
    if id_ is None:
        raise DataError(
            f"`{name}` is larger than the memory it may take, and no column tells series apart by "
            "which it could be cut; name it with `id=COLUMN` (`--id COLUMN`), or allow more with "
            "`memory`."
        )
    cuts = _between_rows(name, kind, id_, each) if kind != "text" else _in_text(name, id_, each)
    begin = None
    for end in cuts:
        if begin is not None:
            yield FilePart(name, begin, end)
        begin = end


def beginning(name: str, kind: Kind, count: int) -> FilePart:
    """Return so many rows of a large file from the first one on, or bytes of a text."""
    if kind != "text":
        return FilePart(name, 0, count)
    with Path(name).open("rb") as file:
        file.readline()
        begin = file.tell()
        file.seek(begin + count)
        file.readline()
        return FilePart(name, begin, file.tell())


def _between_rows(name: str, kind: Kind, id_: str, each: int) -> Iterator[int]:
    """Yield the first row, rows at which another series begins, and the number of rows."""
    columns = scan(name, kind).collect_schema().names()
    ids = scan(name, kind).select(columns[_place(columns, id_, name)])
    total = int(scan(name, kind).select(pl.len()).collect().item())
    at = 0
    while at < total:
        yield at
        at, window = at + each, _WINDOW
        while at < total:
            some = ids.slice(at - 1, window + 1).collect().to_series()
            changes = (some.slice(1) != some.head(len(some) - 1)).fill_null(value=True).arg_true()
            if len(changes):
                at += int(changes[0])
                break
            at, window = at + window, 4 * window
    yield total


def _in_text(name: str, id_: str, each: int) -> Iterator[int]:
    """Yield the bytes at which lines begin that are the first of another series, and the size."""
    total = Path(name).stat().st_size
    with Path(name).open("rb") as file:
        if b"\0" in file.read(_LONGEST):
            raise DataError(
                f"`{name}` is larger than the memory it may take, and not in UTF-8 or a code of "
                "one byte a sign, so that it can be cut; write it as UTF-8 or as Parquet."
            )
        lines, separator = _head(name)
        place = _place(next(csv.reader(lines[:1], delimiter=separator)), id_, name)
        file.seek(0)
        file.readline()
        at = file.tell()
        while at < total:
            yield at
            at = _next_series(file, min(at + each, total), separator, place)
    yield total


def _next_series(file: IO[bytes], at: int, separator: str, place: int) -> int:
    """Return where the first line of another series begins, from some byte on."""
    file.seek(at - 1)
    file.readline()  # up to the end of the line that this byte is in
    last: str | None = None
    while True:
        begin = file.tell()
        line = file.readline()
        if not line:
            return begin
        fields = next(csv.reader([line.decode("utf-8", "replace")], delimiter=separator), [])
        id_ = fields[place] if place < len(fields) else ""
        if last is not None and id_ != last:
            return begin
        last = id_


def _place(columns: list[str], id_: str, name: str) -> int:
    folded = [column.strip().casefold() for column in columns]
    if id_.casefold() not in folded:
        raise DataError(f"`{name}` has no column `{id_}`; {nearest(id_, columns)}.")
    return folded.index(id_.casefold())
