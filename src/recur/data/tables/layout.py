"""Where in a text file the table is: what stands above, below and between is left out, and told."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from recur.arrays import Indices
from recur.data.tables.numbers import MISSING, excerpt
from recur.data.tables.repairs import Repairs
from recur.data.tables.separators import Record, records_of, sniff, usual_width

_SAMPLE_LINES = 60
_SAMPLE_LENGTH = 1 << 20
_TIME_NAMES = ("ds", "date", "datetime", "timestamp", "time")
_MOST_UNIT_LINES = 3
_MOST_APART, _MOST_TITLES = 10, 6  # lines of another table, and of titles, above the table
_DATA = re.compile(r"^[\s(+\-$€£]*[.,]?\d")
_TOTAL = re.compile(
    r"^(grand |sub-?)?(total|totals|sum|summe|gesamt|average|avg|mean|mittelwert|somme|moyenne|suma"
    r"|totale|totaal|insgesamt)\b",
    re.IGNORECASE,
)
_RULE = re.compile(r"^[-_=*]{4,}$")  # what parts a table from what is below it
_SEPARATOR_LINE = re.compile(r"^sep=(.)$", re.IGNORECASE)


@dataclass(frozen=True)
class Layout:
    """A table in a text.

    Attributes:
        body: its lines, that of the names first.
        separator: what separates its fields.
        lines: int64 [left out], lines of the file that are not in `body`, numbered from 0.
        blank: how many of these are blank ones above the table.
    """

    body: str
    separator: str
    lines: Indices
    blank: int = 0

    def line(self, kept: int) -> int:
        """Return the line of the file, counted from 1, that a line of the body is."""
        before = np.searchsorted(self.lines - np.arange(len(self.lines)), kept, side="right")
        return kept + int(before) + 1


def lay_out(text: str, repairs: Repairs, separator: str = "") -> Layout:
    """Find the table in a text, which is not blank, and its separator where none is given."""
    lines = text[:_SAMPLE_LENGTH].split("\n", _SAMPLE_LINES)[:_SAMPLE_LINES]
    comments = {i for i, line in enumerate(lines) if line.startswith("#")}
    blank = next(i for i, line in enumerate([*lines, "x"]) if line.strip())
    told = _SEPARATOR_LINE.match(lines[blank]) if blank < len(lines) else None
    shown = [("" if i in comments or (told and i == blank) else x) for i, x in enumerate(lines)]
    given = separator or (told[1] if told else "")
    separator, width = (given, 0) if given else sniff(shown)
    if separator == " ":
        return _of_columns(text, repairs)
    records = list(records_of(shown, separator))
    if not records:
        return Layout(text, separator, np.array([], dtype=np.int64))
    width = width or usual_width(records)
    top = _header_at(records, width)
    header = records[top][0]
    named = _commented_header(lines, comments, records, separator, width) if not top else None
    if named is not None:
        header = named
    preamble = {
        i for i, line in enumerate(lines[:header]) if line.strip() and i not in comments
    } | ({blank} if told else set())
    units = {line for line, _ in _unit_lines(records[top:] if named is None else [])}
    footer = _footer(text, records[top + 1 :], separator, width) if len(records) > 1 else set()
    comments = _comments(text, separator, width, header, footer) - {named}
    _tell(lines, preamble, units, footer, comments, text, repairs)
    out = set(range(header)) | units | footer | comments
    body = _without(text, header, out) if out else text
    if named is not None:
        body = body.lstrip("# ")
    if named is None:
        body = _with_whole_header(body, records[top:], separator, width, repairs)
    empty = 0 if preamble else sum(not line.strip() for line in lines[:header])
    return Layout(body, separator, np.array(sorted(out), dtype=np.int64), empty)


def _of_columns(text: str, repairs: Repairs) -> Layout:
    """Return a table in whose text blanks separate the fields, with tabs in their place."""
    body = "\n".join("\t".join(line.split()) for line in text.split("\n"))
    return lay_out(body, repairs)


def _is_data(cell: str) -> bool:
    return bool(_DATA.match(cell)) or (cell.strip() != "" and cell.strip().lower() in MISSING)


def _is_text(fields: Sequence[str]) -> bool:
    return not any(map(_is_data, fields))


def _header_at(records: Sequence[Record], width: int) -> int:
    """Return the number of the record that names the columns."""
    for i, (_, fields) in enumerate(records[:-1]):
        names = [field.strip().lower() for field in fields]
        at = next((names.index(name) for name in _TIME_NAMES if name in names), None)
        below = records[i + 1][1]
        if at is None or not _is_text(fields) or not _are_names(names, below):
            continue
        above = [row for _, row in records[:i] if len(row) > at and _is_data(row[at])]
        if i and records[i][0] - records[i - 1][0] > 1 and i <= _MOST_APART:
            above = []  # a small table of facts, a blank line, and the table
        if at < len(below) and len(names) >= width - 1 and not above:
            return i
    if width == 1:
        return max(_first_data(records) - 1, 0)
    top = next((i for i, (_, fields) in enumerate(records) if len(fields) >= width), 0)
    while _is_title(records[top:]):
        top += 1
    if not top or len(records[top - 1][1]) != width - 1 or not _is_text(records[top - 1][1]):
        return top
    return top if _is_text(records[top][1]) else top - 1


def _are_names(names: Sequence[str], below: Sequence[str]) -> bool:
    """Say whether every column that holds something has a name, which is not what it holds.

    Where all of them come again it is the header that does.
    """
    cells = [cell.strip().lower() for cell in [*below, *([""] * len(names))]]
    again = [name == cell for name, cell in zip(names, cells, strict=False) if name]
    whole = all(name or not cells[i] for i, name in enumerate(names))
    return whole and (all(again) or not any(again))


def _is_title(records: Sequence[Record]) -> bool:
    """Say whether the first of some records is a text alone, above names as long as the rows.

    Further ones may stand between.
    """
    filled = [sum(bool(field.strip()) for field in fields) for _, fields in records]
    names = next((i for i, count in enumerate(filled[:_MOST_TITLES]) if count > 1), 0)
    if not names or len(records) < names + 2:
        return False
    return filled[names + 1] > 1 and all(_is_text(of) for _, of in records[: names + 1])


def _first_data(records: Sequence[Record]) -> int:
    """Return how many records of text stand above numbers alone; 0 where some stand between."""
    first = next((i for i, (_, fields) in enumerate(records) if not _is_text(fields)), 0)
    return first if all(not _is_text(fields) for _, fields in records[first:]) else 0


def _commented_header(
    lines: Sequence[str],
    comments: set[int],
    records: Sequence[Record],
    separator: str,
    width: int,
) -> int | None:
    """Return the line of comment that names the columns of a table without another header."""
    if not records or _is_text(records[0][1]) or width < 2:
        return None
    above = [i for i in comments if i < records[0][0]]
    if not above:
        return None
    fields = next(csv.reader([lines[max(above)].lstrip("# ")], delimiter=separator), [])
    return max(above) if len(fields) == width and _is_text(fields) else None


def _unit_lines(records: Sequence[Record]) -> Iterator[Record]:
    """Yield the records right below the names that hold text where those below hold numbers."""
    below = records[1:]
    count = next((i for i, (_, fields) in enumerate(below) if not _is_text(fields)), 0)
    if not 0 < count <= _MOST_UNIT_LINES or _is_text(below[count][1]):
        return
    data = [fields for _, fields in below[count:]]
    numeric = _columns_of_data(data)
    for record in below[:count]:
        texts = [(at, field) for at, field in enumerate(record[1]) if field.strip()]
        again = any(row[at : at + 1] == [field] for at, field in texts for row in data)
        if any(at in numeric for at, _ in texts) and not again:
            yield record


def _columns_of_data(rows: Sequence[Sequence[str]]) -> list[int]:
    """Return the columns that hold numbers or times in nearly every row."""
    width = max(map(len, rows), default=0)
    counts = [sum(len(row) > i and _is_data(row[i]) for row in rows) for i in range(width)]
    return [i for i, count in enumerate(counts) if count >= 0.9 * len(rows)]


def _footer(text: str, records: Sequence[Record], separator: str, width: int) -> set[int]:
    """Return the lines at the end that are no rows: totals, sources, remarks."""
    end = text[-_SAMPLE_LENGTH:].split("\n")[-_SAMPLE_LINES:]
    keys = _columns_of_data([fields for _, fields in records[: (len(records) + 1) // 2]])
    if not keys or any(line.count('"') % 2 for line in end):
        return set()
    first = text.count("\n") + 1 - len(end)
    out: set[int] = set()
    for line, fields in reversed(list(records_of(end, separator))):
        below = line + first > records[0][0]
        again = any(row[:1] == fields[:1] and line + first != at for at, row in records)
        if again or not below or not _is_footer(fields, keys[0], width):
            break
        out.add(line + first)
    return out


def _is_footer(fields: Sequence[str], key: int, width: int) -> bool:
    cell = fields[key].strip() if key < len(fields) else ""
    words = [field.strip() for field in fields if field.strip()]
    if len(words) == 1 and width > 1 and _RULE.match(words[0]):
        return True
    if _is_data(cell):
        return False
    if _TOTAL.match(words[0]):
        return True
    letters = sum(char.isalpha() for char in words[0])
    if letters < 3 or 2 * letters < len(words[0].replace(" ", "")):
        return False
    alone = len(words) == 1 and width > 1
    return alone or (bool(cell) and (_is_text(fields) or len(fields) > width))


def _comments(text: str, separator: str, width: int, header: int, footer: set[int]) -> set[int]:
    """Return the lines that begin with # and are no rows."""
    if not (text.startswith("#") or "\n#" in text):
        return set()
    out, quotes = set(), 0
    for i, line in enumerate(text.split("\n")):
        if line.startswith("#") and quotes % 2 == 0 and i not in footer:
            fields = next(csv.reader([line], delimiter=separator), [])
            if i < header or width < 2 or len(fields) != width or line.startswith("# "):
                out.add(i)
        quotes += line.count('"')
    return out


