"""Memory and time of a long text: what a process grows by, in units of the file's size.

    python benchmarks/speed/text_memory.py [--megabytes 100]

A file of random words is written to a temporary folder. A child process reads it, once for each
way of reading and once to take training steps as well. Growth is the peak of resident memory over
the peak before, when everything has
been imported and a short text been read. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

MEGABYTE = 1_000_000
WAYS: dict[str, dict[str, Any]] = {
    "characters": {},
    "bytes": {"unit": "bytes"},
    "lines": {"lines": True},
    "first 10,000": {"size": 10_000},
}


def peak() -> int:
    """Return the most bytes of memory that this process has held so far."""
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else 1024 * most


def write(path: Path, megabytes: int) -> None:
    """Write lines of ten random words, a megabyte at a time; one letter in a thousand is no ASCII.

    A single character beyond U+FFFF stands at the end: a Python string would take four bytes for
    each of its characters from then on.
    """
    random = np.random.default_rng(0)
    letters = np.array([*"etaoinshrdlucmfwyp", "\u00e9"])
    chances = np.array([*[0.999 / 18] * 18, 0.001])
    with path.open("w", encoding="utf-8", newline="") as file:
        for _ in range(megabytes):
            text = random.choice(letters, MEGABYTE, p=chances)
            text[5::6], text[59::60] = " ", "\n"
            file.write("".join(text))
        file.write("\U0001f600\n")


def child(path: Path, way: str) -> dict[str, Any]:
    """Read the file; return what it took over an idle process, in units of the file's size."""
    from recur.data.text.text import read_text

    read_text(b"A short text.\n", **WAYS[way])
    idle, began = peak(), time.perf_counter()
    text = read_text(path, **WAYS[way])
    seconds, size = time.perf_counter() - began, path.stat().st_size
    return {
        "symbols": len(text),
        "kept_over_file": round((text.symbols.nbytes + text.starts.nbytes) / size, 2),
        "peak_over_file": round((peak() - idle) / size, 2),
        "seconds": round(seconds, 2),
    }


def trained(path: Path) -> dict[str, Any]:
    """Read the file and take some training steps on it, as `Writer.fit` lays them out."""
    from recur.data.text.text import Text, read_text
    from recur.tasks.write.writer import Writer

    take_steps(Writer(hidden=64, steps=50, streams=16), Text.of("A short text.\n" * 5000))
    idle, began = peak(), time.perf_counter()
    take_steps(Writer(hidden=64, steps=50, streams=16), read_text(path))
    return {
        "peak_over_file": round((peak() - idle) / path.stat().st_size, 2),
        "seconds": round(time.perf_counter() - began, 2),
    }


def take_steps(model: Any, text: Any) -> None:
    from recur.engines.base import Chunk, Snapshot
    from recur.networks.initial import initial_values

    job = model._begin(model._checked(), text)
    first = Snapshot.first(initial_values(job.spec, 0))
    trainer = job.engine.trainer(job.spec, job.plan.recipe, job.windows, first)
    for step in range(0, min(job.steps, 200), 4):
        indices, fresh = job.batches(0, 0, step, 4), job.fresh(step, 4)
        trainer.run(Chunk(indices, np.full(4, 0.001), np.arange(step, step + 4), 0, fresh=fresh))
    trainer.evaluate(job.held[:20])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        role, path = given.child
        if role == "write":
            write(Path(path), given.megabytes)
        else:
            print(json.dumps(trained(Path(path)) if role == "trained" else child(Path(path), role)))
        return

    # A child begins with the peak of its parent, which therefore makes nothing itself.
    def run(role: str, path: Path) -> bytes:
        command = [sys.executable, __file__, f"--megabytes={given.megabytes}", "--child", role]
        return subprocess.run([*command, str(path)], check=True, stdout=subprocess.PIPE).stdout

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "long.txt"
        run("write", file)
        measured = {way: json.loads(run(way, file)) for way in WAYS}
        training = json.loads(run("trained", file))
        size = round(file.stat().st_size / MEGABYTE)
    print(json.dumps({"file_mb": size, "reading": measured, "training": training}, indent=2))


if __name__ == "__main__":
    main()
