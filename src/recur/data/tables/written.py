"""Numbers as people write them, taken apart: sign, currency, digits, unit, and the decimal sign.

Of a value that is only known to be below or above a limit, the limit is the number.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

_CURRENCIES = (
    *("€", "£", "¥", "₹", "₩", "₺", "₽", "₪", "₫", "₴", "zł", "Kč", "R\\$", "\\$"),
    *("kr\\.?", "Fr\\.?", "EUR", "USD", "GBP", "CHF", "JPY", "CNY", "INR", "AUD", "CAD", "SEK"),
    *("NOK", "DKK", "PLN", "CZK", "HUF", "BRL", "MXN", "ZAR", "KRW", "TRY", "NZD", "SGD", "HKD"),
)
_CURRENCY = f"(?:{'|'.join(_CURRENCIES)})"
# A unit is a sign, or a short word behind a space: a letter at a number is as likely a name.
_UNIT = r"(?:[%‰°][A-Za-z]?| [A-Za-zµ°Ω²³/%]{1,6})"
_NUMBER = (
    rf"^(?:[<>≤≥] ?)?(?P<before>{_CURRENCY})? ?(?P<open>\()? ?(?P<sign>[+-])?"
    rf" ?(?P<inside>{_CURRENCY})?"
    r" ?(?P<second>[+-])? ?(?P<body>[0-9.,][0-9., '\u2019]*?)(?P<power>[eE][+-]?[0-9]{1,3})?"
    rf"(?: ?(?P<after>{_CURRENCY})|(?P<unit> ?{_UNIT}))? ?(?P<last>-)?(?P<close>\))?$"
)
_SPACES = r"[\u00a0\u2007\u2009\u202f\t]"
_GROUPED = r"^[1-9]\d{0,2}(?:[ '\u2019]\d{3})+(?:[.,]\d*)?$"
_POINT = r"^(?:\d+|[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d?(?:,\d{2})+,\d{3})?(?:\.\d*)?$"
_COMMA = r"^(?:\d+|[1-9]\d{0,2}(?:\.\d{3})+)?(?:,\d*)?$"
_EITHER = r"^[1-9]\d{0,2}[.,]\d{3}$"


@dataclass(frozen=True)
class Written:
    """A column of texts, each taken apart; null where one is no number at all.

    Attributes:
        body: digits, points and commas.
        negative: bool, by a sign before or behind it, or by brackets around it.
        power: such as `e-3`.
        currency: such as `€` or `EUR`; "" for none.
        unit: such as `%`; "" for none.
    """

    body: pl.Series
    negative: pl.Series
    power: pl.Series
    currency: pl.Series
    unit: pl.Series

    @classmethod
    def of(cls, text: pl.Series) -> Written:
        """Take texts apart."""
        plain = text.str.replace_all(_SPACES, " ").str.replace_all("\u2212", "-", literal=True)
        parts = plain.str.strip_chars().str.extract_groups(_NUMBER).struct.unnest()
        parts = parts.with_columns(pl.all().exclude("body").fill_null("")).with_columns(
            pl.col("body").str.strip_chars_end(" ")
        )
        body = parts["body"]
        ungrouped = body.str.replace_all(r"[ '\u2019]", "")
        body = body.zip_with(~body.str.contains(_GROUPED), ungrouped)
        fits = body.str.contains(r"\d") & (body.str.contains(_POINT) | body.str.contains(_COMMA))
        fits &= (parts["open"] == "(") == (parts["close"] == ")")
        signs = parts["sign"] + parts["second"] + parts["last"] + parts["open"]
        fits &= signs.str.len_chars() <= 1
        return cls(
            body=body.zip_with(fits.fill_null(value=False), pl.Series([None], dtype=pl.String)),
            negative=signs.is_in(["-", "("]),
            power=parts["power"],
            currency=parts["before"] + parts["inside"] + parts["after"],
            unit=parts["unit"].str.strip_chars(),
        )

    def values(self, decimal: str) -> pl.Series:
        """Return the numbers under a decimal sign; null where one does not fit it."""
        fits = self.body.str.contains(_COMMA if decimal == "," else _POINT)
        thousands = "." if decimal == "," else ","
        digits = self.body.str.replace_all(thousands, "", literal=True)
        digits = digits.str.replace(decimal, ".", literal=True)
        numbers = (digits + self.power).cast(pl.Float64, strict=False)
        numbers = numbers.zip_with(~self.negative, -numbers)
        return numbers.zip_with(fits.fill_null(value=False), pl.Series([None], dtype=pl.Float64))

    def only(self, decimal: str) -> pl.Series:
        """Say which numbers have this decimal sign for sure; null where one is no number."""
        point, comma = self.body.str.contains(_POINT), self.body.str.contains(_COMMA)
        return (comma & ~point) if decimal == "," else (point & ~comma)

    def undecided(self, sign: str) -> pl.Series:
        """Say in which numbers this sign parts either thousands or decimals."""
        return self.body.str.contains(_EITHER) & self.body.str.contains(sign, literal=True)
