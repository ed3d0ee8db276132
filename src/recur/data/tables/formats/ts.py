"""`.ts` of sktime and aeon: a case a line, its dimensions and its class with colons between."""

from __future__ import annotations

import re

import polars as pl

from recur.data.tables.content import Content
from recur.data.tables.encodings import decode
from recur.data.tables.formats.base import File, Format
from recur.errors import DataError

_PARTED = re.compile(r"\)\s*:\s*\(")
_STAMPED = re.compile(r"\(([^,()]+),([^,()]+)\)")


def _fits(file: File) -> bool:
    head = f"\n{file.head.lower()}"
    return (file.suffix == ".ts" and "\n@" in head) or "\n@problemname" in head


def _read(file: File) -> Content:
    text = decode(file.data, file.name, file.options.encoding, file.repairs)
    labelled = stamped = begun = False
    cases: list[tuple[int, str]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip() or line.startswith(("#", "%")):
            continue
        if begun:
            cases.append((number, line.strip()))
            continue
        word, *rest = line.lower().split()
        told = bool(rest) and rest[0] == "true"
        labelled |= word in ("@classlabel", "@targetlabel") and told
        stamped |= word == "@timestamps" and told
        begun = word == "@data"
    if not cases:
        raise DataError(f"{file.name} has no cases; they are expected below a line `@data`.")
    return _content(file, cases, labelled=labelled, stamped=stamped)


def _content(file: File, cases: list[tuple[int, str]], *, labelled: bool, stamped: bool) -> Content:
    rows: list[tuple[int, str, str | None, list[list[str]], list[str]]] = []
    for i, (number, line) in enumerate(cases, 1):
        label, times = None, []
        body = line
        if labelled:
            body, _, label = line.rpartition(":")
        if stamped:
            parts = [_STAMPED.findall(f"({part.strip('()')})") for part in _PARTED.split(body)]
            times = [time.strip() for time, _ in parts[0]]
            dimensions = [[value.strip() for _, value in part] for part in parts]
        else:
            dimensions = [part.split(",") for part in body.split(":")]
        width = len(rows[0][3]) if rows else len(dimensions)
        if len({len(part) for part in dimensions}) > 1 or len(dimensions) != width:
            raise DataError(
                f"{file.name}, line {number}: {width} dimensions of one length are expected, and "
                f"{len(dimensions)} of {', '.join(str(len(part)) for part in dimensions)} came."
            )
        rows.append((number, str(i), label, dimensions, times))
    width = len(rows[0][3])
    names = ["y"] if width == 1 else [f"dim_{i}" for i in range(width)]
    columns: dict[str, list[object]] = {
        "line": [row[0] for row in rows],
        "unique_id": [row[1] for row in rows],
    }
    if stamped:
        columns["ds"] = [row[4] for row in rows]
    columns |= {name: [row[3][i] for row in rows] for i, name in enumerate(names)}
    if labelled:
        columns["label"] = [row[2] for row in rows]
    long = pl.DataFrame(columns).explode(*(["ds"] if stamped else []), *names)
    at = long["line"].to_numpy()
    kept = long.drop("line")
    return Content(kept, tuple(kept.columns), lambda row: int(at[row]))


FORMAT = Format("ts", (".ts",), _fits, _read)
