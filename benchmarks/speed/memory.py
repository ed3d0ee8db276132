"""Memory and time of very many series: what a process grows by beside the data it works on.

    python benchmarks/speed/memory.py [--series 100000] [--points 100] [--horizon 10] [--test 10]

The data are what a panel holds: values and times, 8 bytes each, and the names of the series. A
child process reads them from a Parquet file, trains on them for one pass, forecasts and judges;
another is given the panel without a file, so that what reading takes hides nothing. polars, which
reads the file, keeps freed memory for half a second or more; a third process has its allocator
(jemalloc, on Linux and macOS) give it back at once, which shows what is really held. Growth is the
peak of resident memory after each stage over the peak before the first, when everything has been
imported and every kernel loaded by a tiny fit; the panel is part of it. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

MEGABYTE = 1e6


def peak() -> int:
    """Return the most bytes of memory that this process has held so far."""
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else 1024 * most


def columns(series: int, points: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the values [series * points] and the times [points] of random walks."""
    steps = np.random.default_rng(0).normal(size=(series, points))
    days = np.datetime64("2025-01-01") + np.arange(points)
    return np.cumsum(steps, axis=1, out=steps).reshape(-1), days.astype("M8[us]")


def write(path: str | Path, series: int, points: int) -> None:
    """Write the series to a Parquet file, in the long layout."""
    import polars as pl

    values, days = columns(series, points)
    names = pl.Series("unique_id", [f"series {i}" for i in range(series)])
    numbers = np.repeat(np.arange(series), points)
    frame = pl.DataFrame({"unique_id": names[numbers], "ds": np.tile(days, series), "y": values})
    frame.write_parquet(path)


def child(path: str, series: int, points: int, horizon: int, test: int) -> dict[str, Any]:
    """Go through all stages; return the data and the peak and the seconds of each, in bytes."""
    from recur import Forecaster
    from recur.data.clock import DAY, Clock
    from recur.data.panel.panel import Panel
    from recur.data.tables.readers import read_panel

    def forecaster() -> Forecaster:
        return Forecaster(horizon=horizon, hidden=8, epochs=1, batch=4096, stride=10)

    def made() -> Panel:
        values, days = columns(series, points)
        return Panel(
            values=values,
            times=np.tile(days.astype(np.int64), series),
            offsets=np.arange(series + 1) * points,
            ids=tuple(f"series {i}" for i in range(series)),
            clock=Clock("fixed", DAY),
        )

    with tempfile.TemporaryDirectory() as folder:
        tiny = Path(folder) / "tiny.parquet"
        write(tiny, 20, points)
        model = forecaster().fit(tiny, progress=False)
        model.predict()
        model.judge(tiny)
    found: dict[str, Any] = {"idle": peak(), "stages": {}}

    def stage(name: str, work: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        result = work()
        seconds = time.perf_counter() - began
        found["stages"][name] = {"peak": peak(), "seconds": round(seconds, 2)}
        return result

    panel = stage("read", lambda: read_panel(path)) if path else stage("made", made)
    names = sum(map(sys.getsizeof, panel.ids)) + sys.getsizeof(panel.ids)
    found["data"] = panel.values.nbytes + panel.times.nbytes + names
    stage("fit", lambda: model.fit(panel, test=0, progress=False))
    stage("predict", model.predict)
    stage("judge", lambda: model.judge(panel, test=test))
    return found


def report(found: dict[str, Any]) -> dict[str, Any]:
    """Return what a child found in megabytes, with the growth over its idle peak."""
    stages = {
        name: {
            "peak_mb": round(stage["peak"] / MEGABYTE),
            "growth_mb": round((stage["peak"] - found["idle"]) / MEGABYTE),
            "growth_over_data": round((stage["peak"] - found["idle"]) / found["data"], 2),
            "seconds": stage["seconds"],
        }
        for name, stage in found["stages"].items()
    }
    idle, data = (round(found[name] / MEGABYTE) for name in ("idle", "data"))
    return {"idle_mb": idle, "data_mb": data, **stages}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("series", 100_000), ("points", 100), ("horizon", 10), ("test", 10)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    sizes = (given.series, given.points, given.horizon, given.test)
    if given.child:
        role, path = given.child
        if role == "write":
            write(path, given.series, given.points)
        else:
            print(json.dumps(child(path, *sizes)))
        return

    def run(*role: str, **environment: str) -> Any:
        options = [f"--{n}={vars(given)[n]}" for n in ("series", "points", "horizon", "test")]
        command = [sys.executable, "-W", "ignore", __file__, *options, "--child", *role]
        done = subprocess.run(
            command, check=True, stdout=subprocess.PIPE, env={**os.environ, **environment}
        )
        return json.loads(done.stdout or "null")

    # A child begins with the peak of its parent, which therefore makes nothing itself.
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "many.parquet")
        run("write", file)
        measured = {
            "from a file": report(run("fit", file)),
            "from a file, freed memory given back at once": report(
                run("fit", file, _RJEM_MALLOC_CONF="dirty_decay_ms:0,muzzy_decay_ms:0")
            ),
            "from a panel": report(run("fit", "")),
        }
    print(json.dumps({"series": given.series, "points": given.points, **measured}, indent=2))


if __name__ == "__main__":
    main()
