"""The pages and what in them runs: blocks of Python, and lines that give the command something."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])
NAMES = [page.relative_to(ROOT).as_posix() for page in PAGES]
SHELLS = ("bash", "sh", "shell", "console")
_COMMAND = re.compile(r"(?:[^|]+\| )?recur +[a-z-]")


@dataclass(frozen=True)
class Block:
    """What runs of a page, in order.

    Attributes:
        line: where it stands, from 1 on.
        code: the text of a block of Python; None where it is a command.
        command: the words behind `recur`; none where it is Python.
        piped: the command gets its standard input from another one.
    """

    line: int
    code: str | None = None
    command: tuple[str, ...] = ()
    piped: bool = False


def blocks_of(page: Path) -> list[Block]:
    """Return the blocks of Python and the commands of a page."""
    found: list[Block] = []
    lines = page.read_text(encoding="utf-8").split("\n")
    fence, begins = None, 0
    for number, line in enumerate(lines, 1):
        if fence is None and line.startswith("```"):
            fence, begins = line[3:].strip(), number
        elif fence is not None and line.startswith("```"):
            if fence == "python":
                found.append(Block(begins + 1, code="\n".join(lines[begins : number - 1])))
            fence = None
        elif (fence in SHELLS or (fence is None and line[:4] == "    ")) and _COMMAND.match(
            line.strip().removeprefix("$ ")
        ):
            found.append(_command(number, line))
    return found


def _command(number: int, line: str) -> Block:
    shown = line.strip().removeprefix("$ ")
    before, given = re.split(r"(?:^|(?<=\| ))recur +", shown, maxsplit=1)
    return Block(number, command=tuple(shlex.split(given, comments=True)), piped="|" in before)
