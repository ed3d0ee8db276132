"""Tables that benchmarks write into the page on trust, between marks of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from recur.files.atomic import write_text

PAGE = Path(__file__).parents[2] / "docs" / "concepts" / "trust.md"


def table(rows: Sequence[dict[str, Any]]) -> str:
    """Return rows as a table of Markdown; numbers stand to the right."""
    head, *_ = rows
    sides = ("--:" if isinstance(value, int | float) else "---" for value in head.values())
    lines = [head, *(row.values() for row in rows)]
    told = [f"| {' | '.join(str(cell).replace('|', '/') for cell in line)} |" for line in lines]
    return "\n".join([told[0], f"|{'|'.join(sides)}|", *told[1:]])


def put(name: str, text: str, page: Path = PAGE) -> None:
    """Write a text in the place of what stands between the marks of a name."""
    begin, end = f"<!-- {name}, as the benchmark writes it -->", f"<!-- end of {name} -->"
    between = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    whole, found = between.subn(lambda _: f"{begin}\n\n{text}\n\n{end}", page.read_text("utf-8"))
    if not found:
        raise SystemExit(f"{page} has no place for `{name}`: {begin} {end}")
    write_text(page, whole)
