"""Where compiled kernels are kept on disk, so that a machine compiles them once.

numba's own cache asks the file of the calling function alone whether it is fresh, shares one
index between processes, and stops the program where its folder is full or holds a broken file.
Here a folder belongs to one state of all the sources, each kernel is a file of its own, and a
kernel that cannot be read or kept is compiled.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import platform
import re
import sys
import time
import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any
from uuid import uuid4

import llvmlite
import numba
import numpy as np
from numba.core.caching import NullCache
from numba.core.compiler import CompileResult
from numba.core.runtime import rtsys
from numba.core.serialize import dumps
from platformdirs import user_cache_path

from recur.engines.compiled.build import linking
from recur.errors import EngineWarning
from recur.notices import notice
from recur.version import __version__

VARIABLE = "RECUR_CACHE"
"""The environment variable that names another folder to keep kernels in."""

_HERE = Path(__file__).parents[1]  # all of the compiled engine
_BORROWED = (
    "engines/sampling.py",
    "engines/mixing.py",
    "data/text/counts.py",
    "seeding.py",
    "networks/spec.py",
    "networks/fields.py",
    "networks/cell.py",
    "networks/functions.py",
    "networks/cells/*.py",
    "data/panel/bounds.py",
    "data/panel/scaling.py",
)  # what else kernels take constants and equations from
_SUFFIX, _PART = ".kernel", ".part"
_OLD_DAYS = 30
_CHECK_BYTES = 4


def digest(sources: Iterable[Path]) -> str:
    """Return what names the kernels of these sources, with the versions that compile them."""
    versions = (__version__, numba.__version__, llvmlite.__version__, np.__version__)
    hashed = hashlib.sha256(repr((*versions, platform.python_version())).encode())
    for path in sorted(sources, key=lambda path: path.name):
        hashed.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return hashed.hexdigest()[:16]


def folder() -> Path:
    """Return the folder of the kernels of this process; it need not be there yet."""
    named = os.environ.get(VARIABLE)
    root = Path(named).absolute() if named else user_cache_path("recur", appauthor=False)
    return root / f"kernels-{_own_digest()}"


def kept(place: Path) -> list[Path]:
    """Return the kernels that a folder holds."""
    return sorted(place.glob(f"*{_SUFFIX}"))


class KernelCache(NullCache):  # type: ignore[misc]
    """The kernels of one function on disk, as numba asks for them: one file for a signature.

    Args:
        function: whose kernels they are.
        prepare: makes known by name what kernels call, before one is loaded.
    """

    def __init__(self, function: Callable[..., Any], prepare: Callable[[], None]) -> None:
        self._function, self._prepare = function, prepare

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return what was compiled for the types of a call, or None: then numba compiles."""
        self._prepare()
        rtsys.initialize(target_context)  # kernels call its memory by name, too
        path = self.path(sig, target_context.codegen())
        kernel = _read(path, target_context)
        if kernel is None:
            _announce(_refusal(path.parent) is None)
        else:
            _mark_used(path.parent)
        return kernel

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep what was compiled for the types of a call, if it can be."""
        path = self.path(sig, data.codegen)
        if data.library.has_dynamic_globals:
            name = self._function.__qualname__
            _notice_once(
                f"the kernel `{name}` holds an address of this process and cannot be kept."
            )
        elif _refusal(path.parent) is None:
            _write(path, pickle.dumps(tuple(linking.kept(data))))

    def path(self, sig: Any, codegen: Any) -> Path:
        """Return the file for the types of a call on this kind of processor."""
        key = repr((_identity(self._function), tuple(sig), codegen.magic_tuple()))
        number = hashlib.sha256(key.encode()).hexdigest()[:16]
        return folder() / f"{self._function.__name__}-{number}{_SUFFIX}"


def kept_bytes(name: str, make: Callable[[], bytes]) -> bytes:
    """Return what is kept under a name, made if it is not there or broken."""
    path = folder() / f"{name}{_SUFFIX}"
    payload = _payload(path)
    if payload is None:
        payload = make()
        if _refusal(path.parent) is None:
            _write(path, payload)
    return payload


@cache
def _own_digest() -> str:
    borrowed = [path for pattern in _BORROWED for path in _HERE.parents[1].glob(pattern)]
    return digest([*_HERE.rglob("*.py"), *borrowed])


def _identity(function: Callable[..., Any]) -> tuple[object, ...]:
    """Return what tells a function apart from all others of the same sources."""
    cells = [cell.cell_contents for cell in function.__closure__ or ()]
    inner = [_identity(x.py_func) if hasattr(x, "py_func") else dumps(x) for x in cells]
    code = function.__code__
    return function.__module__, function.__qualname__, code.co_firstlineno, code.co_code, *inner


def _read(path: Path, target_context: Any) -> Any:
    """Return the kernel that a file holds, or None where it is missing or broken."""
    kernel = _kept(path)
    try:
        if kernel is None:
            return None
        linking.ensure(kernel.called, lambda file: _kept(path.with_name(file)))
        return CompileResult._rebuild(target_context, *pickle.loads(kernel.result))
    except Exception:  # whatever is wrong with a kept kernel, it can be compiled anew
        return None


def _kept(path: Path) -> linking.Kept | None:
    """Return what a file keeps of a kernel, or None where it is missing or broken."""
    payload = _payload(path)
    try:
        if payload is None:
            return None
        called, *rest = pickle.loads(payload)
        return linking.Kept([linking.Called(*one) for one in called], *rest)
    except Exception:  # see above
        return None


def _payload(path: Path) -> bytes | None:
    """Return what a file holds, or None where it is missing or broken."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    check, payload = content[:_CHECK_BYTES], content[_CHECK_BYTES:]
    return payload if check == _check(payload) else None


