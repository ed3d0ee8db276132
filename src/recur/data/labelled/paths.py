"""Paths of files with labels, refused where there is nothing or nothing that can be read."""

from __future__ import annotations

from pathlib import Path

from recur.data.tables.numbers import excerpt
from recur.errors import DataError


def existing(file: str | Path) -> Path:
    """Return the path of a file or a folder that is there.

    Raises:
        DataError: it is not, or it cannot be looked at.
    """
    shown = excerpt(str(file), longest=300)
    try:
        path = Path(file).expanduser()
        path.stat()  # `exists` says of a path that is too long that there is none, from 3.14 on
    except (FileNotFoundError, NotADirectoryError):
        raise DataError(f"There is no file `{shown}`; check the name and the folder.") from None
    except (OSError, RuntimeError, ValueError) as error:  # no such home; a null in it
        reason = getattr(error, "strerror", None) or str(error).rstrip(".")
        raise DataError(f"`{shown}` cannot be read: {reason}.") from None
    return path
