"""Text to times."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recur.data.clock import date_text
from recur.data.tables.times import Reading, are_times, read_times
from recur.errors import DataError


def where(row: int) -> str:
    return f"row {row}"


def readings(*texts: str | None) -> list[Reading]:
    return read_times(pl.Series(texts, dtype=pl.String), where)


def read(*texts: str) -> list[str]:
    (reading,) = readings(*texts)
    return [str(t) if reading.counted else date_text(int(t)) for t in reading.values]


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2019-05-03", "2019-05-03"),
        ("2019/5/3", "2019-05-03"),
        ("2019-05-03 13:30", "2019-05-03 13:30"),
        ("2019-05-03T13:30:05.25", "2019-05-03 13:30:05.250000"),
        ("2019-05-03T13:30:05.123456789", "2019-05-03 13:30:05.123456"),
        ("2019-05-03T13:30:00Z", "2019-05-03 13:30"),
        ("2019-05-03T13:30:00+02:00", "2019-05-03 11:30"),
        ("2019-05-03 13:30:00-0530", "2019-05-03 19:00"),
        ("05/23/2019", "2019-05-23"),
        ("5/23/19 1:05 PM", "2019-05-23 13:05"),
        ("5/23/2019 12:00 am", "2019-05-23"),
        ("23/05/2019 13:30", "2019-05-23 13:30"),
        ("23.5.2019", "2019-05-23"),
        ("20190503", "2019-05-03"),
        ("201905", "2019-05-01"),
        ("2019-05", "2019-05-01"),
        ("May 3, 2019", "2019-05-03"),
        ("Sept. 3, 2019", "2019-09-03"),
        ("03-May-2019", "2019-05-03"),
        ("3 may 19", "2019-05-03"),
        ("Jan 2019", "2019-01-01"),
        ("Jan-19", "2019-01-01"),
        ("2019 January", "2019-01-01"),
        ("2019Q3", "2019-07-01"),
        ("Q3 2019", "2019-07-01"),
        ("1949", "1949-01-01"),
        ("12/31/69", "1969-12-31"),
        (" 2019-05-03 ", "2019-05-03"),
        ("17", "17"),
        ("1556841600", "2019-05-03"),
        ("1556841600250", "2019-05-03 00:00:00.250000"),
        ("1556841600250000", "2019-05-03 00:00:00.250000"),
        ("1556841600250000000", "2019-05-03 00:00:00.250000"),
        ("1556841600.25", "2019-05-03 00:00:00.250000"),
        ("155684160", "155684160"),
        ("2019-W05", "2019-01-28"),
        ("2019W05", "2019-01-28"),
        ("2020-W53-7", "2021-01-03"),
        ("W1 2021", "2021-01-04"),
        ("2019/Q3", "2019-07-01"),
        ("Q32019", "2019-07-01"),
        ("3Q19", "2019-07-01"),
        ("2019M07", "2019-07-01"),
    ],
)
def test_formats(text: str, time: str) -> None:
    assert read(text) == [time]


@given(st.lists(st.datetimes(dt.datetime(1600, 1, 1)), min_size=1))
def test_every_iso_time_is_read_exactly(times: list[dt.datetime]) -> None:
    (reading,) = readings(*[time.isoformat() for time in times])
    expected = np.array(times, dtype="M8[us]").astype(np.int64)
    np.testing.assert_array_equal(reading.values, expected)


@given(st.lists(st.dates(dt.date(1600, 1, 1)), min_size=1))
def test_a_column_of_slashes_keeps_the_true_reading(dates: list[dt.date]) -> None:
    found = readings(*[f"{day.month}/{day.day}/{day.year:04}" for day in dates])
    expected = np.array(dates, dtype="M8[us]").astype(np.int64)
    assert any((reading.values == expected).all() for reading in found)


def test_the_whole_column_settles_the_format() -> None:
    assert read("01/02/2019", "13/02/2019") == ["2019-02-01", "2019-02-13"]
    assert [r.name for r in readings("01/02/2019", "02/02/2019")] == [
        "month/day/year",
        "day/month/year",
    ]
    assert read("1999", "20190503") == ["1999", "20190503"]


def test_repeated_times_keep_their_rows() -> None:
    assert read("2019-05-03", "2019-05-04", "2019-05-03")[2] == "2019-05-03"


def test_offsets_are_converted_to_utc_with_a_note() -> None:
    (reading,) = readings("2020-03-29T01:00+01:00", "2020-03-29T03:00+02:00")
    assert np.diff(reading.values).tolist() == [3_600_000_000]
    assert "UTC" in reading.note


def test_typed_times_with_a_zone_leave_the_note_of_offsets_in_text() -> None:
    hours = pl.Series([0, 3600 * 10**6], dtype=pl.Datetime("us"))
    assert read_times(hours, where)[0].note == ""
    (text,) = readings("1970-01-01T01:00+01:00", "1970-01-01T02:00+01:00")
    (typed,) = read_times(hours.dt.replace_time_zone("UTC"), where)
    assert typed.note == text.note != ""
    assert typed.values.tolist() == text.values.tolist()


def test_days_that_begin_at_local_midnight_stay_days() -> None:
    assert read("2020-10-31 00:00:00-04:00", "2020-11-02 00:00:00-05:00") == [
        "2020-10-31",
        "2020-11-02",
    ]


@pytest.mark.parametrize("bad", ["2020-02-30", "2020-13-01", "yesterday", "2020-01-01 25:00"])
def test_the_first_time_that_cannot_be_read_is_named(bad: str) -> None:
    with pytest.raises(DataError, match=f"^row 2: `{bad}` cannot be read as a time"):
        readings("2020-01-01", "2020-01-02", bad, "2020-01-04", "nonsense")


def test_a_time_without_an_offset_among_others_is_refused() -> None:
    with pytest.raises(DataError, match=r"^row 1: `2020-01-01T01:00`"):
        readings("2020-01-01T00:00Z", "2020-01-01T01:00", "2020-01-01T02:00Z")


@pytest.mark.parametrize("blank", ["", " ", None])
def test_a_missing_time_is_named(blank: str | None) -> None:
    with pytest.raises(DataError, match=r"^row 1: the time is missing"):
        readings("2020-01-01", blank)


def test_only_dates_are_recognised_by_what_they_hold() -> None:
    assert are_times(pl.Series(["2020-01-01", "2020-01-02"]))
    assert not are_times(pl.Series(["1", "2"]))
    assert not are_times(pl.Series(["2020-01-01"] * 100 + ["x"]))
    assert not are_times(pl.Series([1.5, 2.5]))
    assert are_times(pl.Series([dt.date(2020, 1, 1), None]).cast(pl.Datetime("us")))


@given(
    st.lists(
        st.datetimes(dt.datetime(1000, 1, 1), dt.datetime(9999, 12, 31)), min_size=1, max_size=9
    ),
    st.sampled_from(["%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"]),
)
def test_common_formats_are_read_as_the_patterns_read_them(
    times: list[dt.datetime], form: str
) -> None:
    texts = [time.strftime(form) for time in times]
    (common,) = readings(*texts)
    (other,) = readings(*texts, "1970-1-1")  # which polars alone is not asked for
    assert common.name == other.name
    np.testing.assert_array_equal(common.values, other.values[:-1])
    assert common.values.dtype == np.int64


@pytest.mark.parametrize(
    "text",
    [
        *("2019-02-30", "2019-13-01", "2019-05-03 24:00:00", "2019-05-03 13:30:60"),
        *("+2019-05-03", "2019-05-003", "2019- 5-03", "2019-05-03T13:60:00", "2019-05-0\u0663"),
    ],
)
def test_what_polars_might_take_for_a_time_is_refused_by_its_row(text: str) -> None:
    with pytest.raises(DataError, match=r"^row 1: "):
        readings("2019-05-02", text) if len(text) < 12 else readings("2019-05-03 13:30:00", text)
