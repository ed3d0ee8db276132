"""Frames of pandas and others: their index, their names, their zones."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pytest

from recur.data.clock import WEEK, Clock
from recur.data.tables.readers import read_panel
from recur.errors import DataError

HOURS = pd.date_range("2020-01-01", periods=3, freq="h", tz="Europe/Paris")
DAYS = pd.to_datetime(["2020-01-01", "", "2020-01-03"])


def starts(panel: Any) -> list[str]:
    return [panel.clock.text(int(panel.times[start])) for start in panel.offsets[:-1]]


@pytest.mark.parametrize("name", ["Date", ""])
def test_an_index_of_dates_in_text_gives_the_times(name: str) -> None:
    text = f"{name},v\n2020-01-03,3\n2020-01-02,2\n2020-01-01,1\n"
    panel = read_panel(pd.read_csv(io.StringIO(text), index_col=0))
    assert panel.values.tolist() == [1, 2, 3]
    assert starts(panel) == ["2020-01-01"]
    assert panel.target == "v"


def test_an_index_of_ids_and_times_gives_both() -> None:
    pairs = [(name, pd.Timestamp(2020, 1, day)) for name in "AB" for day in (1, 2)]
    index = pd.MultiIndex.from_tuples(pairs, names=["unique_id", "ds"])
    values = pd.Series([1.0, 2.0, 3.0, 4.0], index=index)
    for source in (values, values.to_frame("load")):
        panel = read_panel(source)
        assert panel.ids == ("A", "B")
        assert [series.tolist() for series in panel] == [[1, 2], [3, 4]]
        assert starts(panel) == ["2020-01-01", "2020-01-01"]


def test_periods_begin_at_their_start() -> None:
    weeks = pd.period_range("2020-01-06", periods=3, freq="W")
    in_index = read_panel(pd.Series([1.0, 2.0, 4.0], index=weeks))
    in_column = read_panel(pd.DataFrame({"when": weeks, "y": [1.0, 2.0, 4.0]}))
    for panel in (in_index, in_column):
        assert panel.clock == Clock("fixed", WEEK)
        assert starts(panel) == ["2020-01-06"]


def test_whole_numbers_without_a_name_only_number_the_rows() -> None:
    frame = pd.DataFrame({"y": [1.0, 9.0, 2.0, 3.0]})
    filtered = read_panel(frame[frame["y"] < 9][::-1])
    assert filtered.values.tolist() == [3, 2, 1]
    assert filtered.clock == Clock("rows")


def test_a_named_index_of_numbers_is_a_column_but_not_the_target_unless_asked_for() -> None:
    frame = pd.DataFrame({"step": [5, 4, 3], "y": [1.0, 2.0, 4.0]}).set_index("step")
    assert read_panel(frame).target == "y"
    assert read_panel(frame, target="step").values.tolist() == [5, 4, 3]
    counted = read_panel(frame, time="step")
    assert (counted.clock, counted.values.tolist()) == (Clock("integer", 1), [4, 2, 1])
    years = pd.Series([1.0, 2.0], index=pd.Index([1949, 1950], name="Year"))
    assert read_panel(years).clock == Clock("months", 12)


def test_an_index_that_repeats_its_column_does_no_harm() -> None:
    frame = pd.DataFrame({"ds": ["2020-01-01", "2020-01-02"], "y": [1.0, 2.0]})
    assert starts(read_panel(frame.set_index("ds", drop=False), time="ds")) == ["2020-01-01"]


@pytest.mark.parametrize("convert", [pd.DataFrame, pl.DataFrame, pa.Table.from_pandas])
def test_times_that_are_converted_to_utc_are_noted(convert: Any) -> None:
    panel = read_panel(convert(pd.DataFrame({"ds": HOURS, "y": [1.0, 2.0, 3.0]})))
    assert panel.notes == ("Times with offsets were converted to UTC.",)
    assert starts(panel) == ["2019-12-31 23:00"]
    utc = read_panel(convert(pd.DataFrame({"ds": HOURS.tz_convert("UTC"), "y": [1.0, 2.0, 3.0]})))
    assert utc.notes == ()
    np.testing.assert_array_equal(utc.times, panel.times)


@pytest.mark.parametrize("zone", [None, "Europe/Paris"])
@pytest.mark.parametrize("name", ["ds", "when", None])
def test_a_missing_time_is_named_by_its_row(zone: str | None, name: str | None) -> None:
    times = DAYS.tz_localize(zone)
    values = [1.0, 2.0, 3.0]
    source = pd.Series(values, index=times) if name is None else {name: times, "y": values}
    with pytest.raises(DataError, match=r"^data frame, column `\w+`, row 1: the time is missing"):
        read_panel(source if name is None else pd.DataFrame(source))


def test_columns_of_one_name_are_told_apart_or_refused() -> None:
    frame = pd.DataFrame([[1.0, 2.0, 5.0], [3.0, 4.0, 6.0]], columns=["a", "a", "y"])
    assert read_panel(frame, target="y").values.tolist() == [5, 6]
    with pytest.raises(DataError, match="2 columns that `a` could mean"):
        read_panel(frame, target="a")
    with pytest.raises(DataError, match="columns of the same name"):
        read_panel(pa.table([[1.0], [2.0]], names=["a", "a"]))


def test_columns_may_be_named_by_numbers() -> None:
    frame = pd.DataFrame([[1.0, 2.0], [3.0, 4.0]])
    for name in (0, "0"):
        assert read_panel(frame, target=name).values.tolist() == [1, 3]  # type: ignore[arg-type]
    assert read_panel(pd.Series([1.0, 2.0], name=7)).target == "7"
