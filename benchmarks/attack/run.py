"""Damages files of every kind and uses them: `python benchmarks/attack/run.py --cases 20000`.

Each case is a file that is changed as its seed says, used by the command or in Python, in a process
with limits of memory and of time. What is not a finite result or one sentence is a finding: it is
printed with its number, and `--kind KIND --first N --cases 1` runs it again. The table goes to
`attack.json` and `attack.md` in the folder that `--out` names, as far as the run has come.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
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

_TOLD = 500  # cases after which the table is written anew
_SHOWN = 400  # characters of what there is to say of a finding, its end


def main() -> None:
    """Run the cases and write the table."""
    given = _arguments()
    rows: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="victims-") as made:
        folder = Path(made)
        prepare(folder)
        for kind in given.kind or KINDS:
            for row in _run(kind, given, folder):
                rows[kind] = row
                found = {"recur": __version__, "seed": given.seed, "memory": MEMORY, "rows": rows}
                write_text(given.out / "attack.json", json.dumps(found, indent=2) + "\n")
                write_text(given.out / "attack.md", _table(rows))
            print(f"{kind}: {rows[kind]}", flush=True)
    sys.exit(any(row["findings"] for row in rows.values()))


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


def _run(kind: str, given: argparse.Namespace, folder: Path) -> Iterator[dict[str, Any]]:
    """Run the cases of a kind side by side, and tell every so often what came of them so far."""
    started = time.perf_counter()
    counted: Counter[str] = Counter()
    for first in range(given.first, given.first + given.cases, _TOLD):
        end = min(first + _TOLD, given.first + given.cases)
        counted.update(outcome.name for outcome in _side_by_side(kind, first, end, given, folder))
        yield {
            "cases": counted.total(),
            **{name: counted[name] for name in GOOD},
            "findings": {name: count for name, count in counted.items() if name not in GOOD},
            "seconds": round(time.perf_counter() - started, 1),
        }


def _side_by_side(
    kind: str, first: int, end: int, given: argparse.Namespace, folder: Path
) -> Iterator[Outcome]:
    """Run cases, a part of them in each process; print a finding as it comes."""
    size = -(-(end - first) // given.processes)

    def run(begin: int) -> list[Outcome]:
        outcomes = []
        cases = (kind, begin, min(end, begin + size), folder)
        for outcome in run_cases(*cases, seed=given.seed, patience=given.patience):
            if not outcome.good:
                print(replace(outcome, detail=outcome.detail[-_SHOWN:]).line(), flush=True)
            outcomes.append(outcome)
        return outcomes

    with ThreadPoolExecutor(given.processes) as pool:
        for outcomes in pool.map(run, range(first, end, size)):
            yield from outcomes


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
