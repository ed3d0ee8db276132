"""AutoETS and AutoTheta on the development collections: the errors that the network is held to."""

from __future__ import annotations

import json
import sys
import time
import warnings

import numpy as np
from development import Collection, development, singles
from statsforecast.models import AutoETS, AutoTheta

_MOST_VALUES = 2000


def classical(one: Collection, model: type) -> list[np.ndarray]:
    """Return what a classical method forecasts of each series; seasons above 24 are taken as 1."""
    period = one.period if one.period <= 24 else 1
    made = []
    for history, future in zip(one.known, one.truth, strict=True):
        lag = period if len(history) >= 2 * period else 1
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                fitted = model(season_length=lag).fit(history[-_MOST_VALUES:])
                values = fitted.predict(len(future))["mean"]
        except Exception:  # numerics of many kinds
            values = np.full(len(future), np.nan)
        if not np.isfinite(values).all():
            values = np.resize(history[-lag:], len(future))
        made.append(values)
    return made


def main() -> None:
    names = sys.argv[1:]
    for one in [*development(hourly=7, weekly=3), *singles()]:
        if names and one.name not in names:
            continue
        row: dict[str, object] = {"collection": one.name}
        for model in (AutoETS, AutoTheta):
            began = time.process_time()
            row[model.__name__] = round(float(np.nanmean(one.errors(classical(one, model)))), 4)
            row[f"{model.__name__} s"] = round(time.process_time() - began, 1)
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
