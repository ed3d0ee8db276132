"""Columns are named by one text or several, and a file is not read once for each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from recur.data.tables import table
from recur.errors import DataError
from recur.tasks.denoise.files import read_to_clean, read_to_learn


@pytest.fixture
def rooms(tmp_path: Path) -> Path:
    file = tmp_path / "rooms.csv"
    rows = [f"{i},{-i},{2 * i},{i * i},{3 * i}" for i in range(20)]
    file.write_text("\n".join(['left,right,left0,right0,"a,b"', *rows, ""]), encoding="utf-8")
    return file


@pytest.mark.filterwarnings("ignore:No column of times")
def test_the_names_of_columns_are_read_once(rooms: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Modules that are loaded while it is watched would keep what watches.
    read_to_learn(rooms, {"noisy": "left", "clean": "left0"}, {})
    read, calls = table.read_table, []

    def watched(source: Any) -> Any:
        calls.append(source)
        return read(source)

    monkeypatch.setattr(table, "read_table", watched)  # which is looked up when it is called
    found = read_to_learn(rooms, {"noisy": "left,right", "clean": "left0, right0"}, {})
    assert len(calls) == 1
    assert found.channels == ("left", "right")
    assert found.noisy is not None
    assert found.clean is not None
    assert found.noisy[0][3].tolist() == [3, -3]
    assert found.clean[0][3].tolist() == [6, 9]
    read_to_clean(rooms, (), None, {"target": ["left,right"]}, clean="left0,right0")
    assert len(calls) == 2


@pytest.mark.filterwarnings("ignore:No column of times")
def test_a_name_with_a_comma_is_one_column(rooms: Path) -> None:
    found = read_to_clean(rooms, (), None, {"target": ["left"]}, clean="A,B")
    assert found.channels == ("left",)
    assert found.clean is not None
    assert found.clean[0][3].tolist() == [9]


@pytest.mark.filterwarnings("ignore")
def test_columns_of_a_recording_that_begin_at_different_rows_are_refused(rooms: Path) -> None:
    head, *rows = rooms.read_text(encoding="utf-8").splitlines()
    rows[:3] = [f",{row.partition(',')[2]}" for row in rows[:3]]
    rooms.write_text("\n".join([head, *rows, ""]), encoding="utf-8")
    with pytest.raises(DataError, match="begin at different rows; cut off the first rows"):
        read_to_learn(rooms, {"noisy": "left,right", "clean": "left0,right0"}, {"fill": "previous"})
