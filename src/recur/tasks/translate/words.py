"""Texts as a translator reads and writes them, and the simple answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from recur.arrays import Float32s
from recur.data.labelled.lexicon import UNKNOWN, Lexicon, TextUnit, pieces
from recur.data.labelled.pairs import TextPairs
from recur.data.labelled.spacing import Spacing
from recur.engines.beams import Translation
from recur.judge.translate.dictionary import learn_dictionary
from recur.judge.translate.verdict import COPY, DICTIONARY


def folded(texts: Iterable[str], unit: TextUnit) -> list[str]:
    """Return texts as they are looked up: of words the case does not matter."""
    return [text.casefold() if unit == "words" else text for text in texts]


def dictionaries_of(pairs: TextPairs, targets: Lexicon) -> tuple[dict[str, str], dict[str, str]]:
    """Return of each symbol that comes in the likeliest that comes out, learnt from pairs.

    The second dictionary answers with those alone that the lexicon of the targets does not know.
    """
    unit = targets.unit
    sides = folded(pairs.sources, unit), pairs.targets
    left, right = ([pieces(text, unit, exact=True) for text in side] for side in sides)
    return learn_dictionary(left, right, frozenset(targets.symbols))


def simple_answers(
    sources: Sequence[str], unit: TextUnit, dictionary: dict[str, str], spacing: Spacing
) -> dict[str, tuple[str, ...]]:
    """Return the answers of the simple methods: the text itself, and symbol by symbol."""
    return {
        COPY: tuple(sources),
        DICTIONARY: tuple(
            spacing.join(
                [_looked_up(one, unit, dictionary) for one in pieces(text, unit, exact=True)], unit
            )
            for text in sources
        ),
    }


def spoken(
    translation: Translation, source: str, unit: TextUnit, symbols: Sequence[str],
    rare: dict[str, str],
) -> list[str]:  # fmt: skip
    """Return the words, or the characters, of a translation.

    In the place of a symbol that the network has no number for stands the one of the source that
    it looked at most: by the dictionary of such symbols where that knows it, else as it is. At
    the beginning it is written as the source begins.

    Args:
        translation: by numbers.
        source: the text.
        unit: what is read and written.
        symbols: that have numbers, from 1 on.
        rare: the dictionary.
    """
    parts = pieces(source, unit, exact=True)
    words: list[str] = []
    for number, shares in zip(translation.symbols.tolist(), translation.shares, strict=True):
        if number != UNKNOWN:
            words.append(symbols[number - 1])
        elif len(shares) and parts:
            # A sign is looked at for what stands around it; no rare word comes from it.
            signs = np.array([not any(map(str.isalnum, part)) for part in parts])
            looks = np.where(signs & ~signs.all(), -1.0, shares[: len(parts)])
            word = _looked_up(parts[int(np.argmax(looks))], unit, rare)
            capital = not words and source.strip()[0].isupper()
            words.append(word[0].upper() + word[1:] if capital else word)
    return words


def _looked_up(symbol: str, unit: TextUnit, dictionary: dict[str, str]) -> str:
    return dictionary.get(folded([symbol], unit)[0], symbol)


def shown_shares(translation: Translation, source: str, unit: TextUnit) -> Float32s:
    """Return float32 [symbols that came out, symbols of the source], what looked at what."""
    return translation.shares[:, : len(pieces(source, unit, exact=True))]
