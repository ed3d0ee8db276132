"""Rows as the text of a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from recur.data.tables.formulas import as_text


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    r"""Return a header and rows as the text of a CSV file; None is empty, numbers are exact.

    No spreadsheet runs any of it, see `recur.data.tables.formulas`.

    >>> csv_text(["name", "value"], [["a", -0.1], ["=b", None]])
    "name,value\na,-0.1\n'=b,\n"
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([as_text(name) for name in header])
    writer.writerows([_cell(x) for x in row] for row in rows)
    return text.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return as_text(value)
    return repr(value) if isinstance(value, float) else value


def csv_of_records(records: Sequence[Mapping[str, Any]]) -> str:
    """Return plain dictionaries of the same keys as the text of a CSV file."""
    header = list(records[0])
    return csv_text(header, ([record[name] for name in header] for record in records))
