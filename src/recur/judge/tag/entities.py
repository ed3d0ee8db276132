"""Entities in tags, as the script of the shared task reads them, `conlleval`.

A tag is `O`, or `B-`, `I-` and the like before a type. An entity begins at a `B`, and at an `I`
behind an `O` or behind another type; so files in which `B` only parts neighbours (IOB1) are read
like those in which every entity begins with it (IOB2). `E` and `L` end one, `S` and `U` are one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

_TAG = re.compile(r"([BIELSU])-(.+)")
OUTSIDE = "O"


class Entity(NamedTuple):
    """An entity: its type, its first word, and the one behind its last."""

    kind: str
    first: int
    end: int


def marks_entities(tags: Iterable[str]) -> bool:
    """Return whether tags mark entities, all of them, rather than say what each word is."""
    seen = set(tags) - {OUTSIDE}
    return bool(seen) and all(_TAG.fullmatch(tag) for tag in seen)


def most_frequent(tags: Sequence[str], counts: Sequence[int]) -> str:
    """Return the commonest tag; of those that mark entities, the commonest that begins one.

    >>> most_frequent(["B-x", "B-y", "I-x", "O"], [3, 5, 8, 90])
    'B-y'
    >>> most_frequent(["NOUN", "VERB"], [3, 2])
    'NOUN'
    """
    order = sorted(range(len(tags)), key=lambda i: (-counts[i], tags[i]))
    names = [tags[i] for i in order]
    if not marks_entities(tags):
        return names[0]
    marks = [name for name in names if name != OUTSIDE]
    return next((name for name in marks if name[0] in "BSU"), marks[0])


def entities(tags: Sequence[str]) -> list[Entity]:
    """Return the entities of a sentence.

    >>> entities(["B-person", "I-person", "O", "I-place", "B-place"])
    [Entity(kind='person', first=0, end=2), Entity(kind='place', first=3, end=4), \
Entity(kind='place', first=4, end=5)]
    """
    found: list[Entity] = []
    kind, first, closed = "", 0, True
    for i, tag in enumerate([*tags, OUTSIDE]):
        match = _TAG.fullmatch(tag)
        place, own = match.groups() if match else ("", "")
        if kind and (closed or own != kind or place in "BSU"):
            found.append(Entity(kind, first, i))
            kind = ""
        if own and not kind:
            kind, first = own, i
        closed = place in ("E", "L", "S", "U")
    return found


class Counts(NamedTuple):
    """How many entities there are, how many were found, and how many of those are right."""

    true: int
    found: int
    right: int

    @property
    def precision(self) -> float:
        """Return the share of those found that are right; 0 where none was found."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Return the share of the true ones that were found; 0 where there is none."""
        return self.right / self.true if self.true else 0.0

    @property
    def f1(self) -> float:
        """Return the harmonic mean of precision and recall."""
        return 2 * self.right / (self.true + self.found) if self.right else 0.0


def counted(true: Sequence[str], given: Sequence[str]) -> Counts:
    """Return the counts of a sentence: right are those of the same type, beginning and end."""
    wanted, got = set(entities(true)), set(entities(given))
    return Counts(len(wanted), len(got), len(wanted & got))
