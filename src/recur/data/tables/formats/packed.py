"""Files that are packed: gzip, bzip2, xz, zstd, and zip archives with one table in them."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl

from recur.data.tables.formats.base import File, choose_part
from recur.errors import DataError, RecurError

_ZIP = b"PK\x03\x04"
ENDS = (".gz", ".bz2", ".xz", ".zst", ".zstd", ".zip")


def _zstd(data: bytes) -> bytes:
    """Unpack a text by polars, which no other package is needed for: a line a row."""
    lines = pl.read_csv(
        data, has_header=False, separator="\x1f", quote_char=None, infer_schema=False
    )
    return "\n".join(line or "" for line in lines.to_series()).encode()


_PACKINGS: tuple[tuple[bytes, str, Callable[[bytes], bytes]], ...] = (
    (b"\x1f\x8b", "gzip", gzip.decompress),
    (b"BZh", "bzip2", bz2.decompress),
    (b"\xfd7zXZ", "xz", lzma.decompress),
    (b"\x28\xb5\x2f\xfd", "zstd", _zstd),
)
_BROKEN = (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError, zipfile.BadZipFile,
           RuntimeError, NotImplementedError, pl.exceptions.PolarsError)  # fmt: skip


def members(data: bytes) -> tuple[str, ...]:
    """Return the names of the files in a zip archive; none where it is no such archive."""
    if not data.startswith(_ZIP):
        return ()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return tuple(name for name in archive.namelist() if not name.endswith("/"))
    except _BROKEN:
        return ()


def unpacked(file: File) -> File:
    """Return what a file holds that is packed; any other file as it is."""
    packing = next((one for one in _PACKINGS if file.data.startswith(one[0])), None)
    try:
        if packing is not None:
            name = _without_end(file.name)
            return replace(file, name=name, data=packing[2](file.data), path=None)
        if file.data.startswith(_ZIP):
            return _from_archive(file)
    except RecurError:  # a sentence already
        raise
    except _BROKEN as error:
        raise file.damaged(packing[1] if packing else "zip", error) from None
    return file


def _from_archive(file: File) -> File:
    names = [
        name
        for name in members(file.data)
        if not Path(name).name.startswith(".") and not name.startswith("__MACOSX/")
    ]
    if not names:
        raise DataError(f"{file.name} is an archive without files in it, or a damaged one.")
    # Of several files the part behind `::` is one, else it is of the file in the archive.
    asked = file.part if len(names) > 1 or file.part in names else ""
    name = choose_part(file, asked, names, "file")
    with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
        data = archive.read(name)
    part = "" if file.part == name else file.part
    return replace(file, name=Path(name).name, data=data, path=None, part=part)


def _without_end(name: str) -> str:
    return Path(name).stem if Path(name).suffix.lower() in ENDS else name
