"""The page of an experiment: its table, its pictures, its texts, in one file."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from html import escape

from recur.report.document import document, safe
from recur.report.findings import Findings
from recur.report.writing import legible


def lab_page(title: str, summary: str, findings: Findings, pictures: Mapping[str, bytes]) -> str:
    """Return what an experiment found as one HTML file with nothing outside it.

    Args:
        title: the heading.
        summary: a line below it.
        findings: what was found.
        pictures: the PNG bytes of its pictures, by name.
    """
    words = "".join(f"<p>{safe(word)}</p>\n" for word in findings.words)
    figures = "".join(
        f'<figure>\n<div class="scroll"><img alt="{safe(picture.caption)}" '
        f'src="data:image/png;base64,{b64encode(pictures[picture.name]).decode("ascii")}"></div>\n'
        f"<figcaption>{safe(picture.caption)}</figcaption>\n</figure>\n"
        for picture in findings.pictures
    )
    parts = (
        _table(findings),
        f"<section>\n<h2>What it shows</h2>\n{words}</section>\n" if words else "",
        f"<section>\n<h2>Pictures</h2>\n{figures}</section>\n" if figures else "",
        *(_text(name, text) for name, text in findings.texts),
    )
    return document(title, summary, "".join(parts))


def _table(findings: Findings) -> str:
    if not findings.rows:
        return ""
    heads = "".join(
        f'<th scope="col"{" class=text" if i < 2 else ""}>{safe(column)}</th>'
        for i, column in enumerate(findings.columns)
    )
    rows = "".join(_row(row.cells) for row in findings.rows)
    quick = " (of a quick run)" if findings.quick else ""
    heading = f"Published, ours{quick}, and the limit"
    return f"""<section>
<h2>{heading}</h2>
<div class="scroll" tabindex="0"><table>
<thead><tr>{heads}</tr></thead>
<tbody>
{rows}</tbody>
</table></div>
</section>
"""


def _row(cells: tuple[str, ...]) -> str:
    name, metric, *figures = map(safe, cells)
    figure_cells = "".join(f"<td>{figure}</td>" for figure in figures)
    return f'<tr><th scope="row">{name}</th><td class="text">{metric}</td>{figure_cells}</tr>\n'


def _text(name: str, text: str) -> str:
    escaped = escape(legible(text))
    return f'<section>\n<h2>{safe(name)}</h2>\n<pre dir="auto">{escaped}</pre>\n</section>\n'
