"""A table of a database, whichever it is: what a connection of Python's kind gives."""

from __future__ import annotations

from typing import Any

import polars as pl

from recur.data.tables.formats.base import File, choose_part


def table_in(file: File, connection: Any, listing: str) -> pl.DataFrame:
    """Return the table that is meant, whole.

    Args:
        file: the database.
        connection: to it, as PEP 249 has them.
        listing: the query for the names of its tables.
    """
    names = [name for (name, *_) in connection.execute(listing).fetchall()]
    name = choose_part(file, file.part, names, "table")
    quoted = name.replace('"', '""')
    rows = connection.execute(f'SELECT * FROM "{quoted}"')  # a name that it has itself
    columns = [column[0] for column in rows.description]
    return pl.DataFrame(
        rows.fetchall(), schema=columns, orient="row", infer_schema_length=None, strict=False
    )
