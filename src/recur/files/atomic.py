"""Writing a file whole or not at all."""

from __future__ import annotations

import errno
import os
import re
import secrets
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

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


@dataclass(frozen=True)
class _Written:
    """A file that is whole, flushed, and not yet in its place."""

    part: Path
    file: BinaryIO
    path: Path

    def move(self) -> None:
        try:
            if not locks.THERE:  # a file that is open cannot be renamed there
                self.file.close()
            self.part.replace(self.path)
        finally:
            self.drop()

    def drop(self) -> None:
        with suppress(OSError):  # it tries once more to write what a full disk did not take
            self.file.close()
        self.part.unlink(missing_ok=True)


@dataclass(frozen=True)
class _Batch:
    """Files that take their places together, and those that go then."""

    written: list[_Written] = field(default_factory=list)
    removed: list[Path] = field(default_factory=list)

    def take(self, written: _Written) -> None:
        self.written.append(written)
        if written.path in self.removed:  # what was removed is there again
            self.removed.remove(written.path)

    def end(self) -> None:
        for one in self.written:
            if one.path.is_dir():  # nothing has been moved yet
                raise unwritable(one.path, IsADirectoryError("is a directory"))
        with _undisturbed():
            for one in self.written:
                try:
                    one.move()
                except OSError as error:
                    raise unwritable(one.path, error) from None
            for path in self.removed:
                path.unlink(missing_ok=True)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM, which reach the main thread alone, wait until the block has ended."""
    waiting: list[int] = []
    before: dict[int, Any] = {}  # handlers
    try:
        if threading.current_thread() is threading.main_thread():
            for late in (signal.SIGINT, signal.SIGTERM):
                if signal.getsignal(late) is not None:  # that of another language stays
                    before[late] = signal.signal(late, lambda sent, _: waiting.append(sent))
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if waiting:
            signal.raise_signal(waiting[0])


_batch: ContextVar[_Batch | None] = ContextVar("batch", default=None)


@contextmanager
def together() -> Iterator[None]:
    """Let the files that are written in the block take their places at its end, all or none.

    Each is written beside its place and flushed before the first one is moved, so that a disk that
    fills, a mistake or a signal leaves what was there before. A block within a block is part of it.
    """
    if _batch.get() is not None:
        yield
        return
    batch = _Batch()
    before = _batch.set(batch)
    try:
        yield
        batch.end()
    finally:
        _batch.reset(before)
        for one in batch.written:
            one.drop()


def is_there(path: Path) -> bool:
    """Say whether a file that is written now and again is there; refuse a path that cannot be.

    `Path.exists` says no of a path that is too long from Python 3.14 on, and raises before.
    """
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise unwritable(path, error) from None
    return True


def remove(path: Path) -> None:
    """Remove a file if it is there; with the files of a block that are written together."""
    batch = _batch.get()
    if batch is None:
        path.unlink(missing_ok=True)
    else:
        batch.removed.append(path)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Give a new file beside `path`, flushed and renamed to it when all went well.

    The file belongs to this writer alone: its name is drawn at random and was not there before,
    as a file or as a link, so that writers of one path do not meet. What writers that were killed
    have left behind is removed. In a block of `together` it is renamed at the end of that.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(path)
        written = _Written(*_new_part(path), path)
    except OSError as error:
        raise unwritable(path, error) from None
    batch, kept = _batch.get(), False
    try:
        yield written.file
        written.file.flush()
        os.fsync(written.file.fileno())
        if batch is None:
            written.move()
        else:
            batch.take(written)
            kept = True
    except OSError as error:
        raise unwritable(path, error) from None
    finally:
        if not kept:
            written.drop()


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
    too_many = error.errno in (errno.EMFILE, errno.ENFILE)
    advice = "raise that limit (`ulimit -n`)" if too_many else "choose another place"
    return InputError(f"cannot write `{path}`: {reason}; {advice}.")


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
