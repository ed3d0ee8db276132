"""Kill Ray workers and nodes at random moments of a training and of parts, and compare bytes.

    python -m benchmarks.scale.ray_kills [--kills 20] [--seed 0] [--series 6000] [--epochs 60]

A cluster of separate raylets with a core each is started on this machine. Half of the kills
(SIGKILL) are of a network that its workers train together, half of a job of parts; each fourth is
of a raylet, and two of these are left at the end. A training or job that ends before all kills are
done is followed by another. Model files and forecasts are held to those of this machine alone.
Prints a JSON object each.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from benchmarks.scale.million import fit, make
from benchmarks.scale.ray_parts import cluster_of, digest

from recur import Forecaster, read_panel
from recur.distributed import on
from recur.distributed.jobs import predict_parts

_PAUSE = (2.0, 8.0)  # seconds between two kills
_RAYLETS = 4  # each so many kills


def workers(title: str) -> dict[int, int]:
    """Return the processes of our own raylets that are called so, with their raylets."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError):
            name = (process / "cmdline").read_bytes().split(b"\0")[0].decode()
            if (
                name.startswith(title)
                and parent(raylet := parent(int(process.name))) == os.getpid()
            ):
                found[int(process.name)] = raylet
    return found


def parent(process: int) -> int:
    """Return the process that started another one."""
    status = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    return int(status.rpartition(")")[2].split()[1])


@contextmanager
def killing(title: str, most: int, draw: random.Random) -> Iterator[dict[str, int]]:
    """Kill processes that are called so, and some of their raylets, while the block lasts."""

    def look() -> None:
        while not ended.wait(draw.uniform(*_PAUSE)) and sum(done.values()) < most:
            there = workers(title)
            if not there:
                continue
            process = draw.choice(sorted(there))
            whole = sum(done.values()) % _RAYLETS == _RAYLETS - 1
            with suppress(ProcessLookupError):
                os.kill(there[process] if whole else process, signal.SIGKILL)
                done["raylets" if whole else "workers"] += 1

    done, ended = {"workers": 0, "raylets": 0}, threading.Event()
    watching = threading.Thread(target=look)
    watching.start()
    try:
        yield done
    finally:
        ended.set()
        watching.join()


def killed(
    what: str, title: str, work: Callable[[int], object], kills: int, draw: random.Random
) -> bool:
    """Do some work alone, then on a cluster whose workers are killed; say whether it is the same.

    Args:
        what: it is.
        title: of the processes that do it.
        work: given the number of the run, returns what has to be the same.
        kills: how many.
        draw: of the moments.
    """
    alone, runs, wrong = work(0), 0, 0
    of: dict[str, int] = {"workers": 0, "raylets": 0}
    while sum(of.values()) < kills:
        runs, left = runs + 1, kills - sum(of.values())
        cluster = cluster_of(2 + left // _RAYLETS)
        try:
            with on(f"ray:{cluster.address}"), killing(title, left, draw) as done:
                wrong += work(runs) != alone
        finally:
            cluster.shutdown()
        of = {name: count + done[name] for name, count in of.items()}
    print(json.dumps({"of": what, "killed": of, "runs": runs, "wrong": wrong}), flush=True)
    return not wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--series", type=int, default=6_000)
    parser.add_argument("--epochs", type=int, default=60)
    given = parser.parse_args()
    draw = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder / "one", 60, 200, 1)
        make(folder / "data", given.series, 200, 24)
        panel = read_panel(folder / "one")
        model = fit("pretrained", folder / "data", 12, folder / "model.recur")

        def trained(run: int) -> bytes:
            network = Forecaster(
                horizon=12, network="trained", hidden=32, lookback=28, batch=512,
                epochs=given.epochs, patience=given.epochs, season=7,
            )  # fmt: skip
            network.fit(panel, test=0, progress=False)
            return network.save(folder / f"trained-{run}.recur").read_bytes()

        def forecast(run: int) -> str:
            out = folder / f"forecasts-{run}"
            predict_parts(model, folder / "data", {}, out, {})
            return digest(out)

        half = given.kills // 2
        same = [
            killed("training", "ray::Worker", trained, given.kills - half, draw),
            killed("parts", "ray::_run", forecast, half, draw),
        ]
    sys.exit(not all(same))


if __name__ == "__main__":
    main()
