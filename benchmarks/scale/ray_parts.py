"""Parts on a Ray cluster: the same bytes as the plain command, and what the cluster costs.

    python -m benchmarks.scale.ray_parts [--series 200000] [--points 200] [--horizon 12]
        [--files 24] [--network gru128]

A cluster of separate raylets with a core each is started on this machine. Plain is the command in
a process that is held to as many cores; each is run in turn `--rounds` times and the best of each
told, after all files have been compared. Processes of Ray are warm; its start is not counted.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.scale.million import fit, make

from recur.distributed import on
from recur.distributed.jobs import predict_parts

PLAIN = """
import os, sys
os.sched_setaffinity(0, set(range(int(sys.argv.pop(1)))))
from recur.__main__ import main
main()
"""


def digest(folder: Path) -> str:
    """Return what names the bytes of all forecasts in a folder."""
    files = sorted(path for path in folder.iterdir() if path.name.startswith("part-"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def plain(model: Path, data: str, out: Path, cores: int) -> tuple[float, float]:
    """Return the seconds of the command on some cores, and of its parts alone."""
    command = [sys.executable, "-c", PLAIN, str(cores), "predict", str(model), data]
    command += ["--out", str(out), "--memory", "2GB", "--json", "--quiet"]
    began = time.perf_counter()
    told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return time.perf_counter() - began, told["seconds"]["total"]


def cluster_of(nodes: int) -> Any:
    """Return a cluster on this machine, a raylet for each core."""
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0})
    for _ in range(nodes):
        cluster.add_node(num_cpus=1, object_store_memory=1 << 28)
    return cluster


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", type=int, default=200_000)
    parser.add_argument("--points", type=int, default=200)
    parser.add_argument("--horizon", type=int, default=12)
    parser.add_argument("--files", type=int, default=24)
    parser.add_argument("--network", default="gru128")
    parser.add_argument("--rounds", type=int, default=2)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder / "data", wanted.series, wanted.points, wanted.files)
        model = fit(wanted.network, folder / "data", wanted.horizon, folder / "model.recur")
        data, seen = f"{folder}/data/*.parquet", set()
        for cores in (1, 2):
            cluster = cluster_of(cores)
            best = {"plain": float("inf"), "plain parts": float("inf"), "Ray": float("inf")}
            for number in range(wanted.rounds):
                out = folder / f"plain-{cores}-{number}"
                whole, parts = plain(model, data, out, cores)
                best["plain"] = min(best["plain"], whole)
                best["plain parts"] = min(best["plain parts"], parts)
                seen.add(digest(out))
                with on(f"ray:{cluster.address}"):
                    for lap in ("begun", "again"):  # processes start and load in the first
                        out = folder / f"ray-{cores}-{number}-{lap}"
                        made = predict_parts(model, Path(data), {}, out, {})
                        seen.add(digest(out))
                    best["Ray"] = min(best["Ray"], made.seconds["total"])
            cluster.shutdown()
            assert len(seen) == 1, "other forecasts than those of the plain command"
            over = best["Ray"] / best["plain parts"] - 1
            print(
                f"{cores} cores: the same bytes; plain {best['plain']:.1f} s, of which parts "
                f"{best['plain parts']:.1f} s; Ray {best['Ray']:.1f} s, {over:+.1%}"
            )


if __name__ == "__main__":
    main()
