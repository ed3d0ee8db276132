"""A series in each row: when a table is one, and what becomes of its cells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from recur import DataError, Panel, read_panel
from recur.data.clock import Clock


def read(tmp_path: Path, *lines: str, **options: Any) -> Panel:
    path = tmp_path / "f.csv"
    path.write_text("\n".join([*lines, ""]))
    return read_panel(path, **options)


def test_missing_cells_at_either_end_are_no_values_and_those_between_are(tmp_path: Path) -> None:
    lines = ("id,2001,2002,2003,2004", "a,,1,2,", "b,3,,5,NA")
    with pytest.raises(DataError, match="1 value is missing"):
        read(tmp_path, *lines, strict=True)
    panel = read_panel(tmp_path / "f.csv", fill="previous")
    assert panel.ids == ("a", "b")
    assert panel.values.tolist() == [1, 2, 3, 3, 5]
    assert panel.lengths.tolist() == [2, 3]
    assert panel.clock == Clock("months", 12)


def test_what_stands_before_the_values_names_the_series(tmp_path: Path) -> None:
    lines = ("country,what,2001,2002,2003", "a,x,1,2,3", "a,y,4,5,6", "b,y,7,8,9")
    read(tmp_path, *lines)
    assert read_panel(tmp_path / "f.csv").ids == ("a · x", "a · y", "b · y")


def test_a_frame_may_be_such_a_table_too() -> None:
    frame = pl.DataFrame({"id": [1, 2], "V1": [1.0, 3.0], "V2": [2.0, 4.0], "V3": [3.0, None]})
    panel = read_panel(frame)
    assert (panel.ids, panel.values.tolist()) == (("1", "2"), [1, 2, 3, 3, 4])


@pytest.mark.parametrize(
    "lines",
    [
        ("date,y1,y2,y3", "2020-01-01,1,2,3", "2020-01-02,2,3,4"),
        ("when,y1,y2,y3", "2020-01-01,1,2,3", "2020-01-02,2,3,4"),
        ("0,1,2,3", "9.5,1.5,2,3", "7.5,2,3,4"),
        ("name,y1,y2,y4", "a,1,2,3", "b,2,3,4"),
        ("name,y1,y2,y3", "a,1,2,x", "b,2,3,y"),
        ("name,y1,y2,y3", "a,1,2,3", "a,2,3,4"),
    ],
)
def test_other_tables_are_left_as_they_are(tmp_path: Path, lines: tuple[str, ...]) -> None:
    with pytest.raises(DataError, match="columns of numbers; name one"):
        read(tmp_path, *lines)


def test_a_column_that_is_asked_for_stays_a_column(tmp_path: Path) -> None:
    read(tmp_path, "name,y1,y2,y3", "a,1,2,3", "b,2,3,4", target="y2")
    assert read_panel(tmp_path / "f.csv", target="y2").values.tolist() == [2, 3]
