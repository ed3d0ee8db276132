"""Texts of words or characters as numbers, some of which stand for what training has not seen."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from typing import Literal

import numpy as np

from recur.arrays import Symbols
from recur.settings import Settings

TextUnit = Literal["words", "characters"]

UNKNOWN = 0
"""The number of every symbol that is not known."""

# A word of any script, with what an apostrophe joins to it; else a single sign.
_WORDS = re.compile(r"\w+(?:['\u2019]\w+)*|[^\w\s]")
_APOSTROPHE = re.compile(r"(['\u2019])")


def pieces(text: str, unit: TextUnit, *, exact: bool = False) -> list[str]:
    """Return the words of a text, without regard to case, or its characters.

    Args:
        text: the text.
        unit: what is wanted.
        exact: keep the case of words, and cut them at an apostrophe, which goes with the shorter
            side: `J'|ai`, `Tom|'s`.

    >>> pieces("It isn't GOOD; naïve.", "words")
    ['it', "isn't", 'good', ';', 'naïve', '.']
    >>> pieces("J'ai vu Tom's cat.", "words", exact=True)
    ["J'", 'ai', 'vu', 'Tom', "'s", 'cat', '.']
    """
    if unit == "characters":
        return list(text.strip())
    if not exact:
        return _WORDS.findall(text.casefold())
    return [part for word in _WORDS.findall(text) for part in _parts(word)]


def _parts(word: str) -> list[str]:
    """Return what apostrophes join."""
    first, *rest = _APOSTROPHE.split(word)
    parts = [first]
    for sign, after in zip(rest[::2], rest[1::2], strict=True):
        if len(after) < len(parts[-1]):
            parts.append(sign + after)
        else:
            parts[-1] += sign
            parts.append(after)
    return parts


class Lexicon(Settings):
    """The symbols that are known, each by its number, from 1 on; 0 stands for all others.

    Attributes:
        unit: what a symbol is.
        symbols: the known ones.
        exact: whether words keep their case, see `pieces`.
    """

    unit: TextUnit
    symbols: tuple[str, ...]
    exact: bool = False

    @staticmethod
    def of(texts: Iterable[str], unit: TextUnit, fewest: int, *, exact: bool = False) -> Lexicon:
        """Return the symbols that occur at least so often in some texts, the commonest first."""
        counts = Counter(symbol for text in texts for symbol in pieces(text, unit, exact=exact))
        known = [symbol for symbol, count in counts.items() if count >= fewest]
        known.sort(key=lambda symbol: (-counts[symbol], symbol))
        return Lexicon(unit=unit, symbols=tuple(known), exact=exact)

    def __len__(self) -> int:
        """Return how many numbers there are."""
        return len(self.symbols) + 1

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {symbol: i + 1 for i, symbol in enumerate(self.symbols)}

    def encode(self, text: str, longest: int) -> Symbols:
        """Return the numbers of a text's first symbols, at least one."""
        parts = pieces(text, self.unit, exact=self.exact)[:longest]
        found = [self._numbers.get(one, UNKNOWN) for one in parts]
        return np.array(found or [UNKNOWN], np.int32)


def usual_unit(texts: Iterable[str]) -> TextUnit:
    """Return words for texts that have several of them, as a rule, else characters."""
    counts = [len(pieces(text, "words")) for text in texts]
    return "words" if sum(counts) >= 3 * len(counts) else "characters"
