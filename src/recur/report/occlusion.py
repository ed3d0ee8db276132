"""Which words of a text an answer rests on: a table for a page, its words shaded by that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from recur.errors import visible
from recur.markup import safe

LEAST = 0.02
"""Nats that count as the largest change in a text in which there is no larger one."""

LEGEND = (
    "Each word (or character) was hidden from the classifier in turn, as one that it does not "
    "know. The stronger its ground, the more the logarithm of the answer's probability fell: the "
    "answer rests on it. A dashed line below it: without it the answer would have been surer. "
    "Grounds and lines are relative to the largest change in a text, or to "
    f"{LEAST} where none is as large; the number of each is shown where the pointer rests. Words "
    "that say the same stand for each other: hiding one of two shows little."
)
STYLE = """<style>
.hidden { white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.9; }
.hidden span { padding: 0.12em 0; border-radius: 2px;
  background: color-mix(in srgb, var(--ink) calc(var(--rests) * 1%), transparent); }
.hidden .against { text-decoration: underline dashed; text-underline-offset: 0.25em;
  text-decoration-thickness: calc(var(--against) * 1px); }
@media print { .hidden span { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
</style>
"""
_UNKNOWN = "\N{EN DASH}"  # stands for a true class that is not known
_DARKEST = 40  # percent of ink in a ground on which ink can still be read
_SEEN = 0.1  # of the strongest, from which on a line is drawn
_TOLD = 0.005  # nats, less of which is shown as nothing


@dataclass(frozen=True)
class Occlusion:
    """What each symbol of a text is worth to the answer, measured by hiding it.

    Attributes:
        symbols: that were read, in order.
        losses: by how many nats the log-probability of the answer falls without each.
        answer: the class that was answered.
        confidence: its probability with nothing hidden.
        label: the true class; empty where it is not known.
        apart: whether a space stands between symbols, as between words.
    """

    symbols: tuple[str, ...]
    losses: tuple[float, ...]
    answer: str
    confidence: float
    label: str = ""
    apart: bool = True

    def strongest(self, count: int) -> list[tuple[str, float]]:
        """Return the symbols of the largest losses, with these; none where it rounds to 0."""
        order = sorted(range(len(self.symbols)), key=lambda i: -self.losses[i])[:count]
        return [(self.symbols[i], self.losses[i]) for i in order if self.losses[i] >= _TOLD]


def shaded(one: Occlusion) -> str:
    """Return a text as HTML, each symbol on a ground as strong as the answer rests on it."""
    scale = max(LEAST, *map(abs, one.losses))
    between = " " if one.apart else ""
    return between.join(
        _span(symbol, loss, loss / scale)
        for symbol, loss in zip(one.symbols, one.losses, strict=True)
    )


def _span(symbol: str, loss: float, share: float) -> str:
    kind, style = "", f"--rests:{max(0, round(_DARKEST * share))}"
    if share < -_SEEN:
        kind, style = ' class="against"', f"--rests:0;--against:{1 - 2 * share:.1f}"
    how = "falls" if loss >= 0 else "rises"
    title = f"hidden, the log-probability {how} by {abs(loss):.3f}"
    text = escape(visible(symbol)) if symbol.strip() else " "  # a space is a symbol as well
    return f'<span{kind} style="{style}" title="{safe(title)}">{text}</span>'


def occlusion_section(texts: Sequence[Occlusion]) -> str:
    """Return a section with texts whose symbols are shaded, or nothing where there are none."""
    if not texts:
        return ""
    rows = "".join(
        f'<tr><td class="text hidden"><bdi>{shaded(one)}</bdi></td>'
        f"<td>{safe(one.label or _UNKNOWN)}</td><td>{safe(one.answer)}</td>"
        f"<td>{one.confidence:.2f}</td><td>{max((*one.losses, 0.0)):.3f}</td></tr>\n"
        for one in texts
    )
    heads = "".join(
        f'<th scope="col"{kind}>{name}</th>'
        for name, kind in (
            ("text, as it is read", ' class="text"'),
            ("true class", ""),
            ("answered", ""),
            ("how sure", ""),
            ("most lost", ""),
        )
    )
    return f"""{STYLE}<section>
<h2>What the answers rest on</h2>
<p>{safe(LEGEND)}</p>
<div class="scroll" tabindex="0"><table>
<thead><tr>{heads}</tr></thead>
<tbody>
{rows}</tbody>
</table></div>
</section>
"""
