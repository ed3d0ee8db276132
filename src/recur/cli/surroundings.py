"""What the command finds where it is started: its streams, and what its libraries read of it."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path

from recur.errors import RecurError, SettingsError

_COUNTS = ("NUMBA_NUM_THREADS", "POLARS_MAX_THREADS")
_NO_COMPILER = "NUMBA_DISABLE_JIT"


def prepare() -> None:
    """Set what the libraries below read when they are first used, and how streams take text."""
    # Threads of a BLAS wait for each other without a pause, and where another program has the
    # processor, that takes many times as long as one thread does.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ["MPLBACKEND"] = "agg"  # pictures are files here, whatever a notebook asks for
    if sys.stderr is None:  # closed, as some ways of starting leave it
        sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 (until the process ends)
    if type(sys.stdout) is TextIOWrapper:  # Python's own, in no notebook or test
        sys.stdout = _Output(
            sys.stdout.buffer,
            encoding=sys.stdout.encoding,
            line_buffering=sys.stdout.line_buffering,
            write_through=sys.stdout.write_through,
        )
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a column's name may not fit the terminal's encoding
            stream.reconfigure(errors="replace")


def check_variables() -> None:
    """Refuse variables that would end in a library's own complaint, or in its panic."""
    for name in _COUNTS:
        value = os.environ.get(name, "1").strip()
        if not (value.isdecimal() and int(value)):
            raise SettingsError(
                f"the variable {name} is '{value}'; expected a number of threads, 1 or more: "
                "set it to one, or unset it."
            )
    value = os.environ.get(_NO_COMPILER, "").strip()
    if value not in ("", "0"):
        raise SettingsError(
            f"the variable {_NO_COMPILER} is '{value}', and with it nothing is compiled: unset it."
        )


def check_output() -> None:
    """Refuse a standard output that is closed."""
    if sys.stdout is None:
        raise RecurError("standard output is closed; results are printed there: leave it open.")


_MEMORY = (
    "there is not enough memory for that; ask for less at once: fewer series, a shorter horizon or "
    "lookback, fewer samples."
)
_FILES = "no more files can be open at once here; raise that limit (`ulimit -n`)."
_THREADS = "no more threads can be started here; raise the limit of processes (`ulimit -u`)."
_LEAST = 256 << 20  # bytes; where not even these are left, nothing else is looked for


def shortage(error: BaseException | None) -> str | None:
    """Return what the machine has too little of for an error to come of it; None for no such one.

    Libraries tell it in many ways: as an import that fails, as a panic, as a name that is missing.
    """
    while error is not None:
        number, text = getattr(error, "errno", None), str(error)
        if number in (errno.EMFILE, errno.ENFILE):
            return _FILES
        if ("spawn" in text or "start new" in text) and "thread" in text:
            return _THREADS
        if isinstance(error, MemoryError) or number == errno.ENOMEM or "map segment" in text:
            return _MEMORY
        error = error.__cause__ or error.__context__
    try:
        bytearray(_LEAST)  # of addresses: no page of it is touched
    except MemoryError:
        return _MEMORY
    return None


class _Output(TextIOWrapper):
    """Standard output that ends in a sentence where it takes nothing more."""

    def write(self, text: str) -> int:
        """Write text, as far as it is taken."""
        with _letting_go(self):
            return super().write(text)

    def flush(self) -> None:
        """Write what has been held back."""
        with _letting_go(self):
            super().flush()


@contextmanager
def _letting_go(stream: TextIOWrapper) -> Iterator[None]:
    """Let go of a stream that takes nothing more, and say so."""
    try:
        yield
    except BrokenPipeError:  # whoever read it has seen enough
        raise
    except OSError as error:
        nowhere = os.open(os.devnull, os.O_WRONLY)  # takes the rest when Python ends
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
        raise RecurError(
            f"standard output takes nothing more ({error.strerror}); "
            "what was written to files is whole."
        ) from None
