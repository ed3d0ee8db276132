"""The folder of a job: what was asked for and sent, what happened, and what came of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from recur.files.atomic import write_text

ASKED, EVENTS, OUTCOME, IN, OUT = "asked.json", "events.jsonl", "outcome.json", "in", "out"


class JobFolder:
    """The folder of a job.

    Attributes:
        path: where it is.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def files(self) -> dict[str, list[Path]]:
        """Return the files that were sent, by the name of the part that each came as.

        They are named from the folder of the data, so that no message tells where it is.
        """
        return {
            part: [Path(name) if part == "file" else Path("..") / part / name for name in names]
            for part, names in self.asked()["files"].items()
        }

    def asked(self) -> dict[str, Any]:
        """Return the verb and its settings."""
        found: dict[str, Any] = json.loads((self.path / ASKED).read_text("utf-8"))
        return found

    def ask(self, verb: str, settings: dict[str, Any], files: dict[str, list[str]]) -> None:
        """Write what is asked for."""
        asked = {"verb": verb, "settings": settings, "files": files}
        write_text(self.path / ASKED, json.dumps(asked, ensure_ascii=False))

    def outcome(self) -> dict[str, Any] | None:
        """Return what came of it; None as long as nothing has."""
        with suppress(OSError, ValueError):
            found: dict[str, Any] = json.loads((self.path / OUTCOME).read_text("utf-8"))
            return found
        return None

    def end(self, outcome: dict[str, Any]) -> None:
        """Write what came of it, whole or not at all: from then on the job is done."""
        text = json.dumps(outcome, ensure_ascii=False, allow_nan=False)
        write_text(self.path / OUTCOME, text)

    def result(self, name: str) -> Path | None:
        """Return a file that came of it, by its name; None where there is none."""
        names = (self.outcome() or {}).get("files", ())
        return self.path / OUT / name if name in names else None

    def events(self, start: int = 0) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield what happened from a place in the file on, each with the place behind it."""
        with suppress(OSError), (self.path / EVENTS).open("rb") as file:
            file.seek(start)
            for line in file:
                if not line.endswith(b"\n"):  # still being written
                    return
                start += len(line)
                with suppress(ValueError):  # what a writer that was killed has left
                    told = json.loads(line)
                    if isinstance(told, dict):
                        yield start, told


class Events:
    """Writes what happens, a JSON object a line; changes of progress not too often."""

    def __init__(self, folder: Path, clock: Any, every: float = 0.2) -> None:
        path = folder / EVENTS
        torn = path.exists() and not path.read_bytes().endswith(b"\n")
        self._file = path.open("a", encoding="utf-8")
        if torn:  # by a writer that was killed
            self._file.write("\n")
        self._clock, self._every = clock, every
        self._last = -every
        self._held: dict[str, Any] | None = None

    def tell(self, event: dict[str, Any]) -> None:
        """Take an event."""
        now = self._clock()
        if "progress" in event and now - self._last < self._every:
            self._held = event
            return
        self._last = now
        if "progress" not in event and self._held is not None:
            self._write(self._held)
        self._held = None
        self._write(event)

    def _write(self, event: dict[str, Any]) -> None:
        self._file.write(json.dumps(event, ensure_ascii=False, default=str) + "\n")
        self._file.flush()
