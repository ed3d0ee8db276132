"""A table is written as the kind of file that another one was."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import polars as pl
import pytest

from recur.files.tablefile import write_table
from recur.notices import listening

SHEETS = {"forecast": pl.DataFrame({"y": [1.5]}), "errors": pl.DataFrame({"mae": [2.0]})}


@pytest.mark.parametrize(
    ("like", "name"),
    [("a.csv", "f.csv"), ("", "f.csv"), ("a.json", "f.csv"), ("A.PQ", "f.parquet")],
)
def test_its_end_follows_that_of_the_other(tmp_path: Path, like: str, name: str) -> None:
    path = write_table(tmp_path, "f", lambda: "y\n1.5\n", SHEETS, like)
    assert path.name == name
    read = pl.read_csv if name.endswith("csv") else pl.read_parquet
    assert read(path)["y"].to_list() == [1.5]


def test_where_nothing_writes_workbooks_it_is_csv_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with listening() as heard:
        path = write_table(tmp_path, "f", lambda: "y\n1.5\n", SHEETS, "a.xlsx")
    assert path.name == "f.csv"
    assert "pip install 'recurnets[excel]'" in heard.sentences[0]


def test_a_text_in_a_workbook_is_no_formula(tmp_path: Path) -> None:
    pytest.importorskip("xlsxwriter")
    sheets = {"forecast": pl.DataFrame({"unique_id": ["=1+1", "https://a.example"]})}
    path = write_table(tmp_path, "f", str, sheets, "a.xlsx")
    with zipfile.ZipFile(path) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert "=1+1" in book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet


def test_what_is_not_finite_is_written_as_an_error_that_a_spreadsheet_knows(tmp_path: Path) -> None:
    pytest.importorskip("xlsxwriter")
    sheets = {"forecast": pl.DataFrame({"y": [float("nan"), float("inf")]})}
    path = write_table(tmp_path, "f", str, sheets, "a.xlsx")
    with zipfile.ZipFile(path) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "#NUM!" in sheet
    assert "#DIV/0!" in sheet
