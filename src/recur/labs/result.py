"""What labs found, as results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from recur.labs.experiment import Setting, run_lab
from recur.labs.folder import write_lab
from recur.report.blocks import Block, Heading, Prose, Sentence
from recur.report.findings import Findings, findings_table
from recur.report.result import Result


@dataclass(frozen=True, eq=False, kw_only=True)
class LabResult(Result):
    """What a lab found.

    Attributes:
        name: of the lab.
        summary: what it shows.
        found: its figures, words, pictures and texts.
    """

    task: ClassVar[str] = "lab"

    name: str
    summary: str
    found: Findings

    def facts(self) -> dict[str, Any]:
        """Return what is particular to it, as plain JSON values."""
        return {"lab": self.name, **self.found.to_dict()}

    def findings(self) -> Iterator[Block]:
        """Yield the figures beside the published ones, the words, and the texts."""
        yield Heading(f"{self.name}: {self.summary}")
        if self.found.rows:
            yield findings_table(self.found)
        for word in self.found.words:
            yield Sentence(word, strong=False)
        for heading, text in self.found.texts:
            yield Heading(heading, apart=False)
            yield Prose(text)


@dataclass(frozen=True, eq=False, kw_only=True)
class LabsResult(Result):
    """What several labs found.

    Attributes:
        labs: one of each; their blocks are shown as each is done.
    """

    task: ClassVar[str] = "labs"

    labs: tuple[LabResult, ...]

    def facts(self) -> dict[str, Any]:
        """Return those of each lab."""
        return {"results": [lab.to_dict() for lab in self.labs]}

    def findings(self) -> Iterator[Block]:
        """Yield nothing more."""
        yield from ()


@dataclass(frozen=True, eq=False, kw_only=True)
class LabList(Result):
    """The labs that there are.

    Attributes:
        labs: what each shows, by name.
    """

    task: ClassVar[str] = "labs"

    labs: Mapping[str, str]

    def facts(self) -> dict[str, Any]:
        """Return their names and what they show."""
        return {"labs": [{"lab": name, "shows": shows} for name, shows in self.labs.items()]}

    def findings(self) -> Iterator[Block]:
        """Yield a line for each."""
        widest = max(map(len, self.labs))
        yield Prose("\n".join(f"{name:{widest}}  {shows}" for name, shows in self.labs.items()))


def lab_result(name: str, summary: str, setting: Setting, folder: Path | None) -> LabResult:
    """Run a lab, and write what it found where asked to."""
    found = run_lab(name, setting)
    files = {} if folder is None else write_lab(name, summary, found, folder)
    return LabResult(name=name, summary=summary, found=found, files=files)
