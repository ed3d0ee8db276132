"""A table of an SQLite file, through the standard library."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import polars as pl

from recur.data.tables.content import Content, typed
from recur.data.tables.formats.base import File, Format, choose_part


def _read(file: File) -> Content:
    try:
        with closing(sqlite3.connect(":memory:")) as connection:
            connection.deserialize(file.data)
            names = [name for (name,) in connection.execute(_TABLES)]
            name = choose_part(file, file.part, names, "table")
            quoted = name.replace('"', '""')
            rows = connection.execute(f'SELECT * FROM "{quoted}"')  # a name that it has itself
            columns = [column[0] for column in rows.description]
            frame = pl.DataFrame(
                rows.fetchall(),
                schema=columns,
                orient="row",
                infer_schema_length=None,
                strict=False,
            )
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
