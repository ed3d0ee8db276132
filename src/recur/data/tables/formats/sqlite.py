"""A table of an SQLite file, through the standard library."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import polars as pl

from recur.data.tables.content import Content, typed
from recur.data.tables.formats.base import File, Format
from recur.data.tables.formats.database import table_in


def _read(file: File) -> Content:
    try:
        with closing(sqlite3.connect(":memory:")) as connection:
            connection.deserialize(file.data)
            frame = table_in(file, connection, _TABLES)
    except (sqlite3.Error, pl.exceptions.PolarsError) as error:
        raise file.damaged("SQLite", error) from None
    return typed(frame)


_TABLES = (
    "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'"
)

FORMAT = Format(
    "SQLite",
    (".db", ".sqlite", ".sqlite3"),
    lambda file: file.data.startswith(b"SQLite format 3\0"),
    _read,
    parts="table",
)
