"""Text to numbers: thousands, currency signs, decimal commas, missing values."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from recur.arrays import Float64s
from recur.errors import DataError

MISSING = ("", "-", "--", "?", ".", "na", "n/a", "#n/a", "nan", "null", "none", "missing")
_TRUTHS = {"true": 1.0, "false": 0.0}
_THOUSANDS = r"^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$"
_DECIMAL_COMMA = r"^[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+)(?:,\d+)?$"
_CURRENCY = r"^([+-]?)\s*[$€£]\s*([+-]?)"


def read_numbers(
    column: pl.Series, where: Callable[[int], str], *, decimal_commas: bool = False
) -> Float64s:
    """Return float64 [rows]: the numbers of a column, NaN where a value is missing.

    Args:
        column: text, or numbers already.
        where: says where a row is, for messages.
        decimal_commas: whether a comma may stand for the decimal point, because something else
            separates the file's fields.
    """
    if column.dtype.is_numeric():
        return _floats(column.cast(pl.Float64))
    if column.dtype != pl.String:
        kind = "true or false" if column.dtype == pl.Boolean else "times"
        raise DataError(f"{where(0)}: expected a number, but the column holds {kind}.")
    text = column.str.strip_chars()
    plain = text.cast(pl.Float64, strict=False)
    odd = (plain.is_null() & ~_is_missing(text)).arg_true()
    if not len(odd):
        return _floats(plain)
    if decimal_commas and _has_decimal_commas(text, where):
        return _floats(_with_decimal_point(text).cast(pl.Float64, strict=False))
    values = _floats(plain).copy()
    values[odd.to_numpy()] = _read_odd(text[odd], odd, where)
    return values


def read_truths(column: pl.Series) -> Float64s | None:
    """Return float64 [rows], 1 for true, 0 for false, NaN where missing; None for anything else.

    Args:
        column: booleans, or text that says `true` and `false` in any case.
    """
    if column.dtype == pl.String:
        text = column.str.strip_chars().str.to_lowercase()
        truths = text.replace_strict(_TRUTHS, default=None, return_dtype=pl.Float64)
        odd = truths.is_null() & ~_is_missing(text)
        return None if odd.any() or truths.null_count() == len(truths) else _floats(truths)
    return _floats(column.cast(pl.Float64)) if column.dtype == pl.Boolean else None


def looks_numeric(column: pl.Series, sample: int = 1000) -> bool:
    """Say whether at least half of the first known values of a column are numbers."""
    if column.dtype != pl.String:
        return column.dtype.is_numeric()
    text = column.head(sample).str.strip_chars()
    text = text.filter(~_is_missing(text))
    plain = _without_currency(text).str.replace_all(",", "").cast(pl.Float64, strict=False)
    return len(text) > 0 and 2 * plain.null_count() <= len(text)


def _read_odd(text: pl.Series, rows: pl.Series, where: Callable[[int], str]) -> Float64s:
    """Read currency signs and thousands separators; refuse the first text that is no number."""
    bare = _without_currency(text)
    grouped = bare.str.contains(_THOUSANDS)
    bare = bare.zip_with(~grouped, bare.str.replace_all(",", ""))
    numbers = bare.cast(pl.Float64, strict=False)
    if numbers.null_count():
        bad = int(numbers.is_null().arg_true()[0])
        raise DataError(_refusal(text[bad], where(int(rows[bad]))))
    return _floats(numbers)


def _refusal(text: str, place: str) -> str:
    if pl.Series([text]).str.contains(_DECIMAL_COMMA)[0]:
        point = text.replace(".", "").replace(",", ".")
        return (
            f"{place}: `{text}` looks like a number with a decimal comma; write `{point}`, or "
            "separate the fields of the file by semicolons and use decimal commas throughout."
        )
    shown = excerpt(text)
    return f"{place}: expected a number, found the text `{shown}`; correct it or leave it blank."


def excerpt(text: str, longest: int = 60) -> str:
    """Return a text short enough, and on one line, for a message."""
    line = " ".join(text.replace("\0", "\\0").split())
    return line if len(line) <= longest else line[: longest - 3] + "..."


def _has_decimal_commas(text: pl.Series, where: Callable[[int], str]) -> bool:
    """Settle on the whole column whether its commas are decimal or separate thousands."""
    known = text.filter(~_is_missing(text))
    if not known.str.contains(_DECIMAL_COMMA).all():
        return False
    commas = known.filter(known.str.contains(",", literal=True))
    if len(commas) and not commas.str.contains(r"^[+-]?[1-9]\d{0,2},\d{3}$").all():
        return True
    row = int((text == commas[0]).fill_null(value=False).arg_true()[0]) if len(commas) else 0
    raise DataError(
        f"{where(row)}: `{text[row]}` can be read with a decimal comma or with a thousands "
        "separator, and so can the rest of the column; write decimal points and no separators."
    )


def _with_decimal_point(text: pl.Series) -> pl.Series:
    return text.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)


def _without_currency(text: pl.Series) -> pl.Series:
    return text.str.replace(_CURRENCY, "${1}${2}")


def _is_missing(text: pl.Series) -> pl.Series:
    return text.is_null() | text.str.to_lowercase().is_in(MISSING)


def _floats(numbers: pl.Series) -> Float64s:
    return numbers.fill_null(float("nan")).to_numpy()
