"""Reading tables after a fork: polars' threads do not live on in a forked child.

Whatever asks them for something there waits for ever, so a forked child has its tables read by a
fresh process, which costs it about a second.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Any, TypeVar

from recur.errors import DataError

_Result = TypeVar("_Result")

_CODE = (
    "import pickle, sys\n"
    "sys.path[:] = pickle.load(sys.stdin.buffer)\n"
    "from recur.data.tables.forked import _answer\n"
    "_answer()\n"
)


class _Process:
    """What is known of this process."""

    forked = False


def is_forked() -> bool:
    """Say whether this process was forked from one that had loaded polars already."""
    return _Process.forked


def in_fresh_process(function: Callable[..., _Result], *given: Any, **named: Any) -> _Result:
    """Return what a function of a module returns, or raise what it raises, in a fresh process."""
    if getattr(sys, "frozen", False) or not sys.executable:
        raise DataError(
            "a table cannot be read in a process that was forked from one that had read tables; "
            "start processes by `spawn` (`multiprocessing.set_start_method('spawn')`)."
        )
    try:
        sent = pickle.dumps(sys.path) + pickle.dumps((function, given, named))
    except Exception:  # whatever a frame of another kind raises
        raise DataError(
            "this data frame cannot be handed on in a process that was forked; give a path, or "
            "start processes by `spawn` (`multiprocessing.set_start_method('spawn')`)."
        ) from None
    # Both ends of the pipe are this program, so what is unpickled is its own.
    ended = subprocess.run(
        [sys.executable, "-c", _CODE], input=sent, stdout=subprocess.PIPE, check=False
    )
    if ended.returncode or not ended.stdout:
        raise DataError(
            f"the process that was to read the data for this forked one ended with "
            f"{ended.returncode}; start processes by `spawn`."
        )
    result, error = pickle.loads(ended.stdout)
    if error is not None:
        raise error
    returned: _Result = result
    return returned


def _answer() -> None:
    """Do in a fresh process what another one asks for, and answer it."""
    function, given, named = pickle.load(sys.stdin.buffer)
    answer: tuple[Any, Exception | None]
    try:
        answer = (function(*given, **named), None)
    except Exception as error:  # raised again where it was asked for
        answer = (None, error)
    sys.stdout.buffer.write(pickle.dumps(answer))


def _note() -> None:
    _Process.forked = True


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_note)
