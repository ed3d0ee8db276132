"""Damages files of every kind and uses them: `python benchmarks/attack/run.py --cases 20000`.

Each case is a file that is changed as its seed says, used by the command or in Python, in a process
with limits of memory and of time. What is not a finite result or one sentence is a finding: it is
printed with its number, and `--kind KIND --first N --cases 1` runs it again. The table goes to
`attack.json` and `attack.md` in the folder that `--out` names.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from tests.attack.child import KINDS, MEMORY  # noqa: E402
from tests.attack.outcomes import GOOD, Outcome  # noqa: E402
from tests.attack.parent import PATIENCE, run_cases  # noqa: E402
from tests.attack.victims import prepare  # noqa: E402

from recur.files.atomic import write_text  # noqa: E402
from recur.version import __version__  # noqa: E402

_SHOWN = 400  # characters of what there is to say of a finding, its end


def main() -> None:
    """Run the cases and write the table."""
    given = _arguments()
    rows: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="victims-") as made:
        folder = Path(made)
        prepare(folder)
        for kind in given.kind or KINDS:
            rows[kind] = _row(kind, given, folder)
            print(f"{kind}: {rows[kind]}", flush=True)
            found = {"recur": __version__, "seed": given.seed, "memory": MEMORY, "rows": rows}
            write_text(given.out / "attack.json", json.dumps(found, indent=2) + "\n")
            write_text(given.out / "attack.md", _table(rows))
    sys.exit(any(row["findings"] for row in rows.values()))


def _row(kind: str, given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Run the cases of a kind, and count what came of them."""
    started = time.perf_counter()
    outcomes = _run(kind, given, folder)
    counted = Counter(outcome.name for outcome in outcomes)
    return {
        "cases": len(outcomes),
        **{name: counted.pop(name, 0) for name in GOOD},
        "findings": dict(counted),
        "seconds": round(time.perf_counter() - started, 1),
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", action="append", choices=KINDS, help="alone; several times")
    parser.add_argument("--cases", type=int, default=20_000, help="of each kind")
    parser.add_argument("--first", type=int, default=0, help="the number of the first case")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--patience", type=float, default=PATIENCE, help="seconds for a case")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    return parser.parse_args()


def _run(kind: str, given: argparse.Namespace, folder: Path) -> list[Outcome]:
    """Run the cases of a kind, a part of them in each process; print a finding as it comes."""
    size = -(-given.cases // given.processes)
    end = given.first + given.cases
    parts = [(first, min(end, first + size)) for first in range(given.first, end, size)]

    def run(part: tuple[int, int]) -> list[Outcome]:
        outcomes = []
        for outcome in run_cases(kind, *part, folder, seed=given.seed, patience=given.patience):
            if not outcome.good:
                print(replace(outcome, detail=outcome.detail[-_SHOWN:]).line(), flush=True)
            outcomes.append(outcome)
        return outcomes

    with ThreadPoolExecutor(given.processes) as pool:
        return [outcome for outcomes in pool.map(run, parts) for outcome in outcomes]


def _table(rows: dict[str, Any]) -> str:
    lines = [
        "| damaged | cases | a finite result | one sentence | findings |",
        "|---|--:|--:|--:|--:|",
    ]
    for kind, row in rows.items():
        findings = ", ".join(f"{count} {name}" for name, count in row["findings"].items()) or "0"
        lines.append(
            f"| {kind} | {row['cases']:,} | {row['result']:,} | {row['refused']:,} | {findings} |"
        )
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
