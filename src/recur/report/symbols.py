"""Symbols as a reader sees them: what belongs to one sign together, and each by itself."""

from __future__ import annotations

import unicodedata

from recur.arrays import TextSymbols
from recur.data.text.vocabulary import Vocabulary
from recur.errors import visible

_JOINER = "\u200d"
_JOINED = (_JOINER, "\u200c")  # with what stands before them, whatever comes behind
_SIGNS = {" ": "\u2423", "\n": "\u21b5", "\t": "\u21e5"}  # of what is not seen by itself
_CIRCLE = "\u25cc"  # on which a mark stands that has no letter


def pieces(vocabulary: Vocabulary, symbols: TextSymbols) -> list[tuple[str, int]]:
    """Return the text of some symbols in pieces, and how many symbols each is made of.

    A piece is what is seen as one: the bytes of a character, or a letter with its marks.

    >>> pieces(Vocabulary(symbols=("a", "e", "\u0301")), [1, 2, 0])
    [('e\u0301', 2), ('a', 1)]
    """
    decode, found = vocabulary.decoder(), list[tuple[str, int]]()
    waiting = 0
    for i, symbol in enumerate(symbols):
        text = decode([symbol], i == len(symbols) - 1)
        waiting += 1
        if not text:
            continue
        if found and _belong_together(found[-1][0], text):
            before, count = found.pop()
            text, waiting = before + text, count + waiting
        found.append((text, waiting))
        waiting = 0
    if waiting and found:
        text, count = found.pop()
        found.append((text, count + waiting))
    return found


def alone(vocabulary: Vocabulary, symbol: int) -> str:
    """Return a symbol as it can be seen by itself.

    >>> alone(Vocabulary(symbols=(" ", "a")), 0)
    '\u2423'
    """
    text = vocabulary.symbols[symbol]
    if vocabulary.unit == "bytes" and not text.isascii():
        return f"0x{ord(text):02x}"
    shown = "".join(_SIGNS.get(character) or visible(character) for character in text)
    if unicodedata.category(text[0]).startswith("M"):
        return _CIRCLE + shown
    blank = not shown or all(unicodedata.category(character) == "Cf" for character in shown)
    return f"U+{ord(text[0]):04X}" if blank else shown


def _belong_together(before: str, after: str) -> bool:
    """Say whether what begins after something is seen as one with its end."""
    last, first = before[-1], after[0]
    if last.isspace():
        return False
    marked = unicodedata.category(first).startswith("M") or "\U0001f3fb" <= first <= "\U0001f3ff"
    flag = _is_half_flag(first) and sum(map(_is_half_flag, before)) % 2 == 1
    return marked or flag or first in _JOINED or last == _JOINER


def _is_half_flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"