def _without(text: str, header: int, out: set[int]) -> str:
    """Return the text less the lines above the header and those named."""
    at = 0
    for _ in range(header):
        at = text.index("\n", at) + 1
    inside = sorted(line for line in out if line >= header)
    if not inside:
        return text[at:]
    lines = text[at:].split("\n")
    for line in reversed(inside):
        del lines[line - header]
    return "\n".join(lines)


def _with_whole_header(
    body: str, records: Sequence[Record], separator: str, width: int, repairs: Repairs
) -> str:
    """Return a table whose line of names has as many fields as those below."""
    fields, rows = records[0][1], [row for _, row in records[1:]]
    if len(fields) != width - 1 or not rows or width < 2:
        return body
    if all(not row[-1].strip() for row in rows if len(row) == width):
        return body.replace("\n", f"{separator}\n", 1)  # a column without names and values
    repairs.made(
        "row names",
        1,
        f"The line of names has {len(fields)} fields and those below have {width}: the first "
        "column is taken as one without a name.",
    )
    return separator + body


def _tell(
    lines: Sequence[str],
    preamble: set[int],
    units: set[int],
    footer: set[int],
    comments: set[int],
    text: str,
    repairs: Repairs,
) -> None:
    end = text[-_SAMPLE_LENGTH:].split("\n") if footer else []
    first = text.count("\n") + 1 - len(end)
    for kind, numbers, what in (
        ("preamble", preamble, "above the names of the columns"),
        ("units", units, "below the names of the columns, which hold no data"),
        ("footer", footer, "below the data"),
        ("comments", comments, "of comment"),
    ):
        if numbers:
            one = min(numbers)
            shown = end[one - first] if kind == "footer" else lines[one] if one < len(lines) else ""
            example = f": `{excerpt(shown)}`" if shown.strip() else ""
            several = f"{len(numbers):,} line{'s' * (len(numbers) > 1)}"
            repairs.made(kind, len(numbers), f"Left out {several} {what}{example}.")
