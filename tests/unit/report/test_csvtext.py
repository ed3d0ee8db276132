"""CSV files that recur writes run in no spreadsheet, and read back as they were."""

from __future__ import annotations

import csv
import io

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recur.data.tables.csvfile import read_csv
from recur.data.tables.formulas import as_they_were
from recur.report.csvtext import csv_text

_RUN = ("=", "+", "-", "@", "\t", "\r")


@pytest.mark.parametrize("odd", ["=1+1", "+a", "-- b", "@SUM(A1)", "\tx", "'=1", "''@a"])
def test_a_cell_like_a_formula_is_text_in_a_spreadsheet_and_itself_here(odd: str) -> None:
    text = csv_text([odd, "y"], [[odd, 1.5], ["plain", -2.5]])
    header, first, second = csv.reader(io.StringIO(text, newline=""))
    assert header[0] == first[0] == f"'{odd}"
    assert second == ["plain", "-2.5"]
    content = read_csv(text.encode(), "data.csv")
    assert content.names[0].strip() == odd.strip()
    assert content.frame.to_series(0).to_list()[0].strip() == odd.strip()


@pytest.mark.parametrize("number", ["-1.5", "+2", "-1e-3", "-inf"])
def test_a_text_that_is_a_number_stays_one(number: str) -> None:
    assert csv_text(["y"], [[number]]) == f"y\n{number}\n"


@given(st.lists(st.text(st.sampled_from("=+-@'a1 ,\"")), min_size=1))
def test_no_text_begins_like_a_formula_and_every_one_comes_back(texts: list[str]) -> None:
    rows = [[text, f"k{i}"] for i, text in enumerate(texts)]
    cells = [row[0] for row in csv.reader(io.StringIO(csv_text(["id", "key"], rows)))][1:]
    assert not any(cell.startswith(_RUN) and not _is_number(cell) for cell in cells)
    assert as_they_were(pl.DataFrame({"0": cells}))["0"].to_list() == texts


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
