"""The table of readers: a kind of file a line, the first that fits a file reads it."""

from __future__ import annotations

import polars as pl

from recur.data.tables.content import Content
from recur.data.tables.csvfile import is_binary
from recur.data.tables.formats import (
    arff,
    arrow,
    delimited,
    duck,
    excel,
    jsonfile,
    parquet,
    sqlite,
    ts,
    tsf,
)
from recur.data.tables.formats.base import File, Format
from recur.data.tables.formats.packed import unpacked
from recur.errors import DataError, SettingsError

FORMATS: tuple[Format, ...] = (
    parquet.FORMAT,
    arrow.FORMAT,
    excel.FORMAT,
    sqlite.FORMAT,
    duck.FORMAT,
    arff.FORMAT,
    tsf.FORMAT,
    ts.FORMAT,
    jsonfile.FORMAT,
    delimited.FORMAT,
)
_BINARY = (parquet.FORMAT, arrow.FORMAT, sqlite.FORMAT, duck.FORMAT)


def read_file(file: File) -> tuple[File, Content]:
    """Return a file, unpacked where it was packed, and the table in it."""
    kind = _kind(file)
    if kind is None:
        file = unpacked(file)
        kind = _kind(file)
    if kind is None:
        raise DataError(
            f"{file.name} {is_binary(file.data)}; a table is expected: a CSV, Excel, Parquet, "
            "Arrow, JSON or SQLite file."
        )
    for named in _BINARY:
        if file.suffix in named.suffixes and kind.title != named.title and kind not in _BINARY:
            raise DataError(
                f"{file.name} is not {_article(named.title)} file, in spite of its name."
            )
    if file.part and not kind.parts:
        raise SettingsError(
            f"`::{file.part}` names one of several tables, and {file.name} has a single one; leave "
            "it out."
        )
    if file.options.sheet and kind is not excel.FORMAT:
        raise SettingsError(
            f"`sheet` is `{file.options.sheet}`, but {file.name} is no workbook; leave it out."
        )
    try:
        return file, kind.read(file)
    except pl.exceptions.PanicException as error:  # of a library that gave up; no `Exception`
        raise file.damaged(kind.title, error) from None


def suffixes() -> set[str]:
    """Return the ends of the names of files that are tables."""
    return {suffix for kind in FORMATS for suffix in kind.suffixes}


def _kind(file: File) -> Format | None:
    return next((kind for kind in FORMATS if kind.fits(file)), None)


def _article(title: str) -> str:
    return f"{'an' if title in ('Arrow', 'SQLite') else 'a'} {title}"
