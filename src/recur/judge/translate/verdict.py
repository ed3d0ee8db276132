"""The verdict on translations: whether they have a higher chrF than each of the simple answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from statistics import NormalDist
from typing import Any, Literal

import numpy as np

from recur.arrays import Float64s
from recur.judge import student
from recur.judge.comparison import LEVEL, SIZE
from recur.judge.translate.metrics import chrf
from recur.judge.words import counted, percent
from recur.seeding import Purpose, Stream

Claim = Literal["skill", "none", "too_little"]

COPY, DICTIONARY = "copy", "dictionary"


FEWEST = 20
"""Texts below which nothing is claimed: too few to be drawn again."""

_DRAWS = 2000


def simple_title(name: str, unit: str) -> str:
    """Return what a simple answer is called, of texts that are read as words or as characters.

    >>> simple_title(DICTIONARY, "words"), simple_title(COPY, "words")
    ('word by word', 'copying')
    """
    return {COPY: "copying", DICTIONARY: f"{unit[:-1]} by {unit[:-1]}"}.get(name, name)


@dataclass(frozen=True)
class TranslationVerdict:
    """What the chrF of a network's translations says of it, against each simple answer.

    Attributes:
        claim: "skill" where it is higher than that of each of them, "none" where no such evidence
            was found, "too_little" where there are too few texts to say.
        worse: whether it is lower than that of the strongest, by the same test.
        chrf: of the network.
        strongest: the name of the simple answer with the highest one.
        strongest_chrf: that.
        low: the lower end of the interval for the difference: the lowest over all of them, above 0
            exactly when skill is claimed (but for too few texts).
        high: the upper end, against the strongest.
        level: of the interval.
        texts: that were held out, each source once.
        unit: what they are read as, `words` or `characters`.
    """

    claim: Claim
    worse: bool
    chrf: float
    strongest: str
    strongest_chrf: float
    low: float
    high: float
    level: float
    texts: int
    unit: str

    @property
    def difference(self) -> float:
        """Return by how much the chrF is above that of the strongest."""
        return self.chrf - self.strongest_chrf

    @property
    def sentence(self) -> str:
        """Return the verdict in plain words."""
        held = counted(self.texts, "held-out text")
        if self.claim == "too_little":
            return (
                f"Too few texts to say whether the network has skill: {held}, and at least "
                f"{FEWEST} are needed."
            )
        title = simple_title(self.strongest, self.unit)
        found = (
            f"chrF {self.chrf:.1f} on {held}, {title} {self.strongest_chrf:.1f} (difference "
            f"{self.difference:+.1f}, {percent(self.level)} interval {self.low:+.1f} to "
            f"{self.high:+.1f})"
        )
        if self.claim == "skill":
            return f"The network has skill: {found}."
        if self.worse:
            return f"The network is worse than {title}, use that instead: {found}."
        return f"No evidence that the network is better than {title}: {found}."

    def to_dict(self) -> dict[str, Any]:
        """Return the fields and the sentence as plain JSON values."""
        return {**asdict(self), "difference": self.difference, "sentence": self.sentence}


def judge_translations(
    counts: Float64s, references: Mapping[str, Float64s], unit: str = "words"
) -> TranslationVerdict:
    """Judge translations: is their chrF higher than that of each reference?

    Texts are drawn anew, as many with replacement, the same ones for all methods, and what they
    count is added up. The claim is made where the difference is above 0 but for `SIZE` of the
    draws, or a smaller share where there are few texts, against each reference.

    Args:
        counts: float64 [texts, 6, 3], of the network, see `chrf_counts`.
        references: the same of each simple answer, by its name.
        unit: what the texts are read as, `words` or `characters`.
    """
    texts = len(counts)
    drawn, share = _drawn(texts), _share(texts)
    own, level = _of_draws(drawn, counts), float(chrf(counts.sum(axis=0)))
    levels = {name: float(chrf(each.sum(axis=0))) for name, each in references.items()}
    bounds = {
        name: np.quantile(own - _of_draws(drawn, each), [share, 1 - share])
        for name, each in references.items()
    }
    strongest = max(levels, key=lambda name: levels[name])
    low = min(float(ends[0]) for ends in bounds.values())
    high = float(bounds[strongest][1])
    claim: Claim = "skill" if low > 0 else "none"
    return TranslationVerdict(
        claim="too_little" if texts < FEWEST else claim,
        worse=high < 0,
        chrf=level,
        strongest=strongest,
        strongest_chrf=levels[strongest],
        low=low,
        high=high,
        level=LEVEL,
        texts=texts,
        unit=unit,
    )


def _share(texts: int) -> float:
    """Return the share of the draws beyond an end of the interval.

    Draws of few texts vary too little; that of a normal variable at the end of the interval of
    Student's makes up for it (the expanded percentile interval, Hesterberg 2015).

    >>> [round(_share(texts), 4) for texts in (20, 50, 1000)]
    [0.0118, 0.0165, 0.0198]
    """
    texts = max(2, texts)
    end = student.quantile(texts - 1, 1.0 - SIZE) * (texts / (texts - 1)) ** 0.5
    return 1.0 - NormalDist().cdf(end)


def _drawn(texts: int) -> Float64s:
    """Return float64 [draws, texts], how often each text is in each draw."""
    places = (Stream(0, Purpose.DATA, step=texts).uniform(_DRAWS * texts) * texts).astype(np.int64)
    rows = np.repeat(np.arange(_DRAWS), texts)
    counted_ = np.bincount(rows * texts + places, minlength=_DRAWS * texts)
    return counted_.reshape(_DRAWS, texts).astype(np.float64)


def _of_draws(drawn: Float64s, counts: Float64s) -> Float64s:
    """Return float64 [draws], the chrF of each."""
    flat = drawn @ counts.reshape(len(counts), -1)
    return chrf(flat.reshape(len(drawn), *counts.shape[1:]))
