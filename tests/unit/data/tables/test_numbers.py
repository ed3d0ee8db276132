"""Text to numbers."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recur.data.tables.numbers import looks_numeric, read_numbers
from recur.errors import DataError


def where(row: int) -> str:
    return f"row {row}"


def read(*texts: str | None, decimal_commas: bool = False) -> list[float]:
    return list(
        read_numbers(pl.Series(texts, dtype=pl.String), where, decimal_commas=decimal_commas)
    )


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False)))
def test_every_float_is_read_back_exactly(values: list[float]) -> None:
    assert read(*[repr(value) for value in values]) == values


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1))
def test_thousands_separators_change_nothing(values: list[int]) -> None:
    assert read(*[f"{value:,}.5" for value in values]) == [float(f"{value}.5") for value in values]


@given(st.lists(st.decimals(-9999, 9999, places=2), min_size=1))
def test_decimal_commas_are_read_where_no_comma_separates(values: list[object]) -> None:
    texts = [str(value).replace(".", ",") for value in values]
    assert read(*texts, decimal_commas=True) == [float(str(value)) for value in values]


def test_currency_signs_and_blanks_are_dropped() -> None:
    assert read(" 1 ", "$2.50", "-€3", "£ 4", "$-5", "€1,000") == [1, 2.5, -3, 4, -5, 1000]


@pytest.mark.parametrize("text", ["", "NA", "n/a", "NaN", "null", "None", "-", " ", None])
def test_missing_values_are_nan(text: str | None) -> None:
    assert np.isnan(read("1", text)[1])


@pytest.mark.parametrize("text", ["5%", "(5)", "five", "1_000", "0x10", "1 2", "12,34,5", "5 €"])
def test_text_that_is_no_number_is_refused_with_its_row(text: str) -> None:
    with pytest.raises(DataError, match=r"^row 2: expected a number, found the text `") as error:
        read("1", "1,000", text)
    assert f"`{text}`" in str(error.value)


def test_a_decimal_comma_gets_its_own_advice() -> None:
    with pytest.raises(DataError, match=r"row 1: `12,34` looks like .* write `12\.34`"):
        read("1", "12,34")


def test_a_column_of_commas_that_could_be_either_is_refused() -> None:
    with pytest.raises(DataError, match=r"row 1: `1,500` can be read with a decimal comma or"):
        read("7", "1,500", "2,250", decimal_commas=True)
    assert read("1,500", "2,250.5", decimal_commas=True) == [1500, 2250.5]
    assert read("1,500", "0,250", "1.234,5", decimal_commas=True) == [1.5, 0.25, 1234.5]


def test_columns_of_another_kind_are_refused() -> None:
    with pytest.raises(DataError, match="the column holds true or false"):
        read_numbers(pl.Series([True]), where)


def test_a_mostly_numeric_column_looks_numeric() -> None:
    assert looks_numeric(pl.Series(["1", "NA", "2", "x"]))
    assert not looks_numeric(pl.Series(["2020-01-01", "2020-01-02"]))
    assert not looks_numeric(pl.Series(["NA", None], dtype=pl.String))
