"""Who waits is shown the newest losses, and a program is told of every epoch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from recur.progress import Line
from recur.training import progress
from recur.training.history import Epoch


class Told(Line):
    """Keeps what it is told."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.notes: list[str] = []
        self.facts: list[Any] = []
        self.said: list[str] = []

    def at(self, done: float, total: float, note: str = "") -> None:
        self.notes.append(f"{done}/{total} {note}")

    def tell(self, **facts: Any) -> None:
        self.facts.append(facts)

    def say(self, message: str) -> None:
        self.said.append(message)


def test_the_newest_losses_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[Told] = []

    @contextmanager
    def showing(what: str, *, at_once: bool = False) -> Iterator[Line]:
        assert at_once  # a training is certain to take its time
        lines.append(Told(what))
        yield lines[0]

    monkeypatch.setattr(progress, "showing", showing)
    first = Epoch(1, 0.5, None, 0.1, 1.0)
    with progress.on_terminal("fitting") as watcher:
        watcher.stepped(1, 9, 0.123456)
        watcher.finished(first)
        watcher.stepped(4, 9, 0.1)
        watcher.finished(Epoch(2, 0.4, 0.25, 0.1, 1.0))
        watcher.stepped(7, 9, 0.1)
        watcher.say("so it is")
    assert lines[0].what == "fitting"
    assert lines[0].notes == [
        "1/9 loss 0.1235",
        "4/9 loss 0.1",
        "7/9 loss 0.1, validation 0.25",
    ]
    assert lines[0].facts[0] == {"epoch": first.to_dict()}
    assert lines[0].said == ["so it is"]


def test_who_is_silent_passes_sentences_on(capsys: pytest.CaptureFixture[str]) -> None:
    silent = progress.Silent()
    silent.stepped(1, 9, 0.5)
    silent.finished(Epoch(1, 0.5, None, 0.1, 1.0))
    silent.say("so it is")
    assert capsys.readouterr() == ("", "so it is\n")
