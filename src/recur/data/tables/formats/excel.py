"""Workbooks: Excel of all kinds and OpenDocument, a sheet of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import polars as pl

from recur.data.tables.content import Content
from recur.data.tables.csvfile import read_text
from recur.data.tables.formats.base import File, Format, choose_part
from recur.data.tables.formats.packed import members
from recur.errors import DataError, not_installed

_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PARTS = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")


def _fits(file: File) -> bool:
    if file.data.startswith(_OLD):
        return True
    return bool(set(_PARTS) & set(members(file.data)))


def _read(file: File) -> Content:
    """Read a sheet as text, where it is told what stands above and below the table.

    The text of a decimal number may be rounded, so that its digits come from the number.
    """
    workbook = _workbook(file)
    names = [name for name in workbook.sheet_names if _cells(file, workbook, name, "string").height]
    if not names:
        raise DataError(f"{file.name} is a workbook without any cells.")
    asked = file.options.sheet or file.part
    name = choose_part(file, asked, names, "sheet") if asked else names[0]
    if len(names) > 1 and not asked:
        file.repairs.said(
            f"Read sheet `{name}` of {file.name}; another one can be named with `--sheet`: "
            f"{', '.join(f'`{other}`' for other in names[1:6])}."
        )
    text = _cells(file, workbook, name, "string")
    numbers = _cells(file, workbook, name, "float")
    columns = [_exact(text.to_series(i), numbers.to_series(i)) for i in range(text.width)]
    lines = pl.DataFrame(columns).write_csv(include_header=False)
    return read_text(lines, f"{file.name}, sheet `{name}`", file.repairs, separator=",", shown="\t")


def _workbook(file: File) -> Any:
    try:
        import fastexcel
    except ImportError:
        raise DataError(
            f"{file.name} is a workbook, and what reads these, "
            f"{not_installed('fastexcel', 'excel')}; install it, or save the sheet as CSV."
        ) from None
    with _sound(file):
        return fastexcel.read_excel(file.data)


def _cells(file: File, workbook: Any, sheet: str, kind: str) -> pl.DataFrame:
    with _sound(file):
        frame: pl.DataFrame = workbook.load_sheet(sheet, header_row=None, dtypes=kind).to_polars()
        return frame


@contextmanager
def _sound(file: File) -> Iterator[None]:
    """Say that a file is damaged where its reader fails, in whatever way."""
    try:
        yield
    except MemoryError:
        raise
    except Exception as error:  # of its own kinds, a panic of its parser among them
        raise file.damaged("Excel", error) from None


def _exact(text: pl.Series, numbers: pl.Series) -> pl.Series:
    rounded = text.str.contains(r"\.\d{9}$").fill_null(value=False) & numbers.is_not_null()
    whole = text.str.replace_all(r"[\r\n]+", " ")
    return numbers.cast(pl.String).zip_with(rounded, whole)


FORMAT = Format("Excel", (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"), _fits, _read, parts="sheet")
