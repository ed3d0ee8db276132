"""Parquet."""

from __future__ import annotations

import polars as pl

from recur.data.tables.content import Content, typed
from recur.data.tables.formats.base import File, Format


def _read(file: File) -> Content:
    try:
        return typed(pl.read_parquet(file.source, use_pyarrow=False))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise file.damaged("Parquet", error) from None


FORMAT = Format("Parquet", (".parquet", ".pq"), lambda file: file.data.startswith(b"PAR1"), _read)
