"""A line for each request, and for what else happens: text for a reader, or JSON."""

from __future__ import annotations

import json
import logging
import sys
import time
import traceback
from typing import Any, TextIO


class Log:
    """Writes lines on standard error.

    Args:
        kind: `text` or `json`.
        to: where to, standard error by default.
    """

    def __init__(self, kind: str = "text", to: TextIO | None = None) -> None:
        self._json, self._to = kind == "json", to

    def say(self, sentence: str, **more: str) -> None:
        """Write a sentence, with what else there is to know of it: below it, or beside in JSON."""
        self._write({"event": sentence, **more}, sentence, *more.values())

    def mistake(self, error: Exception) -> None:
        """Write of a mistake of recur's own, with all that tells where it is."""
        trace = "".join(traceback.format_exception(error))
        self.say("a mistake in recur; please report it with what follows.", traceback=trace)

    def take_over(self, name: str) -> None:
        """Write what a library logs under a name as lines of this log."""
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [_Handler(self)], False

    def request(self, *, status: int, method: str, path: str, seconds: float, **more: Any) -> None:
        """Write of a request that was answered."""
        told = {"status": status, "method": method, "path": path, "ms": round(1000 * seconds, 2)}
        line = f"{status} {method} {path} {1000 * seconds:.1f} ms"
        beside = " ".join(f"{name}={value}" for name, value in more.items() if value is not None)
        self._write(told | more, f"{line} {beside}".rstrip())

    def _write(self, told: dict[str, Any], line: str, *below: str) -> None:
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        lines = "\n".join([f"{now} {_plain(line)}", *below])
        text = json.dumps({"time": now, **told}) if self._json else lines
        print(text, file=self._to or sys.stderr, flush=True)


class _Handler(logging.Handler):
    """Hands on what a library logs."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        trace = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
        self._log.say(record.getMessage().strip(), **({"traceback": trace} if trace else {}))


def _plain(text: str) -> str:
    """Return a line that cannot be taken for two, or for a command to a terminal."""
    return text if text.isprintable() else "".join(c if c.isprintable() else "?" for c in text)
