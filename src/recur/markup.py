"""What a notebook shows of a result: small HTML that fits a dark page as well as a light one.

It has no colours of its own: text and lines are those of the page, more or less faint.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from recur.errors import visible

_CARD = (
    "display:inline-block;max-width:60em;padding:.6em .9em;border:1px solid rgba(128,128,128,.4);"
    "border-radius:6px;line-height:1.45"
)
_FAINT = "opacity:.7"
_CELL = "padding:.1em .7em;border:0;text-align:right;background:none"
_LEFT = "padding:.1em .7em .1em 0;border:0;text-align:left;background:none;font-weight:normal"


def safe(value: object) -> str:
    """Return anything as text that is safe anywhere in a document.

    >>> safe("<b>5 %")
    '&lt;b&gt;5&nbsp;%'
    """
    return escape(visible(str(value))).replace(" %", "&nbsp;%")


def card(
    title: str,
    *,
    text: str = "",
    facts: Mapping[str, object] | None = None,
    header: Sequence[str] = (),
    rows: Sequence[Sequence[str]] = (),
    below: str = "",
) -> str:
    """Return a small piece of HTML.

    Args:
        title: what it is.
        text: a sentence or two.
        facts: named values, a line each.
        header: of the columns of a table, the first of names.
        rows: of the table.
        below: what is said below it.
    """
    parts = [f"<b>{safe(title)}</b>"]
    if facts:
        lines = (
            f'<tr><td style="{_LEFT};{_FAINT}">{safe(name)}</td>'
            f'<td style="{_LEFT}">{safe(value)}</td></tr>'
            for name, value in facts.items()
        )
        parts.append(_table("".join(lines)))
    if rows:
        body = "".join(f"<tr>{_cells('td', row)}</tr>" for row in rows)
        head = f'<tr style="{_FAINT}">{_cells("th", header)}</tr>'
        parts.append(_table(head + body))
    if below:
        parts.append(f'<div style="{_FAINT}">{safe(below)}</div>')
    if text:
        parts.append(f'<div style="margin-top:.3em">{safe(text)}</div>')
    return f'<div style="{_CARD}">{"".join(parts)}</div>'


def _table(rows: str) -> str:
    return (
        '<div style="overflow-x:auto"><table style="border-collapse:collapse;margin:.3em 0;'
        f'font-variant-numeric:tabular-nums;color:inherit;background:none">{rows}</table></div>'
    )


def _cells(tag: str, cells: Sequence[str]) -> str:
    styles = (_LEFT, *(f"{_CELL};font-weight:normal" for _ in cells[1:]))
    return "".join(
        f'<{tag} style="{style}">{safe(cell)}</{tag}>'
        for style, cell in zip(styles, cells, strict=True)
    )
