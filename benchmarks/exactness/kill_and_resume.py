"""Kill a training run at random moments, resume it each time, and compare bits.

    python benchmarks/exactness/kill_and_resume.py [--kills 20] [--seed 0] [--engine auto] [--fit]

With --fit a whole fit of a forecaster: a training, a judgement, and a second training. Prints one
JSON object. A run that finishes before all kills are done is followed by another one.
Needs `os.fork`, so not on Windows.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from recur.data.panel.scaling import Scaler
from recur.data.sources.windows import Windows
from recur.data.synthetic import sine
from recur.data.tables.readers import read_panel
from recur.engines.registry import open_engine, resolve
from recur.networks.initial import initial_values
from recur.networks.spec import NetworkSpec
from recur.tasks.forecast.fitted import FittedForecaster
from recur.tasks.forecast.forecaster import Forecaster
from recur.training.checkpoint import Checkpoint
from recur.training.jobs import Job
from recur.training.loop import train
from recur.training.plan import TrainingPlan

Bits = tuple[Any, ...]
Make = Callable[..., Bits]


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


def trained(engine: str, checkpoint: Path | None = None) -> Bits:
    """Train, saving after every chunk of steps; return the weights and the history."""
    work = job(engine)
    saving = Checkpoint(checkpoint, every=0.0) if checkpoint else None
    training = train(work, initial_values(work.spec, seed=0), checkpoint=saving)
    return training.weights.tobytes(), training.history


def fitted(engine: str, checkpoint: Path | None = None) -> Bits:
    """Fit a forecaster, saving after every chunk of steps; return both networks and the history."""
    saving = Checkpoint(checkpoint, every=0.0) if checkpoint else None
    model = Forecaster(
        horizon=3, cell="lstm", hidden=6, layers=2, dropout=0.2, epochs=15, batch=20, season=25,
        engine=resolve(engine),
    ).fit(sine(400, period=25, noise=0.2).values, checkpoint=saving, progress=False)  # fmt: skip
    learnt = model.fitted_
    assert isinstance(learnt, FittedForecaster)
    assert learnt.twin is not None
    return learnt.weights.tobytes(), learnt.twin.weights.tobytes(), learnt.learned.history


def survives(
    run: Make, engine: str, checkpoint: Path, kills: int, moments: random.Random, longest: float
) -> tuple[int, bool]:
    """Run until the end with at most some kills; return how many, and whether it ended."""
    done = 0
    while done < kills:
        child = os.fork()
        if child == 0:
            run(engine, checkpoint)
            os._exit(0)
        time.sleep(moments.uniform(0.0, longest))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            if os.WEXITSTATUS(status):
                sys.exit("the run failed by itself")
            return done, True
        done += 1
    return done, False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--engine", default="auto")
    parser.add_argument("--fit", action="store_true")
    arguments = parser.parse_args()
    run: Make = fitted if arguments.fit else trained
    engine, moments = arguments.engine, random.Random(arguments.seed)
    run(engine)  # which also compiles what the children will run
    began = time.perf_counter()
    expected = run(engine)
    longest = time.perf_counter() - began  # after which a child may be killed
    kills = runs = 0
    same = True
    while kills < arguments.kills:
        with tempfile.TemporaryDirectory() as folder:
            checkpoint = Path(folder) / "run.recur"
            done, _ = survives(run, engine, checkpoint, arguments.kills - kills, moments, longest)
            resumed = run(engine, checkpoint)
        kills, runs = kills + done, runs + 1
        same &= resumed == expected
    print(json.dumps({"kills": kills, "runs": runs, "bit_identical": bool(same)}))
    sys.exit(0 if same else 1)


if __name__ == "__main__":
    main()
