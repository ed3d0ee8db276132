"""Columns that begin with their length and start are series of their own times."""

from __future__ import annotations

from pathlib import Path

import pytest

from recur.data.tables.readers import read_panel
from recur.errors import DataError

HEAD = ["a,b", "4,3", "1991,1992", "11,2"]
VALUES = ["1.5,10", "2.5,20", "3.5,30", "4.5,"]


def table(tmp_path: Path, *, head: list[str] = HEAD, name: str = "in.csv") -> Path:
    file = tmp_path / name
    file.write_text("\n".join([*head, *VALUES]) + "\n")
    return file


@pytest.mark.parametrize("target", [None, "*", "y"])
def test_each_column_is_a_series_from_its_start(tmp_path: Path, target: str | None) -> None:
    panel = read_panel(table(tmp_path), target=target)
    assert panel.ids == ("a", "b")
    assert [values.tolist() for values in panel] == [[1.5, 2.5, 3.5, 4.5], [10, 20, 30]]
    starts = [panel.clock.text(int(panel.clock_times(i)[0])) for i in range(2)]
    assert (starts, panel.clock.describe()) == (["1991-11-01", "1992-02-01"], "monthly")
    assert "the year and the month of its start in its first three rows" in panel.notes[0]


def test_a_start_up_to_four_is_what_the_name_of_the_file_says(tmp_path: Path) -> None:
    head = [*HEAD[:3], "4,2"]
    for name, clock, start in (
        ("quarterly_in.csv", "quarterly", "1991-10-01"),
        ("monthly_in.csv", "monthly", "1991-04-01"),
    ):
        panel = read_panel(table(tmp_path, head=head, name=name))
        assert (panel.clock.describe(), panel.clock.text(int(panel.times[0]))) == (clock, start)
    with pytest.raises(DataError, match="may be a month or a quarter"):
        read_panel(table(tmp_path, head=head))


def test_a_series_that_is_asked_for_by_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="leave `a` out, and all of them are read"):
        read_panel(table(tmp_path), target="a")


@pytest.mark.parametrize(
    "head",
    [
        ["a,b", "4,2", "1991,1992", "11,2"],  # one is longer than it says
        ["a,b", "4,4", "1991,1992", "11,2"],  # and one shorter
        ["a,b", "4,3", "1991,19920", "11,2"],
        ["a,b", "4,3", "1991,1992", "11,13"],
        ["a,b", "4,3", "1991,1992.5", "11,2"],
    ],
)
def test_what_does_not_fit_every_column_is_a_table_like_any(
    tmp_path: Path, head: list[str]
) -> None:
    assert len(read_panel(table(tmp_path, head=head), target="a")) == 1
