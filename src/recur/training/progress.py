"""What a person who waits sees while a network trains; silence in a pipe."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from recur.progress import Line, showing
from recur.training.history import Epoch


class Watcher(Protocol):
    """Told what happens; never asked anything."""

    def stepped(self, done: int, total: int, loss: float) -> None:
        """Take note of the steps done so far and of the newest loss."""

    def finished(self, epoch: Epoch) -> None:
        """Take note of a finished epoch."""

    def say(self, message: str) -> None:
        """Pass a sentence on to the user."""


class Silent:
    """Watches without a word, but passes sentences to the user on standard error."""

    def stepped(self, done: int, total: int, loss: float) -> None:
        """Show nothing."""

    def finished(self, epoch: Epoch) -> None:
        """Show nothing."""

    def say(self, message: str) -> None:
        """Print the sentence on standard error."""
        Line("training").say(message)


@contextmanager
def on_terminal(what: str = "training") -> Iterator[Watcher]:
    """Give a watcher that shows how far it is where somebody sees it."""
    with showing(what, at_once=True) as line:
        yield _Shown(line)


class _Shown:
    """Shows the newest losses."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._validation = ""

    def stepped(self, done: int, total: int, loss: float) -> None:
        """Move on."""
        self._line.at(done, total, f"loss {loss:.4g}{self._validation}")

    def finished(self, epoch: Epoch) -> None:
        """Show the newest validation loss."""
        self._line.tell(epoch=epoch.to_dict())
        if epoch.validation is not None:
            self._validation = f", validation {epoch.validation:.4g}"

    def say(self, message: str) -> None:
        """Print the sentence."""
        self._line.say(message)
