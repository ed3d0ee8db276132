"""Training of one network on a Ray cluster: the same bits, and how long a step takes.

    python -m benchmarks.scale.ray_training --series 100000 --hidden 128 --steps 40

A cluster of separate raylets with a core each is started on this machine. Plain is this process
with as many threads. The bits are compared before anything is timed.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import numpy as np

from recur.data.clock import Clock
from recur.data.panel.panel import Panel
from recur.data.panel.scaling import Scaler
from recur.data.sources.windows import Windows
from recur.distributed import on
from recur.engines.base import Chunk, Snapshot, StepRecipe
from recur.engines.registry import keep_to, open_engine
from recur.networks.initial import initial_values
from recur.networks.spec import NetworkSpec

LOOKBACK, HORIZON = 48, 12


def windows_over(series: int, length: int) -> Windows:
    """Return windows over seasonal series with noise, all of one panel."""
    rng = np.random.default_rng(0)
    steps = np.arange(length)
    values = rng.uniform(5, 50, (series, 1)) * (
        1 + 0.5 * np.sin(2 * np.pi * (steps + rng.integers(0, 24, (series, 1))) / 24)
    ) + rng.normal(size=(series, length))
    panel = Panel(
        values=values.reshape(-1), times=np.tile(steps, series),
        offsets=np.arange(series + 1) * length, ids=tuple(map(str, range(series))), clock=Clock(),
    )  # fmt: skip
    return Windows.over(panel, Scaler.fit("window", list(values)), LOOKBACK, HORIZON)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", type=int, default=100_000)
    parser.add_argument("--length", type=int, default=200)
    parser.add_argument("--hidden", type=int, default=128)
    parser.add_argument("--batch", type=int, default=1024)
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=3)
    wanted = parser.parse_args()
    windows = windows_over(wanted.series, wanted.length)
    spec = NetworkSpec(hidden=wanted.hidden, outputs=HORIZON)
    print(f"{wanted.series} series, {len(windows)} windows, {spec.size} parameters")

    def chunk(first: int, steps: int) -> Chunk:
        rng = np.random.default_rng(first)
        indices = rng.integers(0, len(windows), (steps, wanted.batch))
        return Chunk(indices, np.full(steps, 1e-3), first + np.arange(steps), seed=0)

    def trained() -> tuple[bytes, float, Any]:
        """Return the weights after the first steps, and the seconds of one of those after."""
        start = Snapshot.first(initial_values(spec, 0))
        trainer = open_engine("compiled").trainer(spec, StepRecipe(), windows, start)
        trainer.run(chunk(0, 3))
        weights = trainer.snapshot().weights.tobytes()
        best = np.inf
        for round_ in range(wanted.rounds):
            work = chunk(100 * (1 + round_), wanted.steps)
            began = time.perf_counter()
            trainer.run(work)
            best = min(best, (time.perf_counter() - began) / wanted.steps)
        return weights, best, trainer

    plain = {}
    for threads in (1, 2):
        keep_to(threads)
        weights, plain[threads], _ = trained()
        print(f"plain, {threads} threads: {1e3 * plain[threads]:.1f} ms a step")
    keep_to(None)
    cluster = _cluster(2)
    try:
        for workers in (1, 2):
            with on(f"ray:{cluster.address}", workers=workers):
                other, seconds, trainer = trained()
                assert other == weights, "other weights than on one machine"
                total = 3 + wanted.rounds * wanted.steps
                sent = trainer.sent() / total
            print(
                f"Ray, {workers} workers: the same bits; {1e3 * seconds:.1f} ms a step, "
                f"{plain[workers] / seconds:.1%} of plain with as many threads, "
                f"{plain[1] / seconds / workers:.1%} of {workers} times one thread; "
                f"{sent / 1e3:.0f} kB sent a step"
            )
    finally:
        cluster.shutdown()


def _cluster(nodes: int) -> Any:
    """Return a cluster on this machine, a raylet for each core."""
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0})
    for _ in range(nodes):
        cluster.add_node(num_cpus=1, object_store_memory=1 << 30)
    return cluster


if __name__ == "__main__":
    main()
