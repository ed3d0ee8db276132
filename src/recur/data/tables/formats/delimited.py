"""CSV, TSV and other text: lines of fields, their separator found."""

from __future__ import annotations

from recur.data.tables.content import Content
from recur.data.tables.csvfile import is_binary, read_csv
from recur.data.tables.formats.base import File, Format
from recur.errors import DataError


def _fits(file: File) -> bool:
    return bool(file.options.encoding) or not is_binary(file.data)


def _read(file: File) -> Content:
    if file.head[:15].lower().startswith(("<!doctype html", "<html", "<table")):
        raise DataError(
            f"{file.name} is a web page, whatever its name says; save the table in it as CSV."
        )
    return read_csv(file.data, file.name, file.repairs, file.options.encoding)


FORMAT = Format("CSV", (".csv", ".tsv", ".txt", ".dat", ".tab", ".asc"), _fits, _read)
