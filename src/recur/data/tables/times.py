"""Text to times: the formats, settled on a whole column."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from recur.arrays import Indices
from recur.data.tables.epoch import decimal_seconds, epoch_unit, from_epoch
from recur.data.tables.monthnames import plain_times
from recur.data.tables.numbers import excerpt
from recur.data.tables.timeformats import FORMATS, TO_UTC, read_format
from recur.errors import DataError

Where = Callable[[int], str]

# What polars reads by itself, ten times as fast. It would take more than these, a leap second or
# a day of three digits among them, so that the patterns decide.
_DATE = r"[1-9]\d{3}-\d{2}-\d{2}"
_COMMON = (
    (_DATE, "%Y-%m-%d"),
    (_DATE + r" \d{2}:\d{2}:[0-5]\d", "%Y-%m-%d %H:%M:%S"),
    (_DATE + r"T\d{2}:\d{2}:[0-5]\d", "%Y-%m-%dT%H:%M:%S"),
)
_COUNT = r"^[+-]?[0-9]{1,19}$"
_FIRST_LOOK = 64
_SINCE_1970 = "The times were read as {} since 1970 (UTC)."


@dataclass(frozen=True)
class Reading:
    """One way to read a whole column of times.

    Attributes:
        name: what the format is called.
        values: int64 [rows], microseconds since 1970, or whole numbers.
        counted: whether the values are whole numbers.
        note: what the user should know, or empty.
    """

    name: str
    values: Indices
    counted: bool = False
    note: str = ""


def read_times(column: pl.Series, where: Where) -> list[Reading]:
    """Return every reading that fits the whole column: one, or several where it is ambiguous."""
    if isinstance(column.dtype, pl.Datetime):
        _refuse_blank(column.is_null(), where)
        note = TO_UTC if column.dtype.time_zone else ""
        return [Reading("time", column.cast(pl.Int64).to_numpy(), note=note)]
    if (seconds := decimal_seconds(column)) is not None:
        return [Reading("seconds", seconds, note=_SINCE_1970.format("seconds"))]
    text = _as_text(column, where)
    _refuse_blank(text.is_null() | (text == ""), where)
    distinct = text.unique(maintain_order=True)
    readings = _read_distinct(distinct, text, where)
    if len(distinct) == len(text):
        return readings
    return [
        Reading(
            r.name,
            text.replace_strict(distinct, pl.Series(r.values), return_dtype=pl.Int64).to_numpy(),
            r.counted,
            r.note,
        )
        for r in readings
    ]


def are_times(column: pl.Series) -> bool:
    """Say whether a column wholly reads as dates; a column of whole numbers does not count.

    A column that was given as times is one even where some are missing.
    """
    if isinstance(column.dtype, pl.Datetime):
        return True
    if column.dtype != pl.String or _plain_numbers(column.head(_FIRST_LOOK)).any():
        return False
    try:
        return bool(read_times(column.head(_FIRST_LOOK), str) and read_times(column, str))
    except DataError:
        return False


def share_of_times(column: pl.Series, *, counts: bool = False) -> float:
    """Return which share of some cells of a column reads as dates of one format.

    Args:
        column: of any kind; one that was given as times is one even where some are missing.
        counts: whether whole numbers count as well.
    """
    if isinstance(column.dtype, pl.Datetime):
        return 1.0
    if column.dtype.is_integer() and counts:
        return 1.0
    if column.dtype != pl.String:
        return 0.0
    places = np.unique(np.linspace(0, len(column) - 1, _FIRST_LOOK).astype(np.int64))
    cells = column.gather(places).str.strip_chars()
    whole = float(cells.str.contains(_COUNT).fill_null(value=False).mean() or 0)  # type: ignore[arg-type]
    if counts and whole:
        return whole
    if 2 * _plain_numbers(cells).sum() > len(cells):
        return 0.0
    common = cells.str.contains(f"^(?-u:{_COMMON[0][0]})").sum()
    if common == len(cells):
        return 1.0
    plain = plain_times(cells)
    return max(float(read_format(plain, pattern)[1].mean()) for _, pattern in FORMATS)


def _plain_numbers(column: pl.Series) -> pl.Series:
    return column.str.strip_chars().cast(pl.Float64, strict=False).is_not_null()


def _as_text(column: pl.Series, where: Where) -> pl.Series:
    if column.dtype == pl.String:
        return column.str.strip_chars()
    if column.dtype.is_float():
        whole = (column % 1 == 0) & (column.abs() < 2.0**63)
        odd = ~whole & column.is_not_null() & column.is_not_nan()
        if odd.any():
            row = int(odd.arg_true()[0])
            raise DataError(_refusal(str(column[row]), where(row)))
        column = column.fill_nan(None).cast(pl.Int64)
    if column.dtype.is_integer():
        return column.cast(pl.String)
    raise DataError(f"{where(0)}: expected times, but the column holds {column.dtype} values.")


def _refuse_blank(blank: pl.Series, where: Where) -> None:
    if blank.any():
        row = int(blank.arg_true()[0])
        raise DataError(f"{where(row)}: the time is missing; fill it in or delete the row.")


def _read_distinct(text: pl.Series, rows: pl.Series, where: Where) -> list[Reading]:
    """Try every format on the distinct texts of a column."""
    look = text.head(_FIRST_LOOK)
    common = _read_common(text, look)
    if common is not None:
        return [common]
    plain = plain_times(text)
    look = plain.head(_FIRST_LOOK)
    hits = {name: read_format(look, pattern)[1] for name, pattern in FORMATS}
    most = max(int(fits.sum()) for fits in hits.values())
    worth = [(name, pattern) for name, pattern in FORMATS if hits[name].sum() == most and most]
    parsed = {name: read_format(plain, pattern) for name, pattern in worth}
    readings = [
        Reading(name, values, note=note)
        for name, (values, fits, note) in parsed.items()
        if fits.all()
    ]
    if readings:
        return readings
    whole = text.cast(pl.Int64, strict=False)
    if text.str.contains(_COUNT).all() and not whole.null_count():
        counts = whole.to_numpy()
        if unit := epoch_unit(counts):
            return [Reading(unit, from_epoch(counts, unit), note=_SINCE_1970.format(unit))]
        return [Reading("whole numbers", counts, counted=True)]
    fits = max(
        (fits for _, fits, _ in parsed.values()),
        key=np.sum,
        default=whole.is_not_null().to_numpy(),
    )
    bad = text[int(np.argmin(fits))]
    raise DataError(_refusal(bad, where(int((rows == bad).arg_true()[0]))))


def _read_common(text: pl.Series, look: pl.Series) -> Reading | None:
    """Return the reading of a column that is wholly in one of the common formats."""
    for pattern, form in _COMMON:
        whole = f"^(?-u:{pattern})$"
        if look.str.contains(whole).all() and text.str.contains(whole).all():
            times = text.str.to_datetime(form, strict=False, time_unit="us")
            if not times.null_count():  # else a date that does not exist, to be named by its row
                return Reading(FORMATS[0][0], times.cast(pl.Int64).to_numpy())
    return None


def _refusal(text: str, place: str) -> str:
    return (
        f"{place}: `{excerpt(text)}` cannot be read as a time like the others; write times as "
        "2019-05-03 or 2019-05-03 13:30."
    )
