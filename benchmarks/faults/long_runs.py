"""Predict, fit and follow for long in one process: memory, threads and file handles stay flat.

    python -m benchmarks.faults.long_runs [--predictions 10000] [--fits 1000] [--pushes 1000000]
        [--page]

Of each, a tenth runs first, in which libraries are loaded, kernels are compiled and buffers find
their sizes. What the process holds is then looked at after each tenth: resident memory, its
threads, its open files. It is flat where the second half of the looks shows no more memory than
the first but for GROWTH, and no more threads and files than there were at first. Prints one JSON
object; --page writes the table to `docs/concepts/trust.md`. Needs /proc, so Linux alone.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from benchmarks.faults.page import put, table

import recur
from recur.data.synthetic import sine

LOOKS = 10
GROWTH = 2.0  # megabytes, which the allocator takes and gives back by itself
LENGTH = 200  # values of a series
SETTINGS: dict[str, Any] = {
    "network": "trained", "horizon": 3, "lookback": 12, "hidden": 4, "epochs": 1, "season": 12,
    "intervals": (80.0,),
}  # fmt: skip


class Look(NamedTuple):
    """What the process holds."""

    megabytes: float
    threads: int
    files: int

    @classmethod
    def now(cls) -> Look:
        """Look at this process."""
        gc.collect()
        own = Path("/proc/self")
        status = (line.split() for line in (own / "status").read_text("utf-8").splitlines())
        told = {words[0]: words[1] for words in status if len(words) > 1}
        files = len(list((own / "fd").iterdir()))
        return cls(int(told["VmRSS:"]) / 1024, int(told["Threads:"]), files)


def predictions() -> Iterator[None]:
    """Forecast series after series, each of other values and another length."""
    model = recur.Forecaster(**SETTINGS).fit(sine(LENGTH).values, progress=False)
    draw = np.random.default_rng(0)
    while True:
        model.predict(draw.normal(size=draw.integers(20, LENGTH)))
        yield


def fits() -> Iterator[None]:
    """Fit a model, judge it and forecast, again and again."""
    values, seed = sine(LENGTH, noise=0.1).values, 0
    while True:
        seed += 1
        recur.Forecaster(**SETTINGS, seed=seed).fit(values, progress=False).predict()
        yield


def pushes() -> Iterator[None]:
    """Follow a stream of values that does not end; each answer is a forecast."""
    model = recur.Forecaster(**SETTINGS).fit(sine(LENGTH).values, progress=False)
    stream = model.live()
    draw = np.random.default_rng(0)
    while True:
        for value in draw.normal(size=1000).tolist():
            stream.push(value)
            yield


WORK: dict[str, Callable[[], Iterator[None]]] = {
    "predictions": predictions, "fits": fits, "pushes": pushes,
}  # fmt: skip


def watched(work: Iterator[None], count: int) -> list[Look]:
    """Do something so many times, and a tenth as often before; look after each tenth."""
    tenth = max(1, count // LOOKS)
    looks = []
    for _ in range(LOOKS + 1):
        for _ in range(tenth):
            next(work)
        looks.append(Look.now())
    return looks


def is_flat(looks: list[Look]) -> bool:
    """Say whether what was held has not grown."""
    half = len(looks) // 2
    before, after = (max(look.megabytes for look in part) for part in (looks[:half], looks[half:]))
    first = looks[0]
    more = any(look.threads > first.threads or look.files > first.files for look in looks)
    return after <= before + GROWTH and not more


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--predictions", type=int, default=10_000)
    parser.add_argument("--fits", type=int, default=1_000)
    parser.add_argument("--pushes", type=int, default=1_000_000)
    parser.add_argument("--page", action="store_true")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    rows = []
    for name, work in WORK.items():
        began, count = time.monotonic(), getattr(given, name)
        looks = watched(work(), count)
        rows.append(
            {
                "in one process": f"{count:,} {name}",
                "seconds": round(time.monotonic() - began),
                "MB after a tenth, half, all": ", ".join(
                    f"{looks[i].megabytes:.1f}" for i in (0, LOOKS // 2, LOOKS)
                ),
                "threads": looks[-1].threads,
                "files": looks[-1].files,
                "flat": "yes" if is_flat(looks) else f"NO: {[tuple(look) for look in looks]}",
            }
        )
        print(rows[-1], file=sys.stderr, flush=True)
    if given.page:
        put("long runs", table(rows))
    print(json.dumps(rows, indent=1))
    sys.exit(any(row["flat"] != "yes" for row in rows))


if __name__ == "__main__":
    main()
