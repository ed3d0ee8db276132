"""What the command finds where it is started: its streams, and what its libraries read of it."""

from __future__ import annotations

import os
import sys
from io import BufferedWriter, FileIO, TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

from recur.errors import RecurError, SettingsError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_COUNTS = ("NUMBA_NUM_THREADS", "POLARS_MAX_THREADS")
_NO_COMPILER = "NUMBA_DISABLE_JIT"


def prepare() -> None:
    """Set what the libraries below read when they are first used, and how streams take text."""
    # Threads of a BLAS wait for each other without a pause, and where another program has the
    # processor, that takes many times as long as one thread does.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ["MPLBACKEND"] = "agg"  # pictures are files here, whatever a notebook asks for
    if sys.stderr is None:  # closed, as some ways of starting leave it
        sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 (until the process ends)  # noqa: SIM115 (until the process ends)
    buffer = getattr(sys.stdout, "buffer", None)
    if isinstance(getattr(buffer, "raw", buffer), FileIO):  # no console of Windows, no test
        sys.stdout = TextIOWrapper(
            BufferedWriter(_Output(sys.stdout.fileno(), "w", closefd=False)),
            encoding=sys.stdout.encoding,
            line_buffering=sys.stdout.isatty(),
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


class _Output(FileIO):
    """Standard output that ends in a sentence where it takes nothing more."""

    def write(self, data: ReadableBuffer) -> int:
        """Write what a file takes, and where it takes nothing, let go of it."""
        try:
            return super().write(data)
        except BrokenPipeError:  # whoever read it has seen enough
            raise
        except OSError as error:
            nowhere = os.open(os.devnull, os.O_WRONLY)  # takes the rest when Python ends
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)
            raise RecurError(
                f"standard output takes nothing more ({error.strerror}); "
                "what was written to files is whole."
            ) from None
