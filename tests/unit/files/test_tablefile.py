"""A table is written as the kind of file that another one was."""

from __future__ import annotations

import re
import sys
import zipfile
from pathlib import Path

import polars as pl
import pytest

from recur.files.tablefile import records_frame, write_frame, write_table
from recur.notices import listening

SHEETS = {"forecast": pl.DataFrame({"y": [1.5]}), "errors": pl.DataFrame({"mae": [2.0]})}


@pytest.mark.parametrize(
    ("like", "name"),
    [
        *(("a.csv", "f.csv"), ("", "f.csv"), ("a.json", "f.csv")),
        *(("A.PQ", "f.parquet"), ("a.parquet", "f.parquet")),
    ],
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


@pytest.mark.parametrize("like", ["a.xlsx", "a.XLSM", "a.xlsb", "a.xls", "a.ods"])
def test_a_workbook_has_every_sheet_in_columns_that_show_what_they_hold(
    tmp_path: Path, like: str
) -> None:
    pytest.importorskip("xlsxwriter")
    wide = {"forecast": pl.DataFrame({"y": ["a" * 60]}), "errors": pl.DataFrame({"mae": [2.0]})}
    path = write_table(tmp_path, "f", str, wide, like)
    assert path.name == "f.xlsx"
    with zipfile.ZipFile(path) as book:
        book_xml = book.read("xl/workbook.xml").decode()
        (width,) = re.findall(
            r'<col [^>]*width="([0-9.]+)"', book.read("xl/worksheets/sheet1.xml").decode()
        )
    assert re.findall(r'<sheet name="(\w+)"', book_xml) == ["forecast", "errors"]
    assert 50 < float(width) < 80  # characters; a column is some 9 wide otherwise


def test_a_frame_is_made_where_it_is_written(tmp_path: Path) -> None:
    frame = SHEETS["forecast"]
    write_frame(tmp_path / "f.parquet", lambda: frame, lambda: "never asked")
    assert pl.read_parquet(tmp_path / "f.parquet").equals(frame)
    write_frame(tmp_path / "f.csv", lambda: 1 / 0, lambda: "y\n1.5\n")
    assert (tmp_path / "f.csv").read_text() == "y\n1.5\n"


def test_records_are_a_frame_whatever_stands_in_the_first(tmp_path: Path) -> None:
    records = [{"a": None, "b": 1}] * 150 + [{"a": "x", "b": 2.5}]
    assert records_frame(records)["a"].to_list()[-1] == "x"
    assert records_frame(records)["b"].to_list()[-2:] == [1.0, 2.5]


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
