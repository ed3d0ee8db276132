"""The rows of a table come together series by series, however they stand."""

from __future__ import annotations

import polars as pl
import pytest

from recur.data.tables import grouping
from recur.data.tables.readers import read_panel


@pytest.mark.parametrize("block", [1, 3, 100])
def test_rows_of_a_series_need_not_stand_together(
    block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grouping, "_BLOCK", block)
    names = ["b", " a", "a", "b ", "b", "c", "a"]
    frame = pl.DataFrame({"unique_id": names, "y": [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]})
    panel = read_panel(frame)
    assert panel.ids == ("b", "a", "c")
    assert [values.tolist() for values in panel] == [[0, 3, 4], [1, 2, 6], [5]]
