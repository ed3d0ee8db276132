"""Missing values and holes in the clock."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recur.data.clock import DAY
from recur.data.tables import regular
from recur.data.tables.readers import read_panel
from recur.errors import DataError


def frame(freq: str, keep: list[int], start: str = "2020-01-01") -> pl.DataFrame:
    times = pd.date_range(start, periods=max(keep) + 1, freq=freq).to_numpy()
    return pl.DataFrame({"ds": times.astype("M8[us]")[keep], "y": np.array(keep, dtype=float)})


def without(count: int, *missing: int) -> list[int]:
    return [i for i in range(count) if i not in missing]


def test_a_strict_reading_refuses_missing_values_with_their_count_and_first_row() -> None:
    column = pl.DataFrame({"y": ["1", "NA", "3", "", "inf"]})
    with pytest.raises(DataError, match=r"row 1: 3 values are missing .* `y`.*`fill=previous`"):
        read_panel(column, target="y", strict=True)


def test_missing_values_are_masked_and_counted_and_the_ends_left_out() -> None:
    nan = np.nan
    panel = read_panel([[nan, 1.0, nan, np.inf, 2.0, 5.0], [3.0, 4.0, nan, nan]])
    assert [series.tolist() for series in panel] == [[1, 1, 1, 2, 5], [3, 4]]
    assert panel.filled_in(0).tolist() == [False, True, True, False, False]
    assert [(one.kind, one.count) for one in panel.repairs] == [
        ("missing", 2),
        ("leading", 1),
        ("trailing", 2),
    ]
    assert panel.notes == tuple(one.sentence for one in panel.repairs)


def test_more_than_half_of_a_series_may_not_be_missing() -> None:
    half = np.array([1.0, np.nan] * 8 + [1.0])
    assert read_panel(half).filled_in(0).sum() == 8
    less = np.array([1.0, np.nan, np.nan, 1.0, np.nan, np.nan, 1.0])
    with pytest.raises(DataError, match=r"array: 4 of 7 steps .* have no value; at most half"):
        read_panel(less)
    with pytest.raises(DataError, match=r"4 of 7 steps of series `1`"):
        read_panel([half, less])
    assert read_panel(less, fill="previous").rows == 7
    sparse = frame("D", [0, 1, 2, 3, 4, 30, 31, 32])
    with pytest.raises(
        DataError, match=r"25 of 33 steps .*\(daily\) .*between 2020-01-05 and 2020-01-31.*--every"
    ):
        read_panel(sparse)


@given(st.lists(st.one_of(st.none(), st.floats(-9, 9)), min_size=1, max_size=20))
def test_filling_repeats_the_last_known_value_and_never_looks_ahead(
    values: list[float | None],
) -> None:
    expected: list[float] = []
    for value in values:
        if value is not None or expected:
            expected.append(expected[-1] if value is None else value)
    source = np.array([np.nan if value is None else value for value in values])
    if expected:
        assert read_panel(source, fill="previous").values.tolist() == expected
    else:
        with pytest.raises(DataError, match="`y` has no known value at all"):
            read_panel(source, fill="previous")


def test_filling_stays_within_a_series_and_is_noted() -> None:
    nan = np.nan
    panel = read_panel([[1.0, nan, 2.0, nan], [nan, nan, 3.0, 4.0]], fill="previous")
    assert [series.tolist() for series in panel] == [[1, 1, 2, 2], [3, 4]]
    assert panel.clock_times(1).tolist() == [2, 3]
    assert panel.notes == (
        "Filled 2 missing values of `y` with the last known value, 1 of them at the end of a "
        "series.",
        "Dropped 2 rows before the first known value of a series.",
    )


def test_filling_with_zero_begins_with_the_first_known_value_too() -> None:
    nan = np.nan
    panel = read_panel([[1.0, nan, 2.0, nan], [nan, nan, 3.0, 4.0]], fill="zero")
    assert [series.tolist() for series in panel] == [[1, 0, 2, 0], [3, 4]]
    assert panel.filled is None  # who says that nothing is 0 has told the values
    assert panel.notes[0] == (
        "Filled 2 missing values of `y` with 0, 1 of them at the end of a series."
    )
    holed = read_panel(frame("D", without(9, 4)), fill="zero")
    assert holed.values.tolist() == [0, 1, 2, 3, 0, 5, 6, 7, 8]
    assert holed.filled is None
    assert holed.notes == ("Filled 1 missing step of the clock with 0.",)


@pytest.mark.parametrize(
    ("freq", "hole", "around"),
    [
        ("D", [10], "1 step is missing between 2020-01-10 and 2020-01-12"),
        ("h", [10, 11], "2 steps are missing between 2020-01-01 09:00 and 2020-01-01 12:00"),
        ("MS", [10], "1 step is missing between 2020-10-01 and 2020-12-01"),
        ("B", [*range(10, 18)], "8 steps are missing between 2020-01-14 and 2020-01-27"),
    ],
)
def test_a_hole_in_a_regular_clock_is_masked_filled_or_refused(
    freq: str, hole: list[int], around: str
) -> None:
    holed = frame(freq, without(60, *hole))
    with pytest.raises(DataError, match=rf"^data frame, row 10: {around}.*`fill=previous`"):
        read_panel(holed, strict=True)
    masked = read_panel(holed)
    assert [(one.kind, one.count) for one in masked.repairs] == [("holes", len(hole))]
    panel = read_panel(holed, fill="previous")
    assert panel.repairs == ()
    np.testing.assert_array_equal(masked.values, panel.values)
    np.testing.assert_array_equal(masked.filled_in(0), panel.filled_in(0))
    whole = read_panel(frame(freq, [*range(60)]))
    np.testing.assert_array_equal(panel.times, whole.times)
    assert panel.values[9 : hole[-1] + 2].tolist() == [9.0] * (len(hole) + 1) + [hole[-1] + 1]
    assert np.flatnonzero(panel.filled_in(0)).tolist() == hole
    assert "Filled" in panel.notes[0]


def test_missing_values_and_missing_steps_are_both_known_as_filled_in() -> None:
    holed = frame("D", without(12, 4)).with_columns(
        y=pl.when(pl.col("y") == 3).then(None).otherwise("y")
    )
    panel = read_panel(holed, fill="previous")
    assert np.flatnonzero(panel.filled_in(0)).tolist() == [3, 4]
    assert panel.values[2:6].tolist() == [2, 2, 2, 5]


def test_the_series_with_the_hole_is_named() -> None:
    whole, holed = frame("h", [*range(9)]), frame("h", without(9, 4))
    both = pl.concat([whole.with_columns(shop=pl.lit("A")), holed.with_columns(shop=pl.lit("B"))])
    with pytest.raises(DataError, match=r"series `B`, row 13: 1 step is missing"):
        read_panel(both, id="shop", target="y", strict=True)


def test_holidays_are_no_holes_and_are_not_filled() -> None:
    keep = without(60, 5, *range(20, 26), 41)
    panel = read_panel(frame("B", keep), fill="previous")
    assert panel.clock.kind == "trading"
    assert panel.values.tolist() == keep
    assert panel.notes == ()


def test_a_tenth_of_the_weekdays_missing_is_no_trading_calendar() -> None:
    read_panel(frame("B", without(200, *range(5, 195, 12))))
    with pytest.raises(DataError, match=r"1 step is missing .* \(the first of 28 holes\)"):
        read_panel(frame("B", without(200, *range(5, 195, 7))[:173]), strict=True)


def test_a_strict_reading_refuses_a_time_between_two_ticks() -> None:
    times = ["2020-01-01 00:00", "2020-01-01 01:00", "2020-01-01 02:10", "2020-01-01 03:10"]
    source = pl.DataFrame({"ds": times, "y": [1.0, 2, 3, 4]})
    with pytest.raises(DataError, match=r"row 2: the time 2020-01-01 02:10 .* off the clock"):
        read_panel(source, fill="previous", strict=True)
    assert read_panel(source).clock_times(0).tolist() == [
        int(np.datetime64(f"2020-01-01T0{hour}:00", "us").astype(np.int64)) for hour in range(4)
    ]


def test_times_without_any_clock_have_their_own_sentence() -> None:
    source = pl.DataFrame(
        {"ds": ["2020-01-01", "2020-01-02", "2020-01-05", "2020-01-19"], "y": 1.0}
    )
    with pytest.raises(
        DataError, match=r"no regular clock; the most frequent step \(daily\) .*33%"
    ):
        read_panel(source)


def test_a_mistyped_year_does_not_fill_a_century() -> None:
    hours = frame("h", [*range(20)])
    far = frame("h", [0], "2099-01-01")
    with pytest.raises(DataError, match=r"row 20: filling would add \d+ values to 21"):
        read_panel(pl.concat([hours, far]), fill="previous")


def test_constant_series_are_noted_and_kept() -> None:
    panel = read_panel([[1.0, 1.0], [1.0, 2.0], [3.0, 3.0]])
    assert panel.notes == ("2 of 3 series never change: `0`, `2`.",)
    assert "Every value of `y` is the same" in read_panel([4.0, 4.0]).notes[0]


def test_the_steps_that_people_choose_divide_a_day_or_are_whole_days() -> None:
    steps = np.array(regular._USUAL)
    assert (np.diff(steps) > 0).all()
    assert not (DAY % steps[steps < DAY]).any()
    assert not (steps[steps >= DAY] % DAY).any()
    assert (steps[1:-1] <= 3 * steps[:-2]).all()
