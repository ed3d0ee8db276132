"""A lab learns from the file it is given, and else from what every Python has with it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from recur.errors import DataError, SettingsError
from recur.labs.experiment import Setting
from recur.labs.sherlock.lab import CHARACTERS
from recur.labs.text import LEAST, described, lab_text, python_text


def test_without_a_file_there_is_enough_text_for_the_longest_lab() -> None:
    text = lab_text(Setting(), CHARACTERS)
    assert len(text) == CHARACTERS
    assert python_text().startswith(text.vocabulary.decode(text.symbols))
    assert "neither Shakespeare" in described(text)


def test_the_first_characters_of_a_file_are_learnt_from(tmp_path: Path) -> None:
    file = tmp_path / "book.txt"
    file.write_text("abc\n" * LEAST, "utf-8", newline="")
    text = lab_text(Setting(files=(file,)), LEAST + 1)
    assert text.vocabulary.decode(text.symbols) == ("abc\n" * LEAST)[: LEAST + 1]
    assert described(text) == "Learnt from the first 10,001 characters of book.txt."


def test_a_text_too_short_to_judge_on_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "note.txt"
    file.write_text("a" * (LEAST - 1), "utf-8")
    with pytest.raises(DataError, match=r"note\.txt has 9,999 characters.* at least 10,000"):
        lab_text(Setting(files=(file,)), CHARACTERS)


def test_two_texts_are_refused() -> None:
    with pytest.raises(SettingsError, match=r"got 2 files: `a\.txt`, `b\.txt`"):
        lab_text(Setting(files=(Path("a.txt"), Path("b.txt"))), CHARACTERS)


def test_a_python_without_its_help_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pydoc_data.topics", None)
    with pytest.raises(DataError, match="give a text file"):
        lab_text(Setting(), CHARACTERS)
