"""AutoETS and AutoTheta of statsforecast, fitted to each series: what the network is held to."""

from __future__ import annotations

import sys
import warnings

import numpy as np
from benchmarks.pretraining.development import Collection, Series
from statsforecast import models

METHODS = {"AutoETS": models.AutoETS, "AutoTheta": models.AutoTheta}


def classical(name: str, collection: Collection) -> list[Series]:
    """Return the forecasts of a method; where it gives none, the last value."""
    made = []
    for history in collection.known:
        model = METHODS[name](season_length=collection.period)
        answer = np.full(collection.horizon, np.nan)
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            try:
                answer = np.asarray(model.forecast(history, collection.horizon)["mean"])
            except Exception as why:  # numerics of many kinds, each with errors of its own
                print(f"{name} gave none of a series of {collection.name}: {why}", file=sys.stderr)
        made.append(np.where(np.isfinite(answer), answer, history[-1]))
    return made
