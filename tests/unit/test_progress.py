"""What a person who waits is shown: on a terminal, in a notebook, and nowhere else."""

from __future__ import annotations

import io
import sys
from types import SimpleNamespace
from typing import Any

import pytest

import recur
from recur import progress
from recur.notices import hush
from recur.progress import hidden, showing


class Screen(io.StringIO):
    """A terminal, and what was written to it."""

    def isatty(self) -> bool:
        return True


class _Handle:
    """What IPython gives to write a cell's output anew."""

    def __init__(self, shown: list[str]) -> None:
        self.shown = shown

    def update(self, told: dict[str, str], raw: bool) -> None:
        assert raw
        self.shown.append(told["text/plain"])


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what a cell of a notebook shows, time after time."""
    shown: list[str] = []

    def display(told: dict[str, str], raw: bool, display_id: bool) -> _Handle:
        assert display_id
        handle = _Handle(shown)
        handle.update(told, raw)
        return handle

    python = SimpleNamespace(
        get_ipython=lambda: SimpleNamespace(kernel=object()),
        display=SimpleNamespace(display=display),
    )
    monkeypatch.setitem(sys.modules, "IPython", python)
    monkeypatch.setattr(progress, "_PATIENCE", 0.0)
    monkeypatch.setattr(progress, "_OFTEN", 0.0)
    return shown


def _screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    """Return what standard error is now; not a fixture, since pytest puts its own back before."""
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    return screen


def test_a_pipe_shows_nothing_and_hears_what_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with showing("reading", at_once=True) as line:
        line.at(1, 2, "a note")
        assert not line.shown
        line.say("A sentence.")
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "A sentence.\n")


def test_a_terminal_shows_bars_one_below_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = _screen(monkeypatch)
    with showing("methods") as outer, showing("training", at_once=True) as inner:
        outer.at(1, 4, "gru")
        inner.at(5, 10, "loss 0.5 [x]")
        assert outer.shown
        inner.say("One [red]thing[/].")
        outer_place = progress._open.get()
        assert isinstance(outer_place, progress._Terminal)
        outer_place._bars.refresh()
    text = screen.getvalue()
    assert text.index("methods") < text.index("training")
    assert "loss 0.5 [x]" in text
    assert "One [red]thing[/]." in text
    assert "\x1b[?25h" in text.split("\x1b[?25l")[-1]  # the cursor is back


def test_what_is_done_at_once_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = _screen(monkeypatch)
    with showing("reading") as line:
        line.at(1, 2)
    assert screen.getvalue() == ""


def test_what_takes_longer_is_shown_without_a_further_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    screen = _screen(monkeypatch)
    monkeypatch.setattr(progress, "_PATIENCE", 0.0)
    with showing("reading"):
        place = progress._open.get()
        assert isinstance(place, progress._Terminal)
        place._timer.join()
        assert place._bars is not None
    assert "reading" in screen.getvalue()


@pytest.mark.parametrize("how", [hidden, hush])
def test_nothing_is_shown_where_nobody_wants_it(monkeypatch: pytest.MonkeyPatch, how: Any) -> None:
    screen = _screen(monkeypatch)
    with how(), showing("training", at_once=True) as line:
        line.at(1, 2)
        line.say("Said.")
    assert screen.getvalue() == ("Said.\n" if how is hidden else "")


def test_what_is_inside_of_something_hidden_is_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = _screen(monkeypatch)
    with showing("outer", shown=False), showing("inner", at_once=True) as line:
        line.at(1, 2)
    assert screen.getvalue() == ""


def test_an_error_ends_the_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = _screen(monkeypatch)
    with pytest.raises(KeyboardInterrupt), showing("training", at_once=True):
        raise KeyboardInterrupt
    assert "\x1b[?25h" in screen.getvalue().split("\x1b[?25l")[-1]
    assert progress._open.get() is None


def test_a_notebook_shows_a_line_without_control_characters(notebook: list[str]) -> None:
    with showing("methods") as outer, showing("training") as inner:
        place = progress._open.get()
        assert isinstance(place, progress._Notebook)
        place._timer.join()
        outer.at(1, 4)
        inner.at(0, 10)
        inner.at(5, 10, "loss 0.5")
    shown = [line for line in notebook if line]
    assert any("methods 25 %" in line for line in shown)
    assert any("training 50 %, 0 s left, loss 0.5" in line for line in shown)
    assert all(line.isprintable() for line in notebook)
    assert notebook[-1] == ""  # nothing is left below the cell


def test_a_fit_in_a_notebook_shows_how_far_it_is(
    notebook: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    series = recur.synthetic.sine(200, period=12, noise=0.1).values
    recur.Forecaster(network="trained", hidden=4, epochs=30).fit(series, test=20)
    assert any("training" in line and "loss" in line for line in notebook)
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "")
    notebook.clear()
    recur.Forecaster(network="trained", hidden=4, epochs=2).fit(series, test=20, progress=False)
    assert notebook == []
