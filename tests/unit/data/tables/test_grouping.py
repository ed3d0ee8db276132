"""The rows of a table come together series by series, however they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
import pytest

from recur.data.tables.grouping import columns_that_tell_series_apart, group
from recur.data.tables.readers import read_panel
from recur.data.tables.table import read_table
from recur.errors import DataError

NAMES = ["b", " a", "a", "b ", "b", "c", "a"]


@pytest.mark.parametrize("block", [1, 3, 100])
def test_rows_of_a_series_need_not_stand_together(block: int) -> None:
    rows, lengths, ids = group(pl.Series(NAMES), str, block)
    assert ids == ("b", "a", "c")
    assert lengths.tolist() == [3, 3, 1]
    assert rows.tolist() == [0, 3, 4, 1, 2, 6, 5]


def test_a_panel_has_its_series_in_the_order_of_their_first_rows() -> None:
    panel = read_panel(pl.DataFrame({"unique_id": NAMES, "y": [float(i) for i in range(7)]}))
    assert panel.ids == ("b", "a", "c")
    assert [values.tolist() for values in panel] == [[0, 3, 4], [1, 2, 6], [5]]


def stacked(**more: Sequence[str | int]) -> pl.DataFrame:
    """Return a table of two shops over six days, one below the other."""
    return pl.DataFrame(
        {
            "ds": [f"2020-01-0{day}" for day in range(1, 7)] * 2,
            **more,
            "y": [float(i) for i in range(12)],
        }
    )


SHOPS = ["north"] * 6 + ["south"] * 6


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({"shop": SHOPS}, ["shop"]),
        ({"shop": [f" {name} " for name in SHOPS]}, ["shop"]),
        ({"number": [1] * 6 + [2] * 6}, ["number"]),
        ({"number": [1] * 6 + [2] * 6, "shop": SHOPS}, ["shop"]),  # they say the same; text is said
        ({"shop": SHOPS, "town": SHOPS}, ["shop"]),
        ({"shop": SHOPS, "till": ["a", "b"] * 3 + ["b", "a"] * 3}, ["shop", "till"]),
        ({"weather": ["sun", "rain"] * 6}, []),  # the same on both rows of a day
        ({"note": [f"row {i}" for i in range(12)]}, []),  # another in every row
        ({"country": ["DE"] * 12}, []),
        ({"shop": ["", *SHOPS[1:]]}, []),
    ],
)
def test_a_column_tells_series_apart_where_no_time_repeats_within_a_value(
    more: Mapping[str, Sequence[str | int]], found: list[str]
) -> None:
    table = read_table(stacked(**more))
    times = np.tile(np.arange(6), 2)
    positions = columns_that_tell_series_apart(table, times, taken=[0, len(table.names) - 1])
    assert [table.names[at] for at in positions] == found


def test_the_only_column_that_tells_series_apart_is_taken_and_said() -> None:
    panel = read_panel(stacked(shop=SHOPS))
    assert panel.ids == ("north", "south")
    assert panel.notes == ("Times repeat: column `shop` was taken to tell 2 series apart.",)


def test_of_several_such_columns_a_user_chooses() -> None:
    with pytest.raises(DataError, match=r"choose with `--id shop` or `--id 'my till'`\.$"):
        read_panel(stacked(shop=SHOPS, **{"my till": ["a", "b"] * 3 + ["b", "a"] * 3}))


def test_a_doubled_row_or_two_are_no_second_series() -> None:
    days = [f"2020-01-{day:02}" for day in range(1, 31)]
    once = {"ds": [*days, days[-1]], "quality": ["good"] * 30 + ["bad"], "y": [1.0] * 31}
    with pytest.raises(DataError, match="repeats the time 2020-01-30"):
        read_panel(pl.DataFrame(once), strict=True)
    (repair,) = read_panel(pl.DataFrame(once)).repairs
    assert (repair.kind, repair.count) == ("doubled", 1)
