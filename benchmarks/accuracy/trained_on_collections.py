"""Networks trained by default on real collections, one network a collection, and on single files.

    RECUR_DATA=.. python -m benchmarks.accuracy.trained_on_collections [--series N] [--set N=JSON]

Of each collection at most N series (200), evenly spaced; a few minutes on two cores. The values
after each history have no say. Errors are mean absolute scaled errors; OWA is the M4 competition's
measure, the mean of sMAPE and MASE over those of Naive2: 1 is as good as that one. `--set` changes
a parameter of the forecaster, for other choices than the defaults.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import Any

import numpy as np
from benchmarks.pretraining.development import Collection, Series, development, singles

from recur import Forecaster
from recur.errors import RecurError
from recur.judge.metrics import smape

_LIKELY = 1.645  # of Naive2's test for a season: one in ten by chance


def measured(collection: Collection, parameters: dict[str, Any]) -> dict[str, Any]:
    """Return what a network trained on the histories makes of what came after them."""
    row: dict[str, Any] = {"series": len(collection.known)}
    naive2 = [_naive2(values, collection) for values in collection.known]
    simple = {
        "last value": [np.repeat(values[-1:], collection.horizon) for values in collection.known],
        "seasonal naive": collection.naive(),
    }
    row |= {name: _mean_error(collection, made) for name, made in simple.items()}
    settings = {"horizon": collection.horizon, "season": collection.period, "network": "trained"}
    began = time.process_time()
    try:
        model = Forecaster(**{**settings, **parameters})
        made = list(model.fit(collection.known, test=0, progress=False).predict().values)
    except RecurError as error:
        return {**row, "refused": str(error)}
    row |= {"trained": _mean_error(collection, made), "seconds": time.process_time() - began}
    row["OWA"] = _owa(collection, made, naive2)
    chosen = model.chosen()
    names = ("lookback", "scaling", "loss", "residual", "logarithms", "epochs")
    return {**row, **{name: chosen[name] for name in names if name in chosen}}


def _mean_error(collection: Collection, forecasts: list[Series]) -> float:
    return float(np.nanmean(collection.errors(forecasts)))


def _owa(collection: Collection, forecasts: list[Series], naive2: list[Series]) -> float:
    shares = [
        np.mean([smape(y, f) for y, f in zip(collection.truth, made, strict=True)])
        for made in (forecasts, naive2)
    ]
    scaled = _mean_error(collection, forecasts) / _mean_error(collection, naive2)
    return float((shares[0] / shares[1] + scaled) / 2)


def _naive2(values: Series, collection: Collection) -> Series:
    """Return the last value, times the indices of a season where its autocorrelation is clear."""
    period, horizon = collection.period, collection.horizon
    last = np.repeat(values[-1:], horizon)
    if period == 1 or len(values) < 3 * period or values.min() <= 0:
        return last
    away = values - values.mean()
    lags = [float(away[k:] @ away[:-k] / (away @ away)) for k in range(1, period + 1)]
    bound = _LIKELY * np.sqrt((1 + 2 * np.sum(np.square(lags[:-1]))) / len(values))
    if abs(lags[-1]) <= bound:
        return last
    kernel = np.ones(period + 1 - period % 2) / period
    kernel[[0, -1]] /= 2 - period % 2
    inner = np.convolve(values, kernel, mode="valid")
    into = (len(values) - len(inner)) // 2
    place = (np.arange(len(inner)) + into) % period
    ratios = values[into : into + len(inner)] / inner
    indices = np.array([ratios[place == k].mean() for k in range(period)])
    indices /= indices.mean()
    ahead = (len(values) + np.arange(horizon)) % period
    return np.asarray(values[-1] / indices[(len(values) - 1) % period] * indices[ahead])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", type=int, default=200, help="of each collection, at most")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=JSON", dest="changes")
    parser.add_argument("--only", default="", help="collections whose name holds this")
    given = parser.parse_args()
    parameters = {
        name: json.loads(value) for name, _, value in (c.partition("=") for c in given.changes)
    }
    for one in (*development(), *singles()):
        if given.only.lower() not in one.name.lower():
            continue
        part = one.every(-(-len(one.known) // given.series))
        row = measured(part, parameters)
        told = {name: round(x, 3) if isinstance(x, float) else x for name, x in row.items()}
        sys.stdout.write(f"{one.name}: {json.dumps(told)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
