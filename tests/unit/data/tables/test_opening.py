"""Several files as one panel, and names that stand for tables in files."""

from __future__ import annotations

import gzip
import io
import sys
from pathlib import Path

import polars as pl
import pytest
from tests.unit.data.tables.cases.base import DAYS

from recur import DataError, SettingsError, read_panel


def test_files_of_several_kinds_make_one_panel(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text(DAYS)
    frame = pl.read_csv(tmp_path / "b.csv", try_parse_dates=True)
    frame.write_parquet(tmp_path / "a.parquet")
    panel = read_panel([tmp_path / "b.csv", str(tmp_path / "a.parquet")])
    assert panel.ids == ("b", "a")
    assert panel.values.tolist() == [5, 6, 7, 8, 5, 6, 7, 8]


def test_a_bad_row_is_named_with_its_own_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(DAYS)
    (tmp_path / "b.csv").write_text(f"# x\n{DAYS.replace('6', 'six')}")
    with pytest.raises(DataError, match=r"^b\.csv, column `y`, row 4: .*found the text `six`"):
        read_panel(tmp_path)


def test_ids_in_the_files_are_kept(tmp_path: Path) -> None:
    for name, at in (("a", "x"), ("b", "z")):
        text = DAYS.replace("date", "unique_id,date").replace("2020", f"{at},2020")
        (tmp_path / f"{name}.csv").write_text(text)
    assert read_panel(tmp_path).ids == ("x", "z")


def test_hidden_files_and_files_of_other_kinds_are_passed_over(tmp_path: Path) -> None:
    for name in ("a.csv", ".b.csv", "c.md", "d.png"):
        (tmp_path / name).write_text(DAYS)
    assert read_panel(tmp_path).source == "a.csv"


def test_patterns_and_parts_that_are_not_there_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(DAYS)
    with pytest.raises(DataError, match=r"No file fits `.*\*\.txt`; check the pattern"):
        read_panel(f"{tmp_path}/*.txt")
    with pytest.raises(SettingsError, match=r"`::x` names one of several tables, and a\.csv has"):
        read_panel(f"{tmp_path}/a.csv::x")
    with pytest.raises(SettingsError, match=r"`sheet` is `x`, but a\.csv is no workbook"):
        read_panel(tmp_path / "a.csv", sheet="x")


@pytest.mark.parametrize(
    ("package", "file", "data", "extra"),
    [
        ("fastexcel", "a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "excel"),
        ("duckdb", "a.duckdb", b"12345678DUCK", "duckdb"),
    ],
)
def test_a_kind_of_file_whose_extra_is_missing_says_how_to_get_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    package: str,
    file: str,
    data: bytes,
    extra: str,
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    (tmp_path / file).write_bytes(data)
    with pytest.raises(DataError, match=rf"^{file} is .*pip install 'recurnets\[{extra}\]'"):
        read_panel(tmp_path / file)


def test_tables_of_duckdb_are_read(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect(tmp_path / "a.duckdb") as connection:
        connection.execute("create table t (date date, y double)")
        connection.execute("insert into t values ('2020-01-01', 5), ('2020-01-02', 6)")
        connection.execute("create table u (x int)")
    assert read_panel(f"{tmp_path / 'a.duckdb'}::t").values.tolist() == [5, 6]
    with pytest.raises(DataError, match="has 2 tables; name one"):
        read_panel(tmp_path / "a.duckdb")


def test_an_arrow_file_with_any_byte_changed_is_read_or_refused_in_a_sentence(
    tmp_path: Path,
) -> None:
    whole = io.BytesIO()
    pl.DataFrame({"y": [1.0, 2.0, 3.0]}).write_ipc(whole)
    refused = 0
    for at in range(8, len(whole.getvalue()) - 8):
        changed = bytearray(whole.getvalue())
        changed[at] = 77
        (tmp_path / "a.arrow").write_bytes(changed)
        try:
            read_panel(tmp_path / "a.arrow")
        except DataError:
            refused += 1
    assert refused


def test_a_panic_of_the_library_is_a_damaged_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def panic(*_: object, **__: object) -> None:
        raise pl.exceptions.PanicException("called `Option::unwrap()` on a `None` value")

    (tmp_path / "a.arrow").write_bytes(b"ARROW1 and nothing")
    monkeypatch.setattr(pl, "read_ipc", panic)  # which is no `Exception`
    with pytest.raises(DataError, match="damaged Arrow file: called"):
        read_panel(tmp_path / "a.arrow")


def test_a_duckdb_file_reads_no_other_file(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    (tmp_path / "secret.csv").write_text("y\n1\n2\n3\n", encoding="utf-8")
    with duckdb.connect(tmp_path / "a.duckdb") as connection:
        connection.execute(f"create view v as select * from read_csv('{tmp_path / 'secret.csv'}')")
    with pytest.raises(DataError, match="disabled by configuration"):
        read_panel(tmp_path / "a.duckdb")


def test_numbers_of_a_workbook_keep_all_their_digits(tmp_path: Path) -> None:
    pytest.importorskip("fastexcel")
    pytest.importorskip("xlsxwriter")
    values = [1 / 3, 2 / 7, 12345.678901234567, 1e-7 / 3, 5.0]
    pl.DataFrame({"y": values}).write_excel(tmp_path / "a.xlsx")
    assert read_panel(tmp_path / "a.xlsx").values == pytest.approx(values, rel=1e-14)


def test_a_duckdb_file_that_is_packed_or_damaged_says_so(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect(tmp_path / "a.duckdb") as connection:
        connection.execute("create table t as select 5.0 as y")
    whole = (tmp_path / "a.duckdb").read_bytes()
    (tmp_path / "b.duckdb.gz").write_bytes(gzip.compress(whole))
    with pytest.raises(DataError, match="is a packed DuckDB file; unpack it first"):
        read_panel(tmp_path / "b.duckdb.gz")
    (tmp_path / "c.duckdb").write_bytes(whole[:20] + b"\xff" * 4000)
    with pytest.raises(DataError, match=r"^c.duckdb is a damaged DuckDB file: [^\n]*\.$"):
        read_panel(tmp_path / "c.duckdb")


def test_a_workbook_without_any_cells_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("fastexcel")
    xlsxwriter = pytest.importorskip("xlsxwriter")
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        book.add_worksheet("first")
        book.add_worksheet("second")
    with pytest.raises(DataError, match="is a workbook without any cells"):
        read_panel(tmp_path / "a.xlsx")
