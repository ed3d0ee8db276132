"""The formats of times: a pattern each, and how what it finds becomes a time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from recur.arrays import Flags, Indices
from recur.data.clock import DAY, HOUR, MINUTE, SECOND
from recur.data.tables.monthnames import MONTHS

_TIME_OF_DAY = (
    r"(?:(?:[T ]|, ?) *(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:[.,](?P<f>\d{1,9}))?)?"
    r" *(?P<p>[AaPp]\.?[Mm]\.?)?"
    r" *(?P<z>Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?"
)
_NAME = r"(?P<b>[A-Za-z]{3,10})\.?"
# The names are what a note or an error calls the reading; several patterns may share one.
FORMATS = (
    ("year-month-day", r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})" + _TIME_OF_DAY),
    ("year-month", r"(?P<y>\d{4})[-/](?P<m>\d{1,2})"),
    ("month/day/year", r"(?P<m>\d{1,2})[/-](?P<d>\d{1,2})[/-](?P<y>\d{4}|\d{2})" + _TIME_OF_DAY),
    ("day/month/year", r"(?P<d>\d{1,2})[/-](?P<m>\d{1,2})[/-](?P<y>\d{4}|\d{2})" + _TIME_OF_DAY),
    ("day.month.year", r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4}|\d{2})" + _TIME_OF_DAY),
    ("month/year", r"(?P<m>\d{1,2})[/-](?P<y>\d{4})"),
    ("month day, year", _NAME + r"[ -](?P<d>\d{1,2})(?:, ?| |-)(?P<y>\d{4})" + _TIME_OF_DAY),
    (
        "day month year",
        r"(?P<d>\d{1,2})(?:[ -]|\. ?)" + _NAME + r"[ ,-]+(?P<y>\d{4}|\d{2})" + _TIME_OF_DAY,
    ),
    ("month year", _NAME + r"(?:[ -]|, )(?P<y>\d{4})"),
    ("month-year", _NAME + r"[-'](?P<y>\d{2})"),
    ("year month", r"(?P<y>\d{4})[ -]" + _NAME),
    ("year M month", r"(?P<y>\d{4})[ -]?[Mm](?P<m>\d{1,2})"),
    ("year and quarter", r"(?P<y>\d{4})[ /-]?[Qq](?P<q>[1-4])"),
    ("quarter and year", r"[Qq](?P<q>[1-4])[ /-]?(?P<y>\d{4})"),
    ("quarter-year", r"(?P<q>[1-4])[Qq][ /-]?(?P<y>\d{4}|\d{2})"),
    ("year and week", r"(?P<y>\d{4})[ /-]?[Ww](?P<w>\d{1,2})(?:-?(?P<e>[1-7]))?"),
    ("week and year", r"[Ww](?P<w>\d{1,2})[ /-](?P<y>\d{4})"),
    ("year month day", r"(?P<y>1[5-9]\d\d|2[01]\d\d)(?P<m>\d{2})(?P<d>\d{2})"),
    ("year and month", r"(?P<y>1[5-9]\d\d|2[01]\d\d)(?P<m>\d{2})"),
    ("year", r"(?P<y>1[5-9]\d\d|2[01]\d\d)"),
)

TO_UTC = "Times with offsets were converted to UTC."


def read_format(text: pl.Series, pattern: str) -> tuple[Indices, Flags, str]:
    """Read texts by one pattern, with the names of months as `plain_times` writes them.

    Returns:
        int64 [n] times, bool [n] whether each text fits and is a real date, and a note.
    """
    # Digits are those of ASCII; others would match, but not become numbers.
    groups = text.str.extract_groups(f"^(?-u:{pattern})$").struct.unnest()
    fits = groups["y"].is_not_null().to_numpy().copy()
    if not fits.any():
        return np.zeros(len(text), np.int64), fits, ""

    def number(name: str, default: int = 0) -> Indices:
        if name not in groups.columns:
            return np.full(len(text), default, dtype=np.int64)
        return groups[name].cast(pl.Int64, strict=False).fill_null(default).to_numpy()

    month, known = _month(groups, number)
    year = _four_digits(number("y", 1970))
    days, real = _days(year, month, number("d", 1))
    if "w" in groups.columns:
        days, real = _week_days(year, number("w", 1), number("e", 1))
    clock, possible = _time_of_day(groups, number)
    fits &= known & real & possible
    local = days * DAY + clock
    zone, zoned = _zone(groups)
    return _to_utc(local, zone, zoned, fits)


def _month(groups: pl.DataFrame, number: Callable[[str, int], Indices]) -> tuple[Indices, Flags]:
    """Return the months and whether they are known, from a number, a name or a quarter."""
    if "q" in groups.columns:
        return 3 * number("q", 1) - 2, np.ones(groups.height, dtype=bool)
    if "b" not in groups.columns:
        return number("m", 1), np.ones(groups.height, dtype=bool)
    month = (
        groups["b"].str.to_lowercase().replace_strict(MONTHS, default=None, return_dtype=pl.Int64)
    )
    return month.fill_null(1).to_numpy(), month.is_not_null().to_numpy()


def _four_digits(year: Indices) -> Indices:
    """Complete years of two digits: 69 to 99 are of the last century, 00 to 68 of this."""
    return np.where(year < 69, year + 2000, np.where(year < 100, year + 1900, year))


def _days(year: Indices, month: Indices, day: Indices) -> tuple[Indices, Flags]:
    """Return the days since 1970 and whether each date exists."""
    months = (year - 1970) * 12 + np.clip(month, 1, 12) - 1
    start = months.astype("M8[M]").astype("M8[D]").astype(np.int64)
    length = (months + 1).astype("M8[M]").astype("M8[D]").astype(np.int64) - start
    return start + day - 1, (month >= 1) & (month <= 12) & (day >= 1) & (day <= length)


def _week_days(year: Indices, week: Indices, day: Indices) -> tuple[Indices, Flags]:
    """Return the days of ISO weeks since 1970, their Mondays by default, and whether they exist."""
    first, following = (_first_monday(one) for one in (year, year + 1))
    days = first + 7 * (week - 1) + day - 1
    return days, (week >= 1) & (first + 7 * (week - 1) < following)


def _first_monday(year: Indices) -> Indices:
    """Return the day on which the first ISO week of a year begins: that of 4 January."""
    fourth, _ = _days(year, np.ones_like(year), np.full_like(year, 4))
    return fourth - (fourth + 3) % 7


def _time_of_day(
    groups: pl.DataFrame, number: Callable[[str, int], Indices]
) -> tuple[Indices, Flags]:
    """Return microseconds since midnight and whether each time of day exists."""
    hour, minute, second = number("H", 0), number("M", 0), number("S", 0)
    possible = (hour < 24) & (minute < 60) & (second < 60)
    fraction = np.zeros(groups.height, dtype=np.int64)
    if "f" in groups.columns:
        digits = groups["f"].str.pad_end(6, "0").str.slice(0, 6)
        fraction = digits.cast(pl.Int64, strict=False).fill_null(0).to_numpy()
        half = groups["p"].str.to_lowercase().str.slice(0, 1).fill_null("").to_numpy()
        possible &= (half == "") | ((hour >= 1) & (hour <= 12))
        hour = np.where(half == "", hour, hour % 12 + 12 * (half == "p"))
    return hour * HOUR + minute * MINUTE + second * SECOND + fraction, possible


def _zone(groups: pl.DataFrame) -> tuple[Indices, Flags]:
    """Return each offset from UTC in microseconds, and whether there is one."""
    if "z" not in groups.columns:
        return np.zeros(groups.height, dtype=np.int64), np.zeros(groups.height, dtype=bool)
    z = groups["z"]
    parts = z.str.extract_groups(r"^([+-])(\d{2}):?(\d{2})?$").struct.unnest()
    hours, minutes = (
        parts[name].cast(pl.Int64, strict=False).fill_null(0).to_numpy()
        for name in parts.columns[1:]
    )
    sign = np.where((parts[parts.columns[0]] == "-").fill_null(value=False).to_numpy(), -1, 1)
    return sign * (hours * HOUR + minutes * MINUTE), z.is_not_null().to_numpy()


def _to_utc(local: Indices, zone: Indices, zoned: Flags, fits: Flags) -> tuple[Indices, Flags, str]:
    """Subtract the offsets; days that begin at local midnight stay dates."""
    if not (zoned & fits).any():
        return local, fits, ""
    fits = fits & zoned  # with some offsets missing nobody can say what the others mean
    if not zone.any() or not (local[fits] % DAY).any():
        return local, fits, ""
    return local - zone, fits, TO_UTC
