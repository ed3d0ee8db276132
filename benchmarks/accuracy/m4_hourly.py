"""M4 Hourly: one network with the defaults for all 414 series, 48 hours ahead.

Needs RECUR_DATA. Prints MASE (season 24, scaled by each training part) and sMAPE, means over the
series, beside the seasonal naive and the competition's published figures.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recur import Forecaster
from recur.judge import mase, seasonal_scale, smape

HORIZON, SEASON = 48, 24
PUBLISHED = {
    "competition's RNN benchmark": {"mase": 3.048, "smape": 14.70},
    "winner (ES-RNN)": {"mase": 0.893, "smape": 9.33},
}


def read(path: Path) -> list[NDArray[np.float64]]:
    """Return the series of a file: a name and its values in each line, blanks at the end."""
    lines = path.read_text("utf-8").splitlines()[1:]
    rows = ([cell.strip('"') for cell in line.split(",")[1:]] for line in lines)
    return [np.array([float(cell) for cell in row if cell]) for row in rows]


def main() -> None:
    if "RECUR_DATA" not in os.environ:
        sys.exit("set RECUR_DATA to a folder with forecast/m4")
    folder = Path(os.environ["RECUR_DATA"]) / "forecast" / "m4"
    known, truth = read(folder / "Hourly-train.csv"), read(folder / "Hourly-test.csv")
    began = time.perf_counter()
    model = Forecaster(horizon=HORIZON, network="trained").fit(known, test=0, progress=False)
    forecast = model.predict().values
    seconds = time.perf_counter() - began
    naive = np.array([np.resize(values[-SEASON:], HORIZON) for values in known])
    figures = {"default network": forecast, "seasonal naive": naive}
    rows: dict[str, object] = {name: score(known, truth, made) for name, made in figures.items()}
    chosen = {name: model.chosen()[name] for name in ("lookback", "season", "hidden", "epochs")}
    print(json.dumps({**rows, **PUBLISHED, "chosen": chosen, "seconds": round(seconds, 1)}))


def score(
    known: list[NDArray[np.float64]], truth: list[NDArray[np.float64]], made: NDArray[np.float64]
) -> dict[str, float]:
    each = [
        (mase(y, f, seasonal_scale(values, SEASON)) or 0.0, smape(y, f))
        for values, y, f in zip(known, truth, made, strict=True)
    ]
    means = np.mean(each, axis=0)
    return {"mase": round(float(means[0]), 3), "smape": round(float(means[1]), 2)}


if __name__ == "__main__":
    main()
