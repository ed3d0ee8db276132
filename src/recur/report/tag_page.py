"""The page of a tagger: the verdict, what is found of each type, and the hardest sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from recur.judge.tag.judgement import TagJudgement
from recur.report.class_page import PageTable, judged_page
from recur.report.tagging import KIND_COLUMNS, kind_rows, score_columns, score_rows

_CAPTIONS = {
    "confusion": "What is answered of each type, as shares of the type. An entity counts as found "
    "where it begins and ends as the true one.",
    "training": "The loss on the training and on the validation sentences, epoch by epoch.",
}


@dataclass(frozen=True)
class HardSentence:
    """A sentence that was answered wrongly by a tagger that was sure.

    Attributes:
        shown: the sentence.
        true: what is true of it, in a line.
        answered: what was answered, in a line.
        confidence: how sure the surest wrong tag was.
    """

    shown: str
    true: str
    answered: str
    confidence: float


def tag_page(
    title: str,
    summary: str,
    judgement: TagJudgement,
    hardest: Sequence[HardSentence],
    pictures: Mapping[str, bytes],
) -> str:
    """Return what a tagger is worth as one HTML file with nothing outside it."""
    kind = "type" if judgement.measure == "f1" else "tag"
    tables: list[PageTable] = [
        (
            "Beside the simple answers",
            ("method, in percent", *score_columns(judgement)),
            [(label, *cells) for label, cells in score_rows(judgement)],
        ),
        (
            f"By {kind}",
            (kind, *KIND_COLUMNS),
            [(label, *cells) for label, cells in kind_rows(judgement)],
        ),
        (
            "Hardest sentences",
            ("sentence", "true", "answered", "how sure"),
            [(one.shown, one.true, one.answered, f"{one.confidence:.2f}") for one in hardest],
        ),
    ]
    return judged_page(
        title, summary, judgement.verdict.claim, judgement.sentences, tables, pictures, _CAPTIONS
    )
