"""A growing file is followed wherever it goes, and where it is gone for a moment."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from recur.errors import DataWarning
from recur.tasks import watching


def test_a_file_that_vanishes_as_it_is_opened_anew_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, opened = tmp_path / "growing.txt", Path.open
    file.write_text("1\n2\n")
    states = iter(["begun anew, and gone", "there"])
    state = ["there"]

    def open_or_not(path: Path, *given: Any) -> Any:
        if state[0] != "there":
            raise FileNotFoundError
        return opened(path, *given)

    def pass_time(_seconds: float) -> None:
        state[0] = next(states)
        with opened(file, "w") as anew:
            anew.write("3\n")

    monkeypatch.setattr(time, "sleep", pass_time)
    monkeypatch.setattr(Path, "open", open_or_not)
    lines = watching._of_file(file, once=False)
    assert [next(lines), next(lines)] == ["1", "2"]
    with pytest.warns(DataWarning, match=r"was begun anew; it is read from its beginning\.$"):
        assert next(lines) == "3"
    lines.close()
