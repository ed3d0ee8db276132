"""A table of a DuckDB file, where the package `duckdb` is installed."""

from __future__ import annotations

from typing import Any

import polars as pl

from recur.data.tables.content import Content, typed
from recur.data.tables.formats.base import File, Format
from recur.data.tables.formats.database import table_in
from recur.errors import DataError, not_installed

# A view in the file could read any other file of this machine, or an extension be fetched for it.
_ALONE: dict[str, Any] = {"enable_external_access": "false", "autoload_known_extensions": "false"}


def _read(file: File) -> Content:
    try:
        import duckdb
    except ImportError:
        raise DataError(
            f"{file.name} is a DuckDB file, and {not_installed('DuckDB', 'duckdb')}."
        ) from None
    if file.path is None:
        raise DataError(f"{file.name} is a packed DuckDB file; unpack it first.")
    try:
        with duckdb.connect(str(file.path), read_only=True, config=_ALONE) as connection:
            frame = table_in(file, connection, "SHOW TABLES")
    except (duckdb.Error, pl.exceptions.PolarsError) as error:
        raise file.damaged("DuckDB", error) from None
    return typed(frame)


FORMAT = Format(
    "DuckDB", (".duckdb", ".ddb"), lambda file: file.data[8:12] == b"DUCK", _read, parts="table"
)
