"""The verdict on a tagger: whether it does better than each of the simple answers.

What is compared is F1 over all entities, or the share of right tags where tags mark none. Neither
is a mean over sentences, so the interval is that of a bootstrap: sentences are drawn with
replacement, many times, and both methods are measured on the same ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from recur.arrays import Float64s, Indices
from recur.judge.comparison import LEVEL, SIZE
from recur.judge.words import counted, percent
from recur.seeding import Purpose, Stream

Claim = Literal["skill", "none", "too_little"]
Measure = Literal["f1", "accuracy"]

FREQUENT, USUAL, PERCEPTRON = "most_frequent", "usual_tag", "perceptron"

TITLES = {
    FREQUENT: "one and the same tag everywhere",
    USUAL: "the usual tag of each word",
    PERCEPTRON: "an averaged perceptron on features",
}
"""What the simple answers are called in a sentence."""

FEWEST = 30
"""Sentences below which nothing is claimed: a bootstrap of fewer is too sure of itself."""

_DRAWS = 4000
_AT_ONCE = 1 << 21  # numbers of a drawing that are held at once


@dataclass(frozen=True)
class Paired:
    """How much better a method does than another on the same sentences.

    Attributes:
        against: the name of the other one.
        difference: of F1, or of the shares of right tags.
        low: the lower end of the interval for it, above 0 exactly where the method is found better.
        high: the upper end.
    """

    against: str
    difference: float
    low: float
    high: float


def bootstrap(against: str, own: Indices, other: Indices) -> Paired:
    """Compare two methods by drawing sentences.

    Args:
        against: the name of the other method.
        own: int64 [sentences, 3], as `Counts` of each: true, found and right; of tags the words,
            the words again, and the right tags, for which F1 is the share of right ones.
        other: the same of the other method.
    """
    both = np.concatenate([own, other], axis=1).astype(np.float64)
    sentences, differences = len(both), []
    portion = max(1, _AT_ONCE // len(both))
    for first in range(0, _DRAWS, portion):
        count = min(portion, _DRAWS - first)
        drawn = Stream(0, Purpose.SAMPLES, step=first).uniform(count * sentences)
        places = (drawn * sentences).astype(np.int64).reshape(count, sentences)
        flat = (places + sentences * np.arange(count)[:, None]).reshape(-1)
        weights = np.bincount(flat, minlength=count * sentences).reshape(count, sentences)
        sums = weights @ both
        differences.append(_f1(sums[:, :3]) - _f1(sums[:, 3:]))
    found = np.concatenate(differences)
    low, high = np.quantile(found, [SIZE, 1 - SIZE]).tolist()
    total = both.sum(axis=0)[None]
    return Paired(against, float((_f1(total[:, :3]) - _f1(total[:, 3:]))[0]), low, high)


def _f1(sums: Float64s) -> Float64s:
    """Return F1 of [..., 3], true, found and right; 0 where nothing is right."""
    true, found, right = sums.T
    return np.asarray(2 * right / np.maximum(true + found, 1))


@dataclass(frozen=True)
class TagVerdict:
    """What the answers of a network say of it, against those of each simple one.

    Attributes:
        claim: "skill" where it does better than each of them, "none" where no such evidence was
            found, "too_little" where there are too few sentences to say.
        worse: whether it does worse than the strongest of them, by the same interval.
        measure: what is compared, `f1` of entities or `accuracy` of tags.
        score: of the network.
        strongest: the name of the simple answer that does best.
        strongest_score: its score.
        low: the lower end of the interval for the difference: the lowest over all of them, above
            0 exactly when skill is claimed.
        high: the upper end, against the strongest.
        level: of the interval.
        sentences: that were held out.
    """

    claim: Claim
    worse: bool
    measure: Measure
    score: float
    strongest: str
    strongest_score: float
    low: float
    high: float
    level: float
    sentences: int

    @property
    def difference(self) -> float:
        """Return by how much the network's score is above that of the strongest."""
        return self.score - self.strongest_score

    @property
    def sentence(self) -> str:
        """Return the verdict in plain words."""
        held = counted(self.sentences, "held-out sentence")
        if self.claim == "too_little":
            return (
                f"Too few sentences to say whether the network has skill: {held}, and at least "
                f"{FEWEST} are needed."
            )
        title = TITLES.get(self.strongest, self.strongest)
        found = (
            f"{scored(self.measure, self.score)} on {held}, {title} "
            f"{scored(self.measure, self.strongest_score, short=True)} "
            f"({sure(self.difference, self.low, self.high, self.level)})"
        )
        if self.claim == "skill":
            return f"The network has skill: {found}."
        if self.worse:
            return f"The network is worse than {title}, use that instead: {found}."
        return f"No evidence that the network is better than {title}: {found}."

    def to_dict(self) -> dict[str, Any]:
        """Return the fields and the sentence as plain JSON values."""
        return {**asdict(self), "difference": self.difference, "sentence": self.sentence}


def judge_tags(measure: Measure, counts: Indices, references: Mapping[str, Indices]) -> TagVerdict:
    """Judge a tagger on held-out sentences: has it to beat each reference.

    Args:
        measure: what is compared.
        counts: int64 [sentences, 3] of the network, see `bootstrap`.
        references: the same of each simple answer, by its name.
    """
    pairs = [bootstrap(name, counts, other) for name, other in references.items()]
    strongest = min(pairs, key=lambda pair: pair.difference)
    score = float(_f1(counts.sum(axis=0, dtype=np.float64)[None])[0])
    low = min(pair.low for pair in pairs)
    claim: Claim = "skill" if low > 0 else "none"
    return TagVerdict(
        claim="too_little" if len(counts) < FEWEST else claim,
        worse=strongest.high < 0,
        measure=measure,
        score=score,
        strongest=strongest.against,
        strongest_score=score - strongest.difference,
        low=low,
        high=strongest.high,
        level=LEVEL,
        sentences=len(counts),
    )


def mixture_sentence(pair: Paired, measure: Measure, score: float) -> str:
    """Say in words what a mixture with a simple answer is worth beside that answer alone.

    Args:
        pair: of the two.
        measure: what is compared.
        score: of the mixture.
    """
    title = TITLES.get(pair.against, pair.against)
    more = "which is better than" if pair.low > 0 else "no evidence of more than"
    return (
        f"Mixed with {title}, as `predict` answers: {scored(measure, score)}, {more} that alone "
        f"({sure(pair.difference, pair.low, pair.high, LEVEL)})."
    )


def scored(measure: Measure, score: float, *, short: bool = False) -> str:
    """Return a score in words.

    >>> scored("f1", 0.3812), scored("accuracy", 0.97), scored("f1", 0.2, short=True)
    ('F1 38.1', '97.0 % of the tags right', '20.0')
    """
    if measure == "f1":
        return f"{100 * score:.1f}" if short else f"F1 {100 * score:.1f}"
    return f"{100 * score:.1f} %" if short else f"{100 * score:.1f} % of the tags right"


def sure(difference: float, low: float, high: float, level: float) -> str:
    """Return a difference and its interval in points."""
    return (
        f"difference {100 * difference:+.1f} points, {percent(level)} interval {100 * low:+.1f} to "
        f"{100 * high:+.1f}"
    )
