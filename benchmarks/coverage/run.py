"""Which lines and branches of recur the tests run, room by room.

    pip install coverage
    python -m benchmarks.coverage.run
    python -m benchmarks.coverage.run --tests tests/unit/server tests/functional/test_serve.py

Each folder of tests runs in a process of its own, one after the other, and adds to what was seen
before; `--fresh` begins anew, `--tests` takes some tests alone, and `--tests` without any prints
the table of what was seen. Processes that a test starts are seen as well, where they end by
themselves or by SIGTERM. Left out are the bodies of kernels, which run as machine code
(`tool.coverage` in `pyproject.toml`); what writes that code is seen, as kernels are compiled anew.

On Python 3.14 being watched costs the tests next to nothing (`sys.monitoring`).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SEEN, KERNELS = ROOT / ".coverage", ROOT / ".coverage-kernels"
COUNTS = ("covered_lines", "num_statements", "covered_branches", "num_branches")
PYTEST = ("-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider")


def main() -> None:
    """Run tests, add what they ran to what was seen, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tests", nargs="*", help="files or folders; all of them otherwise")
    parser.add_argument("--fresh", action="store_true", help="forget what was seen before")
    given = parser.parse_args()
    if given.fresh:
        SEEN.unlink(missing_ok=True)
        shutil.rmtree(KERNELS, ignore_errors=True)
    for tests in _folders() if given.tests is None else given.tests:
        print(f"{tests} ...", file=sys.stderr, flush=True)
        _coverage("run", *PYTEST, tests, quiet=True)
        _coverage("combine", "--append", "-q", quiet=True)
    print(table(_files()))


def table(files: dict[str, Any]) -> str:
    """Return the table of rooms in Markdown from the files of a report by `coverage json`."""
    rooms: dict[str, Counter[str]] = {}
    for name, found in files.items():
        inside = Path(name).parts[2:]  # after src/recur
        counts = rooms.setdefault(inside[0] if len(inside) > 1 else "beside rooms", Counter())
        counts.update({count: found["summary"][count] for count in COUNTS})
    rows = [*sorted(rooms.items()), ("all", sum(rooms.values(), Counter()))]
    lines = ["| room | lines | run, % | branches | run, % |", "|---|--:|--:|--:|--:|"]
    for room, n in rows:
        of_lines, of_branches = (
            f"{n[every]:,} | {100 * n[ran] / n[every]:.1f}" if n[every] else "0 | -"
            for ran, every in (COUNTS[:2], COUNTS[2:])
        )
        lines.append(f"| {room} | {of_lines} | {of_branches} |")
    return "\n".join(lines)


def _folders() -> list[str]:
    """Return the folders that hold tests, files that are slow apart, and the doctests."""
    units = sorted(path for path in ROOT.glob("tests/unit/*") if _has_tests(path))
    slow = sorted(ROOT.glob("tests/functional/*"))
    rest = [ROOT / "tests" / room for room in ("attack", "contract", "docs", "parity")]
    found = units + [path for path in slow if _has_tests(path)] + rest
    return [*(str(path.relative_to(ROOT)) for path in found), "src"]


def _has_tests(path: Path) -> bool:
    return path.name.startswith("test_") or (path.is_dir() and any(path.rglob("test_*.py")))


def _files() -> dict[str, Any]:
    """Return what was seen of each file."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "seen.json"
        _coverage("json", "-q", "-o", str(file))
        files: dict[str, Any] = json.loads(file.read_text("utf-8"))["files"]
        return files


def _coverage(*arguments: str, quiet: bool = False) -> None:
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT), os.environ.get("PYTHONPATH", "")])
    own = {"PYTHONPATH": path, "COVERAGE_FILE": str(SEEN), "RECUR_CACHE": str(KERNELS)}
    subprocess.run(
        [sys.executable, "-m", "coverage", *arguments],
        cwd=ROOT, env={**os.environ, **own},
        stdout=sys.stderr if quiet else None, check=not quiet,
    )  # fmt: skip


if __name__ == "__main__":
    main()
