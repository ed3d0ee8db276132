"""A result: what a verb, a server or a notebook can show of it, and its JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, Self

from recur.report.blocks import Block, Written
from recur.version import __version__


@dataclass(frozen=True, eq=False, kw_only=True)
class Result:
    """What came of something that a user asked for.

    Attributes:
        notices: what the user should know of it, a sentence each.
        files: those that were written, by what they hold.
        seconds: what each part took.
    """

    task: ClassVar[str]

    notices: tuple[str, ...] = ()
    files: Mapping[str, Path] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)

    def facts(self) -> dict[str, Any]:
        """Return what is particular to it, as plain JSON values."""
        raise NotImplementedError

    def findings(self) -> Iterator[Block]:
        """Yield what a reader is shown of it, but for the files."""
        raise NotImplementedError

    def blocks(self) -> Iterator[Block]:
        """Yield what a reader is shown of it."""
        yield from self.findings()
        if self.files:
            yield Written(self.files)

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain JSON values, in the envelope that every result has."""
        return {
            "recur": __version__,
            "task": self.task,
            **self.facts(),
            "seconds": {name: round(value, 3) for name, value in self.seconds.items()},
            "files": {name: str(path) for name, path in self.files.items()},
            "notices": list(self.notices),
        }

    def noticed(self, sentences: Sequence[str]) -> Self:
        """Return the result with what was noticed on the way to it."""
        return replace(self, notices=(*self.notices, *sentences))
