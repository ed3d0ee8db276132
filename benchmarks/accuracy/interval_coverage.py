"""What intervals hold on 200 simulated series: mean measured coverage, and its spread.

Each series is a sine of its own period and phase in noise (the synthetic family of
`recur.synthetic`), with a network of its own and a twin of it. Conformal intervals are calibrated
on 60 origins or more; dropout samples and quantile heads are measured beside them for what they
are. Prints one line of JSON a method.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from typing import Any

import numpy as np

from recur import Forecaster
from recur.data.synthetic import sine

LEVELS = (80.0, 95.0)
HORIZON, POINTS, TEST = 6, 800, 200
METHODS: dict[str, dict[str, Any]] = {
    "conformal": {},
    "quantiles": {"interval_method": "quantiles"},
    "conformal_quantiles": {"interval_method": "conformal_quantiles"},
    "dropout": {"interval_method": "dropout", "dropout": 0.1},
    "conformal_dropout": {"interval_method": "conformal_dropout", "dropout": 0.1},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("methods", nargs="*", default=["conformal"], help=", ".join(METHODS))
    parser.add_argument("--series", type=int, default=200)
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    for method in given.methods:
        began = time.perf_counter()
        found = np.array([coverage(method, number) for number in range(given.series)])
        print(
            json.dumps(
                {
                    "method": method,
                    "series": given.series,
                    "calibration origins": origins(),
                    "mean coverage": dict(zip(LEVELS, found.mean(axis=0).round(4), strict=True)),
                    "standard deviation": dict(
                        zip(LEVELS, found.std(axis=0).round(4), strict=True)
                    ),
                    "seconds": round(time.perf_counter() - began, 1),
                }
            ),
            flush=True,
        )


def origins() -> int:
    return int(np.ceil(0.15 * (POINTS - TEST))) - HORIZON + 1


def coverage(method: str, number: int) -> list[float]:
    """Return the share of held-out truths inside the intervals of each level."""
    period = 8 + number % 40
    values = sine(POINTS, period=period, noise=0.3, seed=number).values
    model = Forecaster(horizon=HORIZON, hidden=16, intervals=LEVELS, seed=number, season=1)
    model.set_params(**METHODS[method]).fit(values, test=TEST, progress=False)
    assert model.judgement_ is not None
    assert model.judgement_.intervals is not None
    measures = model.judgement_.intervals.measures
    return [float(measures[level].coverage.mean()) for level in LEVELS]


if __name__ == "__main__":
    main()
