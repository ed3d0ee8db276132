"""The page of a classifier: its verdict, its pictures and its hardest cases, in one file."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from recur.judge.classify.judgement import ClassJudgement
from recur.report.classifying import COLUMNS, score_rows
from recur.report.document import document, safe
from recur.report.occlusion import Occlusion, occlusion_section

_CAPTIONS = {
    "confusion": "What is answered of each class, as shares of the class.",
    "reliability": "How often answers are right, beside how sure they are.",
    "training": "The loss on the training and on the validation examples, epoch by epoch.",
}
CLAIMS = {"skill": "Skill", "none": "No evidence of skill", "too_little": "Too little to say"}

PageTable = tuple[str, Sequence[str], Sequence[Sequence[str]]]
"""A heading, the columns, and the rows of a table."""


@dataclass(frozen=True)
class HardCase:
    """An answer that was wrong and sure.

    Attributes:
        shown: the text, or what the series is called.
        label: its true class.
        answer: what was answered.
        confidence: how sure.
    """

    shown: str
    label: str
    answer: str
    confidence: float


def class_page(
    title: str,
    summary: str,
    judgement: ClassJudgement,
    cases: Sequence[HardCase],
    pictures: Mapping[str, bytes],
    texts: Sequence[Occlusion] = (),
) -> str:
    """Return what a classifier is worth as one HTML file with nothing outside it."""
    tables: list[PageTable] = [
        (
            "Beside the simple answers",
            ("method", *COLUMNS),
            [(label, *cells) for label, _, cells in score_rows(judgement)],
        ),
        (
            "Hardest cases",
            ("example", "true class", "answered", "how sure"),
            [(one.shown, one.label, one.answer, f"{one.confidence:.2f}") for one in cases],
        ),
    ]
    return judged_page(
        title, summary, judgement.verdict.claim, judgement.sentences, tables, pictures, _CAPTIONS,
        occlusion_section(texts),
    )  # fmt: skip


def judged_page(
    title: str,
    summary: str,
    claim: str,
    sentences: Sequence[str],
    tables: Sequence[PageTable],
    pictures: Mapping[str, bytes],
    captions: Mapping[str, str],
    below: str = "",
) -> str:
    """Return a verdict, tables and pictures as one HTML file with nothing outside it.

    Args:
        title: the heading.
        summary: the line below it.
        claim: of the verdict.
        sentences: the verdict in words.
        tables: the first stands before the pictures, the others behind; those without rows are
            left out.
        pictures: PNG by name.
        captions: by name, in the order of the page.
        below: HTML that stands last.
    """
    first, *rest = (table(*one) if one[2] else "" for one in tables)
    parts = (
        verdict_section(claim, CLAIMS[claim], sentences),
        first,
        figures(captions, pictures),
        *rest,
        below,
    )
    return document(title, summary, "".join(parts))


def verdict_section(claim: str, heading: str, sentences: Sequence[str]) -> str:
    """Return a section with a verdict, in the colour of its claim."""
    said = "".join(f"<p>{safe(sentence)}</p>\n" for sentence in sentences)
    return (
        f'<section class="verdict" style="--claim: var(--{claim})">\n'
        f"<h2>{safe(heading)}</h2>\n{said}</section>\n"
    )


def figures(captions: Mapping[str, str], pictures: Mapping[str, bytes]) -> str:
    """Return a section of the pictures that there are, in the order of their captions."""
    shown = "".join(
        f'<figure>\n<div class="scroll"><img alt="{safe(caption)}" '
        f'src="data:image/png;base64,{b64encode(pictures[name]).decode("ascii")}"></div>\n'
        f"<figcaption>{safe(caption)}</figcaption>\n</figure>\n"
        for name, caption in captions.items()
        if name in pictures
    )
    return f"<section>\n<h2>Pictures</h2>\n{shown}</section>\n" if shown else ""


def table(heading: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a section with a table; the first cell of a row is what it is about."""
    heads = "".join(f'<th scope="col">{safe(column)}</th>' for column in columns)
    lines = "".join(
        f'<tr><th scope="row"><bdi>{safe(first)}</bdi></th>'
        f"{''.join(f'<td>{safe(cell)}</td>' for cell in rest)}</tr>\n"
        for first, *rest in rows
    )
    return f"""<section>
<h2>{safe(heading)}</h2>
<div class="scroll" tabindex="0"><table>
<thead><tr>{heads}</tr></thead>
<tbody>
{lines}</tbody>
</table></div>
</section>
"""
