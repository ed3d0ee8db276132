"""Text to numbers: as they are written, the decimal sign settled by the whole column."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import polars as pl

from recur.arrays import Float64s
from recur.data.tables.repairs import Repairs
from recur.data.tables.written import Written
from recur.errors import DataError

MISSING = (
    *(
        "",
        "-",
        "--",
        "---",
        "\u2013",
        "\u2014",
        "?",
        ".",
        "..",
        "...",
        ":",
        "*",
        "na",
        "n/a",
        "n.a.",
        "n.a",
    ),
    *("***", "unavailable", "unknown"),
    *("nan", "null", "none", "nil", "missing", "nd", "n/d", "no data", "<na>", "#n/a", "#na"),
    *("#value!", "#ref!", "#div/0!", "#num!", "#name?", "#null!"),
)
_FLAGS = r"^[bepru]{1,2}$"  # break, estimated, provisional, revised, unreliable
_TRUTHS = {"true": 1.0, "false": 0.0}
_FIRST_LOOK = 64
# What is read without a word: a currency sign in front, and thousands apart.
_USUAL = r"^[+-]?\s*[$€£]?\s*[+-]?[\d.,]+$"
_UNDECIDED = r"^[+-]?[1-9]\d{0,2}\.\d{3}$"


def read_numbers(
    column: pl.Series,
    where: Callable[[int], str],
    *,
    separator: str = ",",
    decimal: str | None = None,
    name: str = "",
    repairs: Repairs | None = None,
) -> Float64s:
    """Return float64 [rows]: the numbers of a column, NaN where a value is missing.

    Args:
        column: text, or numbers already.
        where: says where a row is, for messages.
        separator: what separates the fields of the file; "" where it has none.
        decimal: the decimal sign, `.` or `,`; None settles it by the column.
        name: of the column, for what is told.
        repairs: is told what was not written as numbers usually are.
    """
    if column.dtype.is_numeric():
        return _floats(column.cast(pl.Float64))
    if column.dtype != pl.String:
        kind = "true or false" if column.dtype == pl.Boolean else "times"
        raise DataError(f"{where(0)}: expected a number, but the column holds {kind}.")
    repairs = repairs or Repairs()
    text = column.str.strip_chars()
    plain = text.cast(pl.Float64, strict=False)
    if decimal != ",":
        odd = plain.is_null() & ~_is_missing(text)
        if not odd.any():
            if separator != ",":  # there the point is the decimal sign, or commas would be quoted
                _say_undecided(text, decimal, name, repairs)
            return _floats(plain)
    return _floats(_read_written(text, plain, where, separator, decimal, name, repairs))


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
    odd = text.filter(text.cast(pl.Float64, strict=False).is_null())
    if not len(odd):
        return len(text) > 0
    return 2 * Written.of(odd).body.null_count() <= len(text)


def excerpt(text: str, longest: int = 60) -> str:
    """Return a text short enough, and on one line, for a message."""
    line = " ".join(text.replace("\0", "\\0").split())
    return line if len(line) <= longest else line[: longest - 3] + "..."


def _read_written(
    text: pl.Series,
    plain: pl.Series,
    where: Callable[[int], str],
    separator: str,
    decimal: str | None,
    name: str,
    repairs: Repairs,
) -> pl.Series:
    """Read a column in which some text is no number as computers write it."""
    rows = (~_is_missing(text)).arg_true()
    known, computed = text.gather(rows), plain.gather(rows)
    # Infinite numbers and the like are no such text; they stay what they are.
    parts = Written.of(known)
    foreign = (parts.body.is_null() & computed.is_null()).arg_true()
    if len(foreign):
        first = int(foreign[0])
        raise DataError(
            f"{where(int(rows[first]))}: expected a number, found the text "
            f"`{excerpt(known[first])}`; correct it or leave it blank."
        )
    parts = _without_flags(parts)
    _refuse_mixed(parts, known, lambda row: where(int(rows[row])))
    sign = decimal or _settled(parts, known, lambda row: where(int(rows[row])), separator, name,
                               repairs)  # fmt: skip
    numbers = parts.values(sign)
    numbers = numbers.zip_with(parts.body.is_not_null(), computed)
    wrong = numbers.is_null().arg_true()
    if len(wrong):
        first = int(wrong[0])
        raise DataError(
            f"{where(int(rows[first]))}: `{excerpt(known[first])}` is no number with the decimal "
            f"sign `{sign}`; correct it, or name the other one with `decimal`."
        )
    as_ever = computed.is_not_null() if sign == "." else known.str.contains(r"^[+-]?\d+$")
    if sign == "." or separator not in ("", ",") or decimal is not None:
        as_ever |= known.str.contains(_USUAL)
    odd = (~as_ever & parts.body.is_not_null()).arg_true()
    if len(odd):
        first = int(odd[0])
        repairs.made(
            "numbers",
            len(odd),
            f"Read {len(odd):,} value{'s' * (len(odd) > 1)} of `{name}` as people write numbers: "
            f"`{excerpt(known[first])}` is {numbers[first]:.15g}.",
        )
    values = pl.Series([None], dtype=pl.Float64).extend_constant(None, len(text) - 1)
    return values.scatter(rows, numbers)


def _without_flags(parts: Written) -> Written:
    """Return numbers without the flags of statistics, `p` for a provisional one, say.

    They are no units where some values have none.
    """
    flagged = parts.unit.str.contains(_FLAGS)
    if not flagged.any() or not ((parts.unit == "") | flagged).all() or flagged.all():
        return parts
    return replace(parts, unit=pl.Series([""] * len(flagged)))


def _refuse_mixed(parts: Written, known: pl.Series, where: Callable[[int], str]) -> None:
    """Refuse numbers of several units, or of several currencies."""
    signed = parts.currency.filter(parts.currency != "")
    for kind, of_each, each in (
        ("unit", parts.unit, parts.unit),
        ("currency", signed, parts.currency),
    ):
        if of_each.n_unique() < 2:
            continue
        first = of_each[0]
        other = int(((each != first) & (each.is_in(of_each.implode()))).arg_true()[0])
        raise DataError(
            f"{where(other)}: `{excerpt(known[other])}` has another {kind} than "
            f"`{excerpt(known[int((each == first).arg_true()[0])])}`; write all values of the "
            "column in the same one."
        )


def _settled(
    parts: Written,
    known: pl.Series,
    where: Callable[[int], str],
    separator: str,
    name: str,
    repairs: Repairs,
) -> str:
    """Settle the decimal sign on the whole column."""
    points, commas = parts.only(".").arg_true(), parts.only(",").arg_true()
    if len(points) and len(commas):
        row = int(commas[0])
        raise DataError(
            f"{where(row)}: `{excerpt(known[row])}` has a decimal comma and "
            f"`{excerpt(known[int(points[0])])}` a decimal point; write the same sign throughout."
        )
    if len(points) or len(commas):
        return "." if len(points) else ","
    dots, either = parts.undecided(".").arg_true(), parts.undecided(",").arg_true()
    if len(dots) and len(either):
        row = int(either[0])
        raise DataError(
            f"{where(row)}: `{known[row]}` and `{known[int(dots[0])]}` can be read with a decimal "
            "comma or a decimal point; say which with `decimal`."
        )
    if len(either) and separator != ",":  # where lists take a semicolon, decimals take the comma
        sign = "," if separator == ";" else "."
        _say_either(known[int(either[0])], sign, name, repairs)
        return sign
    return "."


def _say_undecided(text: pl.Series, decimal: str | None, name: str, repairs: Repairs) -> None:
    """Say so where all plain numbers could as well be whole ones with thousands apart."""
    if decimal is not None:
        return
    for part in (text.head(_FIRST_LOOK), text):
        known = part.filter(~_is_missing(part))
        if not len(known) or not known.str.contains(_UNDECIDED).all():
            return
    _say_either(known[0], ".", name, repairs)


def _say_either(text: str, sign: str, name: str, repairs: Repairs) -> None:
    mark = "," if "," in text else "."
    value = text.replace(mark, ".") if mark == sign else text.replace(mark, "")
    other = "," if sign == "." else "."
    repairs.said(
        f"`{text}` in column `{name}` is taken for {value}, as all values there can be read in two "
        f"ways; for the other one, say `--decimal {other}` (`decimal='{other}'`)."
    )


def _is_missing(text: pl.Series) -> pl.Series:
    return text.is_null() | text.str.to_lowercase().is_in(MISSING)


def _floats(numbers: pl.Series) -> Float64s:
    return numbers.fill_null(float("nan")).to_numpy()
