"""A part of what a user has named: one of its files, or the rows of some series of a large one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl

from recur.data.tables.csvfile import is_binary
from recur.data.tables.formats.base import File

Kind = Literal["parquet", "arrow", "text", "other"]
_HEAD = 65_536  # bytes that tell what a file is


@dataclass(frozen=True)
class FilePart:
    """What is read at once.

    Attributes:
        file: its name.
        begin: of a large file, the first row of its table; of a text, the first byte.
        end: the last one (exclusive); None for the whole file.
        several: whether there are files beside it, so that a series without a name of its own is
            named after the file.
    """

    file: str
    begin: int = 0
    end: int | None = None
    several: bool = False

    def describe(self) -> str:
        """Say in a few words what it is."""
        if self.end is None:
            return self.file
        unit = "bytes" if kind_of(self.file) == "text" else "rows"
        return f"{self.file}, {unit} {self.begin:,} to {self.end:,}"


def kind_of(name: str) -> Kind:
    """Return how rows can be read out of the middle of a file; `other` where they cannot.

    Raises:
        OSError: it cannot be read.
    """
    with Path(name).open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"ARROW1"):
        return "arrow"
    return "other" if is_binary(head) or head.lstrip()[:1] in (b"{", b"[") else "text"


def scan(name: str, kind: Kind) -> pl.LazyFrame:
    """Return a file of columns, none of which is read yet."""
    return pl.scan_parquet(name) if kind == "parquet" else pl.scan_ipc(name)


@contextmanager
def no_panic() -> Iterator[None]:
    """Make an error like any other of a panic, which no `except Exception` would see."""
    try:
        yield
    except pl.exceptions.PanicException as error:
        raise pl.exceptions.ComputeError(str(error)) from None


def rows_between(part: FilePart) -> pl.DataFrame | bytes:
    """Return the rows of a part of a large file: a frame, or a text with the line of its names."""
    name, end = part.file, part.end or 0
    kind = kind_of(name)
    if kind != "text":
        try:
            with no_panic():
                return scan(name, kind).slice(part.begin, end - part.begin).collect()
        except (pl.exceptions.PolarsError, OSError) as error:
            raise File(Path(name).name, b"").damaged(kind.capitalize(), error) from None
    with Path(name).open("rb") as file:
        names = file.readline()
        file.seek(part.begin)
        return names + file.read(end - part.begin)
