"""The judgement of a classifier: how often it is right, how sure it is, and the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from recur.arrays import Float64s, Indices
from recur.judge.classify.calibration import calibration_error, log_loss, reliability
from recur.judge.classify.verdict import (
    ClassVerdict,
    Paired,
    judge_classes,
    mcnemar,
    mixture_sentence,
)
from recur.judge.superiority import NETWORK
from recur.markup import card
from recur.settings import from_plain

MIXTURE = "mixture"
"""The name of what `predict` answers where the network is mixed with a simple answer."""


@dataclass(frozen=True)
class ClassScore:
    """What a method's answers are worth.

    Attributes:
        accuracy: the share of right answers.
        macro_f1: the mean over the classes of F1, the harmonic mean of precision and recall.
        log_loss: nats of the true class; None of a method that gives no probabilities.
        calibration_error: by how much its confidence is off on average; None without.
    """

    accuracy: float
    macro_f1: float
    log_loss: float | None
    calibration_error: float | None


@dataclass(frozen=True)
class Reliability:
    """How often answers were right, by how sure they were.

    Attributes:
        confidence: of each bin, the mean confidence.
        right: of each bin, the share of right answers.
        counts: of each bin, its answers.
    """

    confidence: tuple[float, ...]
    right: tuple[float, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True)
class ClassJudgement:
    """What a classifier does on examples that it has not seen.

    Attributes:
        classes: their labels, in order.
        counts: examples of each.
        scores: by method: the network, what `predict` answers where that is a mixture, and the
            simple answers.
        confusion: [true class][class answered], of what `predict` answers.
        reliability: of the same.
        verdict: on the network beside the simple answers.
        mixture: the mixture beside what the network is mixed with; None where nothing is mixed.
        share: of the network in it.
    """

    classes: tuple[str, ...]
    counts: tuple[int, ...]
    scores: dict[str, ClassScore]
    confusion: tuple[tuple[int, ...], ...]
    reliability: Reliability
    verdict: ClassVerdict
    mixture: Paired | None
    share: float = 1.0

    @property
    def answer(self) -> ClassScore:
        """Return what the answers of `predict` are worth."""
        return self.scores[NETWORK if self.mixture is None else MIXTURE]

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return the verdict in plain words, and what the mixture adds."""
        if self.mixture is None:
            return (self.verdict.sentence,)
        return (
            self.verdict.sentence,
            mixture_sentence(self.mixture, self.answer.accuracy, self.share),
        )

    def __repr__(self) -> str:
        return f"<ClassJudgement: {self.verdict.sentence}>"

    def _repr_html_(self) -> str:
        return card("Judgement", text=self.verdict.sentence)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain JSON values."""
        return {**asdict(self), "verdict": self.verdict.to_dict(), "sentences": self.sentences}

    @staticmethod
    def from_dict(told: Any) -> ClassJudgement | None:
        """Return what `to_dict` told; None where this version does not understand it."""
        return from_plain(ClassJudgement, told)


def judge_classifier(
    answers: Mapping[str, Float64s],
    labels: Indices,
    classes: tuple[str, ...],
    kind: str,
    mixed_with: str | None = None,
    share: float = 1.0,
) -> ClassJudgement:
    """Judge what a classifier answers beside the simple answers.

    Args:
        answers: float64 [examples, classes] by method, probabilities, or ones for the answers
            alone; `NETWORK` among them, and `MIXTURE` where there is one.
        labels: int64 [examples], from 0 on.
        classes: their labels.
        kind: what an example is, `text` or `series`.
        mixed_with: what the network is mixed with.
        share: of the network in the mixture.
    """
    right = {name: answer.argmax(axis=1) == labels for name, answer in answers.items()}
    references = {name: flags for name, flags in right.items() if name not in (NETWORK, MIXTURE)}
    given = answers[MIXTURE if MIXTURE in answers else NETWORK]
    count = len(classes)
    flat = labels * count + given.argmax(axis=1)
    confusion = np.bincount(flat, minlength=count * count).reshape(count, count)
    confidence, shares, counts = reliability(given, labels)
    return ClassJudgement(
        classes=classes,
        counts=tuple(np.bincount(labels, minlength=count).tolist()),
        scores={name: _score(answer, labels) for name, answer in answers.items()},
        confusion=tuple(tuple(row) for row in confusion.tolist()),
        reliability=Reliability(
            tuple(confidence.tolist()), tuple(shares.tolist()), tuple(counts.tolist())
        ),
        verdict=judge_classes(right[NETWORK], references, kind),
        mixture=None
        if MIXTURE not in answers or mixed_with is None
        else mcnemar(mixed_with, right[MIXTURE], right[mixed_with]),
        share=share,
    )


def _score(answer: Float64s, labels: Indices) -> ClassScore:
    given = answer.argmax(axis=1)
    f1 = []
    for each in np.unique(labels):
        hits = float(((given == each) & (labels == each)).sum())
        f1.append(2 * hits / float((given == each).sum() + (labels == each).sum()))
    sure = np.isin(answer, (0.0, 1.0)).all()  # ones for the answers alone
    return ClassScore(
        accuracy=float((given == labels).mean()),
        macro_f1=float(np.mean(f1)),
        log_loss=None if sure else log_loss(answer, labels),
        calibration_error=None if sure else calibration_error(answer, labels),
    )
