"""A line for each request, and for what else happens: text for a reader, or JSON."""

from __future__ import annotations

import json
import sys
import time
from typing import Any, TextIO


class Log:
    """Writes lines on standard error.

    Args:
        kind: `text` or `json`.
        to: where to, standard error by default.
    """

    def __init__(self, kind: str = "text", to: TextIO | None = None) -> None:
        self._json, self._to = kind == "json", to

    def say(self, sentence: str, **more: Any) -> None:
        """Write a sentence, with what a machine wants to know of it beside."""
        self._write({"event": sentence, **more}, f"{sentence}")

    def request(self, *, status: int, method: str, path: str, seconds: float, **more: Any) -> None:
        """Write of a request that was answered."""
        told = {"status": status, "method": method, "path": path, "ms": round(1000 * seconds, 2)}
        line = f"{status} {method} {path} {1000 * seconds:.1f} ms"
        beside = " ".join(f"{name}={value}" for name, value in more.items() if value is not None)
        self._write(told | more, f"{line} {beside}".rstrip())

    def _write(self, told: dict[str, Any], line: str) -> None:
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        text = json.dumps({"time": now, **told}) if self._json else f"{now} {_plain(line)}"
        print(text, file=self._to or sys.stderr, flush=True)


def _plain(text: str) -> str:
    """Return a line that cannot be taken for two, or for a command to a terminal."""
    return "".join(c if c.isprintable() else "?" for c in text)
