"""An HTML document with nothing outside it: its head, its style, and text that is safe in it."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from recur.markup import safe as safe

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
"""Nothing is fetched, and no script runs but the one that is named by its hash, whatever a name in
the data says."""

_SCRIPTS = ("charts/uplot/LICENSE.txt", "charts/uplot/uPlot.iife.min.js", "charts/charts.js")


def document(title: str, summary: str, body: str, *, charts: bool = False) -> str:
    """Return a document with a heading, a line below it, and a body that is already HTML.

    Args:
        title: the heading.
        summary: the line below it.
        body: HTML.
        charts: whether the body has charts as JSON, which a script then draws.
    """
    heading, style, policy, script = safe(title), _asset("page.css"), _POLICY, ""
    if charts:
        style += _asset("charts/uplot/uPlot.min.css") + _asset("charts/charts.css")
        code = "\n".join(map(_asset, _SCRIPTS))
        digest = b64encode(sha256(code.encode()).digest()).decode("ascii")
        policy = f"{_POLICY}; script-src 'sha256-{digest}'"
        script = f"<script>{code}</script>\n"
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{heading}</title>
<style>
{style}</style>
</head>
<body>
<main>
<h1 dir="auto">{heading}</h1>
<p class="data" dir="auto">{safe(summary)}</p>
{body}</main>
{script}</body>
</html>
"""


def _asset(name: str) -> str:
    """Return a text that comes with the package; a licence as a comment, for a page is a copy."""
    text = files("recur.report").joinpath(name).read_text("utf-8")
    return f"/*!\n{text}*/" if name.endswith("LICENSE.txt") else text
