"""Next-day forecasts of three stock files with the defaults, beside repeating the last value.

    RECUR_DATA=FOLDER python benchmarks/accuracy/stocks.py

The last 100 days of Close are held out; each is forecast from the true past. Prints a line of
JSON for each file.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from recur import Forecaster


def main() -> None:
    folder = Path(os.environ["RECUR_DATA"]) / "stocks"
    for name in ("TSLA", "GOOGL", "DJI"):
        began = time.perf_counter()
        model = Forecaster(horizon=1).fit(folder / f"{name}.csv", target="close", test=100)
        assert model.judgement_ is not None
        errors, verdict = model.judgement_.errors, model.judgement_.verdict
        network, last_value = errors["network"]["mse"], errors["last_value"]["mse"]
        assert network is not None
        assert last_value is not None
        line = {
            "file": name,
            "mse": round(network, 2),
            "last_value_mse": round(last_value, 2),
            "ratio": round(network / last_value, 4),
            "claim": verdict.claim,
            "sentence": verdict.sentence,
            "seconds": round(time.perf_counter() - began, 1),
        }
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
