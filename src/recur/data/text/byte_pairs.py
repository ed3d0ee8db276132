"""Byte pairs: symbols longer than a character, made of what stands together most often."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from heapq import heapify, heappop, heappush
from itertools import pairwise

from recur.errors import SettingsError

FEWEST = 20
"""Times that two symbols stand together at least, for one to be learnt of them."""

_WORDS = re.compile(r" +(?= )| ?(?:a+|0+|\.+n*)|n+| ")  # over the kinds of characters
_KINDS = {"L": "a", "M": "a", "N": "0", "Z": "n"}

_Pair = tuple[int, int]


@dataclass(frozen=True, eq=False)
class BytePairs:
    """Symbols that a text is written in, after Sennrich, Haddow and Birch (2016).

    The unit that is joined is the character, of any script, and not the byte of its encoding. No
    symbol reaches over the end of a word, of a number or of a run of signs; the space before one
    belongs to it.

    Attributes:
        symbols: the characters first, then what is made of two symbols before it, in the order in
            which it was learnt.

    >>> pairs = BytePairs.learn("to be or not to be", 9, fewest=2)
    >>> pairs.symbols
    (' ', 'b', 'e', 'n', 'o', 'r', 't', ' b', ' be')
    >>> pairs.encode("be to be")
    [1, 2, 0, 6, 4, 8]
    """

    symbols: tuple[str, ...]

    @staticmethod
    def learn(text: str, size: int, *, alphabet: str = "", fewest: int = FEWEST) -> BytePairs:
        """Return the symbols that are learnt from a text.

        Args:
            text: to learn from.
            size: how many symbols there are at most, the characters among them.
            alphabet: characters that are symbols as well, seen in the text or not.
            fewest: how often two symbols stand together at least, for one to be made of them.

        Raises:
            SettingsError: there are more characters than that.
        """
        characters = sorted({*text, *alphabet})
        if size < len(characters):
            raise SettingsError(
                f"{size:,} symbols were asked for, but the text has {len(characters):,} distinct "
                "characters, each of which is one; ask for more."
            )
        return BytePairs(tuple(_joined(Counter(words(text)), characters, size, fewest)))

    def encode(self, text: str) -> list[int]:
        """Return the numbers of the symbols of a text; -1 for a character that is none."""
        numbers: list[int] = []
        for word in words(text):
            if word not in self._spelt:
                self._spelt[word] = self._spell(word)
            numbers.extend(self._spelt[word])
        return numbers

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {symbol: number for number, symbol in enumerate(self.symbols)}

    @cached_property
    def _spelt(self) -> dict[str, list[int]]:
        """Return the words that were met so far, and the numbers of their symbols."""
        return {}

    def _spell(self, word: str) -> list[int]:
        """Return a word's symbols: of all neighbours those are joined first that were learnt first.

        That two make a symbol is seen from their text alone, however it was made when it was
        learnt.
        """
        parts, none = list(word), len(self.symbols)
        while len(parts) > 1:
            ranks = [self._numbers.get(a + b, none) for a, b in pairwise(parts)]
            first = min(ranks)
            if first == none:
                break
            parts = _with_joined(parts, self.symbols[first])
        return [self._numbers.get(part, -1) for part in parts]


def words(text: str) -> Iterator[str]:
    r"""Yield what no symbol reaches over the end of: together they are the text.

    >>> list(words("Exeunt 2 of them.\n\nEnter"))
    ['Exeunt', ' 2', ' of', ' them', '.\n\n', 'Enter']
    """
    kinds = text.translate({ord(character): _kind(character) for character in set(text)})
    for found in _WORDS.finditer(kinds):
        yield text[found.start() : found.end()]


def _kind(character: str) -> str:
    """Return a character's kind: letter or mark, digit, blank, space, or sign."""
    if character == " ":
        return " "
    if character.isspace():
        return "n"
    return _KINDS.get(unicodedata.category(character)[0], ".")


def _with_joined(parts: list[str], whole: str) -> list[str]:
    """Return parts, those joined from left to right that are the whole together."""
    out, i = [], 0
    while i < len(parts):
        pair = i + 1 < len(parts) and parts[i] + parts[i + 1] == whole
        out.append(whole if pair else parts[i])
        i += 2 if pair else 1
    return out


def _joined(counted: Counter[str], characters: list[str], size: int, fewest: int) -> list[str]:
    """Return the symbols learnt from words, each with how often it occurs."""
    symbols, spelt = list(characters), [list(word) for word in counted]
    times = list(counted.values())
    together: Counter[tuple[str, str]] = Counter()
    where: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for i, parts in enumerate(spelt):
        for pair in pairwise(parts):
            together[pair] += times[i]
            where[pair].add(i)
    queue = [(-count, pair) for pair, count in together.items()]
    heapify(queue)
    known = set(symbols)
    while queue and len(symbols) < size:
        count, pair = heappop(queue)
        if -count != together[pair]:  # it was another when this was put here
            continue
        if -count < fewest:
            break
        whole = "".join(pair)
        if whole not in known:
            known.add(whole)
            symbols.append(whole)
        changed = set()
        for i in sorted(where.pop(pair)):
            for old in pairwise(spelt[i]):
                together[old] -= times[i]
                changed.add(old)
            spelt[i] = _with_joined(spelt[i], whole)
            for new in pairwise(spelt[i]):
                together[new] += times[i]
                where[new].add(i)
                changed.add(new)
        for one in changed:
            if together[one] > 0:
                heappush(queue, (-together[one], one))
    return symbols
