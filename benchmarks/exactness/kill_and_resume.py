"""Kill a training at random moments, resume it each time, and compare bits.

    python -m benchmarks.exactness.kill_and_resume [--kills 20] [--seed 0] [--engine auto]

The loop alone, saved after each chunk of steps; `benchmarks.faults.kills` kills whole commands.
Prints one JSON object. A run that finishes before all kills are done is followed by another one.
Needs `os.fork`, so not on Windows.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.faults.killing import Blow, Forked

from recur.data.panel.scaling import Scaler
from recur.data.sources.windows import Windows
from recur.data.synthetic import sine
from recur.data.tables.readers import read_panel
from recur.engines.registry import open_engine, resolve
from recur.networks.initial import initial_values
from recur.networks.spec import NetworkSpec
from recur.training.checkpoint import Checkpoint
from recur.training.jobs import Job
from recur.training.loop import train
from recur.training.plan import TrainingPlan


def job(engine: str) -> Job:
    """Return a run with everything in it that a resume could get wrong."""
    values = sine(400, period=25, noise=0.2).values
    windows = Windows.over(
        read_panel(values), Scaler.fit("window", [values[:300]]), lookback=25, horizon=3
    )
    cut = len(windows) * 3 // 4
    return Job(
        spec=NetworkSpec(cell="lstm", hidden=6, layers=2, dropout=0.2, outputs=3),
        engine=open_engine(resolve(engine)),
        windows=windows,
        training=range(cut),
        validation=range(cut, len(windows)),
        plan=TrainingPlan(epochs=30, batch=20, rate=0.005, schedule="onecycle"),
    )


def trained(engine: str, checkpoint: Path | None = None) -> tuple[Any, ...]:
    """Train, saving after every chunk of steps; return the weights and the history."""
    work = job(engine)
    saving = Checkpoint(checkpoint, every=0.0) if checkpoint else None
    training = train(work, initial_values(work.spec, seed=0), checkpoint=saving)
    return training.weights.tobytes(), training.history


def killed(engine: str, checkpoint: Path, kills: int, draw: random.Random, longest: float) -> int:
    """Run until the end with at most some kills; return how many there were."""
    for done in range(kills):
        blow = Blow.drawn(draw, longest, (signal.SIGKILL,))
        _, code = blow.strike(Forked(lambda: trained(engine, checkpoint)))
        if code == 0:
            return done
        if code != -signal.SIGKILL:
            sys.exit("the run failed by itself")
    return kills


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--engine", default="auto")
    given = parser.parse_args()
    draw = random.Random(given.seed)
    trained(given.engine)  # which also compiles what the children will run
    began = time.perf_counter()
    expected = trained(given.engine)
    longest = time.perf_counter() - began  # after which a child may be killed
    kills = runs = 0
    same = True
    while kills < given.kills:
        with tempfile.TemporaryDirectory() as folder:
            checkpoint = Path(folder) / "run.recur"
            kills += killed(given.engine, checkpoint, given.kills - kills, draw, longest)
            same &= trained(given.engine, checkpoint) == expected
        runs += 1
    print(json.dumps({"kills": kills, "runs": runs, "bit_identical": bool(same)}))
    sys.exit(0 if same else 1)


if __name__ == "__main__":
    main()
