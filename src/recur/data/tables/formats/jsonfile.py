"""JSON: a list of records, columns by name, or a record a line."""

from __future__ import annotations

import json
import re
from typing import Any

import polars as pl

from recur.data.tables.content import Content, typed
from recur.data.tables.encodings import decode
from recur.data.tables.formats.base import File, Format
from recur.errors import DataError

_HALF = re.compile(r"\\u[dD][89a-fA-F]")  # which two of make a character


def _fits(file: File) -> bool:
    head = file.head
    if file.suffix in FORMAT.suffixes:
        return head[:1] in ("[", "{")
    return head.startswith('{"') or head.replace(" ", "").replace("\n", "")[:2] in ("[{", "[[")


def _read(file: File) -> Content:
    text = decode(file.data, file.name, file.options.encoding, file.repairs)
    try:
        return typed(_flat(_frame(_of_whole_characters(_values(text, file), text, file), file)))
    except (pl.exceptions.PolarsError, TypeError, OverflowError) as error:
        raise file.damaged("JSON", error) from None


def _values(text: str, file: File) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        lines = [(i, line) for i, line in enumerate(text.split("\n"), 1) if line.strip()]
        if len(lines) < 2 or not lines[0][1].rstrip().endswith(("}", "]")):
            raise file.damaged("JSON", error) from None
    records = []
    for number, line in lines:
        try:
            records.append(json.loads(line))
        except json.JSONDecodeError as error:
            raise DataError(
                f"{file.name}, line {number}: it should be one JSON value, and is not ({error.msg} "
                f"at character {error.colno})."
            ) from None
    return records


def _of_whole_characters(values: Any, text: str, file: File) -> Any:
    """Return values with U+FFFD for each half of a character, which no other text can hold."""
    if not _HALF.search(text):
        return values
    told = json.dumps(values, ensure_ascii=False)
    whole = told.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    count = sum(one != other for one, other in zip(told, whole, strict=True))
    if not count:
        return values
    file.repairs.made(
        "half characters",
        count,
        f"Took {count:,} half character{'s' * (count > 1)} (such as \\ud83d alone) for U+FFFD.",
    )
    return json.loads(whole)


def _frame(values: Any, file: File) -> pl.DataFrame:
    if isinstance(values, dict):
        if (samples := _samples(values)) is not None:
            return pl.DataFrame(samples)
        inner = [each for each in values.values() if isinstance(each, dict) and _columns(each)]
        if len(inner) == 1:  # what stands beside the table tells of it
            return _frame(inner[0], file)
        if (pairs := _pairs(values)) is not None:
            return pairs
        records = [each for each in values.values() if _are(each, dict) or _are(each, list)]
        if len(records) == 1 and not all(isinstance(each, list) for each in values.values()):
            return _frame(records[0], file)
        columns = list(values.values())
        if _are(columns, list) and len({len(column) for column in columns}) == 1:
            return pl.DataFrame(values, strict=False)
        if _are(columns, dict):  # as pandas writes columns: by the name of each row
            rows = list(dict.fromkeys(row for column in columns for row in column))
            by_name = {name: [column.get(row) for row in rows] for name, column in values.items()}
            return pl.DataFrame({"index": rows} | by_name, strict=False)
        if columns and not any(isinstance(each, list | dict) for each in columns):
            return pl.DataFrame([values])  # a record alone, such as a file of one line
    if _are(values, dict):
        return pl.DataFrame(values, infer_schema_length=None, strict=False)
    if _are(values, list):
        width = len(values[0])
        if width and all(len(row) == width for row in values):
            names = [f"column{i + 1}" for i in range(width)]
            if all(isinstance(cell, str) for cell in values[0]) and len(values) > 1:
                names, values = values[0], values[1:]
            return pl.DataFrame(values, schema=names, orient="row", strict=False)
    if isinstance(values, list) and values and not isinstance(values[0], str):
        return pl.DataFrame({"y": values}, strict=False)
    raise DataError(
        f"{file.name} holds no table that JSON can be; a list of records is expected, columns by "
        "name, or a record a line."
    )


def _flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a table in which the records within records are columns, named `outer.inner`."""
    while nested := [one.name for one in frame if one.dtype == pl.Struct]:
        for name in nested:
            inner = frame[name].struct.unnest()
            inner.columns = [f"{name}.{field}" for field in inner.columns]
            at = frame.columns.index(name)
            others = frame.columns
            frame = frame.drop(name).hstack(inner)
            frame = frame.select(*others[:at], *inner.columns, *others[at + 1 :])
    return frame


def _columns(values: dict[str, Any]) -> bool:
    """Say whether these are columns of one length by their names, of single cells."""
    lists = [each for each in values.values() if isinstance(each, list) and each]
    cells = [cell for each in lists for cell in each[:1]]
    same = len({len(each) for each in lists}) == 1 and len(lists) == len(values)
    return same and not any(isinstance(cell, list | dict) for cell in cells)


def _pairs(values: dict[str, Any]) -> pl.DataFrame | None:
    """Return a table of lists of pairs, of the same times and a value each; None for others."""
    lists = [each for each in values.values() if _are(each, list)]
    if len(lists) < len(values) or {len(row) for each in lists for row in each} != {2}:
        return None
    times = [[row[0] for row in each] for each in lists]
    if any(each != times[0] for each in times):
        return None
    columns = {name: [row[1] for row in each] for name, each in values.items()}
    return pl.DataFrame({"ds": times[0], **columns}, strict=False)


def _samples(values: Any) -> list[dict[str, Any]] | None:
    """Return the samples that an answer of Prometheus holds, one a record; None where it is none.

    A series has its labels and pairs of a time in seconds and a value.
    """
    data = values.get("data")
    result: Any = data.get("result") if isinstance(data, dict) else None
    if not _are(result, dict) or not all(_are(one.get("values"), list) for one in result):
        return None
    return [
        {
            "unique_id": ", ".join(f"{k}={v}" for k, v in one.get("metric", {}).items()) or "y",
            "ds": sample[0],
            "y": float(sample[1]),
        }
        for one in result
        for sample in one["values"]
    ]


def _are(values: Any, kind: type) -> bool:
    return isinstance(values, list) and bool(values) and all(isinstance(x, kind) for x in values)


FORMAT = Format("JSON", (".json", ".jsonl", ".ndjson"), _fits, _read)
