"""The page of a translator: its verdict, translations beside the truth, and its hardest texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from recur.judge.translate.judgement import TranslationJudgement
from recur.report.class_page import CLAIMS, figures, table, verdict_section
from recur.report.document import document
from recur.report.translating import COLUMNS, score_rows

_CAPTIONS = {
    "attention": "What each symbol that came out looked at, of some held-out texts.",
    "training": "The loss on the training and on the validation pairs, epoch by epoch.",
}


@dataclass(frozen=True)
class Sample:
    """A translation beside the truth.

    Attributes:
        source: the text.
        answer: what the network makes of it.
        truth: what may come out; with ` / ` between several.
        chrf: of the answer.
    """

    source: str
    answer: str
    truth: str
    chrf: float


def translation_page(
    title: str,
    summary: str,
    judgement: TranslationJudgement,
    samples: Sequence[Sample],
    hardest: Sequence[Sample],
    pictures: Mapping[str, bytes],
) -> str:
    """Return what a translator is worth as one HTML file with nothing outside it."""
    claim = judgement.verdict.claim
    parts = (
        verdict_section(claim, CLAIMS[claim], judgement.sentences),
        table(
            "Beside the simple answers",
            ("method", *COLUMNS),
            [(label, *cells) for label, cells in score_rows(judgement)],
        ),
        table("Translations, drawn at random", _HEADS, [_cells(one) for one in samples]),
        figures(_CAPTIONS, pictures),
        table("Hardest texts", _HEADS, [_cells(one) for one in hardest]) if hardest else "",
    )
    return document(title, summary, "".join(parts))


_HEADS = ("text", "network", "truth", "chrF")


def _cells(sample: Sample) -> tuple[str, ...]:
    return sample.source, sample.answer, sample.truth, f"{sample.chrf:.0f}"
