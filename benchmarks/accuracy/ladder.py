"""The ten-step ladder: 10,000 short series of two sines, 50 values known, 10 to be forecast.

7,000 series are learnt from, 2,000 choose which weights are kept, and the last 1,000 are judged.
Prints one line of JSON for each network: mean squared error over ten steps and at the last one.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recur import Forecaster
from recur.data.synthetic import two_sines

STEPS, HORIZON = 50, 10
NETWORKS: dict[str, dict[str, Any]] = {
    "default": {},
    "recursive": {"strategy": "recursive"},
    "all_steps": {"strategy": "all_steps"},
    "encoder_decoder": {"strategy": "encoder_decoder"},
    "lstm": {"cell": "lstm"},
    "conv_gru": {"filters": 20, "kernel": 4},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=["default"], help=", ".join(NETWORKS))
    parser.add_argument("--settings", default="{}", help="more parameters, as JSON")
    given = parser.parse_args()
    values = np.asarray(two_sines(10_000, STEPS + HORIZON).values)
    training, choosing, judging = np.split(values, [7_000, 9_000])
    known, truth = judging[:, :STEPS], judging[:, STEPS:]
    linear, *_ = np.linalg.lstsq(training[:, :STEPS], training[:, STEPS:])
    print(_row("last value", known[:, -1:], truth))
    print(_row("linear", known @ linear, truth))
    for name in given.names:
        model = Forecaster(horizon=HORIZON, lookback=STEPS, season=1, validation=0.0)
        model.set_params(**NETWORKS[name], **json.loads(given.settings))
        began = time.perf_counter()
        model.fit(list(training), test=0, choose_by=list(choosing), progress=False)
        seconds = time.perf_counter() - began
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            forecast = model.predict(list(known)).values
        more = {"hidden": model.hidden_, "epochs": model.epochs_, "kept": model.kept_epoch_}
        print(_row(name, forecast, truth, **more, seconds=round(seconds, 1)), flush=True)


def _row(name: str, forecast: NDArray[np.float64], truth: NDArray[np.float64], **more: Any) -> str:
    squares = np.mean((forecast - truth) ** 2, axis=0)
    errors = {"mse": round(squares.mean(), 5), "last step": round(squares[-1], 5)}
    return json.dumps({"name": name, **errors, **more})


if __name__ == "__main__":
    main()
