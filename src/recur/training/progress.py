"""What a person at a terminal sees while a network trains; silence in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from recur.notices import hushed
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
        if hushed():
            return
        print(message, file=sys.stderr)  # noqa: T201 (the user's terminal is the place)


@contextmanager
def on_terminal() -> Iterator[Watcher]:
    """Give a watcher with a progress bar on standard error, or a silent one in a pipe."""
    if hushed() or not sys.stderr.isatty():
        yield Silent()
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    with Progress(
        TextColumn("training"),
        BarColumn(),
        TextColumn("{task.fields[note]}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as progress:
        yield _Bar(progress)


class _Bar:
    """A progress bar of rich."""

    def __init__(self, progress: object) -> None:
        from rich.progress import Progress

        assert isinstance(progress, Progress)
        self._progress = progress
        self._task = progress.add_task("training", total=None, note="")
        self._validation = ""

    def stepped(self, done: int, total: int, loss: float) -> None:
        """Move the bar."""
        note = f"loss {loss:.4g}{self._validation}"
        self._progress.update(self._task, completed=done, total=total, note=note)

    def finished(self, epoch: Epoch) -> None:
        """Show the newest validation loss."""
        if epoch.validation is not None:
            self._validation = f", validation {epoch.validation:.4g}"

    def say(self, message: str) -> None:
        """Print the sentence above the bar."""
        self._progress.console.print(message, highlight=False)
