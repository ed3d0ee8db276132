"""Very many short series, forecast by the command in a fresh process within a stated memory.

    python benchmarks/scale/million.py [--series 1000000] [--points 200] [--horizon 12]
        [--memory 2GB] [--files 20] [--network pretrained gru128 ...]

Makes the series part by part in a temporary folder (a week, a level that walks, noise), fits a
model on a few of them, and runs `recur predict MODEL 'data/*.parquet' --out ... --memory ...`.
Prints one JSON object a network: series a second, peak memory of the process (`ru_maxrss`), bytes
read and written, and which share of the time of the parts the engine computed, or what the network
reads of histories was computed: both are measured around their calls in the process itself.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

CHILD = """
import atexit, json, sys, time
from recur.data.histories.inputs import HistoryInputs
from recur.engines.compiled.engine import CompiledEngine

spent, out = {"engine": 0.0, "histories": 0.0}, sys.argv.pop(1)

def timed(function, name):
    def run(*given, **named):
        began = time.perf_counter()
        try:
            return function(*given, **named)
        finally:
            spent[name] += time.perf_counter() - began
    return run

CompiledEngine.forward = timed(CompiledEngine.forward, "engine")
CompiledEngine.forecast = timed(CompiledEngine.forecast, "engine")
HistoryInputs.read = classmethod(timed(HistoryInputs.read.__func__, "histories"))
HistoryInputs.ahead = timed(HistoryInputs.ahead, "histories")
atexit.register(lambda: open(out, "w").write(json.dumps(spent)))

from recur.__main__ import main
main()
"""
"""What runs the command and writes down how long it computed."""


def make(folder: Path, series: int, points: int, files: int, *, seed: int = 0) -> int:
    """Write series to files, a part at a time; return their bytes."""
    import polars as pl

    folder.mkdir(parents=True)
    days = np.arange(points)
    times = pl.Series((np.datetime64("2024-01-01") + days).astype("M8[us]"))
    bounds = np.linspace(0, series, files + 1).astype(int)
    for number, (first, last) in enumerate(pairwise(bounds.tolist())):
        random, count = np.random.default_rng([seed, number]), last - first
        values = random.normal(size=(count, points), scale=0.3)
        values += np.cumsum(random.normal(size=(count, points), scale=0.1), axis=1)
        values += random.uniform(0.5, 2, (count, 1)) * np.sin(
            2 * np.pi * days / 7 + random.uniform(0, 6, (count, 1))
        )
        ids = pl.Series([f"series-{i:08d}" for i in range(first, last)])
        columns = {
            "unique_id": ids.gather(np.repeat(np.arange(count), points)),
            "ds": times.gather(np.tile(days, count)),
            "y": (values + 10).reshape(-1),
        }
        pl.DataFrame(columns).write_parquet(folder / f"{number:05d}.parquet")
    return sum(path.stat().st_size for path in folder.iterdir())


def fit(name: str, data: Path, horizon: int, path: Path) -> Path:
    """Fit a model on the first 200 series: `pretrained`, or a cell with its size, `gru128` say."""
    from recur import Forecaster, read_panel
    from recur.notices import listening

    cell = name.rstrip("0123456789")
    shape: dict[str, Any] = {"network": "pretrained"}
    if name != "pretrained":
        shape = {"cell": cell, "hidden": int(name[len(cell) :]), "epochs": 2, "season": 7}
        shape |= {"lookback": 28}
    with listening():
        panel = read_panel(next(iter(sorted(data.iterdir())))).only(np.arange(200))
        model = Forecaster(horizon=horizon, intervals=(80.0, 95.0), **shape)
        return model.fit(panel, test=0, progress=False).save(path)


def run(model: Path, data: Path, out: Path, memory: str, *more: str) -> dict[str, Any]:
    """Run the command in a fresh process; return what it says and what it took."""
    spent = out.with_suffix(".json")
    command = [sys.executable, "-c", CHILD, str(spent), "predict", str(model), f"{data}/*.parquet"]
    command += ["--out", str(out), "--memory", memory, "--json", *more]
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    told = json.loads(process.stdout.read())
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    assert status == 0
    seconds = told["seconds"]
    computed = json.loads(spent.read_text())
    return {
        "series": told["series"],
        "parts": told["parts"],
        "wall_seconds": round(wall, 2),
        "series_a_second": round(told["series"] / wall),
        "seconds": seconds,
        "computing": {name: round(value, 2) for name, value in computed.items()},
        "share_engine": round(computed["engine"] / wall, 3),
        "share_arithmetic": round(sum(computed.values()) / wall, 3),
        "processor_seconds": round(usage.ru_utime + usage.ru_stime, 2),
        "peak_memory_mb": round(usage.ru_maxrss / (1e6 if sys.platform == "darwin" else 976.5625)),
        "bytes_written": sum(path.stat().st_size for path in out.glob("part-*")),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--series", type=int, default=1_000_000)
    parser.add_argument("--points", type=int, default=200)
    parser.add_argument("--horizon", type=int, default=12)
    parser.add_argument("--files", type=int, default=20)
    parser.add_argument("--memory", default="2GB")
    parser.add_argument("--network", nargs="+", default=["pretrained", "gru16"])
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        read = make(folder / "data", given.series, given.points, given.files)
        for name in given.network:
            model = fit(name, folder / "data", given.horizon, folder / f"{name}.recur")
            took = run(model, folder / "data", folder / f"out {name}", given.memory)
            print(json.dumps({"network": name, "bytes_read": read, **took}), flush=True)


if __name__ == "__main__":
    main()
