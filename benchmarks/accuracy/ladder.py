"""The ladder: 10,000 short series of two sines, 50 values known, one or ten to be forecast.

    python benchmarks/accuracy/ladder.py [NAME ...] [--horizon 1] [--settings JSON]

7,000 series are learnt from, 2,000 choose which weights are kept, and the last 1,000 are judged.
Prints one line of JSON for the limit, the simple answers, the best fit and each network: mean
squared error over all steps and at the last one.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

import numpy as np

from recur.labs.experiment import Setting
from recur.labs.ladder import lab as ladder
from recur.labs.ladder.problem import TEN, MethodForecasts, Problem

NETWORKS: dict[str, dict[str, Any]] = {
    "default": {},
    "better": ladder.BETTER,
    "recursive": {"strategy": "recursive"},
    "all_steps": {"strategy": "all_steps"},
    "encoder_decoder": {"strategy": "encoder_decoder"},
    "lstm": {"cell": "lstm"},
    "conv_gru": {"filters": 20, "kernel": 4},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=["default"], help=", ".join(NETWORKS))
    parser.add_argument("--horizon", type=int, default=10, help="steps ahead")
    parser.add_argument("--settings", default="{}", help="more parameters, as JSON")
    given = parser.parse_args()
    problem = Problem.simulated(given.horizon, Setting())
    print(_row(problem, MethodForecasts("limit", problem.best)))
    for forecasts in (*ladder.simple(problem, TEN), ladder.fit(problem)):
        print(_row(problem, forecasts), flush=True)
    for name in given.names:
        parameters = {**NETWORKS[name], **json.loads(given.settings)}
        print(_row(problem, ladder.network(problem, name, parameters)), flush=True)


def _row(problem: Problem, forecasts: MethodForecasts) -> str:
    squares = np.mean((forecasts.values - problem.truth) ** 2, axis=0)
    errors = {"mse": round(squares.mean(), 5), "last step": round(squares[-1], 5)}
    seconds = None if forecasts.seconds is None else round(forecasts.seconds, 2)
    return json.dumps({"name": forecasts.name, **errors, "seconds": seconds})


if __name__ == "__main__":
    main()
