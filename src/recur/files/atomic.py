"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from recur.errors import InputError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path`, flushed and renamed to it when all went well.

    Its name is always the same, so that what a killed process leaves behind is overwritten by
    the next save.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.touch()
    except OSError as error:
        raise unwritable(path, error) from None
    try:
        yield part
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise unwritable(path, error) from None
    finally:
        part.unlink(missing_ok=True)


def write_bytes(path: Path, data: bytes) -> None:
    """Write bytes, whole or not at all."""
    with replacing(path) as part:
        part.write_bytes(data)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 with plain newlines, whole or not at all."""
    write_bytes(path, text.encode("utf-8"))


def writable_folder(path: Path) -> Path:
    """Make sure that a folder exists and can be written to, before any work is done for it."""
    made: list[Path] = []
    try:
        made = [p for p in (path, *path.parents) if not p.exists()]
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise unwritable(path, error) from None
    finally:
        for folder in made:  # the work may still fail, and then nothing is to be left
            with suppress(OSError):  # a folder that holds anything is not removed
                folder.rmdir()
    return path


def unwritable(path: Path, error: OSError) -> InputError:
    """Say that a path cannot be written, and why."""
    reason = (error.strerror or str(error)).lower()
    return InputError(f"cannot write `{path}`: {reason}; choose another place.")
