"""What a person who waits is shown: how far it is and how long it still takes.

On a terminal a bar on standard error, in Jupyter a line below the cell, elsewhere nothing. It
comes after a second, so that what is done by then shows nothing. What goes on inside of something
else stands below it. A program that passes it on is told instead, of every change.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, ClassVar

from recur.notices import hushed

_OF_A_LINE = ("what", "done", "total", "note")  # what a program is told of one
_PATIENCE = 1.0  # seconds without a word
_OFTEN = 0.3  # seconds between two looks of a notebook


@dataclass(eq=False)
class Line:
    """One thing that goes on, shown nowhere.

    Attributes:
        what: it is, in a word or two.
        done: how much of it is.
        total: how much there is; None where nobody knows.
        note: what else there is to say of it.
        shown: whether somebody sees it.
    """

    what: str
    done: float = 0
    total: float | None = None
    note: str = ""
    shown: ClassVar[bool] = False

    def at(self, done: float, total: float, note: str = "") -> None:
        """Take note of how far it is."""
        self.done, self.total, self.note = done, total, note

    def tell(self, **facts: Any) -> None:
        """Pass plain JSON values on to a program that is told of progress; nobody is shown them."""

    def say(self, message: str) -> None:
        """Pass a sentence on to the user, on standard error."""
        if not hushed():
            print(message, file=sys.stderr)  # noqa: T201 (the user's terminal is the place)


_hidden: ContextVar[bool] = ContextVar("hidden", default=False)
_open: ContextVar[_Place | None] = ContextVar("open", default=None)


@contextmanager
def showing(what: str, *, shown: bool = True, at_once: bool = False) -> Iterator[Line]:
    """Show that something goes on for as long as the block lasts.

    Args:
        what: it is, in a word or two.
        shown: whether it is shown at all, and what goes on inside.
        at_once: whether it is certain to take its time, and needs no waiting for.

    >>> with showing("counting") as line:
    ...     line.at(1, 10)
    """
    with hidden(not shown):
        outer = _open.get()
        place = None if _hidden.get() or hushed() else outer or _new_place()
        if place is None:
            yield Line(what)
            return
        before, line = _open.set(place), place.line(what)
        try:
            if at_once:
                place.start()
            yield line
        finally:
            place.remove(line)
            _open.reset(before)
            if place is not outer:
                place.close()


@contextmanager
def hidden(wanted: bool = True) -> Iterator[None]:
    """Show nothing of what goes on in the block; what has to be said is said."""
    before = _hidden.set(wanted or _hidden.get())
    try:
        yield
    finally:
        _hidden.reset(before)


@contextmanager
def told(tell: Callable[[dict[str, Any]], None]) -> Iterator[None]:
    """Tell a program what goes on in the block, in plain JSON values, in place of showing it.

    Args:
        tell: called with `progress`, the lines as they are, whenever one has changed; with `said`,
            a sentence; and with whatever else a line passes on.

    >>> with told(print), showing("counting") as line:
    ...     line.tell(counted=3)
    {'progress': [{'what': 'counting', 'done': 0, 'total': None, 'note': ''}]}
    {'counted': 3}
    {'progress': []}
    """
    before = _open.set(_Told(tell))
    try:
        yield
    finally:
        _open.reset(before)


def _new_place() -> _Place | None:
    """Return where progress is shown, None where nobody would see it."""
    if sys.stderr.isatty():
        return _Terminal()
    python = sys.modules.get("IPython")
    shell = python and python.get_ipython()
    return _Notebook() if getattr(shell, "kernel", None) is not None else None


def duration(seconds: float) -> str:
    """Return how long something still takes.

    >>> duration(3.2), duration(200), duration(9000)
    ('3 s left', '3 min left', '2.5 h left')
    """
    if seconds < 100:
        return f"{seconds:.0f} s left"
    return f"{seconds / 60:.0f} min left" if seconds < 6000 else f"{seconds / 3600:.1f} h left"


class _Place:
    """Where lines are shown once a second has gone by."""

    def __init__(self) -> None:
        self.lines: list[_Seen] = []
        self._lock = threading.RLock()
        self._timer = threading.Timer(_PATIENCE, self.start)
        self._timer.daemon = True
        self._timer.start()

    def line(self, what: str) -> _Seen:
        """Return a new line."""
        line = _Seen(self, what)
        with self._lock:
            self.lines.append(line)
            self.changed()
        return line

    def remove(self, line: _Seen) -> None:
        """Take a line away."""
        with self._lock:
            self.lines.remove(line)
            self.changed()

    def start(self) -> None:
        """Begin to show the lines."""

    def changed(self) -> None:
        """Take note that a line has."""

    def told(self, facts: dict[str, Any]) -> None:
        """Take facts for a program, of which there is none here."""

    def say(self, message: str) -> None:
        """Print a sentence above the lines."""
        print(message, file=sys.stderr)  # noqa: T201 (the user's terminal is the place)

    def close(self) -> None:
        """Leave nothing behind."""
        self._timer.cancel()
        self._timer.join()


class _Seen(Line):
    """A line that is shown somewhere."""

    shown = True

    def __init__(self, place: _Place, what: str) -> None:
        super().__init__(what)
        self._place = place
        self._began, self._first = time.monotonic(), 0.0

    def at(self, done: float, total: float, note: str = "") -> None:
        if self.total is None:  # what is resumed does not begin with nothing
            self._began, self._first = time.monotonic(), done
        super().at(done, total, note)
        self._place.changed()

    def tell(self, **facts: Any) -> None:
        self._place.told(facts)

    def say(self, message: str) -> None:
        self._place.say(message)

    def text(self) -> str:
        """Return how far it is and how long it still takes."""
        share = self.done / self.total if self.total else 0.0
        far = f"{self.what} {100 * share:.0f} %" if share else self.what
        return ", ".join(part for part in (far, self.left(), self.note) if part)

    def left(self) -> str:
        """Return how long it still takes at the pace so far; nothing where nobody can know."""
        if self.total is None or not self._first < self.done < self.total:
            return ""
        pace = (time.monotonic() - self._began) / (self.done - self._first)
        return duration(pace * (self.total - self.done))


class _Told(_Place):
    """A program that is told, at once."""

    def __init__(self, tell: Callable[[dict[str, Any]], None]) -> None:
        self.lines: list[_Seen] = []
        self._lock = threading.RLock()
        self._tell = tell

    def changed(self) -> None:
        """Tell of the lines as they are."""
        lines = [{name: getattr(x, name) for name in _OF_A_LINE} for x in self.lines]
        self._tell({"progress": lines})

    def told(self, facts: dict[str, Any]) -> None:
        """Tell of what a line passes on."""
        self._tell(facts)

    def say(self, message: str) -> None:
        """Tell of a sentence."""
        self._tell({"said": message})

    def close(self) -> None:
        """Leave nothing behind, as there is nothing."""


class _Terminal(_Place):
    """Bars of rich."""

    def __init__(self) -> None:
        self._bars: Any = None
        self._tasks: dict[_Seen, Any] = {}
        super().__init__()

    def start(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn
        from rich.table import Column

        with self._lock:
            if self._bars is not None:
                return
            self._bars = Progress(
                TextColumn("{task.description}", markup=False),
                BarColumn(bar_width=30),
                TextColumn(
                    "{task.fields[note]}",
                    markup=False,
                    table_column=Column(no_wrap=True, overflow="ellipsis"),
                ),
                TextColumn("{task.fields[left]}", markup=False),
                console=Console(stderr=True),
                transient=True,
            )
            self.changed()
            self._bars.start()

    def changed(self) -> None:
        if self._bars is None:
            return
        with self._lock:
            for line in self.lines:
                if line not in self._tasks:
                    self._tasks[line] = self._bars.add_task(line.what, total=None, note="", left="")
                self._bars.update(
                    self._tasks[line], completed=line.done, total=line.total, note=line.note,
                    left=line.left(),
                )  # fmt: skip
            for gone in self._tasks.keys() - set(self.lines):
                self._bars.remove_task(self._tasks.pop(gone))

    def remove(self, line: _Seen) -> None:
        if self._bars is not None:
            self._bars.refresh()  # the last that was said of it is seen, however fast it went
        super().remove(line)

    def say(self, message: str) -> None:
        if self._bars is None:
            super().say(message)
        else:
            self._bars.console.print(message, highlight=False, markup=False)

    def close(self) -> None:
        super().close()
        if self._bars is not None:
            self._bars.stop()


class _Notebook(_Place):
    """A line of text below a cell, which is written anew."""

    def __init__(self) -> None:
        self._handle: Any = None
        self._last = -_OFTEN
        self._begun = False
        super().__init__()

    def start(self) -> None:
        self._begun = True  # the next change shows it: a cell is written to from its own thread

    def changed(self) -> None:
        now = time.monotonic()
        if self._begun and self.lines and now - self._last >= _OFTEN:
            self._last = now
            self._write(" \N{MIDDLE DOT} ".join(line.text() for line in self.lines))

    def close(self) -> None:
        super().close()
        if self._handle is not None:
            self._write("")

    def _write(self, text: str) -> None:
        told = {"text/plain": text}
        if self._handle is None:
            self._handle = sys.modules["IPython"].display.display(told, raw=True, display_id=True)
        else:
            self._handle.update(told, raw=True)
