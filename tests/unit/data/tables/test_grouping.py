"""The rows of a table come together series by series, however they stand."""

from __future__ import annotations

import polars as pl
import pytest

from recur.data.tables.grouping import group
from recur.data.tables.readers import read_panel

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
