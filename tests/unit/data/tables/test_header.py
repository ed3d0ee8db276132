"""A file without a line of names keeps its first row; names that are numbers stay names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

from recur.data.panel.panel import Panel
from recur.data.tables import header
from recur.data.tables.columns import MOST_LOOKED_AT
from recur.data.tables.readers import read_panel
from recur.errors import DataError

Read = Callable[..., Panel]

HOLDS_DATA = "holds data and no names"
TAKEN_FOR_NAMES = "was taken for the names"


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(*lines: str, **asked: str) -> Panel:
        path = tmp_path / "values.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return read_panel(path, **asked)  # type: ignore[arg-type]

    return read


def told(panel: Panel, what: str) -> bool:
    return any(what in note for note in panel.notes)


@pytest.mark.parametrize(
    ("lines", "values", "clock"),
    [
        (("3", "1", "4", "1"), [3, 1, 4, 1], "rows in order"),
        (("0", "0.1", "0.2", "-.1"), [0, 0.1, 0.2, -0.1], "rows in order"),
        (("0", "5", "3", "4"), [0, 5, 3, 4], "rows in order"),
        (("2001", "2003", "2002"), [2001, 2003, 2002], "rows in order"),
        (("2024-01-01,3", "2024-01-02,1", "2024-01-03,4"), [3, 1, 4], "daily"),
        (("5.5;01.02.2024", "6;02.02.2024", "7;03.02.2024"), [5.5, 6, 7], "daily"),
        (("2024-01-01T00:00,3", "2024-01-01T01:00,1", "2024-01-01T02:00,4"), [3, 1, 4], "hourly"),
        (("1,2", "2,7", "3,5", "4,9"), [2, 7, 5, 9], "counted in steps of 1"),
        (("1990,5.1", "1991,4.2", "1992,6"), [5.1, 4.2, 6], "yearly"),
        (("20240130,5", "20240131,4", "20240201,6"), [5, 4, 6], "daily"),
        (("$3", "$1", "$4"), [3, 1, 4], "rows in order"),
    ],
    ids=lambda part: part[0] if isinstance(part, tuple) else "",
)
def test_a_first_line_of_data_is_the_first_row(
    read: Read, lines: tuple[str, ...], values: list[float], clock: str
) -> None:
    panel = read(*lines)
    assert panel.values.tolist() == values
    assert (panel.clock.describe(), panel.target) == (clock, "y")
    assert told(panel, HOLDS_DATA)


def test_series_without_a_line_of_names_are_told_apart_by_their_text(read: Read) -> None:
    rows = [f"{name},2024-01-0{day},{day}" for name in "AB" for day in (1, 2, 3)]
    panel = read(*rows)
    assert (panel.ids, panel.values.tolist()) == (("A", "B"), [1, 2, 3, 1, 2, 3])


def test_several_columns_without_names_are_asked_for_by_their_place(read: Read) -> None:
    lines = ("5.5,7", "6,2", "7.25,8")
    with pytest.raises(DataError, match=r"`column1`.*`column2`.*its first line holds data"):
        read(*lines)
    assert read(*lines, target="column2").values.tolist() == [7, 2, 8]


def test_of_very_many_columns_without_names_the_first_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = list[str]()

    def begins(column: pl.Series) -> bool:
        looked.append(column.name)
        return False

    monkeypatch.setattr(header, "_begins_with_times", begins)
    path = tmp_path / "wide.csv"
    cells = [",".join([str(row), *["1.5"] * 999]) for row in range(9)]
    path.write_text("\n".join(cells), "utf-8")
    panel = read_panel(path, target="column1000")
    assert len(panel.values) == 9
    assert len(looked) <= 2 * MOST_LOOKED_AT  # for a line of names, and for times


def test_a_missing_first_value_and_a_bad_time_hide_no_first_row(read: Read) -> None:
    panel = read("2024-01-01,", "2024-01-02,2", "2024-01-03,3", "2024-01-04,5", fill="zero")
    assert panel.times[0] == np.datetime64("2024-01-02", "us").astype(np.int64)
    assert told(panel, HOLDS_DATA)
    assert read("nan", "2", "3", fill="zero").values.tolist() == [2, 3]
    with pytest.raises(DataError, match=r"row 6: `2024-13-06` cannot be read as a time"):
        read(*(f"2024-{1 + 12 * (day == 6):02d}-0{day},{day}" for day in range(1, 8)))


def test_rows_are_named_by_their_line_with_and_without_names(read: Read) -> None:
    with pytest.raises(DataError, match="row 3: expected a number, found the text `x`"):
        read("2024-01-01,1", "2024-01-02,2", "2024-01-03,x", "2024-01-04,3", "2024-01-05,3")
    with pytest.raises(DataError, match="row 4: expected a number, found the text `x`"):
        read("", "1", "2", "x", "4", "5")


@pytest.mark.parametrize(
    ("lines", "target"),
    [
        (("id,2001,2002", "1,5,6", "2,7,8"), "2002"),
        (("country,2001,2002", "a,5,6", "b,7,8"), "2002"),
        (("2001,2002", "6,6", "8,8"), "2002"),
        (("1990,2000,2010", "5,6,1", "7,8,3"), "2000"),
        (("date,0", "2024-01-01,6", "2024-01-02,8"), None),
        ((",0", "2024-01-01,6", "2024-01-02,8"), None),
        (("series,2024-01-01,2024-01-02", "1,6,1", "2,8,2"), "2024-01-01"),
        (("y", "6", "8"), None),
    ],
    ids=lambda part: part[0] if isinstance(part, tuple) else "",
)
def test_names_that_are_numbers_or_dates_stay_names(
    read: Read, lines: tuple[str, ...], target: str | None
) -> None:
    panel = read(*lines, **({"target": target} if target else {}))
    assert panel.values.tolist() == [6, 8]
    assert not told(panel, HOLDS_DATA)
    assert told(panel, TAKEN_FOR_NAMES) == all(name.isdigit() for name in lines[0].split(","))


def test_numbers_that_count_through_the_columns_are_names(read: Read) -> None:
    with pytest.raises(DataError, match=r"`0`.*; `1`.*; `2`"):
        read("0,1,2", "5.5,7,1", "6.5,9,1")
    panel = read("A,7", "B,2", "C,8")  # nothing tells whether a series begins or a name stands
    assert told(panel, TAKEN_FOR_NAMES)


@pytest.mark.parametrize("index", [True, False])
def test_what_pandas_writes_of_a_series_without_a_name_is_read_as_it_was(
    tmp_path: Path, index: bool
) -> None:
    path = tmp_path / "series.csv"
    pd.Series([12.3, 13.1, 12.9]).to_csv(path, index=index)
    panel = read_panel(path)
    assert (panel.target, panel.values.tolist()) == ("0", [12.3, 13.1, 12.9])
