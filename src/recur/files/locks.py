"""Locks on open files: held for as long as the file is open, and gone with a process."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import IO, Any

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

THERE = fcntl is not None
"""Whether files can be locked on this system; where they cannot, nobody holds a lock."""


def wait_for(file: IO[Any]) -> None:
    """Lock an open file, after whoever holds it; a file system without locks gives none."""
    if fcntl is not None:
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX)


def take(file: IO[Any] | int) -> None:
    """Lock an open file at once.

    Raises:
        BlockingIOError: another holds it.
        OSError: its file system has no locks.
    """
    if fcntl is not None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def locked(path: Path) -> IO[Any] | None:
    """Return a file that is locked for as long as it is open; None where another holds it."""
    file = path.open("w")
    try:
        take(file)
    except BlockingIOError:
        file.close()
        return None
    except OSError:  # a file system without locks
        pass
    return file
