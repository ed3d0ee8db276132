"""Cases of tables: CSV, workbooks, Parquet, Arrow and JSON with what nobody expects in them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from tests.attack.outcomes import of_command
from tests.attack.values import NUMBERS, ODD_NAMES, flipped, nested, odd_value, places, put

Come = tuple[str, str, str]
_FAR = ("0000-00-00", "9999-12-31", "10000-01-01", "-5000-01-01", "2024-02-30", "1e400", "1,2,3")
_ODD_TIMES = (*_FAR, "2024-01-01T00:00:00+99:99", "2024-01-01 25:61", "now", "253402300801000")
_ZONES = ("Mars/Phobos", "", "UTC", "+25:00", "Europe/Berlin", "\x1b[2J", "a" * 5_000)
_WIDE = 100_000  # columns
_SEPARATORS = (",", ";", "\t", "|", " ", "\x00", '"')


def tables(folder: Path, rng: np.random.Generator, place: Path) -> tuple[str, list[Come]]:
    """Write a table that is damaged, describe it, and forecast it or use a model on it."""
    kinds = list(_WRITERS)
    kind = kinds[rng.choice(len(kinds), p=[0.5, 0.15, 0.15, 0.1, 0.1])]
    told, data = _WRITERS[kind](rng)
    if rng.random() < (0.1 if kind == "csv" else 0.4):
        more, data = flipped(data, rng)
        told = f"{told}, {more}"
    path = place / f"data.{kind}"
    path.write_bytes(data)
    return f"{kind}: {told}", [(str(one[0]), *of_command(*one)) for one in _uses(folder, path, rng)]


def _uses(folder: Path, path: Path, rng: np.random.Generator) -> list[tuple[object, ...]]:
    pick = int(rng.integers(6))
    forecast = ("forecast", path, "--network", "pretrained", "--horizon", 2)
    return [
        ("describe", path),
        (
            ("describe", path, "--json", "--target", "y"),
            (*forecast, "--json"),
            (*forecast, "--target", "y"),
            ("predict", folder / "direct.recur", path, "--json"),
            ("predict", folder / "denoise.recur", path, "--target", "y", "--json"),
            (*forecast, "--target", "y", "--id", "unique_id", "--time", "ds", "--json"),
        )[pick],
    ]


def rows_of(rng: np.random.Generator) -> tuple[list[str], list[list[Any]]]:
    """Return the header and rows of a sound table of one of three layouts."""
    count = int(rng.integers(1, 60))
    days = np.datetime64("2024-01-01") + np.arange(count)
    values = np.round(rng.normal(10, 2, count), 3)
    layout = rng.integers(3)
    if layout == 0:
        return ["ds", "y"], [[str(d), v] for d, v in zip(days, values.tolist(), strict=True)]
    if layout == 1:
        rows = [[f"s{i % 3}", str(days[i // 3]), values[i].item()] for i in range(count)]
        return ["unique_id", "ds", "y"], rows
    return ["a", "b", "y"], [[v, v + 1, v * 2] for v in values.tolist()]


def damaged_rows(rng: np.random.Generator) -> tuple[str, list[str], list[list[Any]]]:
    """Return a table with some odd cells, names and rows, and what is odd."""
    header, rows = rows_of(rng)
    told: list[str] = []
    for _ in range(int(rng.integers(0, 4))):
        how, column = rng.integers(6), int(rng.integers(len(header)))
        odd = _odd_cell(rng)
        if how == 0:
            header[column] = ODD_NAMES[rng.integers(len(ODD_NAMES))]
            told.append(f"column {column} is {header[column]!r:.40}")
        elif how == 1:
            header[column] = header[0]
            told.append(f"column {column} is called as the first")
        elif how == 2:
            for row in rows:
                row[column] = odd
            told.append(f"all of column {column} are {odd!r:.40}")
        else:
            places_ = rng.integers(len(rows), size=int(rng.integers(1, 5)))
            for i in places_:
                rows[i][column] = odd
            told.append(f"{len(places_)} cells of column {column} are {odd!r:.40}")
    if rng.random() < 0.005:
        header += [f"c{i}" for i in range(_WIDE)]
        rows = [row + [1] * _WIDE for row in rows[:3]]
        told.append(f"{_WIDE} columns")
    return ", ".join(told) or "sound", header, rows


def _odd_cell(rng: np.random.Generator) -> Any:
    pools: tuple[tuple[Any, ...], ...] = (NUMBERS, ODD_NAMES, _ODD_TIMES, ("", None, "-", "n/a"))
    pool = pools[rng.integers(len(pools))]
    return pool[rng.integers(len(pool))]


def _csv(rng: np.random.Generator) -> tuple[str, bytes]:
    told, header, rows = damaged_rows(rng)
    separator = _SEPARATORS[rng.integers(len(_SEPARATORS))] if rng.random() < 0.3 else ","
    lines = [separator.join("" if cell is None else str(cell) for cell in row) for row in rows]
    lines.insert(0, separator.join(header))
    how = rng.integers(9)
    if how == 0:
        lines.insert(int(rng.integers(len(lines))), '"never closed')
    elif how == 1:
        lines[int(rng.integers(len(lines)))] += separator * 7
    elif how == 2:
        lines = [line.partition(separator)[0] for line in lines]
    elif how == 3:
        lines = lines[1:]
    elif how == 4:
        lines = ["# " + "x" * 50, "", *lines, "", "Total" + separator + "7"]
    text = ("\n", "\r\n", "\r", "\n\n")[rng.choice(4, p=[0.7, 0.1, 0.1, 0.1])].join(lines)
    encoding = ("utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252", "utf-32")[
        rng.choice(6, p=[0.7, 0.06, 0.06, 0.06, 0.06, 0.06])
    ]
    return f"{told}, way {how}, {encoding}, {separator!r}", text.encode(encoding, "replace")


def _frame(rng: np.random.Generator) -> tuple[str, pl.DataFrame]:
    told, header, rows = damaged_rows(rng)
    columns: dict[str, Any] = {}
    for i, name in enumerate(header[:500]):
        own = name.encode("utf-8", "replace").decode()
        while own in columns:
            own += "_"
        values = [row[i] for row in rows]
        columns[own] = pl.Series(
            own, [v if isinstance(v, int | float) and abs(v) < 2**62 else None if v is None
                  else str(v).encode("utf-8", "replace").decode() for v in values], strict=False
        )  # fmt: skip
    frame = pl.DataFrame(list(columns.values()))
    how = rng.integers(8)
    target = frame.columns[-1]
    if how < 4:
        odd = (
            pl.lit([[1.0]]), pl.lit(b"\x00\xff"), pl.lit(True), pl.lit("x").cast(pl.Categorical),
            pl.duration(days=1), pl.lit(1).cast(pl.Decimal(38, 10)), pl.time(25 % 24),
            pl.struct(pl.lit(1).alias("a")), pl.lit(2**63 - 1), pl.lit(None),
            pl.lit(2**62).cast(pl.Datetime("ns")), pl.lit(-(2**40)).cast(pl.Date, strict=False),
        )  # fmt: skip
        pick = int(rng.integers(len(odd)))
        name = frame.columns[rng.integers(frame.width)]
        frame = frame.with_columns(odd[pick].alias(name))
        told += f", `{name!r:.20}` is odd dtype {pick}"
    elif how == 4:
        frame = frame.clear()
        told += ", no rows"
    elif how == 5:
        frame = frame.select(pl.col(target).cast(pl.Float32, strict=False))
        told += ", one column"
    return told, frame


def _parquet(rng: np.random.Generator) -> tuple[str, bytes]:
    told, frame = _frame(rng)
    if rng.random() < 0.3:
        return _zoned(told, frame, rng)
    file = io.BytesIO()
    frame.write_parquet(file)
    return told, file.getvalue()


def _zoned(told: str, frame: pl.DataFrame, rng: np.random.Generator) -> tuple[str, bytes]:
    """Return a file whose times are in a zone that need not exist, which polars writes but once."""
    zone = _ZONES[rng.integers(len(_ZONES))]
    when = pl.datetime_range(pl.datetime(2024, 1, 1), pl.datetime(2024, 1, 1), "1d", eager=True)
    times = pl.Series("when", [when[0]] * frame.height, pl.Datetime("us", "UTC"))
    file = io.BytesIO()
    frame.with_columns(times).write_parquet(file)
    own = zone.encode()[:3].ljust(3, b"?")
    return f"{told}, zone {zone[:3]!r}", file.getvalue().replace(b"UTC", own)


def _arrow(rng: np.random.Generator) -> tuple[str, bytes]:
    told, frame = _frame(rng)
    file = io.BytesIO()
    frame.write_ipc(file)
    return told, file.getvalue()


def _json(rng: np.random.Generator) -> tuple[str, bytes]:
    told, header, rows = damaged_rows(rng)
    value: Any = [dict(zip(header[:50], row, strict=False)) for row in rows]
    if rng.random() < 0.3:
        value = {"data": value, "next": nested(20)}
    for _ in range(int(rng.integers(0, 3))):
        found = list(places(value))
        path = found[rng.integers(len(found))]
        put(value, path, odd_value(rng))
        told += f", at {'.'.join(map(str, path))!r:.30}"
    return told, json.dumps(value).encode()


def _excel(rng: np.random.Generator) -> tuple[str, bytes]:
    from xlsxwriter import Workbook

    told, header, rows = damaged_rows(rng)
    file = io.BytesIO()
    with Workbook(file, {"in_memory": True, "nan_inf_to_errors": True}) as book:
        sheet = book.add_worksheet()
        for i, row in enumerate([header[:200], *rows]):
            for j, cell in enumerate(row[:200]):
                if isinstance(cell, int | float) and abs(cell) < 1e300:
                    sheet.write_number(i, j, cell)
                else:
                    text = str(cell).encode("utf-8", "replace").decode()[:30_000]
                    sheet.write_string(i, j, text)
    return told, file.getvalue()


_WRITERS: dict[str, Callable[[np.random.Generator], tuple[str, bytes]]] = {
    "csv": _csv,
    "parquet": _parquet,
    "json": _json,
    "arrow": _arrow,
    "xlsx": _excel,
}