def _write(path: Path, payload: bytes) -> None:
    """Write a kernel whole or not at all, whoever else is writing the same one."""
    part = path.with_name(f"{path.name}-{uuid4().hex[:8]}{_PART}")
    try:
        part.write_bytes(_check(payload) + payload)
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        if not path.exists():  # Windows refuses to replace a file that another process reads
            _notice_once(_uncached(path.parent, error))


def _check(payload: bytes) -> bytes:
    return zlib.crc32(payload).to_bytes(_CHECK_BYTES, "big")


@cache
def _refusal(place: Path) -> str | None:
    """Make the folder ready; where that is impossible, say so once, and return why."""
    try:
        new = not place.is_dir()
        place.mkdir(parents=True, exist_ok=True)
        TemporaryFile(dir=place).close()
    except OSError as error:
        return _notice_once(_uncached(place, error))
    if new:
        _remove_old(place)
    return None


def _remove_old(place: Path) -> None:
    """Remove the kernels of other sources and versions that nobody has used for a month."""
    oldest = time.time() - _OLD_DAYS * 24 * 3600
    for other in place.parent.glob("kernels-*"):
        with suppress(OSError):  # another process may be doing the same
            if re.fullmatch(r"kernels-[0-9a-f]{16}", other.name) and other.stat().st_mtime < oldest:
                for file in [*kept(other), *other.glob(f"*{_PART}")]:
                    file.unlink(missing_ok=True)
                other.rmdir()


@cache
def _mark_used(place: Path) -> None:
    with suppress(OSError):
        os.utime(place)


@cache
def _announce(once: bool) -> None:
    """Tell a person at a terminal what the waiting is for."""
    if sys.stderr.isatty():
        often = "once, " if once else ""
        sentence = f"Compiling the engine for this machine ({often}about 10 seconds) ..."
        print(sentence, file=sys.stderr, flush=True)  # noqa: T201 (the user's terminal)


def _uncached(place: Path, error: OSError) -> str:
    reason = (error.strerror or str(error)).lower()
    return (
        f"compiled kernels cannot be kept in `{place}`: {reason}; every process compiles them anew "
        f"until {VARIABLE} names a folder that can be written to."
    )


@cache
def _notice_once(sentence: str) -> str:
    """Say a sentence once."""
    notice(sentence, EngineWarning, stacklevel=3)
    return sentence
