"""Monash `.tsf`: a series a line, its attributes and first time before its values."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from recur.data.tables.content import Content
from recur.data.tables.encodings import decode
from recur.data.tables.formats.base import File, Format
from recur.data.tables.numbers import excerpt
from recur.errors import DataError

_STEPS = {
    "yearly": "12mo",
    "quarterly": "3mo",
    "monthly": "1mo",
    "weekly": "7d",
    "daily": "1d",
    "hourly": "1h",
    "half_hourly": "30m",
    "minutely": "1m",
    "secondly": "1s",
    **{f"{n}_minutes": f"{n}m" for n in (2, 5, 10, 15, 20, 30)},
    **{f"{n}_seconds": f"{n}s" for n in (2, 4, 5, 10, 15, 30)},
}
_TIMES = ("%Y-%m-%d %H-%M-%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d")


def _fits(file: File) -> bool:
    head = f"\n{file.head.lower()}"
    return file.suffix == ".tsf" or ("\n@relation" in head and "\n@attribute" in head)


def _read(file: File) -> Content:
    text = decode(file.data, file.name, file.options.encoding, file.repairs)
    attributes: list[tuple[str, str]] = []
    step, rows, lines, begun = "", [], [], False
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if begun:
            rows.append(line.strip().split(":"))
            lines.append(number)
            continue
        word, *rest = line.split()
        if word.lower() == "@attribute" and len(rest) == 2:
            attributes.append((rest[0], rest[1].lower()))
        elif word.lower() == "@frequency" and rest:
            step = _STEPS.get(rest[0].lower(), "")
        begun = word.lower() == "@data"
    if not rows:
        raise DataError(f"{file.name} has no series; they are expected below a line `@data`.")
    return _content(file, attributes, step, rows, lines)


def _content(
    file: File,
    attributes: list[tuple[str, str]],
    step: str,
    rows: list[list[str]],
    lines: list[int],
) -> Content:
    for number, row in zip(lines, rows, strict=True):
        if len(row) < len(attributes) + 1:
            raise DataError(
                f"{file.name}, line {number}: {len(attributes) + 1} parts with colons between them "
                f"are expected, and {len(row)} came."
            )
    series = pl.DataFrame(
        {
            "line": lines,
            **{name: [row[i] for row in rows] for i, (name, _) in enumerate(attributes)},
            "y": [":".join(row[len(attributes) :]).split(",") for row in rows],
        }
    )
    dates = [name for name, kind in attributes if kind == "date"]
    ids = [name for name, kind in attributes if kind == "string"]
    series = series.with_columns(
        pl.concat_str(ids, separator=" · ").alias("unique_id")
        if ids
        else pl.col("line").cast(pl.String).alias("unique_id")
    )
    columns = ["unique_id"]
    if dates and step:
        stamps = zip(lines, series[dates[0]], strict=True)
        starts = [_time(text, number, file) for number, text in stamps]
        series = series.with_columns(pl.Series("start", starts, dtype=pl.Datetime("us")))
        columns.append("ds")
    long = series.with_columns(pl.int_ranges(pl.col("y").list.len()).alias("step")).explode(
        "y", "step"
    )
    if "ds" in columns:
        count, unit = int(step.rstrip("mohds")), step.lstrip("0123456789")
        ahead = pl.format("{}{}", pl.col("step") * count, pl.lit(unit))
        long = long.with_columns(pl.col("start").dt.offset_by(ahead).alias("ds"))
    at = long["line"].to_numpy()
    return Content(long.select(*columns, "y"), (*columns, "y"), lambda row: int(at[row]))


def _time(text: str, number: int, file: File) -> datetime:
    for layout in _TIMES:
        try:
            return datetime.strptime(text.strip(), layout)
        except ValueError:
            continue
    raise DataError(
        f"{file.name}, line {number}: the first time is expected as 1990-01-31 00-00-00, and "
        f"`{excerpt(text)}` came."
    )


FORMAT = Format("tsf", (".tsf",), _fits, _read)
