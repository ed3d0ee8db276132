"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from recur.errors import InputError
from recur.files import locks

_LONGEST = 50  # characters of a name that the name of its part repeats
_TOKEN_BYTES = 8
_ABANDONED_SECONDS = 24 * 60 * 60.0  # after which a part counts as left behind, lock or no lock
_FLAGS = (
    os.O_RDWR
    | os.O_CREAT
    | os.O_EXCL
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NOINHERIT", 0)
)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Give a new file beside `path`, flushed and renamed to it when all went well.

    The file belongs to this writer alone: its name is drawn at random and was not there before,
    as a file or as a link, so that writers of one path do not meet. What writers that were killed
    have left behind is removed.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(path)
        part, file = _new_part(path)
    except OSError as error:
        raise unwritable(path, error) from None
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            if locks.THERE:  # else a file that is open cannot be renamed, nor removed
                part.replace(path)
        if not locks.THERE:
            part.replace(path)
    except OSError as error:
        raise unwritable(path, error) from None
    finally:
        part.unlink(missing_ok=True)


def write_bytes(path: Path, data: bytes) -> None:
    """Write bytes, whole or not at all."""
    with replacing(path) as file:
        file.write(data)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 with plain newlines, whole or not at all."""
    write_bytes(path, text.encode("utf-8"))


def writable_folder(path: Path) -> Path:
    """Make sure that a folder exists and can be written to, before any work is done for it."""
    missing: list[Path] = []
    try:
        missing = [p for p in (path, *path.parents) if not p.exists()]
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise unwritable(path, error) from None
    finally:
        for folder in missing:  # the work may still fail, and then nothing is to be left
            with suppress(OSError):  # a folder that holds anything is not removed
                folder.rmdir()
    return path


def unwritable(path: Path, error: OSError) -> InputError:
    """Say that a path cannot be written, and why."""
    reason = (error.strerror or str(error)).lower()
    return InputError(f"cannot write `{path}`: {reason}; choose another place.")


def _new_part(path: Path, draw: Callable[[int], str] = secrets.token_hex) -> tuple[Path, BinaryIO]:
    """Return a new file beside a path, locked for as long as it is open, and where it is."""
    while True:
        part = path.with_name(f".{path.name[:_LONGEST]}.{draw(_TOKEN_BYTES)}.part")
        try:
            file = os.fdopen(os.open(part, _FLAGS, 0o666), "r+b")  # less what the umask takes
        except FileExistsError:
            continue
        if not locks.THERE:
            return part, file
        locks.wait_for(file)
        if os.fstat(file.fileno()).st_nlink:
            return part, file
        file.close()  # another writer took it for abandoned before it was locked


def _remove_abandoned(path: Path) -> None:
    """Remove the parts that writers of a path have left behind when they were killed."""
    ours = re.compile(rf"\.{re.escape(path.name[:_LONGEST])}\.[0-9a-f]{{{2 * _TOKEN_BYTES}}}\.part")
    with suppress(OSError):  # a folder that may not be listed
        for part in path.parent.iterdir():
            if ours.fullmatch(part.name):
                with suppress(OSError):  # another writer may have removed it
                    _remove_if_abandoned(part)


def _remove_if_abandoned(part: Path) -> None:
    """Remove a part that nobody holds the lock of, or where there are no locks, an old one."""
    old = time.time() - part.lstat().st_mtime > _ABANDONED_SECONDS
    if not locks.THERE or part.is_symlink():
        if old:
            part.unlink()
        return
    file = os.open(part, os.O_RDWR | os.O_NOFOLLOW)
    try:
        locks.take(file)
        part.unlink()
    except BlockingIOError:  # its writer is at work
        pass
    except OSError:
        if old:
            part.unlink()
    finally:
        os.close(file)
