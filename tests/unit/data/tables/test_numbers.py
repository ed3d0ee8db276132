"""Text to numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recur.data.tables.numbers import looks_numeric, read_numbers
from recur.data.tables.repairs import Repairs
from recur.errors import DataError


def where(row: int) -> str:
    return f"row {row}"


def read(*texts: str | None, **how: Any) -> list[float]:
    return list(read_numbers(pl.Series(texts, dtype=pl.String), where, **how))


def told(*texts: str | None, **how: Any) -> list[tuple[str, int]]:
    """Return the kinds and counts of what was repaired."""
    repairs = Repairs()
    read(*texts, repairs=repairs, **how)
    return [(repair.kind, repair.count) for repair in repairs.done]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False)))
def test_every_float_is_read_back_exactly(values: list[float]) -> None:
    assert read(*[repr(value) for value in values]) == values


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1))
def test_thousands_separators_change_nothing(values: list[int]) -> None:
    assert read(*[f"{value:,}.5" for value in values]) == [float(f"{value}.5") for value in values]


@given(st.lists(st.decimals(-9999, 9999, places=2), min_size=1))
def test_decimal_commas_are_read_where_no_comma_separates(values: list[object]) -> None:
    texts = [str(value).replace(".", ",") for value in values]
    assert read(*texts, separator=";") == [float(str(value)) for value in values]


def test_currency_signs_and_blanks_are_dropped() -> None:
    assert read(" 1 ", "$2.50", "-$3", "$ 4", "$-5", "$1,000") == [1, 2.5, -3, 4, -5, 1000]


@pytest.mark.parametrize("text", ["", "NA", "n/a", "NaN", "null", "None", "-", " ", None])
def test_missing_values_are_nan(text: str | None) -> None:
    assert np.isnan(read("1", text)[1])


@pytest.mark.parametrize("text", ["five", "1_000", "0x10", "12,34,5", "(5", "1 2", "--5"])
def test_text_that_is_no_number_is_refused_with_its_row(text: str) -> None:
    with pytest.raises(DataError, match=r"^row 2: expected a number, found the text `") as error:
        read("1", "1,000", text)
    assert f"`{text}`" in str(error.value)


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (("1.234,5", "2,5"), [1234.5, 2.5]),
        (("1 234,5", "1\u00a0000,0", "2\u202f000,0"), [1234.5, 1000, 2000]),
        (("1'234.5", "2\u2019000.0"), [1234.5, 2000]),
        (("12 %", "3.5 %"), [12, 3.5]),
        (("(3.20)", "$(4.00)", "($5)"), [-3.2, -4, -5]),
        (("5 EUR", "EUR 6", "7"), [5, 6, 7]),
        (("3.20-", "\u22124"), [-3.2, -4]),
        (("5 kWh", "6.5 kWh"), [5, 6.5]),
    ],
)
def test_numbers_as_people_write_them_are_read_and_told(
    texts: tuple[str, ...], values: list[float]
) -> None:
    assert read(*texts) == values
    assert [kind for kind, _ in told(*texts)] == ["numbers"]
    with pytest.raises(DataError, match="needs a repair that `strict` refuses"):
        read(*texts, repairs=Repairs(strict=True))


def test_only_what_is_odd_is_counted() -> None:
    assert told("1", "2.5", "(3)", "4", "n/a") == [("numbers", 1)]
    assert told("1", "$2,000.50", "1e3", "..") == []
    assert told("1,5", "1.234,5", separator=";") == []


def test_several_units_or_currencies_are_refused() -> None:
    with pytest.raises(DataError, match=r"row 1: `5 %` has another unit than `1`"):
        read("1", "5 %")
    with pytest.raises(DataError, match=r"row 2: `\$4` has another currency than `5 EUR`"):
        read("3", "5 EUR", "$4")


def test_the_column_settles_the_decimal_sign() -> None:
    assert read("1.500", "0,25", separator=";") == [1500, 0.25]
    assert read("1,500", "2.25", separator=";") == [1500, 2.25]
    assert read("1.234", "5", decimal=",") == [1234, 5]
    with pytest.raises(DataError, match=r"row 1: `2,5` has a decimal comma and `1\.5` a decimal p"):
        read("1.5", "2,5")
    with pytest.raises(DataError, match=r"row 1: `1,234` and `1\.234` can be read with"):
        read("1.234", "1,234", separator=";")
    with pytest.raises(DataError, match=r"row 0: `1\.5` is no number with the decimal sign `,`"):
        read("1.5", decimal=",")


def test_between_commas_a_point_is_the_decimal_sign_and_nothing_is_said_of_it() -> None:
    repairs = Repairs(strict=True)
    assert read("50.126", "51.250", separator=",", name="v", repairs=repairs) == [50.126, 51.25]
    assert not repairs.sentences


@pytest.mark.parametrize(
    ("separator", "text", "value"),
    [("", "1.234", 1.234), (";", "1,234", 1.234), ("\t", "1,234", 1234.0)],
)
def test_what_stays_undecided_is_read_one_way_and_told(
    separator: str, text: str, value: float
) -> None:
    repairs = Repairs(strict=True)  # a choice is no repair
    assert read(text, text, separator=separator, name="v", repairs=repairs) == [value, value]
    assert repairs.sentences[0].startswith(f"`{text}` in column `v` is taken for {value:g}")
    sure = Repairs()
    assert read(text, "12", separator=separator, name="v", repairs=sure)[0] == value
    assert bool(sure.sentences) == (text != "1.234")


def test_columns_of_another_kind_are_refused() -> None:
    with pytest.raises(DataError, match="the column holds true or false"):
        read_numbers(pl.Series([True]), where)


def test_a_mostly_numeric_column_looks_numeric() -> None:
    assert looks_numeric(pl.Series(["1", "NA", "2", "x"]))
    assert looks_numeric(pl.Series(["1.234,5", "12 %", "(3)", "x"]))
    assert not looks_numeric(pl.Series(["2020-01-01", "2020-01-02"]))
    assert not looks_numeric(pl.Series(["store 1", "store 2"]))
    assert not looks_numeric(pl.Series(["NA", None], dtype=pl.String))
