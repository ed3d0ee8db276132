"""Kill the command at random moments, go on each time, and compare every byte that it leaves.

    python -m benchmarks.faults.kills [--kills 200] [--seed 0] [--only forecast:torch ...] [--page]

Each verb that trains is run with a checkpoint on both engines, and two verbs part by part, once
undisturbed and then until the end with SIGKILL, SIGTERM, SIGINT, or a stop with a later go on, as a
debugger does it, at moments drawn between its start and as long as it took undisturbed. After each
blow the exit code has to be one that is promised, and what lies in the folder has to be whole: all
or nothing of a model's, the right bytes of each part, none of which is made again. At the end all
bytes have to be those of the undisturbed run. Runs are saved after each chunk of steps, and are
children of a process that has the libraries loaded, so that most blows meet work and not a start.
Prints one JSON object; --page writes the table to `docs/concepts/trust.md`. Needs `os.fork`.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.faults.killing import ENDINGS, Blow, Forked
from benchmarks.faults.page import put, table
from benchmarks.scale.million import fit, make
from tests.attack.victims import write_data

from recur.__main__ import main as command
from recur.errors import RecurError
from recur.files.modelfile import read_file
from recur.training.checkpoint import Checkpoint

MOST = 4  # blows to one run, before it is let go on to its end
ENGINES = ("compiled", "torch")
OUT, RUN, TOLD = "out", "run.recur", "told.txt"
VERBS = {
    "forecast": (
        "series.csv --network trained --epochs 60 --hidden 6 --lookback 6 --horizon 3 "
        "--intervals 80"
    ),
    "denoise": "noisy.csv --noisy noisy --clean clean --epochs 60 --hidden 5 --steps 20",
    "write": "text.txt --epochs 20 --hidden 8 --layers 1 --embedding 4 --steps 10 --streams 2",
    "classify": "labelled.csv --label label --epochs 60 --hidden 4 --networks 2",
    "tag": "tags.conll --epochs 20 --hidden 4",
    "translate": "pairs.csv --epochs 30 --hidden 4",
}
LOADED = ("matplotlib.pyplot", "scipy.stats", "torch", "recur.engines.compiled.engine")
PARTS = {
    "predict in parts": "predict model.recur parts --memory 2GB",
    "forecast in parts": "forecast parts --horizon 12 --memory 2GB",
}


@dataclass
class Case:
    """A command that is killed, and what came of it.

    Attributes:
        name: of its row.
        words: of the command.
        parts: whether it writes part by part.
        kills: by signal.
        runs: that were gone on with to their end.
        found: what was not as promised.
    """

    name: str
    words: list[str]
    parts: bool = False
    kills: Counter[str] = field(default_factory=Counter)
    runs: int = 0
    kept: int = 0
    found: list[str] = field(default_factory=list)

    def start(self, folder: Path) -> Forked:
        """Start it in a folder, where what it says goes to a file."""

        def work() -> None:
            os.chdir(folder)
            for stream, path in ((1, os.devnull), (2, TOLD)):
                os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream)
            sys.argv[1:] = self.words
            command()

        return Forked(work)

    def held(self, folder: Path) -> dict[str, bytes]:
        """Return what lies in the folder of results, but for parts of files that were begun."""
        pattern = "part-*" if self.parts else "[!.]*"
        return {path.name: path.read_bytes() for path in sorted((folder / OUT).glob(pattern))}


def prepare(data: Path) -> None:
    """Write what the commands are given; in a child, since this process may not load polars."""
    data.mkdir()
    write_data(data)
    make(data / "parts", 2400, 60, 8)
    fit("gru4", data / "parts", 12, data / "model.recur")


def cases(only: list[str]) -> list[Case]:
    """Return the cases, or those of these names."""
    found = [
        Case(f"{verb}:{engine}", [verb, *words.split(), "--engine", engine, "--checkpoint", RUN])
        for engine in ENGINES for verb, words in VERBS.items()
    ]  # fmt: skip
    found += [Case(name, words.split(), parts=True) for name, words in PARTS.items()]
    for case in found:
        case.words += ["--out", OUT, "--json"]
    return [case for case in found if not only or case.name in only]


def undisturbed(case: Case, data: Path, folder: Path) -> tuple[dict[str, bytes], float]:
    """Run a case and leave it alone; return what it leaves, and the seconds that it took."""
    shutil.copytree(data, folder)
    began = time.monotonic()
    if case.start(folder).wait():
        sys.exit(f"{case.name} failed by itself: {(folder / TOLD).read_text('utf-8')}")
    return case.held(folder), time.monotonic() - began


def disturbed(case: Case, kills: int, data: Path, folder: Path, draw: Random) -> None:
    """Strike a case so many times, in as many runs as that takes, and note what is not right."""
    expected, took = undisturbed(case, data, folder / "whole")
    while (left := kills - sum(case.kills.values())) > 0:
        case.runs += 1
        place = folder / str(case.runs)
        shutil.copytree(data, place)
        allowed: list[dict[str, bytes]] = [{}, expected]
        ended = False
        for _ in range(min(MOST, left)):
            parts = {path: path.stat().st_mtime_ns for path in (place / OUT).glob("part-*")}
            blow = Blow.drawn(draw, took)
            alive, code = blow.strike(case.start(place))
            if alive:
                case.kills[blow.sent.name] += 1
                name = f"{blow.sent.name} after {blow.moment:.2f} of {took:.2f} s"
                _look(case, place, expected, allowed, blow, code, name)
                if any(
                    not path.exists() or path.stat().st_mtime_ns != t for path, t in parts.items()
                ):
                    case.found.append(f"{name}: made a part again")
            ended = code == 0 and not (alive and blow.sent == signal.SIGINT)
            if ended or code not in ENDINGS[blow.sent]:
                break
        _end(case, place, expected, ended)
        shutil.rmtree(place)


def _look(
    case: Case,
    place: Path,
    expected: dict[str, bytes],
    allowed: list[dict[str, bytes]],
    blow: Blow,
    code: int | None,
    name: str,
) -> None:
    """Note what is not right after a blow."""
    held, said = case.held(place), (place / TOLD).read_text("utf-8", "replace")
    if code not in ENDINGS[blow.sent] | {0}:
        case.found.append(f"{name}: ended with {code}: {said[-300:]}")
    elif "Traceback" in said or "mistake" in said:
        case.found.append(f"{name}: {said[-300:]}")
    if blow.sent == signal.SIGINT and code == 0 and is_whole(place / OUT, set(expected)):
        allowed.append(held)  # of what was learnt until then
        case.kept += held != expected
    if not (held.items() <= expected.items() if case.parts else held in allowed):
        case.found.append(f"{name}: left {sorted(held)}")


def _end(case: Case, place: Path, expected: dict[str, bytes], ended: bool) -> None:
    """Go on with a run to its end, where it has not come to it, and hold it to its bytes."""
    if not ended and case.start(place).wait():
        case.found.append(f"lost: {(place / TOLD).read_text('utf-8', 'replace')[-300:]}")
    elif (held := case.held(place)) != expected:
        other = sorted(
            name for name in held.keys() | expected.keys() if held.get(name) != expected.get(name)
        )
        case.found.append(f"other bytes: {', '.join(other)}")
    elif left := list(place.rglob("*.part")):
        case.found.append(f"half files are left: {left}")


def is_whole(out: Path, names: set[str]) -> bool:
    """Say whether a model and all that belongs to it is there and can be read."""
    try:
        read_file(out / "model.recur", "model")
    except RecurError:
        return False
    return {path.name for path in out.iterdir()} <= names


def _row(case: Case) -> dict[str, Any]:
    return {
        "run": case.name.replace(":", ", "),
        **{sign.name: case.kills[sign.name] for sign in map(signal.Signals, ENDINGS)},
        "runs gone on with": case.runs,
        "lost, other bytes, half files, other endings": len(case.found),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="+", default=[])
    parser.add_argument("--page", action="store_true")
    given = parser.parse_args()
    draw, asked = Random(given.seed), cases(given.only)
    Checkpoint.__init__.__defaults__ = (0.0,)  # a training of a second would never be saved
    for name in LOADED:
        import_module(name)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as temporary:
        data = Path(temporary) / "data"
        if Forked(lambda: prepare(data)).wait():
            sys.exit("what is given to the commands could not be made")
        for i, case in enumerate(asked):
            kills = given.kills * (i + 1) // len(asked) - given.kills * i // len(asked)
            disturbed(case, kills, data, Path(temporary) / str(i), draw)
            for line in case.found:
                print(f"{case.name}: {line}", file=sys.stderr)
            print(_row(case), file=sys.stderr, flush=True)
    rows = [_row(case) for case in asked]
    if given.page:
        put("kills", table(rows))
    found = [f"{case.name}: {line}" for case in asked for line in case.found]
    print(
        json.dumps(
            {
                "kills": sum(sum(case.kills.values()) for case in asked),
                "runs": sum(case.runs for case in asked),
                "interrupted with what was learnt": sum(case.kept for case in asked),
                "minutes": round((time.monotonic() - began) / 60, 1),
                "found": found,
                "rows": rows,
            },
            indent=1,
        )
    )
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
