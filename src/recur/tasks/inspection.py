"""What a model file or a checkpoint holds, told without running anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from recur.files.modelfile import Contents, fitting, read_file
from recur.report.blocks import Block, Facts
from recur.report.result import Result
from recur.tasks.kinds import describe_header
from recur.training.checkpoint import Header


@dataclass(frozen=True, eq=False, kw_only=True)
class Inspection(Result):
    """What a file holds.

    Attributes:
        path: the file.
        contents: its header and the shapes of its tensors.
        described: what the header says, by what it is called.
    """

    task: ClassVar[str] = "inspect"

    path: Path
    contents: Contents
    described: Mapping[str, object]

    def facts(self) -> dict[str, Any]:
        """Return what is particular to it, as plain JSON values."""
        contents = self.contents
        return {
            "kind": contents.kind,
            "saved_by": contents.version,
            "holds": contents.header.get("task"),
            **{name: part for name, part in contents.header.items() if name != "task"},
            "tensors": {name: list(shape) for name, shape in contents.shapes.items()},
        }

    def findings(self) -> Iterator[Block]:
        """Yield what the file says of itself, and the shapes of its tensors."""
        contents = self.contents
        kind = f"{contents.kind}, saved by recur {contents.version}"
        yield Facts({"file": self.path, "kind": kind, **self.described})
        yield Facts({name: " x ".join(map(str, shape)) for name, shape in contents.shapes.items()})


def inspect(path: Path) -> Inspection:
    """Return what a file holds."""
    contents = read_file(path, header_only=True)
    with fitting(f"`{path}`"):
        describe = _describe_model if contents.kind == "model" else _describe_run
        return Inspection(path=path, contents=contents, described=describe(contents))


def _describe_model(contents: Contents) -> Mapping[str, object]:
    header = contents.header
    facts: dict[str, object] = {"task": header.get("task"), **describe_header(header)}
    judgement = header.get("judgement")
    if isinstance(judgement, dict) and isinstance(judgement.get("verdict"), dict):
        facts["verdict"] = judgement["verdict"].get("sentence")
    return facts


def _describe_run(contents: Contents) -> Mapping[str, object]:
    header = Header.from_dict(contents.header)
    return {
        "epochs": len(header.history),
        "steps": sum(contents.shapes.get("losses", ())),
        "rescues": header.attempt,
        "ended": header.ended or "no: fit with the same data and settings resumes it",
    }
