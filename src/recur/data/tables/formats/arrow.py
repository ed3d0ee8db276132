"""Arrow and Feather."""

from __future__ import annotations

import io

import polars as pl

from recur.data.tables.content import Content, typed
from recur.data.tables.formats.base import File, Format

_FILE, _STREAM = b"ARROW1", b"\xff\xff\xff\xff"


def _read(file: File) -> Content:
    try:
        read = pl.read_ipc if file.data.startswith(_FILE) else pl.read_ipc_stream
        return typed(read(io.BytesIO(file.data)))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise file.damaged("Arrow", error) from None


FORMAT = Format(
    "Arrow",
    (".arrow", ".feather", ".ipc"),
    lambda file: file.data.startswith((_FILE, _STREAM)),
    _read,
)
