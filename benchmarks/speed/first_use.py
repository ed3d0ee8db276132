"""Seconds until the command has forecast for the first time, and until it trains from then on.

    python benchmarks/speed/first_use.py

Cold: the kernels are compiled into an empty folder; wall seconds of one run of `recur forecast`,
in all and by its phases. Warm: the kernels are there; processor seconds, without what Python
itself takes to start, until the first training step is done; the median of five runs. Prints one
JSON object.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

import numpy as np

from recur.data.synthetic import sine

# The command as `recur` runs it. A mark is what the clock on the wall and the processor's show.
PROBE = """
import sys
import time

from recur.engines.compiled.trainer import CompiledTrainer

run, marks = CompiledTrainer.run, []

def marked(self, chunk):
    marks.append((time.time(), time.process_time()))
    result = run(self, chunk)
    marks.append((time.time(), time.process_time()))
    return result

CompiledTrainer.run = marked
from recur.cli.main import main

try:
    main(sys.argv[2:])
finally:
    import json

    marks = [*marks[:2], marks[-1], (time.time(), time.process_time())]
    with open(sys.argv[1], "w") as file:
        json.dump(marks, file)
"""
PHASES = ("start and data", "first step", "training", "judging and forecast")
WARM_RUNS = 5

Marks = list[tuple[float, float]]
"""When the first step began, when it was done, when training was, and when all was."""


def python_itself() -> float:
    """Return the processor seconds that Python takes to start, the median of seven runs."""
    command = [sys.executable, "-c", "import time; print(time.process_time())"]
    outputs = (subprocess.run(command, check=True, capture_output=True).stdout for _ in range(7))
    return statistics.median(float(output) for output in outputs)


def forecast(folder: Path) -> tuple[float, Marks]:
    """Forecast the series in a folder, with its kernels; return when that began, and marks."""
    marks = folder / "marks.json"
    command = [sys.executable, "-c", PROBE, str(marks), "forecast", str(folder / "wave.csv")]
    began = time.time()
    subprocess.run(
        [*command, "--horizon", "12", "--engine", "compiled"],
        env={**os.environ, "RECUR_CACHE": str(folder / "kernels")},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return began, json.loads(marks.read_text(encoding="utf-8"))


def write_series(folder: Path) -> None:
    """Write a noisy wave of 500 days."""
    values = sine(500, period=25, noise=0.2).values
    days = np.datetime64("2025-01-01") + np.arange(len(values))
    rows = (f"{day},{value:.5f}" for day, value in zip(days, values, strict=True))
    (folder / "wave.csv").write_text("\n".join(["ds,y", *rows, ""]), encoding="utf-8")


def main() -> None:
    python = python_itself()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_series(folder)
        began, marks = forecast(folder)
        walls = [began, *(wall for wall, _ in marks)]
        warm = [forecast(folder)[1][1][1] for _ in range(WARM_RUNS)]
    spans = (round(later - sooner, 2) for sooner, later in pairwise(walls))
    cold = {"in all": round(walls[-1] - began, 2), **dict(zip(PHASES, spans, strict=True))}
    first = round(statistics.median(warm) - python, 2)
    report = {
        "cold, wall seconds": cold,
        "warm, processor seconds to the end of the first step": first,
        "python itself": round(python, 3),
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
