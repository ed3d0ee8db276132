"""The judgement of translations: chrF, BLEU, how many are exact, and the verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from recur.judge.superiority import NETWORK
from recur.judge.translate.metrics import bleu, chrf, chrf_counts
from recur.judge.translate.verdict import TranslationVerdict, judge_translations
from recur.markup import card
from recur.settings import from_plain


@dataclass(frozen=True)
class TranslationScore:
    """What a method's translations are worth.

    Attributes:
        chrf: of all together, 0 to 100.
        bleu: of all together, 0 to 100.
        exact: the share that is a truth, letter by letter.
    """

    chrf: float
    bleu: float
    exact: float


@dataclass(frozen=True)
class TranslationJudgement:
    """What translations of texts that training has not seen are worth.

    Attributes:
        scores: by method: the network, and the simple answers.
        verdict: on the network beside the simple answers.
        truths: how many there were in all.
    """

    scores: dict[str, TranslationScore]
    verdict: TranslationVerdict
    truths: int

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return the verdict in plain words."""
        return (self.verdict.sentence,)

    def __repr__(self) -> str:
        return f"<TranslationJudgement: {self.verdict.sentence}>"

    def _repr_html_(self) -> str:
        return card("Judgement", text=self.verdict.sentence)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain JSON values."""
        return {**asdict(self), "verdict": self.verdict.to_dict(), "sentences": self.sentences}

    @staticmethod
    def from_dict(told: Any) -> TranslationJudgement | None:
        """Return what `to_dict` told; None where this version does not understand it."""
        return from_plain(TranslationJudgement, told)


def judge_translator(
    answers: Mapping[str, Sequence[str]], truths: Sequence[Sequence[str]], unit: str = "words"
) -> TranslationJudgement:
    """Judge translations beside those of the simple answers.

    Args:
        answers: a text for each source, by method; `NETWORK` among them.
        truths: one or more texts for each source.
        unit: what the texts are read as, `words` or `characters`.
    """
    counts = {name: chrf_counts(each, truths) for name, each in answers.items()}
    references = {name: each for name, each in counts.items() if name != NETWORK}
    scores = {
        name: TranslationScore(
            chrf=float(chrf(counts[name].sum(axis=0))),
            bleu=bleu(each, truths),
            exact=float(np.mean([one in known for one, known in zip(each, truths, strict=True)])),
        )
        for name, each in answers.items()
    }
    return TranslationJudgement(
        scores, judge_translations(counts[NETWORK], references, unit), sum(map(len, truths))
    )
