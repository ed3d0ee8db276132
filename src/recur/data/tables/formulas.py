"""Cells that a spreadsheet would take for a formula: written so that none runs, read as they were.

Someone's id or header may be `=HYPERLINK(...)`, and a forecast is opened in a spreadsheet. There an
apostrophe in front says that a cell is text; here it is taken off again.
"""

from __future__ import annotations

import re

import polars as pl

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_HELD = r"^'('*[=+\-@\t\r])"  # as polars takes it


def as_text(cell: str) -> str:
    """Return a cell that no spreadsheet runs; a number, and most other texts, as they are.

    >>> as_text("=1+1"), as_text("'=1"), as_text("-1.5"), as_text("store 1"), as_text("'s")
    ("'=1+1", "''=1", '-1.5', 'store 1', "'s")
    """
    if not _FORMULA.match(cell):
        return cell
    try:
        float(cell)
    except ValueError:
        return f"'{cell}"
    return cell


def as_they_were(cells: pl.DataFrame) -> pl.DataFrame:
    """Return columns of text without the apostrophes that `as_text` has put in front."""
    if not cells.width:
        return cells
    held = cells.select(pl.all().str.starts_with("'").any()).row(0)
    names = [name for name, any_ in zip(cells.columns, held, strict=True) if any_]
    return cells.with_columns(pl.col(names).str.replace(_HELD, "$1")) if names else cells
