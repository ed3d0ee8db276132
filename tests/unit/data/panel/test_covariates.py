"""What stands beside the target: read, checked, filled and cut with the values it belongs to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recur.data.panel.covariates import Covariates
from recur.data.panel.panel import Panel
from recur.data.tables.readers import read_panel
from recur.errors import DataError, SettingsError

DAYS = [f"2024-01-{day:02}" for day in range(1, 29)]


def sales(**columns: list[Any]) -> pl.DataFrame:
    """Return one series of days beside the given columns."""
    count = len(next(iter(columns.values())))
    return pl.DataFrame({"ds": DAYS[:count], **columns}, strict=False)


def shops() -> pl.DataFrame:
    """Return two shops of five and four days, the last two and one of them without sales."""
    return pl.DataFrame(
        {
            "shop": ["N"] * 5 + ["S"] * 4,
            "ds": DAYS[:5] + DAYS[:4],
            "y": [1.0, 2, 3, None, None, 5, 6, 7, None],
            "price": [10.0, 11, 12, 13, 14, 20, 21, 22, 23],
            "visits": [3.0, 1, 4, None, None, 9, 8, 7, None],
            "size": [30.0] * 5 + [40.0] * 4,
            "region": ["coast"] * 5 + ["hills"] * 4,
        }
    )


def read_shops(frame: pl.DataFrame) -> Panel:
    return read_panel(
        frame,
        target="y",
        id="shop",
        past="visits",
        known=["price"],
        static=("size", "region"),
    )


def covariates_of(panel: Panel) -> Covariates:
    assert panel.covariates is not None
    return panel.covariates


def test_panels_that_are_joined_have_what_stands_beside_their_series() -> None:
    panel = read_shops(shops())
    again = panel.only(np.array([0])).joined(panel.only(np.array([1])), panel.only(np.array([0])))
    assert again.ids == ("N", "S", "N")
    assert again.offsets.tolist() == [0, 3, 6, 9]
    one, other = covariates_of(again), covariates_of(panel.only(np.array([0, 1, 0])))
    assert (one.names, one.labels) == (other.names, other.labels)
    for name in ("past", "known", "statics", "lengths", "ahead"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_rows_without_a_target_at_the_end_are_the_future_that_is_known() -> None:
    panel = read_shops(shops())
    assert [values.tolist() for values in panel] == [[1, 2, 3], [5, 6, 7]]
    assert (
        panel.times.tolist() == read_shops(shops().filter(pl.col("y").is_not_null())).times.tolist()
    )
    found = covariates_of(panel)
    assert found.ahead.tolist() == [2, 1]
    assert found.lengths.tolist() == [3, 3]
    assert found.known_rows(0)[:, 0].tolist() == [10, 11, 12, 13, 14]
    assert found.known_rows(1)[:, 0].tolist() == [20, 21, 22, 23]
    assert found.past[:, 0].tolist() == [3, 1, 4, 9, 8, 7]
    assert found.statics.tolist() == [[30], [40]]
    assert (found.static_names, found.label_names) == (("size",), ("region",))
    assert found.labels == (("coast", "hills"),)
    assert panel.notes == ("Took 3 rows without `y` at the end of a series as its future.",)


def test_covariates_follow_their_rows_in_any_order_of_the_file() -> None:
    expected, mixed = read_shops(shops()), read_shops(shops().sort("ds", "shop", descending=True))
    order = [mixed.ids.index(name) for name in expected.ids]
    for i, j in enumerate(order):
        np.testing.assert_array_equal(mixed.series(j), expected.series(i))
        np.testing.assert_array_equal(
            covariates_of(mixed).known_rows(j), covariates_of(expected).known_rows(i)
        )
        past = np.split(covariates_of(mixed).past, mixed.offsets[1:-1])[j]
        np.testing.assert_array_equal(past, np.split(covariates_of(expected).past, [3])[i])
        assert covariates_of(mixed).labels[0][j] == covariates_of(expected).labels[0][i]


def test_without_covariates_a_panel_has_none() -> None:
    assert read_panel(shops().drop_nulls(), target="y", id="shop").covariates is None


def test_without_known_columns_rows_without_a_target_at_the_end_are_left_out() -> None:
    with pytest.raises(DataError, match=r"series `N`, row 3: 3 values are missing"):
        read_panel(shops(), target="y", id="shop", past="visits", strict=True)
    panel = read_panel(shops(), target="y", id="shop", past="visits")
    assert [(one.kind, one.count) for one in panel.repairs] == [("trailing", 3)]
    assert not panel.filled_in(0).any()


@given(st.lists(st.integers(1, 3), min_size=2, max_size=2))
def test_leaving_out_the_last_values_keeps_the_future_known(points: list[int]) -> None:
    panel = read_panel(
        shops().with_columns(
            y=pl.Series([1.0, 2, 3, 4, None, 5, 6, 7, 8]), visits=pl.Series(np.arange(9.0))
        ),
        target="y",
        id="shop",
        known="price",
        past="visits",
    )
    shorter = panel.without_last(np.array(points))
    whole, cut = covariates_of(panel), covariates_of(shorter)
    assert cut.lengths.tolist() == shorter.lengths.tolist()
    assert cut.ahead.tolist() == [1 + points[0], points[1]]
    for i, known in enumerate([[10, 11, 12, 13, 14], [20, 21, 22, 23]]):
        assert cut.known_rows(i)[:, 0].tolist() == known
    expected = [*whole.past[: 4 - points[0], 0], *whole.past[4 : 8 - points[1], 0]]
    assert cut.past[:, 0].tolist() == expected


@pytest.mark.parametrize("row", [1, 3, 4])
def test_a_known_covariate_missing_anywhere_is_named_with_its_row(row: int) -> None:
    prices = [None if i == row else 10.0 + i for i in range(5)]
    frame = sales(y=[1.0, 2, 3, None, None], price=prices)
    for fill in ("none", "previous", "zero"):
        with pytest.raises(DataError, match=rf"^data frame, column `price`, row {row}: .* known"):
            read_panel(frame, target="y", known="price", fill=fill)


def test_missing_past_covariates_are_refused_or_filled_as_the_target_is() -> None:
    frame = sales(y=[1.0, 2, 3, None, 5], visits=[None, 7.0, None, 8, 9])
    whole = frame.with_columns(y=pl.Series([1.0, 2, 3, 4, 5]))
    with pytest.raises(DataError, match=r"row 0: 2 values are missing .* `visits`.*`fill=prev"):
        read_panel(whole, target="y", past="visits", strict=True)
    masked = read_panel(frame, target="y", past="visits")
    assert covariates_of(masked).past[:, 0].tolist() == [7, 7, 8, 9]
    assert [one.kind for one in masked.repairs] == ["missing", "missing_covariates", "leading"]
    panel = read_panel(frame, target="y", past="visits", fill="previous")
    assert panel.values.tolist() == [2, 3, 3, 5]
    assert covariates_of(panel).past[:, 0].tolist() == [7, 7, 8, 9]
    assert panel.filled_in(0).tolist() == [False, False, True, False]
    assert panel.notes == (
        "Filled 1 missing value of `y` with the last known value.",
        "Filled missing values of `visits` with the last known value.",
        "Dropped 1 row before the first known value of a series.",
    )
    zeros = read_panel(frame, target="y", past="visits", fill="zero")
    assert covariates_of(zeros).past[:, 0].tolist() == [7, 0, 8, 9]


def test_a_past_covariate_without_any_value_is_refused_even_if_its_future_has_one() -> None:
    frame = sales(y=[1.0, 2, None], price=[1.0, 2, 3], visits=[None, None, 4.0])
    with pytest.raises(DataError, match="`visits` has no known value at all"):
        read_panel(frame, target="y", known="price", past="visits", fill="previous")
    with pytest.raises(DataError, match="`y` has no known value at all"):
        read_panel(sales(y=[None, None], price=[1.0, 2]), target="y", known="price")


def test_covariates_repeat_what_they_were_where_the_clock_has_a_hole() -> None:
    frame = sales(
        y=[1.0, 2, 3, 4, 5, 6, None, None, None],
        price=[10.0, 11, 12, 13, 14, 15, 16, 17, 18],
        visits=[3.0, 4, 5, 6, 7, 8, None, None, None],
    )
    holed = frame.filter(~pl.col("ds").is_in([DAYS[2], DAYS[6]]))
    with pytest.raises(DataError, match="1 step is missing"):
        read_panel(holed, target="y", known="price", past="visits", strict=True)
    zeros = read_panel(holed, target="y", known="price", past="visits", fill="zero")
    assert zeros.values.tolist() == [1, 2, 0, 4, 5, 6]
    panel = read_panel(holed, target="y", known="price", past="visits")
    assert panel.values.tolist() == [1, 2, 2, 4, 5, 6]
    assert panel.filled_in(0).tolist() == [False, False, True, False, False, False]
    assert covariates_of(panel).past[:, 0].tolist() == [3, 4, 4, 6, 7, 8]
    assert covariates_of(panel).known[:, 0].tolist() == [10, 11, 11, 13, 14, 15, 15, 17, 18]
    assert covariates_of(panel).ahead.tolist() == [3]  # the step that was missing is one of them


@pytest.mark.parametrize("said", [(True, False), ("TRUE", "False"), ("true", " FALSE ")])
def test_true_and_false_are_numbers_for_a_covariate(said: tuple[Any, Any]) -> None:
    yes, no = said
    frame = sales(y=[1.0, 2, 3], holiday=[yes, no, yes], open=[no, None, yes], small=[yes] * 3)
    panel = read_panel(
        frame, target="y", known="holiday", past="open", static="small", fill="previous"
    )
    found = covariates_of(panel)
    assert found.known[:, 0].tolist() == [1, 0, 1]
    assert found.past[:, 0].tolist() == [0, 0, 1]
    assert (found.static_names, found.statics.tolist()) == (("small",), [[1]])


def test_a_truth_among_other_text_is_no_number() -> None:
    with pytest.raises(DataError, match=r"column `x`, row 0: expected a number, found .* `true`"):
        read_panel(sales(y=[1.0, 2], x=["true", "maybe"]), target="y", known="x")
    with pytest.raises(DataError, match="row 1: the value is missing, but a known covariate"):
        read_panel(sales(y=[1.0, 2], x=["true", ""]), target="y", known="x")


def test_a_covariate_that_is_no_number_or_too_large_is_refused() -> None:
    for part in ("past", "known"):
        options: dict[str, Any] = {part: ["x"]}
        with pytest.raises(DataError, match=r"column `x`, row 1: expected a number, found .* `b`"):
            read_panel(sales(y=[1.0, 2], x=["1", "b"]), target="y", **options)
        with pytest.raises(DataError, match=r"column `x`, row 1: the value 1e\+200 is too large"):
            read_panel(sales(y=[1.0, 2], x=[1.0, 1e200]), target="y", **options)


def test_static_text_is_a_label_and_static_numbers_are_numbers(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text(
        "unique_id,ds,y,size,code,open\n"
        "A,2024-01-01,1,30,7,True\nA,2024-01-02,2,,7,True\nB,2024-01-01,3,40.5,x,False\n"
    )
    found = covariates_of(read_panel(path, target="y", static=["code", "size", "open"]))
    assert found.static_names == ("size", "open")
    assert found.statics.tolist() == [[30, 1], [40.5, 0]]
    assert (found.label_names, found.labels) == (("code",), (("7", "x"),))


def test_a_static_column_with_several_values_in_a_series_is_refused() -> None:
    region = pl.Series(["coast"] * 5 + ["hills", "hills", "coast", "hills"])
    with pytest.raises(
        DataError, match=r"`region`, row 7: series `S` has the value `coast` after `hills`"
    ):
        read_shops(shops().with_columns(region=region))
    size = pl.Series([30.0] * 4 + [31.0] + [40.0] * 4)
    with pytest.raises(DataError, match=r"`size`, row 4: series `N` has the value `31.0` after"):
        read_shops(shops().with_columns(size=size))
    missing = pl.Series([30.0] * 5 + [None] * 4)
    with pytest.raises(DataError, match="series `S` has no value in the static column `size`"):
        read_shops(shops().with_columns(size=missing))
    blank = pl.Series([" coast", None, "", " ", "coast "] + [" "] * 4)
    with pytest.raises(DataError, match="series `S` has no value in the static column `region`"):
        read_shops(shops().with_columns(region=blank))


def test_gaps_and_blanks_in_a_static_column_do_not_make_another_value() -> None:
    region = pl.Series([" coast", None, "", " ", "coast "] + ["hills"] * 4)
    assert covariates_of(read_shops(shops().with_columns(region=region))).labels == (
        ("coast", "hills"),
    )


def test_an_id_repeated_with_another_static_value_is_explained_by_it() -> None:
    twice = pl.DataFrame(
        {"shop": ["N"] * 4, "ds": DAYS[:2] * 2, "y": 1.0, "region": ["a", "a", "b", "b"]}
    )
    with pytest.raises(DataError, match=r"series `N` has the value `b` after `a`.*`id=COLUMN`"):
        read_panel(twice, target="y", id="shop", static="region")


def test_a_covariate_with_the_values_of_the_target_is_noted() -> None:
    frame = sales(y=[1.0, 2, 4, None], copy=[1.0, 2, 4, 8], other=[1.0, 2, 5, 9])
    leak, _ = read_panel(frame, target="y", known=["copy", "other"]).notes
    assert leak.startswith("LEAK: the known covariate `copy` holds the very values of the target")
    (note,) = read_panel(frame.head(3), target="y", past=["copy", "other"]).notes
    assert note.startswith("The past covariate `copy` holds the very values of the target `y`")


def test_several_targets_are_series_of_their_own_with_a_label() -> None:
    frame = sales(a=[1.0, 2, 3, None], b=[4.0, 5, None, None], price=[7.0, 8, 9, 10])
    panel = read_panel(frame, target=("a", "b"), known="price")
    assert (panel.ids, panel.target, panel.targets) == (("a", "b"), "a, b", ("a", "b"))
    assert [values.tolist() for values in panel] == [[1, 2, 3], [4, 5]]
    found = covariates_of(panel)
    assert (found.label_names, found.labels) == (("target",), (("a", "b"),))
    assert found.ahead.tolist() == [1, 2]
    assert [found.known_rows(i)[:, 0].tolist() for i in (0, 1)] == [[7, 8, 9, 10]] * 2


def test_several_targets_of_several_series_repeat_what_stands_beside_them() -> None:
    frame = shops().with_columns(z=pl.col("y") * 2).sort("ds", maintain_order=True)
    panel = read_panel(
        frame, target=["y", "z"], id="shop", known="price", past="visits", static=("size", "region")
    )
    assert panel.ids == ("N · y", "S · y", "N · z", "S · z")
    assert [values.tolist() for values in panel][1:3] == [[5, 6, 7], [2, 4, 6]]
    found = covariates_of(panel)
    assert found.label_names == ("target", "region")
    assert found.labels == (("y", "y", "z", "z"), ("coast", "hills") * 2)
    assert found.statics.tolist() == [[30], [40]] * 2
    assert found.ahead.tolist() == [2, 1] * 2
    np.testing.assert_array_equal(found.known_rows(0), found.known_rows(2))
    np.testing.assert_array_equal(found.past[:6], found.past[6:])


def test_a_missing_value_of_one_of_several_targets_is_named_by_its_column() -> None:
    with pytest.raises(DataError, match=r"series `b`, row 1: 1 value is missing .* `b`"):
        read_panel(sales(a=[1.0, 2, 3], b=[1.0, None, 3]), target=("a", "b"), strict=True)


def test_one_name_in_a_sequence_is_one_target() -> None:
    panel = read_panel(sales(a=[1.0, 2], b=[3.0, 4]), target=["b"])
    assert (panel.target, panel.targets, panel.covariates) == ("b", ("b",), None)
    labelled = read_panel(sales(a=[1.0, 2], target=["x", "x"]), target="a", static="target")
    assert labelled.targets == ("a",)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"past": "pirce"},
            "no column `pirce` to use as the past covariate; the nearest is `price`",
        ),
        ({"known": "pirce"}, "to use as the known covariate; the nearest"),
        ({"static": "pirce"}, "to use as the static column; the nearest"),
    ],
)
def test_a_covariate_that_is_not_there_is_named(options: dict[str, str], message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_panel(sales(y=[1.0, 2], price=[1.0, 2]), target="y", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"known": "y"}, "`y` of data frame is named as both the target and a known covariate"),
        ({"past": "x", "known": "X"}, "`x` .* both a past covariate and a known covariate"),
        ({"past": ("x", "x")}, "`x` .* named as a past covariate twice"),
        ({"target": ("y", "y")}, "`y` .* named as the target twice"),
        ({"time": "ds", "static": "ds"}, "`ds` .* both the time and static"),
    ],
)
def test_a_column_has_one_part(options: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        read_panel(sales(y=[1.0, 2], x=[1.0, 3]), **{"target": "y", **options})


def test_a_static_column_may_not_be_called_as_the_label_of_several_targets() -> None:
    frame = sales(a=[1.0, 2], b=[1.0, 3], target=["x", "x"])
    with pytest.raises(SettingsError, match=r"static column `target` .* rename it"):
        read_panel(frame, target=("a", "b"), static="target")


def test_an_id_may_be_a_label_as_well() -> None:
    panel = read_panel(shops().drop_nulls(), target="y", id="shop", static="shop")
    assert covariates_of(panel).labels == (("N", "S"),)


def test_covariates_are_not_taken_for_the_target_or_the_time() -> None:
    frame = pl.DataFrame({"ds": DAYS[:3], "v": [1.0, 2, 4], "month": [1, 1, 1], "w": [3.0, 4, 5]})
    panel = read_panel(frame, known=("month", "w"))
    assert (panel.target, panel.clock.describe()) == ("v", "daily")


def test_sources_without_columns_take_no_covariates() -> None:
    choices: list[dict[str, Any]] = [
        {"past": "x"},
        {"known": "x"},
        {"static": "x"},
        {"target": ("a", "b")},
    ]
    for options in choices:
        with pytest.raises(SettingsError, match="An array has no columns; leave out"):
            read_panel([1.0, 2.0], **options)
    with pytest.raises(SettingsError, match="read and checked before; leave out covariates"):
        read_panel(read_panel([1.0, 2.0]), known="x")
