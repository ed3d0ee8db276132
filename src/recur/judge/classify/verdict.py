"""The verdict on a classifier: whether it is right more often than each of the simple answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from recur.arrays import Flags
from recur.judge.comparison import LEVEL, SIZE
from recur.judge.words import counted, percent

Claim = Literal["skill", "none", "too_little"]

FREQUENT = "most_frequent"

TITLES = {
    FREQUENT: "the most frequent class",
    "naive_bayes": "naive Bayes on n-grams",
    "ngram_logistic": "weighted logistic regression on n-grams",
    "neighbour_euclid": "the nearest neighbour",
    "neighbour_warped": "the nearest neighbour after warping",
    "random_kernels": "ridge regression on random kernels",
}
"""What the simple answers are called in a sentence."""


@dataclass(frozen=True)
class Paired:
    """How often two methods were right on the same examples.

    Attributes:
        against: the name of the other one.
        won: examples on which the method was right and the other one was not.
        lost: the other way round.
        examples: all of them.
        p_value: of the exact one-sided test that the method is no better (McNemar): as likely as
            that a fair coin falls on its side so often among those on which they differ.
        low: the lower end of the interval for the difference of the shares of right answers,
            above 0 exactly where the test finds the method better at its size.
        high: the upper end.
    """

    against: str
    won: int
    lost: int
    examples: int
    p_value: float
    low: float
    high: float

    @property
    def difference(self) -> float:
        """Return by how much the share of right answers is higher."""
        return (self.won - self.lost) / self.examples


def mcnemar(against: str, right: Flags, other_right: Flags) -> Paired:
    """Compare two methods by the examples on which one is right and the other is not.

    The interval is that of Clopper and Pearson for the share that the method wins among those, of
    the same test, told in shares of all examples.

    Args:
        against: the name of the other method.
        right: bool [examples], where the method was right.
        other_right: bool [examples], where the other one was.
    """
    from scipy.special import bdtrc, betaincinv  # scipy.stats takes a second to import

    won, lost = int((right & ~other_right).sum()), int((~right & other_right).sum())
    differing = won + lost
    p_value = float(bdtrc(won - 1, differing, 0.5)) if won else 1.0
    low = float(betaincinv(won, lost + 1, SIZE)) if won else 0.0
    high = float(betaincinv(won + 1, lost, 1 - SIZE)) if lost else 1.0
    share = differing / len(right)
    return Paired(
        against, won, lost, len(right), p_value, (2 * low - 1) * share, (2 * high - 1) * share
    )


@dataclass(frozen=True)
class ClassVerdict:
    """What the answers of a network say of it, against those of each simple one.

    Attributes:
        claim: "skill" where it is right more often than each of them, "none" where no such
            evidence was found, "too_little" where there are too few examples to say.
        worse: whether it is right less often than the strongest of them, by the same test.
        accuracy: the share of its right answers.
        strongest: the name of the simple answer that is right most often.
        strongest_accuracy: its share.
        low: the lower end of the interval for the difference: the lowest over all of them, above
            0 exactly when skill is claimed.
        high: the upper end, against the strongest.
        p_value: of the claim, the largest over all of them.
        level: of the interval.
        examples: that were held out.
        kind: what an example is, `text` or `series`.
    """

    claim: Claim
    worse: bool
    accuracy: float
    strongest: str
    strongest_accuracy: float
    low: float
    high: float
    p_value: float
    level: float
    examples: int
    kind: str

    @property
    def difference(self) -> float:
        """Return by how much the share of right answers is above that of the strongest."""
        return self.accuracy - self.strongest_accuracy

    @property
    def sentence(self) -> str:
        """Return the verdict in plain words."""
        held = counted(self.examples, f"held-out {self.kind}").replace("seriess", "series")
        if self.claim == "too_little":
            return (
                f"Too few examples to say whether the network has skill: {held}, and at least "
                f"{FEWEST} are needed."
            )
        title = TITLES.get(self.strongest, self.strongest)
        found = (
            f"{_right(self.accuracy)} of {held}, {title} {_right(self.strongest_accuracy)} "
            f"({_sure(self.difference, self.low, self.high, self.level)})"
        )
        if self.claim == "skill":
            return f"The network has skill: it is right on {found}."
        if self.worse:
            return f"The network is worse than {title}, use that instead: it is right on {found}."
        return f"No evidence that the network is better than {title}: it is right on {found}."

    def to_dict(self) -> dict[str, Any]:
        """Return the fields and the sentence as plain JSON values."""
        return {**asdict(self), "difference": self.difference, "sentence": self.sentence}


FEWEST = int(np.ceil(np.log(SIZE) / np.log(0.5)))
"""Examples below which no outcome at all would be evidence."""


def judge_classes(
    right: Flags, references: Mapping[str, Flags], kind: str = "text"
) -> ClassVerdict:
    """Judge a classifier on held-out examples: has it to beat each reference, by McNemar's test?

    Args:
        right: bool [examples], where the classifier was right.
        references: the same of each simple answer, by its name.
        kind: what an example is.
    """
    pairs = [mcnemar(name, right, other) for name, other in references.items()]
    strongest = max(pairs, key=lambda pair: references[pair.against].sum())
    p_value = max(pair.p_value for pair in pairs)
    claim: Claim = "skill" if p_value <= SIZE else "none"
    return ClassVerdict(
        claim="too_little" if len(right) < FEWEST else claim,
        worse=strongest.high < 0,
        accuracy=float(right.mean()),
        strongest=strongest.against,
        strongest_accuracy=float(references[strongest.against].mean()),
        low=min(pair.low for pair in pairs),
        high=strongest.high,
        p_value=p_value,
        level=LEVEL,
        examples=len(right),
        kind=kind,
    )


def mixture_sentence(pair: Paired, accuracy: float, share: float) -> str:
    """Say in words what a mixture with a simple answer is worth beside that answer alone.

    Args:
        pair: of the two.
        accuracy: of the mixture.
        share: of the network in it.
    """
    title = TITLES.get(pair.against, pair.against)
    if not share:
        return (
            f"On the validation part the network added nothing to {title}: `predict` answers with "
            "that alone."
        )
    more = "which is better than" if pair.p_value <= SIZE else "no evidence of more than"
    sure = _sure(pair.difference, pair.low, pair.high, LEVEL)
    return (
        f"Mixed with {title}, as `predict` answers, it is right on {_right(accuracy)}, {more} "
        f"that alone ({sure})."
    )


def _right(share: float) -> str:
    """Return a share of right answers.

    >>> _right(0.7732), _right(1.0)
    ('77.3 %', '100 %')
    """
    return percent(share) if share in (0, 1) else f"{100 * share:.1f} %"


def _sure(difference: float, low: float, high: float, level: float) -> str:
    return (
        f"difference {100 * difference:+.1f} points, {percent(level)} interval {100 * low:+.1f} to "
        f"{100 * high:+.1f}"
    )
