"""The names of months in the languages that files come in, whole or cut short."""

from __future__ import annotations

import polars as pl

_NAMES = """
    january february march april may june july august september october november december
    januar februar marz april mai juni juli august september oktober november dezember
    janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre
    enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
    gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre
    janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro
    januari februari maart april mei juni juli augustus september oktober november december
"""
_OTHERS = {"sept": 9, "mrz": 3, "maerz": 3, "janner": 1}
_PLAIN: dict[str, str | int | None] = {
    **dict(zip("áàâãäåçéèêëíìîïñóòôõöúùûü", "aaaaaaceeeeiiiinooooouuuu", strict=True)),
    "年": "-",
    "月": "-",
    "日": "",
}
_LETTERS = str.maketrans(_PLAIN)


def _cut_short() -> dict[str, int]:
    """Return the month of each name and of its first letters, where these are of one month."""
    found: dict[str, set[int]] = {}
    for place, name in enumerate(_NAMES.split()):
        for length in range(3, len(name) + 1):
            found.setdefault(name[:length], set()).add(place % 12 + 1)
    return {name: min(months) for name, months in found.items() if len(months) == 1} | _OTHERS


MONTHS = _cut_short()
"""The month of a name in small letters without accents, from three letters on."""


def plain(text: str) -> str:
    """Return a text in small letters without accents.

    >>> plain("Févr."), MONTHS["fevr"], MONTHS["mai"], "jui" in MONTHS
    ('fevr.', 2, 5, False)
    """
    return text.casefold().translate(_LETTERS)


def plain_times(text: pl.Series) -> pl.Series:
    """Return times without accents, the signs for year, month and day as hyphens.

    >>> plain_times(pl.Series(["3. März 2020", "2020年3月1日"])).to_list()
    ['3. marz 2020', '2020-3-1']
    """
    if not (text.str.len_bytes() > text.str.len_chars()).any():
        return text
    letters = text.str.to_lowercase().str.replace_many([*_PLAIN], [str(x) for x in _PLAIN.values()])
    return letters.str.strip_chars_end("-")
