"""A table written as the kind of file that another one was read from."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from recur.errors import not_installed
from recur.files.atomic import write_bytes, write_text
from recur.notices import notice

_EXCEL = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_OPTIONS = {
    "in_memory": True,
    "nan_inf_to_errors": True,
    "strings_to_formulas": False,  # an id may look like one
    "strings_to_urls": False,
}
_PARQUET = (".parquet", ".pq")


def write_table(
    folder: Path, name: str, text: Callable[[], str], sheets: Mapping[str, Any], like: str
) -> Path:
    """Write a table into a folder; return its file.

    Args:
        folder: where to.
        name: of the file, without its end.
        text: gives the table as CSV, which takes its time.
        sheets: polars frames by name, the table first; a workbook has all of them.
        like: the name of the file whose kind is wanted: a workbook, Parquet, else CSV.
    """
    end = end_like(like)
    if end == ".xlsx" and (data := _workbook(sheets)) is None:
        end = ".csv"
    path = folder / f"{name}{end}"
    if end == ".xlsx":
        write_bytes(path, data or b"")
    else:
        write_frame(path, lambda: next(iter(sheets.values())), text)
    return path


def write_frame(path: Path, frame: Callable[[], Any], text: Callable[[], str]) -> None:
    """Write a table, whole or not at all, as what the end of its name says: Parquet, else CSV."""
    if path.suffix != ".parquet":
        write_text(path, text())
        return
    file = io.BytesIO()
    frame().write_parquet(file)
    write_bytes(path, file.getvalue())


def records_frame(records: Sequence[Mapping[str, Any]]) -> Any:
    """Return plain dictionaries of the same keys as a polars frame."""
    import polars as pl

    return pl.DataFrame(list(records), infer_schema_length=None, strict=False)


def end_like(like: str) -> str:
    """Return the end of the name of a table that is written as the kind of file that another is."""
    suffix = Path(like).suffix.lower()
    return ".xlsx" if suffix in _EXCEL else ".parquet" if suffix in _PARQUET else ".csv"


def _workbook(sheets: Mapping[str, Any]) -> bytes | None:
    """Return the bytes of a workbook; None, with a notice, where nothing can write one."""
    try:
        from xlsxwriter import Workbook
    except ImportError:
        notice(
            f"The forecast is written as CSV: {not_installed('xlsxwriter', 'excel')}, which writes "
            "workbooks."
        )
        return None
    file = io.BytesIO()
    with Workbook(file, _OPTIONS) as book:
        for name, frame in sheets.items():
            frame.write_excel(book, worksheet=name, autofit=True)
    return file.getvalue()
