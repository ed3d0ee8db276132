"""The column that was meant: which says when, which holds the values, and what else is proposed."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from recur.data.tables.readers import read_panel
from recur.data.tables.table import read_table
from recur.data.tables.time_column import choose_time
from recur.errors import DataError, UndecidedError

DAYS = [f"2020-01-{day:02}" for day in range(1, 13)]
HALVES = [f"{day} {hour:02}:00" for day in DAYS[:3] for hour in range(0, 24, 6)]
UTC = [f"{stamp.replace(' ', 'T')}:00Z" for stamp in HALVES]
OF_HALVES = [stamp[:10] for stamp in HALVES]
VALUES = [str(value) for value in (3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8)]
OTHERS = [str(value) for value in (2.5, 7, 1, 8, 2, 8, 1, 8, 2, 8, 4, 5)]


def table(folder: Path, **columns: list[str]) -> Path:
    rows = [",".join(columns), *map(",".join, zip(*columns.values(), strict=True))]
    path = folder / "data.csv"
    path.write_text("\n".join(rows) + "\n")
    return path


class Case(NamedTuple):
    """Columns, by their names, and which of them says when."""

    columns: dict[str, list[str]]
    time: str | None


CASES = {
    "half hours and their day": Case({"Time": UTC, "Demand": VALUES, "Date": OF_HALVES}, "Time"),
    "the day first": Case({"date": OF_HALVES, "stamp": HALVES, "y": VALUES}, "stamp"),
    "two without a name": Case({"bis": OF_HALVES, "von": HALVES, "y": VALUES}, "von"),
    "a name before content": Case({"entered": HALVES, "date": DAYS, "y": VALUES}, "date"),
    "shops below each other": Case(
        {"date": DAYS[:6] * 2, "entered": HALVES, "shop": ["a"] * 6 + ["b"] * 6, "y": VALUES},
        "date",
    ),
    "by an id of its own name": Case(
        {"entered": HALVES, "date": DAYS[:6] * 2, "ticker": ["a"] * 6 + ["b"] * 6, "y": VALUES},
        "date",
    ),
    "years without a name": Case({"": [str(1990 + i) for i in range(12)], "y": VALUES}, ""),
    "rows without a name": Case({"": [str(i) for i in range(12)], "y": VALUES}, None),
    "one bad cell": Case({"gemessen": [*DAYS[:-1], "2020-01-32"], "y": VALUES}, "gemessen"),
    "words": Case({"weather": ["sun", "rain"] * 6, "y": VALUES}, None),
    "few dates among words": Case({"note": [*DAYS[:4], *["none"] * 8], "y": VALUES}, None),
    "decimals": Case({"depth": OTHERS, "y": VALUES}, None),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_the_column_that_tells_rows_apart_says_when(tmp_path: Path, case: Case) -> None:
    read = read_table(table(tmp_path, **case.columns))
    at = choose_time(read, None, None, ())
    assert (None if at is None else read.names[at]) == case.time


def test_an_id_that_was_named_counts_for_which_column_says_when(tmp_path: Path) -> None:
    shops = [f"shop {i // 6}" for i in range(12)]
    path = table(tmp_path, entered=HALVES, date=DAYS[:6] * 2, town=shops, till=shops, y=VALUES)
    panel = read_panel(path, id="till")
    assert (len(panel), panel.clock.describe()) == (2, "daily")


def test_a_bad_cell_in_a_column_of_times_is_named_whatever_the_column_is_called(
    tmp_path: Path,
) -> None:
    path = table(tmp_path, gemessen=[*DAYS[:-1], "2020-01-32"], y=VALUES)
    with pytest.raises(DataError, match=r"column `gemessen`, row 13: `2020-01-32` cannot be read"):
        read_panel(path)


def test_several_columns_of_numbers_are_listed_with_their_first_values(tmp_path: Path) -> None:
    path = table(tmp_path, date=DAYS, Load=VALUES, **{"Load, net": OTHERS}, note=["x"] * 12)
    path.write_text(path.read_text().replace("Load, net", '"Load, net"'))
    with pytest.raises(UndecidedError, match=r"`Load` \(3, 1, 4\); `Load, net` \(2.5, 7, 1\)\.$"):
        read_panel(path)


def test_a_column_that_only_counts_the_rows_is_not_forecast(tmp_path: Path) -> None:
    path = table(tmp_path, Obs=[str(i) for i in range(1, 13)], date=DAYS, sales=VALUES)
    assert read_panel(path).target == "sales"
    alone = table(tmp_path, n=[str(i) for i in range(1, 13)], date=DAYS)
    assert read_panel(alone).target == "n"


@pytest.mark.parametrize("name", ["y", "target", "Value"])
def test_a_column_that_is_called_so_is_the_target(tmp_path: Path, name: str) -> None:
    path = table(tmp_path, date=DAYS, price=OTHERS, **{name: VALUES})
    assert read_panel(path).target == name


def test_of_very_many_columns_a_bounded_number_is_looked_at(tmp_path: Path) -> None:
    many = {f"sensor {i}": ["1", "2", "4"] for i in range(300)}
    with pytest.raises(UndecidedError, match=r"at least 200 columns .* and 192 more\.$"):
        read_panel(table(tmp_path, date=DAYS[:3], **many))


def test_a_pattern_gives_a_series_of_each_column_like_it(tmp_path: Path) -> None:
    blank = ["", "", *VALUES[2:-1], ""]
    path = table(tmp_path, date=DAYS, store1=VALUES, Store2=blank, name=["a"] * 12, price=OTHERS)
    panel = read_panel(path, target="store*")
    assert (panel.ids, panel.target, panel.covariates) == (("store1", "Store2"), "store*", None)
    assert panel.lengths.tolist() == [12, 9]
    assert panel.clock.text(int(panel.clock_times(1)[0])) == "2020-01-03"
    assert panel.series(1).tolist() == [float(value) for value in VALUES[2:-1]]
    assert read_panel(path, target="*").ids == ("store1", "Store2", "price")


def test_a_pattern_that_is_like_no_column_of_numbers_is_refused(tmp_path: Path) -> None:
    path = table(tmp_path, date=DAYS, store1=VALUES, store2=[""] * 12, name=["a"] * 12)
    with pytest.raises(DataError, match=r"no column of numbers like `n\*`; .*`store1`"):
        read_panel(path, target="n*")


def test_a_column_whose_name_has_a_star_is_itself(tmp_path: Path) -> None:
    path = table(tmp_path, date=DAYS, **{"GDP*": VALUES, "GDP per head": OTHERS})
    assert read_panel(path, target="gdp*").values.tolist() == [float(value) for value in VALUES]


def test_blanks_inside_a_series_of_a_wide_table_are_holes(tmp_path: Path) -> None:
    path = table(tmp_path, date=DAYS, a=["", *VALUES[:5], "", *VALUES[:5]], b=OTHERS)
    with pytest.raises(DataError, match="row 8"):
        read_panel(path, target="*", strict=True)
    assert read_panel(path, target="*", fill="previous").lengths.tolist() == [11, 12]


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "target", "clock"),
    [
        ("forecast/wild/ILINet.csv", "% WEIGHTED ILI", "weekly"),
        ("forecast/wild/vic_elec.csv", "Demand", "every 30 minutes"),
        ("forecast/wild/Longley.csv", "TOTEMP", "yearly"),
        ("forecast/wild/national_illness.csv", "OT", "weekly"),
        ("forecast/wild/exchange_rate.csv", "OT", "daily"),
        ("forecast/ETTh1.csv", "OT", "hourly"),
        ("stocks/TSLA.csv", "Close", "trading days"),
    ],
)
def test_the_column_that_is_proposed_of_a_real_file_can_be_forecast(
    realdata: Path, name: str, target: str, clock: str
) -> None:
    with pytest.raises(UndecidedError) as refused:
        read_panel(realdata / name)
    assert refused.value.likeliest == target
    assert read_panel(realdata / name, target=target).clock.describe() == clock
