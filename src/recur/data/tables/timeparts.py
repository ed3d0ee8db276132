"""Times that stand in several columns: year and month, year and week, date and time of day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import polars as pl

from recur.data.tables.table import Table
from recur.data.tables.times import read_times
from recur.errors import DataError

_DATES = ("date", "day", "datum")
_OF_DAY = ("time", "hour", "hr", "time of day", "time_of_day", "uhrzeit")
_YEARS = ("year", "yr", "jahr", "annee", "année", "año", "anno", "ano")
_PARTS = {  # of a year: what it is called, what it looks like, and how it is written after a year
    "month": (
        ("month", "mon", "mnth", "monat", "mois", "mes"),
        r"0?[1-9]|1[0-2]|[^\W\d_]{3,10}\.?",
    ),
    "week": (
        ("week", "wk", "week_number", "week number", "kw"),
        r"[Ww]?(?:0?[1-9]|[1-5]\d)",
    ),
    "quarter": (("quarter", "qtr", "q"), r"[Qq]?[1-4]"),
}
_YEAR = r"1[5-9]\d\d|2[01]\d\d"
_DAY_OF_MONTH = r"0?[1-9]|[12]\d|3[01]"
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?: ?[AaPp]\.?[Mm]\.?)?"
_HOUR = r"0?\d|1\d|2[0-3]"


def with_composed_time(
    table: Table, taken: Collection[int | None]
) -> tuple[Table, tuple[int, ...]]:
    """Return a table with one more column of the times that several columns make together.

    Args:
        table: the table.
        taken: the positions of columns that are something else.

    Returns:
        The table, with that column as its last, and the positions of the parts; none where there
        are none, and the table as it was.
    """
    places = _by_name(table, taken)
    date = _found(table, places, _DATES, None)
    clock = _found(table, places, _OF_DAY, _CLOCK)
    hour = _found(table, places, _OF_DAY, _HOUR)
    year = _found(table, places, _YEARS, _YEAR)
    if date is not None and (of_day := clock if clock is not None else hour) not in (None, date):
        assert of_day is not None
        if _are_days(table, date):
            texts = _text(table, date) + " " + _of_day(table, of_day, whole=clock is None)
            return _with(table, texts, (date, of_day))
    if year is None:
        return table, ()
    for part, (names, pattern) in _PARTS.items():
        at = _found(table, places, names, pattern)
        if at is None:
            continue
        if part != "month":
            sign = part[0].upper()
            within = sign + _text(table, at).str.strip_chars_start("WwQq")
            return _with(table, _text(table, year) + within, (year, at))
        return _of_months(table, places, year, at, hour)
    return table, ()


def _of_months(
    table: Table, places: dict[str, int], year: int, month: int, hour: int | None
) -> tuple[Table, tuple[int, ...]]:
    """Add the times of a year and a month, with the day and the hour where there are any."""
    months = _text(table, month)
    numbered = bool(months.str.contains(r"^\d+$").all())
    day = _found(table, places, ("day", "day of month", "dom"), _DAY_OF_MONTH)
    if day is None or day in (year, month):
        separator = "-" if numbered else " "
        return _with(table, _text(table, year) + separator + months, (year, month))
    days = _text(table, day)
    if not numbered:
        return _with(table, days + " " + months + " " + _text(table, year), (day, month, year))
    texts, parts = _text(table, year) + "-" + months + "-" + days, (year, month, day)
    if hour is None or hour in parts:
        return _with(table, texts, parts)
    return _with(table, texts + " " + _of_day(table, hour, whole=True), (*parts, hour))


def _by_name(table: Table, taken: Collection[int | None]) -> dict[str, int]:
    names = [name.strip() for name in table.folded]
    return {name: i for i, name in reversed([*enumerate(names)]) if i not in taken}


def _found(
    table: Table, places: dict[str, int], names: Sequence[str], pattern: str | None
) -> int | None:
    """Return the column of one of some names of which every cell fits a pattern."""
    for name in names:
        at = places.get(name)
        if at is None:
            continue
        if pattern is None or _text(table, at).str.contains(f"^(?:{pattern})$").all():
            return at
    return None


def _text(table: Table, at: int) -> pl.Series:
    """Return a column as text, "" where a cell is blank."""
    column = table.column(at)
    if column.dtype.is_float() and not (column % 1 != 0).any():
        column = column.cast(pl.Int64, strict=False)
    if isinstance(column.dtype, pl.Datetime):
        return column.dt.strftime("%Y-%m-%d").fill_null("")
    return column.cast(pl.String).str.strip_chars().fill_null("")


def _of_day(table: Table, at: int, *, whole: bool) -> pl.Series:
    texts = _text(table, at)
    return texts.str.zfill(2) + ":00" if whole else texts


def _are_days(table: Table, at: int) -> bool:
    """Say whether a column holds dates without a time of day."""
    column = table.column(at)
    if isinstance(column.dtype, pl.Datetime):
        return bool((column == column.dt.truncate("1d")).all())
    if column.dtype.is_float() or column.cast(pl.String).str.contains(":").any():
        return False
    try:
        return not any(reading.counted for reading in read_times(column, str))
    except DataError:
        return False


def _with(table: Table, texts: pl.Series, parts: tuple[int, ...]) -> tuple[Table, tuple[int, ...]]:
    """Return the table with a column of such texts, called by the names of its parts."""
    column = texts.alias(f"times of {len(table.names)}")
    name = " ".join(table.names[at] for at in parts)
    names = (*table.names, name)
    *others, last = (f"`{table.names[at]}`" for at in parts)
    told = f"{', '.join(others)} and {last}"
    notes = (*table.notes, f"The times were put together of {told}.")
    whole = replace(table, frame=table.frame.with_columns(column), names=names, notes=notes)
    return whole, parts
