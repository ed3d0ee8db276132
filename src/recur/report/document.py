"""An HTML document with nothing outside it: its head, its style, and text that is safe in it."""

from __future__ import annotations

from importlib.resources import files

from recur.markup import safe as safe

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
"""No script runs and nothing is fetched, whatever a name in the data says."""


def document(title: str, summary: str, body: str) -> str:
    """Return a document with a heading, a line below it, and a body that is already HTML."""
    heading = safe(title)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<title>{heading}</title>
<style>
{files("recur.report").joinpath("page.css").read_text("utf-8")}</style>
</head>
<body>
<main>
<h1 dir="auto">{heading}</h1>
<p class="data" dir="auto">{safe(summary)}</p>
{body}</main>
</body>
</html>
"""
