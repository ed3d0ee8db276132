"""Sentences whose words have tags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from recur.arrays import Indices
from recur.errors import DataError

Words = tuple[str, ...]


@dataclass(frozen=True)
class Sentences:
    """Sentences, with a tag for each word where there are any.

    Attributes:
        words: of each sentence, at least one.
        tags: of each sentence as many; empty where there are none.
        source: what they are called in messages.
    """

    words: tuple[Words, ...]
    tags: tuple[Words, ...] = ()
    source: str = "the sentences"

    def __len__(self) -> int:
        """Return the number of sentences."""
        return len(self.words)

    @property
    def tokens(self) -> int:
        """Return the number of words in all of them."""
        return sum(map(len, self.words))

    def part(self, places: Indices) -> Sentences:
        """Return the sentences at some places."""
        return replace(
            self,
            words=tuple(self.words[i] for i in places),
            tags=tuple(self.tags[i] for i in places) if self.tags else (),
        )

    @staticmethod
    def of(words: Any, tags: Any = None) -> Sentences:
        """Return sentences from lists of words, and of tags where there are any.

        Raises:
            DataError: something is no list of words, or has not as many tags.
        """
        if isinstance(words, Sentences):
            return words
        found = tuple(_listed(one, i) for i, one in enumerate(words))
        if not found:
            raise DataError("there are no sentences; give at least one.")
        if tags is None:
            return Sentences(found)
        given = tuple(_listed(one, i) for i, one in enumerate(tags))
        if len(given) != len(found):
            raise DataError(f"there are {len(found)} sentences and {len(given)} lists of tags.")
        for i, (one, own) in enumerate(zip(found, given, strict=True)):
            if len(one) != len(own):
                raise DataError(
                    f"sentence {i + 1} has {len(one)} words and {len(own)} tags; each word needs "
                    "one."
                )
        return Sentences(found, given)


def _listed(one: Any, number: int) -> Words:
    if isinstance(one, str) or not isinstance(one, Sequence) or not len(one):
        raise DataError(
            f"sentence {number + 1} is {one!r}; a list of its words, at least one, is expected."
        )
    return tuple(str(word) for word in one)


def tags_of(sentences: Sentences) -> tuple[str, ...]:
    """Return the distinct tags in order, of which there have to be two.

    Raises:
        DataError: there are no tags, or one alone.
    """
    check_tagged(sentences)
    tags = sorted({tag for own in sentences.tags for tag in own})
    if len(tags) < 2:
        raise DataError(
            f"{sentences.source}: all {sentences.tokens} words have the tag `{tags[0]}`; a tagger "
            "needs at least two tags."
        )
    return tuple(tags)


def check_tagged(sentences: Sentences) -> None:
    """Refuse sentences without tags."""
    if not sentences.tags:
        raise DataError(
            f"{sentences.source} has no tags, without which nothing can be learnt or judged; give "
            "a column of them beside that of the words."
        )


def numbered(sentences: Sentences, tags: Sequence[str]) -> list[Indices]:
    """Return int64 [words] of each sentence, the places of its tags.

    Raises:
        DataError: there are no tags, or one that is not among them.
    """
    check_tagged(sentences)
    places = {tag: i for i, tag in enumerate(tags)}
    unseen = sorted({tag for own in sentences.tags for tag in own} - places.keys())
    if unseen:
        more = f" and {len(tags) - 6} more" if len(tags) > 6 else ""
        raise DataError(
            f"{sentences.source} has the tag `{unseen[0]}`, which training has not seen; it knows "
            f"{', '.join(f'`{tag}`' for tag in tags[:6])}{more}."
        )
    return [np.array([places[tag] for tag in own], np.int64) for own in sentences.tags]
