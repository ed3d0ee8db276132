"""What was measured, in one file that sections and reruns are merged into."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from recur.files.atomic import write_text

Row = dict[str, Any]
PATH = Path(__file__).parent / "results.json"
_KEY = ("panel", "peer", "method", "part")
_DIGITS = 6


def read(path: Path) -> dict[str, Any]:
    """Return what was measured so far."""
    if path.exists():
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return found
    return {"about": {}, "sections": {}}


def keep(path: Path, section: str, row: Row, **about: Any) -> None:
    """Put a row into the file, in the place of the same one of an earlier run.

    Args:
        path: of the file.
        section: that the row belongs to.
        row: what was measured; its panel, library, method and part say which one it is.
        **about: the section, what is told on its page.
    """
    found = read(path)
    found["about"] = {
        "system": platform.system(), "python": platform.python_version(),
        "cores": os.cpu_count(), "processor": _processor(),
    }  # fmt: skip
    told = found["sections"].setdefault(section, {"rows": []})
    now = datetime.now(UTC)
    marked = {**row, "date": f"{now:%Y-%m-%d}", "load": round(os.getloadavg()[0], 1)}
    told.update(about)
    told["rows"] = merged(told["rows"], [_rounded(marked)])
    write_text(path, json.dumps(found, indent=1) + "\n")


def merged(rows: Iterable[Row], more: Iterable[Row]) -> list[Row]:
    """Return rows with others put in their places, or behind them."""
    by_key = {tuple(row.get(name) for name in _KEY): row for row in rows}
    return list((by_key | {tuple(row.get(name) for name in _KEY): row for row in more}).values())


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}")
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    return value


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
