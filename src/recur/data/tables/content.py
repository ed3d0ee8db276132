"""What a file holds: columns with names, and the way back to their rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import polars as pl


@dataclass(frozen=True)
class Content:
    """The table in a file.

    Attributes:
        frame: the columns; of a text file all are text, and blank fields are null.
        names: the column names as given; `frame` may call them anything.
        line: says which line or row of the file a row of `frame` is.
        separator: what separates the fields of a text; "" where columns have types.
    """

    frame: pl.DataFrame
    names: tuple[str, ...]
    line: Callable[[int], int] = field(default=lambda row: row)
    separator: str = ""


def typed(frame: pl.DataFrame) -> Content:
    """Return the content of a file whose columns have names and types."""
    return Content(frame, tuple(frame.columns))
