"""The simplest answer for tags: of each word the tag that it usually has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Indices
from recur.errors import SettingsError


@dataclass(frozen=True, eq=False)
class UsualTag:
    """The usual tag of each word that training has seen, and that of all others.

    Attributes:
        keys: int64 [words], a number that each word is known by, rising.
        tags: int64 [words + 1], the tag of each; the last one, the commonest of words that were
            seen once, is that of words that are not known.
    """

    keys: Indices
    tags: Indices

    def answers(self, words: Sequence[str]) -> Indices:
        """Return int64 [words], the tags of a sentence, by their numbers."""
        found = np.array([_key(word) for word in words], np.int64)
        places = np.minimum(np.searchsorted(self.keys, found), len(self.keys) - 1)
        return self.tags[np.where(self.keys[places] == found, places, len(self.keys))]

    def tensors(self) -> dict[str, NDArray[Any]]:
        """Return what a file keeps of it."""
        return {"usual.keys": self.keys, "usual.tags": self.tags}

    @staticmethod
    def read(count: int, tensors: dict[str, NDArray[Any]]) -> UsualTag:
        """Return what a file has kept, checking that it fits together."""
        keys, tags = tensors["usual.keys"], tensors["usual.tags"]
        whole = keys.dtype == tags.dtype == np.int64 and keys.ndim == 1 and len(keys)
        if not whole or tags.shape != (len(keys) + 1,) or (keys[1:] <= keys[:-1]).any():
            raise SettingsError("the usual tags of its words do not fit together.")
        if tags.min() < 0 or tags.max() >= count:
            raise SettingsError("the usual tags of its words are none of its tags.")
        return UsualTag(keys, tags)


def fit_usual(words: Sequence[Sequence[str]], tags: Sequence[Indices]) -> UsualTag:
    """Count the tags of each word; of those that are as common, the first one counts."""
    counts: dict[int, Counter[int]] = {}
    for sentence, own in zip(words, tags, strict=True):
        for word, tag in zip(sentence, own.tolist(), strict=True):
            counts.setdefault(_key(word), Counter())[tag] += 1
    every = sum(counts.values(), Counter[int]())
    once = Counter(tag for one in counts.values() if one.total() == 1 for tag in one)
    keys = sorted(counts)
    return UsualTag(
        np.array(keys, np.int64),
        np.array([*(_commonest(counts[key]) for key in keys), _commonest(once or every)], np.int64),
    )


def _commonest(counts: Counter[int]) -> int:
    return min(counts, key=lambda tag: (-counts[tag], tag))


def _key(word: str) -> int:
    return crc32(word.encode("utf-8", "surrogatepass"))
