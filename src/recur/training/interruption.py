"""Ctrl-C that ends training after the current chunk instead of losing what was learnt."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interruption:
    """Whether the user has asked to stop."""

    asked = False

    def ask(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """Note the wish; a second one stops at once."""
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True


@contextmanager
def interruptible() -> Iterator[Interruption]:
    """Take Ctrl-C as a wish to stop, for as long as the block lasts.

    Outside the main thread signals do not arrive, and nothing is changed.
    """
    interruption = Interruption()
    if threading.current_thread() is not threading.main_thread():
        yield interruption
        return
    before = signal.signal(signal.SIGINT, interruption.ask)
    try:
        yield interruption
    finally:
        signal.signal(signal.SIGINT, before)
