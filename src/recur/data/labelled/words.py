"""Words as a network is given them: a number for each, and numbers for its characters."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np

from recur.arrays import Symbols
from recur.settings import Settings

UNKNOWN = 0
"""The number of every word that is not known."""

_DIGIT = re.compile(r"\d")
_PADDING, _OTHER, _BEGIN, _END, _FIRST = range(5)  # the numbers of characters


def folded(word: str) -> str:
    """Return a word as it is looked up: without regard to case, and all digits alike.

    >>> folded("Euro2024")
    'euro0000'
    """
    return _DIGIT.sub("0", word.casefold())


class WordLexicon(Settings):
    """Known words and known characters, each by its number.

    Attributes:
        words: the known ones, folded; 0 stands for all others.
        characters: the known ones; behind the numbers of the padding, of all others, and of a
            word's beginning and end.
        longest: characters of a word that are read, its beginning and end among them.
    """

    words: tuple[str, ...]
    characters: tuple[str, ...]
    longest: int

    @staticmethod
    def of(sentences: Iterable[Sequence[str]], fewest: int, longest: int) -> WordLexicon:
        """Return what occurs at least so often in some sentences, the commonest first."""
        words, characters = Counter[str](), Counter[str]()
        for sentence in sentences:
            words.update(map(folded, sentence))
            characters.update("".join(sentence))
        return WordLexicon(
            words=_commonest(words, fewest),
            characters=_commonest(characters, fewest),
            longest=longest,
        )

    @property
    def count(self) -> int:
        """Return how many numbers of words there are."""
        return len(self.words) + 1

    @property
    def alphabet(self) -> int:
        """Return how many numbers of characters there are."""
        return len(self.characters) + _FIRST

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {word: i + 1 for i, word in enumerate(self.words)}

    @cached_property
    def _letters(self) -> dict[str, int]:
        return {letter: i + _FIRST for i, letter in enumerate(self.characters)}

    def encode(self, words: Sequence[str]) -> Symbols:
        """Return int32 [words, 1 + longest], of each its number, then those of its characters.

        Of a word that is too long the beginning and the end are read.
        """
        numbers = np.full((len(words), 1 + self.longest), _PADDING, np.int32)
        for i, word in enumerate(words):
            numbers[i, 0] = self._numbers.get(folded(word), UNKNOWN)
            room = self.longest - 2
            if len(word) > room:
                word = word[: room - room // 2] + word[len(word) - room // 2 :]
            spelt = [self._letters.get(letter, _OTHER) for letter in word]
            numbers[i, 1 : 3 + len(spelt)] = [_BEGIN, *spelt, _END]
        return numbers


def _commonest(counts: Counter[str], fewest: int) -> tuple[str, ...]:
    known = [one for one, count in counts.items() if count >= fewest]
    return tuple(sorted(known, key=lambda one: (-counts[one], one)))
