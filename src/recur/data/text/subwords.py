"""A text of characters, in pieces of words that are learnt from its first part."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from recur.data.text.byte_pairs import BytePairs
from recur.data.text.text import Text
from recur.data.text.vocabulary import Vocabulary, smallest_type
from recur.errors import DataError


def learn_subwords(text: Text, training: int, size: int) -> Text:
    """Return a text in subwords, learnt from its first characters; one begins behind these.

    Args:
        text: of characters.
        training: how many are learnt from.
        size: how many symbols there are at most, the characters of the whole text among them.

    Raises:
        DataError: the text is of bytes.
        SettingsError: it has more distinct characters than that.
    """
    if text.vocabulary.unit != "characters":
        raise DataError(
            f"{text.source} was read as {text.vocabulary.unit}, but subwords are made of "
            "characters; read it as such."
        )
    known = text.vocabulary.decode(text.symbols[:training])
    pairs = BytePairs.learn(known, size, alphabet="".join(text.vocabulary.symbols))
    vocabulary = Vocabulary(symbols=pairs.symbols, unit="subwords", unknown=text.vocabulary.unknown)
    return in_subwords(text, vocabulary, training)


def in_subwords(text: Text, vocabulary: Vocabulary, *cuts: int) -> Text:
    """Return a text of characters in subwords, none of which reaches over the start of a text.

    Args:
        text: of characters.
        vocabulary: the subwords; what is unknown to it is refused, or left out, as it says.
        cuts: characters before which a subword begins as well.
    """
    bounds = np.unique([*text.starts, *(cut for cut in cuts if cut < len(text)), len(text)])
    parts = [
        vocabulary.encode(text.vocabulary.decode(text.symbols[begin:end]), text.source)
        for begin, end in pairwise(bounds)
    ]
    symbols = np.concatenate(parts, dtype=smallest_type(len(vocabulary)))
    starts = np.cumsum([0, *map(len, parts)])[np.searchsorted(bounds, text.starts)]
    starts = np.unique(starts[starts < max(1, len(symbols))])
    return replace(text, symbols=symbols, vocabulary=vocabulary, starts=starts)
