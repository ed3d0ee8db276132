"""Rows as the text of a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    r"""Return a header and rows as the text of a CSV file; None is empty, numbers are exact.

    >>> csv_text(["name", "value"], [["a", 0.1], ["b", None]])
    'name,value\na,0.1\nb,\n'
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([repr(x) if isinstance(x, float) else x for x in row] for row in rows)
    return text.getvalue()


def csv_of_records(records: Sequence[Mapping[str, Any]]) -> str:
    """Return plain dictionaries of the same keys as the text of a CSV file."""
    header = list(records[0])
    return csv_text(header, ([record[name] for name in header] for record in records))
