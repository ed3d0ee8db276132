"""Seconds that a default fit of a long series takes, judging included, by what the series is like.

    python benchmarks/speed/long_series.py [--rows 20000] [--horizons 1,48,336] [--kinds walk,noise]

Prints one line of JSON a fit: what was chosen, how long it took, and its skill over the
strongest simple answer. Where others use the machine, the seconds of all processors say more. The
first fit of all is not counted: kernels may be compiled in it.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl

from recur import Forecaster
from recur.arrays import Float64s
from recur.data.synthetic import random_walk, sine


def half_hourly(rows: int) -> Any:
    """Return a load with a day of 48 steps and a week of 336, on a clock."""
    at = np.arange(rows)
    noise = np.random.default_rng(0).normal(0, 0.1, rows)
    values = np.sin(2 * np.pi * at / 48) + 0.6 * np.sin(2 * np.pi * at / 336) + noise
    times = np.datetime64("2020-01-01T00:00", "m") + 30 * at
    return pl.DataFrame({"ds": times.astype("M8[us]"), "y": 10 + values})


def weekly_shape(rows: int) -> Float64s:
    """Return a season of 336 with a shape of its own, without a day."""
    rng = np.random.default_rng(1)
    shape = np.cumsum(rng.normal(size=336))
    shape -= np.linspace(0, shape[-1], 336)
    return np.resize(shape, rows) + rng.normal(0, 0.3 * shape.std(), rows)


KINDS: dict[str, Callable[[int], Any]] = {
    "sine of 2880": lambda rows: sine(rows, period=2880, noise=0.1).values,
    "sine of 3000 in much noise": lambda rows: sine(rows, period=3000, noise=1.0).values,
    "random walk": lambda rows: random_walk(rows).values,
    "noise": lambda rows: np.random.default_rng(0).normal(size=rows),
    "half-hourly, 48 and 336": half_hourly,
    "season of 336": weekly_shape,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--horizons", default="1,48,336")
    parser.add_argument("--kinds", default=",".join(KINDS).replace(", ", "; "))
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    Forecaster(horizon=1, network="trained").fit(sine(300, 12).values, progress=False)
    for kind in given.kinds.split(","):
        data = KINDS[kind.replace("; ", ", ")](given.rows)
        for horizon in map(int, given.horizons.split(",")):
            print(
                json.dumps({"kind": kind, "horizon": horizon, **measured(data, horizon)}),
                flush=True,
            )


def measured(data: Any, horizon: int) -> dict[str, Any]:
    """Return what a default fit chose, its seconds, and how it did."""
    began, used = time.perf_counter(), time.process_time()
    model = Forecaster(horizon=horizon, network="trained").fit(data, progress=False)
    seconds, used = time.perf_counter() - began, time.process_time() - used
    assert model.judgement_ is not None
    return {
        "season": model.season_,
        "lookback": model.lookback_,
        "hidden": model.hidden_,
        "epochs": f"{len(model.history_)} of {model.epochs_}",
        "seconds": round(seconds, 1),
        "processor seconds": round(used, 1),
        "skill": model.judgement_.verdict.skill,
        "against": model.judgement_.verdict.against,
    }


if __name__ == "__main__":
    main()
