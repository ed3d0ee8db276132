"""Kinds of file beside CSV, packed ones, and several as one."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import polars as pl
from tests.unit.data.tables.cases.base import DAYS, Case

TITLE = "Kinds of file"
FRAME = pl.read_csv(io.BytesIO(DAYS.encode()), try_parse_dates=True)
ROWS = [{"date": str(date), "y": y} for date, y in FRAME.rows()]


def _zstd() -> bytes:
    """Return DAYS as a frame of zstd with one block that is not compressed."""
    data = DAYS.encode()
    header = b"\x28\xb5\x2f\xfd" + b"\x20" + bytes([len(data)])
    return header + (len(data) << 3 | 1).to_bytes(3, "little") + data


def _zip(**files: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.csv", text)
        archive.writestr("__MACOSX/._x.csv", "x")
    return data.getvalue()


def _excel(
    at: str = "A1", title: str = "", sheets: tuple[str, ...] = ("Data",)
) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        from xlsxwriter import Workbook

        with Workbook(path) as book:
            for i, name in enumerate(sheets):
                FRAME.with_columns(pl.col("y") + 10 * i).write_excel(
                    book, worksheet=name, position=at
                )
            if title:
                book.get_worksheet_by_name(sheets[0]).write("A1", title)

    return write


def _database(*tables: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            for table in tables:
                connection.execute(f'create table "{table}" (date text, y real)')
                cells = [tuple(row.values()) for row in ROWS]
                connection.executemany(f'insert into "{table}" values (?, ?)', cells)
            connection.commit()

    return write


def _folder(**files: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.mkdir()
        (path / "README.md").write_text("What is in here.")
        for name, text in files.items():
            (path / f"{name}.csv").write_text(text)

    return write


def _cut(write: Callable[[Path], None], share: float) -> Callable[[Path], None]:
    def cut(path: Path) -> None:
        write(path)
        data = path.read_bytes()
        path.write_bytes(data[: int(len(data) * share)])

    return cut


TSF = """# From somewhere
@relation X
@attribute series_name string
@attribute start_timestamp date
@frequency monthly
@missing true
@equallength false
@data
T1:1990-01-31 00-00-00:5,6,7
T2:1991-01-31 00-00-00:8,9
"""
TS = "@problemName X\n@timeStamps false\n@univariate true\n@classLabel true a b\n@data\n"
ARFF = "@relation X\n"
STEPS = "@attribute att1 numeric\n@ATTRIBUTE att2 NUMERIC\n@attribute 'att3' numeric\n"
MONTHS = DAYS.replace("-01-0", "-0").replace(",", "-01,").replace("date-01", "date")
TWICE = (5, 6, 7, 8, 5, 6, 7, 8)

CASES = [
    Case("Parquet", FRAME.write_parquet, "file.parquet"),
    Case("Parquet cut short", _cut(FRAME.write_parquet, 0.5), "file.parquet", brief=True,
         refused="damaged Parquet"),
    Case("CSV called Parquet", DAYS, "file.parquet", refused="not a Parquet file"),
    Case("Feather", FRAME.write_ipc, "file.feather"),
    Case("a stream of Arrow", FRAME.write_ipc_stream, "file.arrow"),
    Case("gzip", gzip.compress(DAYS.encode()), "file.csv.gz"),
    Case("gzip cut short", gzip.compress(DAYS.encode())[:40], "file.csv.gz", brief=True,
         refused="damaged gzip"),
    Case("bzip2", bz2.compress(DAYS.encode()), "file.csv.bz2"),
    Case("xz", lzma.compress(DAYS.encode()), "file.csv.xz"),
    Case("zstd", _zstd(), "file.csv.zst"),
    Case("zip with one file", _zip(a=DAYS), "file.zip"),
    Case("zip with one file, called CSV", _zip(a=DAYS), "file.csv"),
    Case("zip with several files", _zip(a=DAYS, b=DAYS), "file.zip",
         refused="has 2 files; name one behind its name, such as `file.zip::a.csv`"),
    Case("zip with several files, one of them named: file.zip::b.csv", _zip(a="x", b=DAYS),
         "file.zip", source="file.zip::b.csv"),
    Case("Excel", _excel(), "file.xlsx", needs="fastexcel"),
    Case("Excel with a title above the table", _excel("B4", "Sales"), "file.xlsx",
         repairs=("preamble", "empty columns"), needs="fastexcel"),
    Case("Excel with several sheets", _excel(sheets=("First", "Second")), "file.xlsx",
         notes=("another one can be named with `--sheet`: `Second`",), needs="fastexcel"),
    Case("Excel, --sheet Second", _excel(sheets=("First", "Second")), "file.xlsx",
         values=(15, 16, 17, 18), options={"sheet": "Second"}, needs="fastexcel"),
    Case("Excel, --sheet of another name", _excel(), "file.xlsx", options={"sheet": "Dta"},
         refused="has no sheet `Dta`; the nearest is `Data`", needs="fastexcel"),
    Case("Excel cut short", _cut(_excel(), 0.5), "file.xlsx", refused="damaged",
         needs="fastexcel"),
    Case("CSV called Excel", DAYS, "file.xls"),
    Case("a web page called Excel", "<html><table></table></html>", "file.xls",
         refused="is a web page"),
    Case("JSON, a list of records", json.dumps(ROWS), "file.json"),
    Case("JSON, columns by name", json.dumps({"date": [r["date"] for r in ROWS],
         "y": [r["y"] for r in ROWS]}), "file.json"),
    Case("JSON, records in an answer of an API", json.dumps({"page": {"n": 1}, "data": ROWS}),
         "file.json"),
    Case("JSON, as pandas writes it", json.dumps({"date": {str(i): r["date"] for i, r in
         enumerate(ROWS)}, "y": {str(i): r["y"] for i, r in enumerate(ROWS)}}), "file.json"),
    Case("JSON, lists of cells", json.dumps([list(row.values()) for row in ROWS]), "file.json"),
    Case("JSON, numbers alone", "[5, 6, 7, 8]", "file.json"),
    Case("JSON, records within records", json.dumps(
         [{"t": row["date"], "value": {"bpm": row["y"], "sure": "yes"}} for row in ROWS]),
         "file.json"),
    Case("JSON, columns by name within an answer", json.dumps(
         {"latitude": 5.0, "units": {"time": "iso8601"}, "hourly": {
          name: [row[name] for row in ROWS] for name in ("date", "y")}}), "file.json"),
    Case("JSON, pairs of a time and a value", json.dumps(
         {"prices": [[1.7e12 + 86.4e6 * i, i + 5] for i in range(4)],
          "caps": [[1.7e12 + 86.4e6 * i, 1] for i in range(4)]}), "file.json",
         options={"target": "prices"}, notes=("milliseconds since 1970",)),
    Case("JSON, an answer of Prometheus", json.dumps({"status": "success", "data": {
         "resultType": "matrix", "result": [
             {"metric": {"instance": name}, "values": [[1.7e9 + 60 * i, str(v)] for i, v in
              enumerate((5, 6, 7, 8))]} for name in "ab"]}}), "file.json", values=TWICE,
         notes=("seconds since 1970",)),
    Case("JSON with half a character", json.dumps([{**row, "of": "\ud83d"} for row in ROWS]),
         "file.json", repairs=("half characters",)),
    Case("JSON lines", "\n".join(map(json.dumps, ROWS)), "file.jsonl"),
    Case("JSON lines with a broken one", '{"y": 1}\n{"y": 2\n', "file.jsonl",
         refused="line 2: it should be one JSON value"),
    Case("JSON cut short", '[{"y": 1},', "file.json", refused="damaged JSON", brief=True),
    Case("Monash tsf", TSF, "file.tsf", values=(5, 6, 7, 8, 9)),
    Case("Monash tsf without series", TSF.split("T1")[0], "file.tsf", refused="has no series"),
    Case("Monash tsf with lines that say nothing", TSF.replace("@missing true",
         "@attribute odd\n@frequency\n@attribute a b c"), "file.tsf", values=(5, 6, 7, 8, 9)),
    Case("sktime ts, cases with a class", TS + "5,6:a\n7,8:b\n", "file.ts"),
    Case("sktime ts, several dimensions", TS.replace("true a b", "false") + "5,6:1,2\n7,8:3,4\n",
         "file.ts", options={"target": "dim_0"}),
    Case("sktime ts with times", TS.replace("false", "true", 1).replace("true a b", "false")
         + "(2020-01-01,5),(2020-01-02,6),(2020-01-03,7),(2020-01-04,8)\n", "file.ts"),
    Case("Weka arff", ARFF + "@attribute date string\n@attribute y numeric\n@data\n"
         + "".join(f"'{line}\n" for line in DAYS.replace(",", "',").splitlines()[1:]),
         "file.arff"),
    Case("Weka arff, a series a row with its class", ARFF + STEPS
         + "@attribute target {a,'b c'}\n@data\n5,6,?,a\n7,?,8,'b c'\n", "file.arff",
         values=(5, 6, 7, 7, 8), repairs=("missing",)),
    Case("Weka arff, channels as a relation", ARFF + "@attribute bag relational\n" + STEPS
         + "@end bag\n@attribute class {a,b}\n@data\n'5,6,7\\n1,2,3',a\n\"8,9,10\\n4,5,6\",b\n",
         "file.arff", options={"target": "dim_0"}, values=(5, 6, 7, 8, 9, 10)),
    Case("Weka arff, one channel as a relation", ARFF + "@attribute bag relational\n" + STEPS
         + "@end bag\n@attribute class {a,b}\n@data\n'5,6,7',a\n'8,9,10',b\n", "file.arff",
         options={"target": "y"}, values=(5, 6, 7, 8, 9, 10)),
    Case("Weka arff, steps as a relation", ARFF + "@attribute bag relational\n"
         "@attribute x real\n@attribute z real\n@end bag\n@attribute class {a,b}\n@data\n"
         "'5,1\\n6,2\\n7,3',a\n'8,1\\n9,2',b\n", "file.arff", options={"target": "x"},
         values=(5, 6, 7, 8, 9)),
    Case("Weka arff with a value too few", ARFF + STEPS + "@data\n5,6\n", "file.arff",
         refused="file.arff, line 6: 3 values are expected"),
    Case("Weka arff without rows", ARFF + STEPS + "@data\n", "file.arff", refused="has no rows"),
    Case("Weka arff without @data", ARFF + STEPS, "file.arff", refused="has no line `@data`"),
    Case("Weka arff with sparse rows", ARFF + STEPS + "@data\n{0 5, 2 7}\n", "file.arff",
         refused="line 6: rows that name only what is not 0"),
    Case("Weka arff, an attribute without a type", ARFF + "@attribute x\n@data\n1\n", "file.arff",
         refused="line 2: a name and a type are expected"),
    Case("SQLite", _database("sales"), "file.db"),
    Case("SQLite with several tables", _database("sales", "costs"), "file.db",
         refused="has 2 tables; name one behind its name, such as `file.db::sales`"),
    Case("SQLite, file.db::costs", _database("sales", "costs"), "file.db",
         source="file.db::costs"),
    Case("a folder, each file a series", _folder(a=DAYS, b=DAYS), "files", values=TWICE,
         notes=("Read 2 files as one panel",)),
    Case("a pattern: files/*.csv", _folder(a=DAYS, b=DAYS), "files", source="files/*.csv",
         values=TWICE, notes=("Read 2 files as one panel",)),
    Case("a folder, each file a series on a clock of its own", _folder(a=DAYS, b=MONTHS), "files",
         values=TWICE, notes=("Read 2 files as one panel",)),
    Case("a folder of files with other columns", _folder(a=DAYS, b="x,z\n1,2\n"), "files",
         refused="has other columns than"),
    Case("a folder without a table", _folder(), "files", refused="a folder without a table"),
    Case("a series a row, steps in the names (M4)", "V1,V2,V3,V4\nH1,5,6,\nH2,7,8,\n",
         repairs=(), notes=("Each row",)),
    Case("a series a row, years in the names (World Bank)",
         "Country,Code,2001,2002,2003\nA,AA,,5,6\nB,BB,,7,8\n", notes=("Each row",)),
    Case("a PDF", b"%PDF-1.7 \0", "file.pdf", refused="is a PDF"),
    Case("another binary file", b"\1\2\0\3", "file.bin", refused="is a binary file"),
]  # fmt: skip
