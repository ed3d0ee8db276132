"""Changes the code in small ways and sees whether the tests notice.

    pip install cosmic-ray coverage
    python -m benchmarks.mutation.run --sample 100

Each mutant is one place of a room, drawn by the seed, with one of cosmic-ray's changes to it. It is
made in a copy of the tree, and those of the room's own unit tests run on it that run the changed
line, the quickest first, with all else in their files, until one fails: then it is killed, and so
it is where they do not end. Tests of other rooms are not asked, so that some survivors would not
survive them. The table goes to `mutation.json` in the folder that `--out` names, each survivor with
its change.
"""

from __future__ import annotations

import argparse
import difflib
import json
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import pytest
from benchmarks.mutation.mutants import Mutant, some_mutants
from benchmarks.mutation.touched import NOTES, ORDER, Touched

ROOT = Path(__file__).parents[2]
ROOMS = ("judge", "data", "training", "files")
PATIENCE = 900.0  # seconds for the tests of a mutant, on a machine that may be busy
PYTEST = ("-q", "-x", "-n", "0", "-p", "no:cacheprovider", "--no-header")
LIBRARIES = ("numba", "pandas", "polars", "pyarrow", "pydantic", "scipy.signal", "scipy.stats")
PLUGIN = ("-p", "benchmarks.mutation.touched")


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
    given.out.mkdir(parents=True, exist_ok=True)
    file = given.out / "mutation.json"
    for library in LIBRARIES:
        import_module(library)
    rows: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    for room in given.room or ROOMS:
        outcomes = []
        for outcome in _outcomes(room, given.sample, given.seed):
            outcomes.append(outcome)
            rows[f"{room}, seed {given.seed}"] = {
                "mutants": len(outcomes),
                "killed": sum(one.killed for one in outcomes),
                "survivors": {str(one.mutant): one.change for one in outcomes if not one.killed},
            }
            file.write_text(json.dumps(rows, indent=2) + "\n", "utf-8")
        print(f"{room}: {sum(o.killed for o in outcomes)} of {len(outcomes)} killed", flush=True)


def _outcomes(room: str, sample: int, seed: int) -> Iterator[Outcome]:
    """Yield what became of each mutant of a sample."""
    drawn = random.Random(f"{seed} {room}")
    mutants = some_mutants(ROOT / "src" / "recur" / room, sample, drawn)
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".*", "__pycache__", "dist"))
        touched = _touched(tree, room)
        for mutant in mutants:
            before, after = mutant.applied()
            inside = mutant.path.relative_to(ROOT)
            (tree / inside).write_text(after, "utf-8")
            killed = _killed(tree, mutant, touched)
            (tree / inside).write_text(before, "utf-8")
            change = _change(before, after)
            print("killed  " if killed else f"SURVIVED {change}\n", mutant, flush=True)
            yield Outcome(mutant, killed, change)


def _touched(tree: Path, room: str) -> Touched:
    """Return which tests of a room run which lines of it."""
    notes = tree.parent / "notes.json"
    if _fails(tree, [f"src/recur/{room}", f"tests/unit/{room}"], {NOTES: str(notes)}):
        print((tree.parent / "log").read_text("utf-8", "replace"))
        raise SystemExit(f"the tests of {room} fail as the code is; mend them first.")
    seconds, lines = json.loads(notes.read_text("utf-8"))
    return Touched(seconds, lines)


def _killed(tree: Path, mutant: Mutant, touched: Touched) -> bool:
    """Say whether a test notices a mutant.

    Those that bear its module's name are asked too, as they may run it in a process of their own,
    and all where none is known to run anything of it.
    """
    module = mutant.path.relative_to(ROOT)
    first = touched.by(module, mutant.first, mutant.last)
    room = {test.split("::")[0] for test in touched.seconds}
    named = {
        file
        for file in room
        if module.stem in Path(file).stem and module.parent.name == Path(file).parent.name
    }
    order = tree.parent / "order.json"
    order.write_text(json.dumps(first), "utf-8")
    asked = {test.split("::")[0] for test in first} | named if first else room
    seconds = sum(spent for test, spent in touched.seconds.items() if test.split("::")[0] in asked)
    files = sorted(asked, key=lambda file: file not in named)
    return _fails(tree, files, {ORDER: str(order)}, processor=60 + 5 * round(seconds))


def _fails(
    tree: Path, tests: Sequence[str], more: Mapping[str, str], processor: int | None = None
) -> bool:
    """Say whether a test fails, or they do not end in so many seconds of the processor.

    They run in a fork of this process, which has the libraries already, and recur not yet.
    """
    child = os.fork()
    if not child:
        _run(tree, tests, more, processor)
    end = time.monotonic() + PATIENCE
    try:
        while not (ended := os.waitpid(child, os.WNOHANG))[0]:
            if processor and time.monotonic() > end:
                return True
            time.sleep(0.05)
        return ended[1] != 0
    finally:
        with suppress(ProcessLookupError):  # also what the tests have started
            os.killpg(child, signal.SIGKILL)


def _run(
    tree: Path, tests: Sequence[str], more: Mapping[str, str], processor: int | None
) -> NoReturn:
    """Run tests in a tree and end the process with what pytest says."""
    code = 1
    try:
        os.setsid()
        os.chdir(tree)
        os.dup2(os.open(tree.parent / "log", os.O_CREAT | os.O_TRUNC | os.O_WRONLY), 1)
        os.dup2(1, 2)
        sys.path[:0] = [str(tree / "src"), str(tree)]
        os.environ.update(more, PYTHONPATH=os.pathsep.join(sys.path), PYTHONDONTWRITEBYTECODE="1")
        sys.dont_write_bytecode = True
        if processor:
            resource.setrlimit(resource.RLIMIT_CPU, (processor, processor))
        code = int(pytest.main([*PYTEST, *PLUGIN, *tests]))
    finally:
        os._exit(code)


def _change(before: str, after: str) -> str:
    """Return the lines that differ."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return "\n".join(line for line in lines if line[:3] not in ("---", "+++", "@@ "))


if __name__ == "__main__":
    main()
