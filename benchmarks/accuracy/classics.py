"""AirPassengers, monthly sunspots, taylor and ETTh1 with the defaults: skill, or the word for none.

Needs RECUR_DATA. Prints one line of JSON a series: errors in units of repeating the last value,
the verdict, seconds. ETTh1 (column OT) has the usual parts of 12, 4 and 4 months, a lookback of 96
and a horizon of 96; its errors are also told standardised by the training part, as papers do.
"""

from __future__ import annotations

import json
import os
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from recur import Forecaster
from recur.data.tables.readers import read_panel

MONTH = 30 * 24
SERIES: dict[str, dict[str, Any]] = {
    "AirPassengers": {"test": 24, "horizon": 12},
    "monthly-sunspots": {"test": 132, "horizon": 12},
    "taylor": {"test": 336, "horizon": 48},
    "ETTh1": {"test": 4 * MONTH, "horizon": 96, "target": "OT", "lookback": 96},
}


def main() -> None:
    if "RECUR_DATA" not in os.environ:
        sys.exit("set RECUR_DATA to a folder with forecast/")
    warnings.simplefilter("ignore")
    for name in sys.argv[1:] or SERIES:
        chosen = dict(SERIES[name])
        path = Path(os.environ["RECUR_DATA"]) / "forecast" / f"{name}.csv"
        panel = read_panel(path, target=chosen.pop("target", None))
        if name == "ETTh1":  # twenty months, of which the last four are held out
            panel = panel.without_last(panel.rows - 20 * MONTH)
        test = chosen.pop("test")
        began = time.perf_counter()
        model = Forecaster(
            **{"horizon": 1, **chosen},
            network="trained",
            validation=0.25 if name == "ETTh1" else 0.2,
        )
        model.fit(panel, test=test, progress=False)
        seconds = time.perf_counter() - began
        judgement = model.judgement_
        assert judgement is not None
        unit = judgement.errors["last_value"]["rmse"] or 1.0
        row = {
            "series": name,
            "rmse / last value": {
                method: round((errors["rmse"] or 0.0) / unit, 3)
                for method, errors in judgement.errors.items()
            },
            "skill": judgement.verdict.skill,
            "verdict": judgement.verdict.sentence,
            "seconds": round(seconds, 1),
        }
        if name == "ETTh1":
            deviation = float(np.std(panel.series(0)[: 12 * MONTH]))
            errors = judgement.errors["network"]
            row["standardised"] = {
                "mse": round((errors["mse"] or 0.0) / deviation**2, 4),
                "mae": round((errors["mae"] or 0.0) / deviation, 4),
            }
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
