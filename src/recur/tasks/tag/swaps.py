"""More sentences to learn from: the same ones, in which entities have changed places.

What training has few of is names, and the next file holds others. A sentence says as much of the
type of a name when another of its type stands there, and the network learns to go by what stands
around it and by how a name is written, rather than by the name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from recur.data.labelled.sentences import Sentences, Words
from recur.judge.tag.entities import entities
from recur.seeding import Purpose, Stream

_FIRST = 1 << 32  # the number of the first stream, far from those that divide sentences

Mention = tuple[Words, Words]
"""The words of an entity, and their tags."""


def swapped(sentences: Sentences, copies: int, seed: int) -> Sentences:
    """Return sentences, and copies of those with entities, each entity another one of its type.

    Args:
        sentences: with tags.
        copies: of each.
        seed: of the random numbers.
    """
    mentions: dict[str, list[Mention]] = {}
    for words, tags in zip(sentences.words, sentences.tags, strict=True):
        for one in entities(tags):
            place = slice(one.first, one.end)
            mentions.setdefault(one.kind, []).append((words[place], tags[place]))
    more: list[Mention] = []
    for copy in range(copies):
        for i, (words, tags) in enumerate(zip(sentences.words, sentences.tags, strict=True)):
            if entities(tags):
                stream = Stream(seed, Purpose.DATA, attempt=copy, step=_FIRST + i)
                more.append(_swapped(words, tags, mentions, stream))
    return replace(
        sentences,
        words=sentences.words + tuple(words for words, _ in more),
        tags=sentences.tags + tuple(tags for _, tags in more),
    )


def _swapped(
    words: Words, tags: Words, mentions: dict[str, list[Mention]], stream: Stream
) -> Mention:
    """Return a sentence with other entities; itself where their tags would run together."""
    found = entities(tags)
    end, parts = 0, []
    for one, draw in zip(found, stream.uniform(len(found)), strict=True):
        known = mentions[one.kind]
        parts += [(words[end : one.first], tags[end : one.first]), known[int(draw * len(known))]]
        end = one.end
    parts.append((words[end:], tags[end:]))
    new = _joined([own for own, _ in parts]), _joined([own for _, own in parts])
    kinds = [one.kind for one in found]
    return new if [one.kind for one in entities(new[1])] == kinds else (words, tags)


def _joined(parts: Sequence[Words]) -> Words:
    return tuple(one for part in parts for one in part)
