"""From what a user names, a file, a folder, a pattern or standard input, to the bytes of files."""

from __future__ import annotations

import sys
from functools import cache
from glob import glob
from pathlib import Path
from typing import Any

from recur.data.tables.formats.base import File
from recur.data.tables.formats.known import suffixes
from recur.data.tables.formats.packed import ENDS
from recur.data.tables.numbers import excerpt
from recur.data.tables.options import ReadingOptions
from recur.data.tables.repairs import Repairs
from recur.errors import DataError

STANDARD_INPUT = "-"


def are_paths(source: Any) -> bool:
    """Say whether a source is the name of a file, or a sequence of such."""
    if isinstance(source, list | tuple):
        return len(source) > 0 and all(isinstance(one, str | Path) for one in source)
    return isinstance(source, str | Path)


def expand(source: Any) -> list[str]:
    """Return the names of the files that a name, a folder, a pattern or several of them stand for.

    Raises:
        DataError: a folder or a pattern stands for none.
    """
    if isinstance(source, list | tuple):
        return [name for one in source for name in expand(one)]
    name = str(source)
    path = _expanded(name)
    if path.is_dir():
        found = sorted(str(one) for one in path.iterdir() if _is_table(one))
        if not found:
            raise DataError(
                f"`{_shown(name)}` is a folder without a table in it; a CSV, Excel or Parquet file "
                "is expected there."
            )
        return found
    if any(sign in name for sign in "*?[") and not path.exists():
        found = sorted(one for one in glob(str(path), recursive=True) if Path(one).is_file())  # noqa: PTH207
        if not found:
            raise DataError(f"No file fits `{_shown(name)}`; check the pattern and the folder.")
        return found
    return [name]


def open_file(name: str, options: ReadingOptions, repairs: Repairs) -> File:
    """Return a file with all that it holds."""
    if name == STANDARD_INPUT:
        return File("standard input", _standard_input(), options=options, repairs=repairs)
    path, part = _expanded(name), ""
    if "::" in name and not path.exists():
        before, part = name.rsplit("::", 1)
        path = _expanded(before)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise DataError(
            f"There is no file `{_shown(name)}`; check the name and the folder."
        ) from None
    except (OSError, ValueError) as error:
        raise _unreadable(name, error) from None
    return File(path.name, data, path, part, options, repairs)


def _expanded(name: str) -> Path:
    try:
        path = Path(name).expanduser()
        path.is_dir()  # a null in a name is found here
    except (RuntimeError, ValueError, OSError) as error:  # no such home
        raise _unreadable(name, error) from None
    return path


def _unreadable(name: str, error: Exception) -> DataError:
    reason = getattr(error, "strerror", None) or str(error).rstrip(".")
    return DataError(f"`{_shown(name)}` cannot be read: {reason}.")


def _shown(name: str) -> str:
    return excerpt(name, longest=300)


def _is_table(path: Path) -> bool:
    bare = Path(path.stem) if path.suffix.lower() in ENDS and Path(path.stem).suffix else path
    known = bare.suffix.lower() in suffixes() or path.suffix.lower() in ENDS
    return path.is_file() and not path.name.startswith(".") and known


@cache
def _standard_input() -> bytes:
    """Return all of standard input, which can be read but once."""
    return sys.stdin.buffer.read()
