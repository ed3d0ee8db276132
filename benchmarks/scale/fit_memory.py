"""A GRU fitted to a panel that is larger than the memory it may use, and the same bits as from it.

    python benchmarks/scale/fit_memory.py [--gigabytes 2] [--memory 1] [--points 1000]
        [--steps 200] [--horizon 12] [--test 24] [--folder /tmp/...]

Makes random walks as Parquet files, reads them with `mapped_panel`, and fits, judges and forecasts
in a child process whose data (`RLIMIT_DATA`: everything but files that are mapped) are limited to
`--memory` gigabytes. Prints one JSON object: the size of the values, the peak of anonymous memory
and of pages of files (which the system takes back when it needs them) as the kernel counts them,
and the seconds that each part took. Then, on a tenth of a gigabyte, the seconds of a training step
from memory and from files, taken in turns, and whether weights, scales, intervals, judgement and
forecast have the same bits.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import numpy as np

_FILE = 12_500_000  # values in a file: 100 MB


def make(folder: Path, values: int, points: int) -> None:
    """Write random walks to files, one after the other."""
    import polars as pl

    folder.mkdir(parents=True)
    numbers, first = np.random.default_rng(0), 0
    hours = np.datetime64("2020-01-01", "us") + np.arange(points) * np.timedelta64(1, "h")
    while first * points < values:
        count = min(_FILE, values - first * points) // points
        series = np.arange(first, first + count, dtype=np.uint32)
        pl.DataFrame(
            {
                "unique_id": pl.Series(np.repeat(series, points)).cast(pl.String),
                "ds": np.tile(hours, count),
                "y": numbers.normal(size=(count, points)).cumsum(axis=1).reshape(-1),
            }
        ).write_parquet(folder / f"part{first:09}.parquet")
        first += count


class Peak:
    """The most memory that this process has taken, sampled; in bytes."""

    def __init__(self) -> None:
        self.anonymous = self.of_files = 0
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while True:
            rows = Path("/proc/self/smaps_rollup").read_text().splitlines()[1:]
            taken = {row.split(":")[0]: int(row.split()[1]) * 1024 for row in rows}
            self.anonymous = max(self.anonymous, taken["Anonymous"])
            self.of_files = max(self.of_files, taken["Rss"] - taken["Anonymous"])
            time.sleep(0.05)


def asked(panel: Any, options: argparse.Namespace) -> Any:
    """Return the forecaster, whose epoch has about so many steps."""
    from recur import Forecaster

    batch = 256
    series = len(panel)
    stride = max(1, int(0.5 * panel.rows / (batch * options.steps)))
    if stride > options.points:  # one window a series
        batch = max(16, series // options.steps)
    return Forecaster(
        horizon=options.horizon, season=24, network="trained", hidden=32, epochs=1, batch=batch,
        stride=stride, intervals=(80.0, 95.0), threads=1,
    )  # fmt: skip


def timed(module: Any, name: str, spent: dict[str, float]) -> None:
    """Write down how long all calls of a function of a module take."""
    function: Callable[..., Any] = getattr(module, name)

    @wraps(function)
    def run(*given: Any, **named: Any) -> Any:
        began = time.perf_counter()
        made = function(*given, **named)
        spent[name] = spent.get(name, 0.0) + time.perf_counter() - began
        return made

    setattr(module, name, run)


def limited(options: argparse.Namespace) -> dict[str, Any]:
    """Fit, judge and forecast within a limit, in this process."""
    from recur.distributed.mapping import mapped_panel
    from recur.tasks.forecast import learning

    limit = int(options.memory * 1e9)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    peak, began = Peak(), time.perf_counter()
    spent: dict[str, float] = {}
    panel = mapped_panel(
        options.folder / "data", memory=min(limit, 500_000_000), parts_in=options.folder / "maps"
    )
    read = time.perf_counter() - began
    for name in ("run_training", "contest", "judged"):
        timed(learning, name, spent)
    model = asked(panel, options).fit(panel, test=options.test, progress=False)
    model.predict()
    return {
        "values_gb": panel.values.nbytes / 1e9,
        "series": len(panel),
        "limit_gb": limit / 1e9,
        "peak_anonymous_gb": peak.anonymous / 1e9,
        "peak_of_files_gb": peak.of_files / 1e9,
        "seconds": {"read": read, **spent, "all": time.perf_counter() - began},
        "verdict": model.judgement_.verdict.sentence,
    }


def both_ways(options: argparse.Namespace) -> dict[str, Any]:
    """Compare steps and bits of a fit from memory and from files."""
    from recur.data.tables.readers import read_panel
    from recur.distributed.mapping import mapped_panel
    from recur.tasks.forecast import learning

    folder, tensors = options.folder / "small", []
    found: dict[str, list[float]] = {}
    make(folder, 12_500_000, options.points)
    ways = {"memory": read_panel(folder), "files": mapped_panel(folder, parts_in=folder)}
    for _ in range(3):
        for way, panel in ways.items():
            spent: dict[str, float] = {}
            plain = vars(learning)["run_training"]
            timed(learning, "run_training", spent)
            model = asked(panel, options).set_params(refit=False, intervals=())
            model.fit(panel, test=options.test, progress=False)
            vars(learning)["run_training"] = plain
            found.setdefault(way, []).append(spent["run_training"])
            told = json.dumps(model.judgement_.to_dict()), model.predict().values.tobytes()
            tensors.append([*(each.tobytes() for each in model.fitted_.tensors().values()), *told])
    return {
        "seconds_of_an_epoch": {way: statistics.median(each) for way, each in found.items()},
        "same_bits": all(each == tensors[0] for each in tensors),
    }


def main() -> None:
    """Run both parts, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gigabytes", type=float, default=2.0)
    parser.add_argument("--memory", type=float, default=1.0)
    parser.add_argument("--points", type=int, default=1000)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--horizon", type=int, default=12)
    parser.add_argument("--test", type=int, default=24)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--part", choices=("limited", "both_ways"))
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    if options.part:
        print(json.dumps({"limited": limited, "both_ways": both_ways}[options.part](options)))
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder, found = Path(name), dict[str, Any]()
        make(folder / "data", int(options.gigabytes * 1e9 / 8), options.points)
        for part in ("limited", "both_ways"):
            command = [sys.executable, __file__, *sys.argv[1:], "--folder", name, "--part", part]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            found |= json.loads(done.stdout)
        print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
