"""What the columns of a table hold is told before anybody says which one is meant."""

from __future__ import annotations

import polars as pl
import pytest

from recur.data.describe.overview import overview


def test_each_column_is_told_with_what_it_holds() -> None:
    frame = pl.DataFrame(
        {
            "day": [f"2020-01-0{i}" for i in range(1, 10)] + ["soon"],
            "n": ["1", "3", "", "x", "5", "2", "1", "4", "2", "9"],
            "who": ["a", " ", "c", None, "e", "f", "g", "h", "i", "j"],
            "none": pl.Series([None] * 10, dtype=pl.Float64),
        }
    )
    found = overview(frame)
    assert (found.rows, found.columns) == (10, 4)
    day, n, who, none = found.summaries
    assert (day.name, day.holds, day.missing, day.least) == ("day", "times", 0, None)
    assert (n.holds, n.missing) == ("numbers", 2)
    assert (n.least, n.greatest) == (1, 9)
    assert n.mean == pytest.approx(27 / 8)
    assert n.first.startswith("1, 3")
    assert (who.holds, who.missing, who.mean) == ("text", 2, None)
    assert (none.missing, none.least) == (10, None)
    told = found.to_dict()
    assert told["rows"] == 10
    assert told["described"][1]["greatest"] == 9


def test_the_first_columns_alone_are_told_of_a_wide_table() -> None:
    wide = overview(pl.DataFrame({f"c{i}": [i, i + 1] for i in range(203)}))
    assert (wide.columns, len(wide.summaries)) == (203, 200)
