"""The page of a writer: its verdict, its losses, a passage symbol by symbol, and what it writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

from recur.data.text.vocabulary import Vocabulary
from recur.errors import visible
from recur.judge.words import percent
from recur.judge.write.heldout import HeldOut, Passage
from recur.judge.write.judgement import WritingJudgement
from recur.report.class_page import figures, table, verdict_section
from recur.report.document import document, safe
from recur.report.symbols import alone, pieces
from recur.report.writing import bits, legible, ngram_label

_CLAIMS = {
    "more": ("skill", "Learnt more than counting"),
    "no more": ("none", "No evidence of more than counting"),
    "too_little": ("too_little", "Too little text to say"),
}
_CAPTIONS = {"training": "The loss of the network epoch by epoch, beside counting."}
_LEGEND = (
    "Of the middle of the held-out part: a blue ground where the network gave the symbol at least "
    "twice the chance that the best n-gram gave it, a yellow one where counting did; a dotted line "
    "below a symbol that came as a surprise. The nats of each are shown where the pointer rests."
)
_STYLE = """<style>
.passage { white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.9;
  font-family: ui-monospace, monospace; font-size: 0.9rem;
  unicode-bidi: plaintext; text-align: start; } /* each line runs as its script does */
.passage .network { background: #7fb2ea; color: #000; }
.passage .counting { background: #ffe7a8; color: #000; }
@media (prefers-color-scheme: dark) {
  .passage .network { background: #2a74c0; color: #fff; }
  .passage .counting { background: #574000; color: #fff; }
}
@media (max-width: 44rem) { /* what stands before a place has a line of its own */
  .surprises tr { display: grid; grid-template-columns: 1fr 1fr 1.3fr 1.7fr; align-items: end; }
  .surprises tr > :first-child { grid-column: 1 / -1; border-bottom: 0; padding-bottom: 0; }
  .surprises tbody tr > :first-child { padding-top: 0.7rem; }
}
.passage .surprise { text-decoration: underline dotted 2px; text-underline-offset: 0.25em; }
@media print { .passage span { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
</style>
"""
_BROKEN = "\ufffd"  # stands for part of a character of which the rest is not shown
_RETURN = "\u240d"  # which would begin a line before the newline that follows it
_TWICE = float(np.log(2))  # nats between two chances of which one is twice the other
_SURPRISE = 4.0  # nats, from which on a symbol came as a surprise


def writing_page(
    title: str,
    summary: str,
    judgement: WritingJudgement | None,
    held_out: HeldOut | None,
    vocabulary: Vocabulary,
    samples: Sequence[tuple[str, str]],
    pictures: Mapping[str, bytes],
) -> str:
    """Return what a writer is worth as one HTML file with nothing outside it.

    Args:
        title: the heading.
        summary: the line below it.
        judgement: on its validation part; None where there was none.
        held_out: what is shown of that part.
        vocabulary: its symbols.
        samples: what it wrote, each with what it is called, the newest last.
        pictures: PNG by name.
    """
    parts = [*_judged(judgement, vocabulary), figures(_CAPTIONS, pictures)]
    if held_out is not None:
        parts += [
            _passage(held_out.passage, vocabulary, mixed=held_out.mixed),
            _surprises(held_out, vocabulary),
        ]
    written = "".join(
        f'<h3>{safe(name)}</h3>\n<p class="passage">{escape(legible(text))}</p>\n'
        for name, text in reversed(samples)
    )
    parts += [_STYLE, f"<section>\n<h2>What it writes</h2>\n{written}</section>\n"]
    return document(title, summary, "".join(parts))


def _judged(judgement: WritingJudgement | None, vocabulary: Vocabulary) -> list[str]:
    """Return the verdict, and the losses of all that were asked."""
    if judgement is None:
        return ["<section>\n<p>Nothing was held out, so it was not judged.</p>\n</section>\n"]
    claim, heading = _CLAIMS[judgement.verdict.claim]
    if judgement.verdict.worse:
        heading = "Learnt less than counting"
    own = {"network": judgement.nats}
    if judgement.alone is not None:
        own = {"network mixed with counting": judgement.nats, "network alone": judgement.alone}
    labels = {"ngram": ngram_label(judgement.verdict.order)}
    other = {labels.get(name, name): nats for name, nats in judgement.counting.items()}
    rows = [(name, f"{nats:.4f}", f"{bits(nats):.4f}") for name, nats in (own | other).items()]
    return [
        verdict_section(claim, heading, (judgement.verdict.sentence,)),
        table(
            "Beside counting",
            ("", f"nats a {vocabulary.measure}", f"bits a {vocabulary.measure}"),
            rows,
        ),
    ]


def _passage(passage: Passage, vocabulary: Vocabulary, *, mixed: bool) -> str:
    """Return a section with the symbols of a passage on the grounds of who knew them better."""
    better = passage.counting - passage.network
    whole = "together" if mixed else "the writer"
    spans: list[str] = []
    first = 0
    for text, count in pieces(vocabulary, passage.symbols):
        own = slice(first, first + count)
        first += count
        if not text.strip(_BROKEN) and (not spans or first == len(passage.symbols)):
            continue
        network, counting, loss, gained = (
            float(values[own].sum())
            for values in (passage.network, passage.counting, passage.losses, better)
        )
        kind = "network" if gained >= _TWICE else "counting" if gained <= -_TWICE else ""
        kind += " surprise" * (loss >= _SURPRISE)
        title = f"network {network:.2f}, counting {counting:.2f}, {whole} {loss:.2f} nats"
        spans.append(_span(text, kind.strip(), title))
    share = float(np.mean(better > 0)) if len(better) else 0.0
    said = f"{_LEGEND} The network knew {percent(share)} of these symbols better."
    return (
        f"<section>\n<h2>Network and counting, symbol by symbol</h2>\n<p>{safe(said)}</p>\n"
        f'<p class="passage">{"".join(spans)}</p>\n</section>\n'
    )


def _span(text: str, kind: str, title: str) -> str:
    shown = escape(_RETURN if text == "\r" else legible(text))
    return f'<span class="{kind}" title="{safe(title)}">{shown}</span>'


def _surprises(held_out: HeldOut, vocabulary: Vocabulary) -> str:
    """Return a table of the most surprising places; nothing where there are none."""
    rows = [
        (
            f"... {visible(vocabulary.decode(one.before).strip(_BROKEN))}",
            alone(vocabulary, one.came),
            f"{one.loss:.1f}",
            alone(vocabulary, one.expected),
            percent(float(np.exp(-one.expected_loss))),
        )
        for one in held_out.surprises
    ]
    columns = ("before it", "came", "nats", "expected", "probability")
    shown = table("Most surprising places", columns, rows)
    return f'<div class="surprises">\n{shown}</div>\n' if rows else ""
