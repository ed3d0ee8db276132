"""What a reader of a kind of file is: how it is known, and what reads it."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from recur.data.tables.content import Content
from recur.data.tables.options import AS_USUAL, ReadingOptions
from recur.data.tables.repairs import Repairs
from recur.errors import DataError, SettingsError, nearest


@dataclass(frozen=True)
class File:
    """A file as it came, and how it is to be read.

    Attributes:
        name: what messages call it; its end may tell what it is.
        data: all of it.
        path: where it lies, if it does and was not unpacked from another.
        part: the table, sheet or member that was asked for behind `::`; "" for none.
        options: how it is read.
        repairs: is told what was put right.
    """

    name: str
    data: bytes
    path: Path | None = None
    part: str = ""
    options: ReadingOptions = AS_USUAL
    repairs: Repairs = field(default_factory=Repairs)

    @property
    def suffix(self) -> str:
        """Return the end of its name, in small letters."""
        return Path(self.name).suffix.lower()

    @property
    def head(self) -> str:
        """Return the first characters of a text, without blanks before them."""
        return self.data[:4096].decode("utf-8", "replace").lstrip("\ufeff \t\r\n")

    @property
    def source(self) -> Path | io.BytesIO:
        """Return what polars reads: the file where it lies, or what was unpacked."""
        return self.path if self.path is not None else io.BytesIO(self.data)

    def damaged(self, kind: str, error: BaseException) -> DataError:
        """Return the sentence about a file that is none of its kind after all."""
        reason = (str(error).splitlines() or ["no reason is known"])[0].rstrip(".")
        starved = "spawn" in reason and "thread" in reason  # nothing was read yet
        how = "cannot be read" if starved else f"is a damaged {kind} file"
        return DataError(f"{self.name} {how}: {reason}.")


@dataclass(frozen=True)
class Format:
    """A kind of file.

    Attributes:
        title: what it is called.
        suffixes: ends of the names of such files.
        fits: says whether a file is one, by what it holds rather than by its name.
        read: returns the table in it.
        parts: what one of several tables in it is called, such as "sheet"; "" where it has one.
    """

    title: str
    suffixes: tuple[str, ...]
    fits: Callable[[File], bool]
    read: Callable[[File], Content]
    parts: str = ""


def choose_part(file: File, asked: str, names: list[str], what: str) -> str:
    """Return which of the parts of a file is meant; refuse where that is not told.

    Args:
        file: which has them.
        asked: the one that a user names; "" for none.
        names: all of them.
        what: one is called.
    """
    if asked:
        if asked in names:
            return asked
        raise SettingsError(f"{file.name} has no {what} `{asked}`; {nearest(asked, names)}.")
    if len(names) == 1:
        return names[0]
    if not names:
        raise DataError(f"{file.name} has no {what} that holds a table.")
    shown = f"{file.path or file.name}::{names[0]}"
    raise DataError(
        f"{file.name} has {len(names)} {what}s; name one behind its name, such as `{shown}`: "
        f"{nearest('', names)}."
    )
