"""What a result has to show, block by block: whoever shows it decides how.

A block is a table of rich, or one of these. A terminal prints them one below the other; nothing
here knows of one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table


@dataclass(frozen=True)
class Facts:
    """Named values, a line each."""

    values: Mapping[str, object]


@dataclass(frozen=True)
class Sentence:
    """A sentence of its own.

    Attributes:
        text: the sentence.
        strong: whether it is what the result comes down to.
    """

    text: str
    strong: bool = True


@dataclass(frozen=True)
class Note:
    """Lines that belong to the block above them."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class Heading:
    """What the blocks below are about, with a rule.

    Attributes:
        text: the heading.
        apart: whether a line is left free below.
    """

    text: str
    apart: bool = True


@dataclass(frozen=True)
class Prose:
    """A text as it is, its lines kept; it may not control a terminal.

    Attributes:
        text: the text.
        below: whether it belongs to the block above it.
    """

    text: str
    below: bool = False


@dataclass(frozen=True)
class Choice:
    """Several tables of the same, the first that fits is shown; the last always does."""

    tables: tuple[Table, ...]


@dataclass(frozen=True)
class Written:
    """Files that were written, by what they hold."""

    files: Mapping[str, Path]


Block = Table | Facts | Sentence | Note | Heading | Prose | Choice | Written
