"""`.arff` of Weka: attributes by name, then a row a line; series in a row, or as relations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import polars as pl

from recur.data.tables.content import Content
from recur.data.tables.encodings import decode
from recur.data.tables.formats.base import File, Format
from recur.errors import DataError

_QUOTED = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
_FIELD = re.compile(rf"\s*({_QUOTED}|[^,]*?)\s*(,|$)")
_ATTRIBUTE = re.compile(rf"@attribute\s+({_QUOTED}|\S+)\s+(.+)", re.IGNORECASE)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_CONTROL = {"n": "\n", "t": "\t", "r": "\r"}
_COUNTED = re.compile(r"^(.*?)(\d+)$")
_NUMBERS = ("numeric", "real", "integer")
_FEWEST = 3  # numbered columns that are steps of one series

Cells = list[str | None]


@dataclass
class _Attribute:
    """A column: its name, its type in small letters, and of a relation the columns in it."""

    name: str
    kind: str
    inner: list[_Attribute] = field(default_factory=list)


def _fits(file: File) -> bool:
    return file.suffix == ".arff"


def _read(file: File) -> Content:
    text = decode(file.data, file.name, file.options.encoding, file.repairs)
    lines = ((number, line.strip()) for number, line in enumerate(text.split("\n"), 1))
    told = ((number, line) for number, line in lines if line and not line.startswith("%"))
    attributes = _header(file, told)
    rows: list[tuple[int, Cells]] = []
    for number, line in told:
        where = f"{file.name}, line {number}"
        if line.startswith("{"):
            raise DataError(f"{where}: rows that name only what is not 0 are not read; write all.")
        rows.append((number, _cells(line, len(attributes), where)))
    if not rows:
        raise DataError(f"{file.name} has no rows; they are expected below a line `@data`.")
    relations = [i for i, one in enumerate(attributes) if one.inner]
    if relations:
        return _in_relations(file, attributes, rows, relations[0])
    return _in_rows(attributes, rows)


def _header(file: File, told: Iterator[tuple[int, str]]) -> list[_Attribute]:
    """Return the attributes above `@data`, which is the last line that is taken."""
    levels: list[list[_Attribute]] = [[]]
    for number, line in told:
        word = line.split()[0].casefold()
        if word == "@data" and levels[0]:
            return levels[0]
        if word == "@end" and len(levels) > 1:
            levels.pop()
        elif word == "@attribute":
            parts = _ATTRIBUTE.fullmatch(line)
            if parts is None:
                raise DataError(
                    f"{file.name}, line {number}: a name and a type are expected behind "
                    "`@attribute`, and one is missing."
                )
            one = _Attribute(_plain(parts[1]) or "", parts[2].split()[0].casefold())
            levels[-1].append(one)
            if one.kind == "relational":
                levels.append(one.inner)
    raise DataError(f"{file.name} has no line `@data` below its attributes, where rows begin.")


def _cells(line: str, count: int, where: str) -> Cells:
    """Return the fields of a row, those that are missing as None."""
    fields = line.split(",")
    if "'" in line or '"' in line:  # commas in quotes part nothing
        fields = []
        for part in _FIELD.finditer(line):
            fields.append(part[1])
            if not part[2]:
                break
    if len(fields) != count:
        raise DataError(
            f"{where}: {count} values are expected, one of each attribute, and {len(fields)} came."
        )
    return [_plain(one) for one in fields]


def _plain(field: str) -> str | None:
    """Return a field without its quotes, None where it is missing."""
    bare = field.strip()
    if bare[:1] in ("'", '"'):
        return _ESCAPED.sub(lambda found: _CONTROL.get(found[1], found[1]), bare[1:-1])
    return None if bare in ("?", "") else bare


def _in_rows(attributes: Sequence[_Attribute], rows: Sequence[tuple[int, Cells]]) -> Content:
    """Return the table as it is; where its numbers are the steps of a series, with a value a row.

    They are where their names count on.
    """
    steps = [i for i, one in enumerate(attributes) if one.kind in _NUMBERS]
    others = [i for i in range(len(attributes)) if i not in steps]
    if len(others) > 1 or not _count_on([attributes[i].name for i in steps]):
        columns = {one.name: [row[i] for _, row in rows] for i, one in enumerate(attributes)}
        frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
        lines = [number for number, _ in rows]
        return Content(frame, tuple(columns), lambda row: lines[row])
    labels = [row[others[0]] for _, row in rows] if others else None
    channels = [[[row[i] for i in steps]] for _, row in rows]
    return _series([number for number, _ in rows], channels, ["y"], labels)


def _in_relations(
    file: File, attributes: Sequence[_Attribute], rows: Sequence[tuple[int, Cells]], at: int
) -> Content:
    """Return the series of a relation a row, with its label where there is one.

    A channel is a row of the relation where its columns count on, as those of steps do; else each
    column is a channel, and its rows are the steps.
    """
    inner = [one.name for one in attributes[at].inner]
    in_steps = _count_on(inner)
    names = inner
    channels: list[list[Cells]] = []
    for number, row in rows:
        where = f"{file.name}, line {number}"
        lines = [line for line in (row[at] or "").split("\n") if line.strip()]
        table = [_cells(line, len(inner), where) for line in lines]
        if in_steps and not channels:
            names = ["y"] if len(table) == 1 else [f"dim_{i}" for i in range(len(table))]
        one = table if in_steps else [list(column) for column in zip(*table, strict=True)]
        if len(one) != len(names):
            raise DataError(f"{where}: {len(names)} channels are expected, and {len(one)} came.")
        channels.append(one)
    others = [i for i in range(len(attributes)) if i != at]
    named = [i for i in others if attributes[i].kind not in _NUMBERS] or others
    labels = [row[named[-1]] for _, row in rows] if named else None
    return _series([number for number, _ in rows], channels, names, labels)


def _count_on(names: Sequence[str]) -> bool:
    """Say whether names are those of steps: alike but for a number that counts on by one."""
    found = [_COUNTED.match(name) for name in names]
    if len(names) < _FEWEST or not all(found):
        return False
    parts = [(one[1], int(one[2])) for one in found if one]
    first = parts[0][1]
    return parts == [(parts[0][0], first + i) for i in range(len(parts))]


def _series(
    lines: Sequence[int],
    channels: Sequence[list[Cells]],
    names: Sequence[str],
    labels: Sequence[str | None] | None,
) -> Content:
    """Return a table with a value a row, without what is missing at the end of a series."""
    columns: dict[str, Cells] = {"unique_id": [], **{name: [] for name in names}}
    given: Cells = []
    at: list[int] = []
    for i, series in enumerate(channels):
        known = (k for one in series for k, cell in enumerate(one) if cell is not None)
        length = max(known, default=0) + 1
        columns["unique_id"] += [str(i + 1)] * length
        at += [lines[i]] * length
        given += [None if labels is None else labels[i]] * length
        for name, one in zip(names, series, strict=True):
            columns[name] += one[:length]
    if labels is not None:
        columns["label"] = given
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    return Content(frame, tuple(columns), lambda row: at[row])


FORMAT = Format("arff", (".arff",), _fits, _read)
