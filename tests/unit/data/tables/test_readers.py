"""Files, frames and arrays become panels, or say in one sentence why not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recur.data.clock import Clock
from recur.data.panel.panel import Panel
from recur.data.tables.formats.base import File
from recur.data.tables.readers import read_panel
from recur.errors import DataError, SettingsError

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(*lines: str, name: str = "sales.csv") -> Path:
        path = tmp_path / name
        path.write_bytes("".join(f"{line}\n" for line in lines).encode())
        return path

    return write


def days(count: int, start: date = date(2020, 1, 1)) -> list[str]:
    return [str(start + timedelta(n)) for n in range(count)]


def lines(times: list[str]) -> list[str]:
    return [f"{time},{n}" for n, time in enumerate(times)]


def assert_same(one: Panel, other: Panel) -> None:
    np.testing.assert_array_equal(one.values, other.values)
    np.testing.assert_array_equal(one.times, other.times)
    np.testing.assert_array_equal(one.offsets, other.offsets)
    assert (one.ids, one.clock, one.target) == (other.ids, other.clock, other.target)


LONG = pd.DataFrame(
    {
        "unique_id": ["A"] * 4 + ["B"] * 3,
        "ds": pd.to_datetime([*days(4), *days(3, date(2021, 5, 1))]),
        "y": [1.0, 2.0, 3.5, 4.0, 5.0, 6.0, 7.0],
    }
)


def as_text(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(ds=frame["ds"].dt.strftime("%Y-%m-%d"), y=frame["y"].astype(str))


@pytest.mark.parametrize(
    "convert",
    [
        pd.DataFrame,
        pl.DataFrame,
        lambda frame: pl.DataFrame(frame).lazy(),
        lambda frame: pa.Table.from_pandas(frame, preserve_index=False),
        as_text,
        lambda frame: pl.DataFrame(as_text(frame)),
        lambda frame: pl.DataFrame(frame).with_columns(pl.col("unique_id").cast(pl.Categorical)),
        lambda frame: pl.DataFrame(frame).with_columns(pl.col("ds").cast(pl.Date)),
        lambda frame: frame.assign(ds=frame["ds"].dt.date),
        lambda frame: frame.assign(ds=frame["ds"].dt.tz_localize("America/New_York")),
        lambda frame: frame.set_index("ds"),
        lambda frame: frame.sort_values(["ds", "unique_id"]).rename(columns=str.upper),
    ],
)
def test_every_frame_gives_the_panel_of_the_file(
    convert: Callable[[pd.DataFrame], Any], tmp_path: Path
) -> None:
    LONG.to_csv(tmp_path / "long.csv", index=False)
    LONG.to_parquet(tmp_path / "long.parquet", index=False)
    expected = read_panel(tmp_path / "long.csv")
    found = read_panel(convert(LONG))
    assert_same(found, Panel(**{**vars(expected), "target": found.target}))
    assert found.target.casefold() == "y"
    assert found.source == "data frame"
    assert_same(read_panel(str(tmp_path / "long.parquet")), expected)
    assert expected.source == "long.csv"
    assert expected.ids == ("A", "B")
    assert [series.tolist() for series in expected] == [[1, 2, 3.5, 4], [5, 6, 7]]
    assert expected.clock.describe() == "daily"
    assert read_panel(expected) is expected


@given(st.lists(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=5), min_size=1, max_size=5))
def test_series_laid_end_to_end_come_apart_again(series: list[list[float]]) -> None:
    assert [values.tolist() for values in read_panel(series)] == series


@given(st.permutations(range(12)))
def test_series_may_be_interleaved_in_any_order(order: list[int]) -> None:
    rows = [(f"s{n % 3}", n // 3, float(n)) for n in range(12)]
    mixed = [rows[i] for i in sorted(order, key=lambda i: (rows[i][1], order.index(i)))]
    panel = read_panel(pl.DataFrame(mixed, schema=["unique_id", "ds", "y"], orient="row"))
    for name, values in zip(panel.ids, panel, strict=True):
        assert values.tolist() == [row[2] for row in rows if row[0] == name]


def test_arrays() -> None:
    square = read_panel(np.arange(6).reshape(2, 3), target="load")
    assert [series.tolist() for series in square] == [[0, 1, 2], [3, 4, 5]]
    assert (square.ids, square.target, square.source) == (("0", "1"), "load", "array")
    assert square.clock == Clock("rows")
    assert read_panel([1, 2, 3]).ids == ("y",)
    column = read_panel(np.arange(3).reshape(3, 1))
    assert [series.tolist() for series in column] == [[0, 1, 2]]
    masked = np.ma.array([[1, 2], [3, 4]], mask=[[False, True], [False, False]])
    assert read_panel(masked, fill="previous").values.tolist() == [1, 1, 3, 4]


def test_a_single_column_of_a_frame_is_a_series() -> None:
    assert read_panel(pd.Series([1.0, 2.0], name="load")).target == "load"
    assert read_panel(pl.Series([1.0, 2.0])).target == "y"
    index = pd.date_range("2020-01-31", periods=3, freq="ME")
    panel = read_panel(pd.Series([1.0, 2.0, 4.0], index=index))
    assert (panel.target, panel.clock) == ("y", Clock("months", 1, day=31))
    quarters = pd.Series([1.0, 2.0], index=pd.period_range("2020Q4", periods=2, freq="Q"))
    assert read_panel(quarters).clock == Clock("months", 3)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (np.zeros((2, 2, 2)), "a series of 2 dimensions came"),
        (np.array(1.0), "a series of 0 dimensions came"),
        (["a", "b"], "There is no file `a`"),
        (np.zeros(2, dtype=complex), "array of numbers is expected"),
        ([], "array is empty"),
        ([[1.0], []], "array is empty"),
        ([np.nan, np.nan], "`y` has no known value at all"),
        (7, "type `int` cannot be read"),
        ({"y": [1]}, "type `dict` cannot be read"),
        (pl.DataFrame({"y": []}), "data frame has column names but no rows"),
        (pl.DataFrame({"a": ["x"]}), "no column of numbers"),
    ],
)
def test_sources_that_hold_no_series_are_refused(source: object, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_panel(source)


def test_masked_values_of_an_array_are_unknown() -> None:
    panel = read_panel(np.ma.array([1, 2, 3], mask=[False, True, False]))
    assert panel.filled_in(0).tolist() == [False, True, False]
    parts = [np.ma.array([1.0, 2.0], mask=[False, True]), [3.0]]
    with pytest.raises(DataError, match="array, series `0`, row 1: 1 value"):
        read_panel(parts, strict=True)


def test_settings_are_checked() -> None:
    with pytest.raises(
        SettingsError, match=r"`fill` is 'next'; it is one of `none`, `previous`, `zero`\."
    ):
        read_panel([1.0], fill="next")  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="An array has no columns"):
        read_panel([1.0], time="ds")


def test_a_panel_takes_no_other_choices() -> None:
    panel = read_panel(pl.DataFrame({"Close": [1.0, 2.0]}))
    assert read_panel(panel, target="close", fill="none") is panel
    late = {"target": "y", "time": "ds", "id": "a", "fill": "previous"}
    for name, choice in late.items():
        with pytest.raises(SettingsError, match=f"checked before; leave out `{name}`"):
            read_panel(panel, **{name: choice})  # type: ignore[arg-type]


def test_missing_files_folders_and_other_formats_are_refused(tmp_path: Path, write: Write) -> None:
    with pytest.raises(DataError, match="There is no file"):
        read_panel(tmp_path / "none.csv")
    for name in ("a" * 5000, "a\0b", "~no such user/a.csv"):
        with pytest.raises(DataError, match=r"^[^\0\n]{1,400}\.$"):
            read_panel(name)
    with pytest.raises(DataError, match="is a folder"):
        read_panel(tmp_path)
    with pytest.raises(DataError, match=r"a\.parquet is not a Parquet file"):
        read_panel(write("x", name="a.parquet"))
    with pytest.raises(DataError, match=r"b\.parquet is a damaged Parquet file"):
        read_panel(write("PAR1....", name="b.parquet"))
    with pytest.raises(DataError, match=r"c\.xlsx is an archive without files"):
        read_panel(write("PK\x03\x04", name="c.xlsx"))
    with pytest.raises(DataError, match=r"d\.csv has column names but no rows"):
        read_panel(write("ds,y", name="d.csv"))


def test_the_time_and_the_only_numbers_are_found_without_being_named(write: Write) -> None:
    panel = read_panel(write("Zeit,Wert,Ort", "01.02.2020,1,x", "02.02.2020,3,y"))
    assert (panel.target, panel.ids) == ("Wert", ("Wert",))
    assert panel.clock.text(int(panel.times[0])) == "2020-02-01"


def test_a_column_of_years_counts_years(write: Write) -> None:
    panel = read_panel(write("Year,v", "1949,1", "1950,4", "1951,2"))
    assert panel.clock == Clock("months", 12)


def test_rows_are_taken_in_order_where_there_are_no_times(write: Write) -> None:
    panel = read_panel(write(",v", "0,5", "1,7"))
    assert panel.clock == Clock("rows")
    assert panel.values.tolist() == [5, 7]
    assert panel.notes == ("No column of times was found; the rows are taken in order.",)
    decimals = read_panel(write("time,v", "1949,5", "1949.083,7", "1949.167,8"))
    assert decimals.clock == Clock("rows")
    assert decimals.target == "v"


@pytest.mark.parametrize("separator", "\t|;")
def test_decimal_commas_are_read_in_files_that_no_comma_separates(
    write: Write, separator: str
) -> None:
    path = write(*(line.replace(" ", separator) for line in ("n v", "1 1,100", "2 0,5")))
    assert read_panel(path, target="v").values.tolist() == [1.1, 0.5]
    path = write(*(line.replace(" ", separator) for line in ("n v", "1 1,100", "2 2,250")))
    panel = read_panel(path, target="v")
    assert panel.values.tolist() == ([1.1, 2.25] if separator == ";" else [1100, 2250])
    assert any("`1,100` in column `v` is taken for" in note for note in panel.notes)
    assert read_panel(path, target="v", decimal=",").values.tolist() == [1.1, 2.25]


def test_blanks_around_an_id_do_not_make_another_series(write: Write) -> None:
    path = write("unique_id,ds,y", "A,2020-01-01,1", "A ,2020-01-02,2", " A,2020-01-03,3")
    assert read_panel(path).ids == ("A",)
    blank = pl.DataFrame({"unique_id": ["A", " "], "y": [1.0, 2.0]})
    with pytest.raises(DataError, match="row 1: the id is missing"):
        read_panel(blank)


def test_names_match_without_regard_to_case(write: Write) -> None:
    path = write("日期,$x^$,A,a", "2020-01-01,1,3,4", "2020-01-02,2,5,9")
    assert read_panel(path, target="$X^$").values.tolist() == [1, 2]
    assert read_panel(path, target="a").values.tolist() == [4, 9]
    assert read_panel(path, target="A").values.tolist() == [3, 5]


@pytest.mark.parametrize(
    ("header", "asked", "message"),
    [
        (
            "ds,Open,Close",
            {"target": "clsoe"},
            "no column `clsoe` .* target; the nearest is `Close`",
        ),
        ("ds,Open,Close", {"time": "day"}, "no column `day` to use as the time"),
        ("ds,Open,Close", {"id": "shop"}, "no column `shop` to use as the id"),
        ("ds,Open,Close", {}, r"2 columns of numbers; .*: `Open` \(1, 3\); `Close` \(2, 4\)\."),
        ("ds,a,a", {"target": "a"}, "2 columns that `a` could mean"),
        ("ds,ab,aB", {"target": "AB"}, r"2 columns that `AB` could mean \(`ab`, `aB`\)"),
        ("1,2,3", {}, r"2 columns of numbers; .*`2` \(1, 3\); `3`"),
    ],
)
def test_columns_that_cannot_be_settled_are_explained(
    write: Write, header: str, asked: dict[str, str], message: str
) -> None:
    with pytest.raises(DataError, match=r"sales\.csv.*" + message):
        read_panel(write(header, "2020-01-01,1,2", "2020-01-02,3,4"), **asked)  # type: ignore[arg-type]


def test_two_columns_of_times_must_be_told_apart(write: Write) -> None:
    path = write("a,b,v", "2020-01-01,2020-02-01,1", "2020-01-02,2020-02-02,2")
    with pytest.raises(
        DataError, match=r"2 columns of times; .*: `a` \(2020-01-01, 2020-01-02\); `b`"
    ):
        read_panel(path)
    assert read_panel(path, time="B").clock.describe() == "daily"


def test_a_bad_number_and_a_bad_time_are_named_by_their_line(write: Write) -> None:
    with pytest.raises(DataError, match=r"^sales\.csv, column `y`, row 3: expected .* `three`"):
        read_panel(write("ds,y", "2020-01-01,1", "2020-01-02,three"))
    with pytest.raises(DataError, match=r"^sales\.csv, column `ds`, row 3: `2020-01-32`"):
        read_panel(write("ds,y", "2020-01-01,1", "2020-01-32,2"))
    with pytest.raises(DataError, match=r"^data frame, column `y`, row 1: "):
        read_panel(pl.DataFrame({"y": ["1", "x", "2"]}))


def test_duplicates_name_both_rows_and_suggest_an_id(write: Write) -> None:
    path = write(
        "ds,shop,y", "2020-01-01,A,1", "2020-01-02,A,2", "2020-01-01,B,3", "2020-01-02,B,4"
    )
    with pytest.raises(DataError, match=r"row 4 repeats the time 2020-01-01 of row 2.*--id COLUMN"):
        read_panel(path)
    assert read_panel(path, id="shop").ids == ("A", "B")
    twice = write("id,ds,y", "A,2020-01-01,1", "B,2020-01-01,2", "B,2020-01-01,2")
    with pytest.raises(DataError, match=r"series `B`, row 4 repeats the time .* row 3; keep one"):
        read_panel(twice, strict=True)
    assert read_panel(twice).values.tolist() == [1, 2]


def test_an_id_column_is_used_only_where_times_repeat(write: Write) -> None:
    assert read_panel(write("id,ds,y", "7,2020-01-01,1", "8,2020-01-02,2")).ids == ("y",)
    stacked = write("id,ds,y", "7,2020-01-01,1", "8,2020-01-01,2")
    assert read_panel(stacked).ids == ("7", "8")


def test_unsorted_times_name_the_first_row_that_goes_back(write: Write) -> None:
    path = write("ds,y", "2020-01-01,1", "2020-01-03,2", "2020-01-02,3", "2020-01-04,3")
    with pytest.raises(DataError, match=r"row 4: the time 2020-01-02 comes after 2020-01-03; sort"):
        read_panel(path, strict=True)
    panel = read_panel(path)
    assert panel.values.tolist() == [1, 3, 2, 3]
    assert [(one.kind, one.count) for one in panel.repairs] == [("unsorted", 1)]


@given(count=st.integers(2, 30), series=st.integers(1, 3))
def test_newest_first_is_turned_round(count: int, series: int) -> None:
    frame = pl.DataFrame(
        {
            "unique_id": [f"s{i}" for i in range(series) for _ in range(count)],
            "ds": days(count) * series,
            "y": np.random.default_rng(count).normal(size=count * series),
        }
    )
    turned = read_panel(frame.reverse())
    assert "reversed" in turned.notes[0]
    straight = read_panel(frame)
    for name, values in zip(straight.ids, straight, strict=True):
        assert turned.series(turned.ids.index(name)).tolist() == values.tolist()


def test_an_ambiguous_format_is_settled_by_the_regular_clock(write: Write) -> None:
    firsts = [f"{month:02}/01/{year}" for year in (2019, 2020) for month in range(1, 13)]
    assert read_panel(write("ds,y", *lines(firsts))).clock == Clock("months", 1)
    swapped = [f"{text[3:5]}/{text[:2]}/{text[6:]}" for text in firsts]
    assert read_panel(write("ds,y", *lines(swapped))).clock == Clock("months", 1)
    assert read_panel(write("ds,y", *lines(swapped[::-1]))).clock == Clock("months", 1)


def test_an_ambiguous_format_that_nothing_settles_is_refused(write: Write) -> None:
    path = write("ds,y", *lines([f"{month:02}/01/2020" for month in range(1, 8)]))
    with pytest.raises(
        DataError, match=r"row 2: `01/01/2020` can be read as month/day/year or day"
    ):
        read_panel(path)


def test_a_repeated_local_hour_is_averaged_or_a_duplicate(write: Write) -> None:
    hours = [f"2020-10-25 0{hour}:00" for hour in (0, 1, 2, 2, 3)]
    with pytest.raises(DataError, match=r"row 5 repeats the time 2020-10-25 02:00 of row 4"):
        read_panel(write("ds,y", *lines(hours)), strict=True)
    (repair,) = read_panel(write("ds,y", *lines(hours))).repairs
    assert (repair.kind, repair.count) == ("clock_change", 1)
    zoned = [f"2020-10-25 0{h}:00+0{o}:00" for h, o in [(0, 2), (1, 2), (2, 2), (2, 1), (3, 1)]]
    assert read_panel(write("ds,y", *lines(zoned))).clock.describe() == "hourly"


def test_many_series_need_no_loop_over_them() -> None:
    count, length = 20_000, 5
    frame = pl.DataFrame(
        {
            "unique_id": np.repeat(np.arange(count), length),
            "ds": days(length) * count,
            "y": np.arange(count * length, dtype=np.float64),
        }
    )
    panel = read_panel(frame.sort("ds", maintain_order=True))
    assert len(panel) == count
    np.testing.assert_array_equal(panel.values, np.arange(count * length))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=60) | st.text(",;\n\"' -./:0123456789TadsyMay", max_size=60).map(str.encode)
)
def test_whatever_a_file_holds_it_is_read_or_refused_in_one_sentence(
    tmp_path: Path, data: bytes
) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(data)
    try:
        panel = read_panel(path)
    except DataError as error:
        sentence = str(error)
    else:
        sentence = "."
        assert np.isfinite(panel.values).all()
        assert len(panel.values) == len(panel.times) == panel.offsets[-1]
    assert sentence.endswith(".")
    assert "\n" not in sentence


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "target", "rows", "words"),
    [
        ("stocks/TSLA.csv", "Close", 2227, "trading days"),
        ("stocks/GOOGL.csv", "close", 3702, "trading days"),
        ("stocks/DJI.csv", "adj close", 8636, "trading days"),
        ("forecast/AirPassengers.csv", None, 144, "monthly"),
        ("forecast/monthly-sunspots.csv", None, 2820, "monthly"),
        ("forecast/taylor.csv", None, 4032, "rows in order"),
        ("forecast/ETTh1.csv", "OT", 17420, "hourly"),
    ],
)
def test_public_files_need_no_flags(
    realdata: Path, name: str, target: str | None, rows: int, words: str
) -> None:
    panel = read_panel(realdata / name, target=target)
    assert (panel.rows, panel.clock.describe()) == (rows, words)


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "options", "rows", "words", "repairs"),
    [
        ("wild/ILINet.csv", {"target": "% WEIGHTED ILI"}, 1305, "weekly", [("holes", 4)]),
        ("wild/vic_elec.csv", {"target": "Demand"}, 52608, "every 30 minutes", []),
        ("wild/Longley.csv", {"target": "GNP"}, 16, "yearly", []),
        ("wild/national_illness.csv", {"target": "OT"}, 966, "weekly", []),
        ("wild/exchange_rate.csv", {"target": "OT"}, 7588, "daily", []),
        ("univariate/us_gasoline.csv", {}, 1578, "weekly", []),
        ("univariate/daily-min-temperatures.csv", {}, 3652, "daily", [("holes", 2)]),
    ],
)
def test_files_as_they_come_load_by_the_obvious_command(
    realdata: Path,
    name: str,
    options: dict[str, Any],
    rows: int,
    words: str,
    repairs: list[tuple[str, int]],
) -> None:
    panel = read_panel(realdata / "forecast" / name, **options)
    assert (panel.rows, panel.clock.describe()) == (rows, words)
    assert [(one.kind, one.count) for one in panel.repairs] == repairs


@pytest.mark.realdata
def test_a_file_without_a_header_does_not_lose_its_first_row(realdata: Path) -> None:
    panel = read_panel(realdata / "forecast" / "exchange_rate.txt", target="column8")
    assert (panel.rows, panel.values[0]) == (7588, 0.525486)


def test_a_table_that_no_thread_could_be_started_for_is_not_called_damaged() -> None:
    error = OSError("OS can't spawn worker thread: Resource temporarily unavailable")
    assert str(File("a.csv", b"").damaged("CSV", error)).startswith("a.csv cannot be read:")
    torn = File("a.csv", b"").damaged("CSV", OSError("torn"))
    assert str(torn) == "a.csv is a damaged CSV file: torn."
