"""One way to kill: a signal at a moment that nobody chose, and how a process may end by it."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from random import Random

SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGSTOP)
INTERRUPTED = 130
ENDINGS: dict[int, set[int]] = {
    signal.SIGKILL: {-signal.SIGKILL},
    signal.SIGTERM: {-signal.SIGTERM},
    # While it starts and while it leaves, Ctrl-C ends the process; while it trains, the training.
    signal.SIGINT: {INTERRUPTED, -signal.SIGINT, 0},
    signal.SIGSTOP: {0},  # it goes on, as if nothing had been
}
"""The exit codes that are promised; 0 as well where the signal came too late."""

_LONGEST_STOP = 0.5  # seconds until a process that was stopped goes on
_LOOK = 0.005  # seconds from one look at a process to the next


class Forked:
    """A child of this process that does something; what was imported here is there already.

    Args:
        work: what it does; it may end by `SystemExit`.
    """

    def __init__(self, work: Callable[[], object]) -> None:
        sys.stdout.flush(), sys.stderr.flush()
        self._process = os.fork()
        if not self._process:
            code = 1
            try:
                signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in background
                work()
                code = 0
            except SystemExit as ending:
                code = ending.code if isinstance(ending.code, int) else int(ending.code is not None)
            finally:
                with suppress(Exception):
                    sys.stdout.flush(), sys.stderr.flush()
                os._exit(code)

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        os.kill(self._process, number)

    def wait(self, seconds: float | None = None) -> int | None:
        """Return its exit code; None where it has not ended within so many seconds."""
        until = time.monotonic() + (seconds or 0.0)
        while True:
            ended, status = os.waitpid(self._process, 0 if seconds is None else os.WNOHANG)
            if ended:
                return os.waitstatus_to_exitcode(status)
            if time.monotonic() >= until:
                return None
            time.sleep(_LOOK)


@dataclass(frozen=True)
class Blow:
    """A signal, and how many seconds after the start it comes."""

    sent: signal.Signals
    moment: float
    stop: float

    @classmethod
    def drawn(
        cls, draw: Random, longest: float, signals: tuple[signal.Signals, ...] = SIGNALS
    ) -> Blow:
        """Draw one of the signals, and a moment up to the longest."""
        return cls(draw.choice(signals), draw.uniform(0, longest), draw.uniform(0, _LONGEST_STOP))

    def strike(self, process: Forked) -> tuple[bool, int | None]:
        """Send it to a process; say whether that was still there, and its exit code."""
        code = process.wait(self.moment)
        if code is not None:
            return False, code
        process.send_signal(self.sent)
        if self.sent == signal.SIGSTOP:
            time.sleep(self.stop)
            process.send_signal(signal.SIGCONT)
        return True, process.wait()
