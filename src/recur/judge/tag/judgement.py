"""The judgement of a tagger: which entities it finds, which tags are right, and the verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from recur.arrays import Indices
from recur.judge.superiority import NETWORK
from recur.judge.tag.entities import Counts, Entity, entities, marks_entities
from recur.judge.tag.verdict import (
    Measure,
    Paired,
    TagVerdict,
    bootstrap,
    judge_tags,
    mixture_sentence,
)
from recur.markup import card
from recur.settings import from_plain

MIXTURE = "mixture"
"""The name of what `predict` answers where the network is mixed with a simple answer."""

NOTHING = "nothing"
"""What an entity is taken for that was not found, or that is none."""

Tags = Sequence[Sequence[str]]
"""The tags of some sentences."""


@dataclass(frozen=True)
class TagScore:
    """What a method's answers are worth.

    Attributes:
        accuracy: the share of right tags.
        precision: the share of the entities found that are right; None where tags mark none.
        recall: the share of the true entities that were found.
        f1: the harmonic mean of both.
    """

    accuracy: float
    precision: float | None
    recall: float | None
    f1: float | None


@dataclass(frozen=True)
class KindScore:
    """What is found of one type of entities, or of one tag.

    Attributes:
        kind: the type, or the tag.
        true: how many there are.
        found: how many were answered.
        right: how many of those are right.
    """

    kind: str
    true: int
    found: int
    right: int

    @property
    def counts(self) -> Counts:
        """Return the counts, which know what they come to."""
        return Counts(self.true, self.found, self.right)


@dataclass(frozen=True)
class TagJudgement:
    """What a tagger does on sentences that it has not seen.

    Attributes:
        measure: what is compared, `f1` of entities or `accuracy` of tags.
        words: of all sentences.
        scores: by method: the network, what `predict` answers where that is a mixture, and the
            simple answers.
        kinds: what is found of each type, or tag, by what `predict` answers.
        confusion: [true kind][kind answered], of the same, `NOTHING` behind the types.
        verdict: on the network beside the simple answers.
        mixture: the mixture beside what the network is mixed with; None where nothing is mixed.
    """

    measure: Measure
    words: int
    scores: dict[str, TagScore]
    kinds: tuple[KindScore, ...]
    confusion: tuple[tuple[int, ...], ...]
    verdict: TagVerdict
    mixture: Paired | None

    @property
    def answer(self) -> TagScore:
        """Return what the answers of `predict` are worth."""
        return self.scores[NETWORK if self.mixture is None else MIXTURE]

    @property
    def confused(self) -> tuple[str, ...]:
        """Return the names of the rows and columns of `confusion`."""
        names = tuple(one.kind for one in self.kinds)
        return (*names, NOTHING) if self.measure == "f1" else names

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return the verdict in plain words, and what the mixture adds."""
        if self.mixture is None:
            return (self.verdict.sentence,)
        score = self.answer.f1 if self.measure == "f1" else self.answer.accuracy
        return (
            self.verdict.sentence,
            mixture_sentence(self.mixture, self.measure, score or 0.0),
        )

    def __repr__(self) -> str:
        return f"<TagJudgement: {self.verdict.sentence}>"

    def _repr_html_(self) -> str:
        return card("Judgement", text=self.verdict.sentence)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain JSON values."""
        return {**asdict(self), "verdict": self.verdict.to_dict(), "sentences": self.sentences}

    @staticmethod
    def from_dict(told: Any) -> TagJudgement | None:
        """Return what `to_dict` told; None where this version does not understand it."""
        return from_plain(TagJudgement, told)


def judge_tagger(
    answers: Mapping[str, Tags], true: Tags, mixed_with: str | None = None
) -> TagJudgement:
    """Judge what a tagger answers beside the simple answers.

    Entities are judged where the true tags mark any, else the tags themselves.

    Args:
        answers: the tags by method; those of `NETWORK` among them, and of `MIXTURE` where there is
            one.
        true: the true tags.
        mixed_with: what the network is mixed with.
    """
    measure: Measure = "f1" if marks_entities(tag for own in true for tag in own) else "accuracy"
    found = {name: _found(measure, given) for name, given in answers.items()}
    wanted = _found(measure, true)
    counts = {name: _counts(wanted, each) for name, each in found.items()}
    references = {name: each for name, each in counts.items() if name not in (NETWORK, MIXTURE)}
    told = MIXTURE if MIXTURE in answers else NETWORK
    kinds = sorted({one.kind for each in (wanted, found[told]) for own in each for one in own})
    return TagJudgement(
        measure=measure,
        words=sum(map(len, true)),
        scores={
            name: _score(measure, counts[name], given, true) for name, given in answers.items()
        },
        kinds=tuple(_of_kind(kind, wanted, found[told]) for kind in kinds),
        confusion=_confusion(kinds, wanted, found[told], nothing=measure == "f1"),
        verdict=judge_tags(measure, counts[NETWORK], references),
        mixture=None
        if MIXTURE not in answers or mixed_with is None
        else bootstrap(mixed_with, counts[MIXTURE], counts[mixed_with]),
    )


def _found(measure: Measure, tags: Tags) -> list[set[Entity]]:
    """Return the entities of each sentence; of tags that mark none each word is one."""
    if measure == "f1":
        return [set(entities(own)) for own in tags]
    return [{Entity(tag, i, i + 1) for i, tag in enumerate(own)} for own in tags]


def _counts(wanted: list[set[Entity]], found: list[set[Entity]]) -> Indices:
    pairs = zip(wanted, found, strict=True)
    return np.array([(len(own), len(given), len(own & given)) for own, given in pairs], np.int64)


def _score(measure: Measure, counts: Indices, given: Tags, true: Tags) -> TagScore:
    pairs = zip(true, given, strict=True)
    right = sum(a == b for own, other in pairs for a, b in zip(own, other, strict=True))
    accuracy = right / sum(map(len, true))
    if measure == "accuracy":
        return TagScore(accuracy, None, None, None)
    total = Counts(*counts.sum(axis=0).tolist())
    return TagScore(accuracy, total.precision, total.recall, total.f1)


def _of_kind(kind: str, wanted: list[set[Entity]], found: list[set[Entity]]) -> KindScore:
    pairs = list(zip(wanted, found, strict=True))
    return KindScore(
        kind,
        true=sum(one.kind == kind for own in wanted for one in own),
        found=sum(one.kind == kind for own in found for one in own),
        right=sum(one.kind == kind for own, given in pairs for one in own & given),
    )


def _confusion(
    kinds: list[str], wanted: list[set[Entity]], found: list[set[Entity]], *, nothing: bool
) -> tuple[tuple[int, ...], ...]:
    """Count what each entity is taken for: an answer that begins and ends where it does."""
    size, places = len(kinds) + nothing, {kind: i for i, kind in enumerate(kinds)}
    table = np.zeros((size, size), np.int64)
    for own, given in zip(wanted, found, strict=True):
        true = {(one.first, one.end): places[one.kind] for one in own}
        got = {(one.first, one.end): places[one.kind] for one in given}
        for span in true.keys() | got.keys():
            table[true.get(span, -1), got.get(span, -1)] += 1
    return tuple(tuple(row) for row in table.tolist())
