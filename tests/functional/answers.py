"""What the command answers with `--json`, as a reader that knows JSON alone sees it."""

from __future__ import annotations

import json
from subprocess import CompletedProcess
from typing import Any


def json_answer(done: CompletedProcess[str]) -> dict[str, Any]:
    """Return the one JSON object that was printed, in which there is no NaN."""
    assert done.returncode == 0, done.stderr

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    printed: dict[str, Any] = json.loads(done.stdout, parse_constant=refuse)
    return printed
