"""What separates the fields of a text: found in its first lines."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence

SEPARATORS = ("\t", ";", "|", ",")  # of equals the first: a comma may be a decimal one
_LEAST_AGREEMENT = 0.5
Record = tuple[int, list[str]]  # the line on which it begins, and its fields


def sniff(lines: Sequence[str]) -> tuple[str, int]:
    """Choose the separator that cuts most lines into equally many fields, and into most."""

    def merit(separator: str) -> tuple[bool, float, int]:
        widths = [len(fields) for _, fields in records_of(lines, separator)]
        usual, count = Counter(widths or [1]).most_common(1)[0]
        agree = count / max(len(widths), 1)
        return usual > 1, agree, usual

    best = max(SEPARATORS, key=merit)
    several, _, width = merit(best)
    if not several and _in_columns(lines):
        return " ", 0
    if not several:
        return ",", 0
    return best, width if merit(best)[1] >= _LEAST_AGREEMENT else 0


def records_of(lines: Sequence[str], separator: str) -> Iterator[Record]:
    """Yield the records of some lines that are not blank."""
    reader = csv.reader([f"{line}\n" for line in lines], delimiter=separator)
    begins = 0
    try:
        for fields in reader:
            if any(field.strip() for field in fields):
                yield begins, fields
            begins = reader.line_num
    except csv.Error:  # a quote that is never closed, which is refused where all is read
        return


def usual_width(records: Sequence[Record]) -> int:
    """Return how many fields the header has that is also that of most records, 0 for none."""
    usual, count = Counter(len(fields) for _, fields in records).most_common(1)[0]
    return usual if count >= _LEAST_AGREEMENT * len(records) else 0


def _in_columns(lines: Sequence[str]) -> bool:
    """Say whether blanks alone separate the fields."""
    widths = {len(line.split()) for line in lines if line.strip()}
    return len(widths) == 1 and min(widths) > 1 and not any('"' in line for line in lines)
