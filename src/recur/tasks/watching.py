"""A growing file or standard input, watched: an answer of a saved model to every line."""

from __future__ import annotations

import io
import math
import os
import sys
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from recur.data.tables.arriving import Arrival, LineReader, RowColumns, TextReader
from recur.errors import DataError, InputError
from recur.notices import notice

TIME, NUMBER = 20, 10
"""Signs that a time and a number have room for."""

_PAUSE = 0.2  # seconds between two looks at a file


class WatchedRow(NamedTuple):
    """What a model says of a row.

    Attributes:
        cells: what a reader is shown, by the names of the columns.
        facts: the same and more, as plain JSON values.
        marked: whether it is to be seen at once.
    """

    cells: dict[str, str]
    facts: dict[str, Any]
    marked: bool = False


class Watcher(Protocol):
    """A model that answers to rows as they come.

    Attributes:
        widths: of the columns that a reader is shown, by their names.
    """

    widths: dict[str, int]

    @property
    def columns(self) -> RowColumns | None:
        """Return what the rows hold that it takes; None where lines are taken as they are."""

    def take(self, arrival: Arrival) -> WatchedRow:
        """Take a row, and answer.

        Raises:
            DataError: it cannot be taken; nothing has changed.
        """

    def close(self) -> None:
        """Do what is left to be done where no more rows come."""


def watched(
    watcher: Watcher, file: Path, *, once: bool = False, strict: bool = False
) -> Iterator[WatchedRow]:
    """Yield the answer to each row of a file as it grows, or of standard input, `-`.

    What is no number is taken as missing, and a row that cannot be taken is left out; a notice
    says so.

    Args:
        watcher: what answers.
        file: what is watched.
        once: end where a file ends.
        strict: refuse such rows instead.
    """
    standard = str(file) == "-"
    source = "standard input" if standard else str(file)
    lines = _of_input() if standard else _of_file(file, once=once)
    columns = watcher.columns
    reader = TextReader(source) if columns is None else LineReader(source, columns)
    for line in lines:
        arrival = reader.read(line)
        if arrival is None:
            continue
        if arrival.complaint:
            if strict:
                raise DataError(arrival.complaint)
            notice(f"{arrival.complaint[:-1]}; taken as missing.")
        try:
            yield watcher.take(arrival)
        except DataError as error:
            if strict:
                raise DataError(f"{arrival.where}: {error}") from None
            notice(f"{arrival.where}: {str(error)[:-1]}; left out.")


def shown(number: float) -> str:
    """Return a number as a reader is shown it in a column.

    >>> shown(12.345678), shown(float("nan"))
    ('12.3457', '-')
    """
    return f"{number:.6g}" if math.isfinite(number) else "-"


def _of_input() -> Iterator[str]:
    """Yield the lines of standard input as they come."""
    stream = getattr(sys.stdin, "buffer", None)
    if stream is None:  # in the place of a program's own there may be a text
        yield from sys.stdin
        return
    yield from io.TextIOWrapper(stream, encoding="utf-8", errors="replace", newline=None)


def _of_file(file: Path, *, once: bool) -> Generator[str, None, None]:
    """Yield the lines of a file, and those that are written to it while it is watched.

    Where it becomes shorter, or another takes its place, it is read from its beginning.
    """
    try:
        stream = file.open("rb")
    except OSError as error:
        raise InputError(f"`{file}` cannot be read: {error.strerror or error}.") from None
    rest = b""
    try:
        while True:
            data = stream.read(1 << 16)
            *whole, rest = (rest + data).split(b"\n")
            yield from (line.decode("utf-8", "replace") for line in whole)
            if data:
                continue
            if once:
                break
            time.sleep(_PAUSE)
            if anew := _anew(file, stream):
                notice(f"{file} was begun anew; it is read from its beginning.")
                stream.close()
                stream, rest = anew, b""
        if rest.strip():
            yield rest.decode("utf-8", "replace")
    finally:
        stream.close()


def _anew(file: Path, stream: io.BufferedReader) -> io.BufferedReader | None:
    """Open another file that stands in the place of an open one, or itself where it is shorter."""
    try:
        now = file.stat()
        if os.path.samestat(now, os.fstat(stream.fileno())) and now.st_size >= stream.tell():
            return None
        return file.open("rb")
    except OSError:  # for a moment there is none
        return None
