"""Changes the code in small ways and sees whether the tests notice.

    pip install cosmic-ray
    python -m benchmarks.mutation.run --sample 100

Each mutant is one place of a room, drawn by the seed, with one of cosmic-ray's changes to it. It is
made in a copy of the tree, and the room's own unit tests run on it, those that bear its module's
name first, until one fails: then it is killed, and so it is where they do not end. Tests of other
rooms are not asked, so that some survivors would not survive them. The table goes to
`mutation.json` in the folder that `--out` names, each survivor with its change.
"""

from __future__ import annotations

import argparse
import difflib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.mutation.mutants import Mutant, mutants_of

ROOT = Path(__file__).parents[2]
ROOMS = ("judge", "data", "training", "files")
PATIENCE = 300.0  # seconds for the tests of a folder
PYTEST = ("-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider", "--no-header")


class Outcome(NamedTuple):
    """What became of a mutant: whether a test noticed, and the lines before and after."""

    mutant: Mutant
    killed: bool
    change: str


def main() -> None:
    """Draw mutants of each room and write what became of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--room", action="append", choices=ROOMS, help="alone; several times")
    parser.add_argument("--sample", type=int, default=100, help="mutants of each room")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    given = parser.parse_args()
    file = given.out / "mutation.json"
    rows: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    for room in given.room or ROOMS:
        outcomes = list(_outcomes(room, given.sample, given.seed))
        rows[room] = {
            "mutants": len(outcomes),
            "killed": sum(outcome.killed for outcome in outcomes),
            "survivors": {str(one.mutant): one.change for one in outcomes if not one.killed},
        }
        file.write_text(json.dumps(rows, indent=2) + "\n", "utf-8")
        print(f"{room}: {rows[room]['killed']} of {len(outcomes)} killed", flush=True)


def _outcomes(room: str, sample: int, seed: int) -> Iterator[Outcome]:
    """Yield what became of each mutant of a sample."""
    drawn = random.Random(f"{seed} {room}")
    places = mutants_of(ROOT / "src" / "recur" / room, drawn)
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".*", "__pycache__", "dist"))
        if _fails(tree, [f"tests/unit/{room}"]):
            raise SystemExit(f"the tests of {room} fail as the code is; mend them first.")
        for mutant in drawn.sample(places, min(sample, len(places))):
            before, after = mutant.applied()
            inside = mutant.path.relative_to(ROOT)
            (tree / inside).write_text(after, "utf-8")
            killed = _fails(tree, _tests(inside))
            (tree / inside).write_text(before, "utf-8")
            print("killed  " if killed else "SURVIVED", mutant, flush=True)
            yield Outcome(mutant, killed, _change(before, after))


def _tests(module: Path) -> list[str]:
    """Return the doctests of a module and the tests of its room, its own first."""
    room = Path("tests", "unit", *module.parts[2:-1])
    while not (ROOT / room).is_dir():
        room = room.parent
    files = sorted((ROOT / room).rglob("test_*.py"))
    files.sort(key=lambda file: module.stem not in file.stem)
    return [str(module), *(str(file.relative_to(ROOT)) for file in files)]


def _fails(tree: Path, tests: Sequence[str]) -> bool:
    """Say whether a test fails, or they do not end."""
    path = os.pathsep.join([str(tree / "src"), str(tree)])
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            [sys.executable, *PYTEST, *tests],
            cwd=tree, env=environment, timeout=PATIENCE, capture_output=True, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return True
    return done.returncode != 0


def _change(before: str, after: str) -> str:
    """Return the lines that differ."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return "\n".join(line for line in lines if line[:3] not in ("---", "+++", "@@ "))


if __name__ == "__main__":
    main()
