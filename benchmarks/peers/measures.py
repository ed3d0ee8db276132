"""The measures of all forecasts alike, whoever made them."""

from __future__ import annotations

from typing import Any

import numpy as np
from benchmarks.pretraining.development import Collection, Series
from numpy.typing import NDArray

from recur.judge.metrics import smape

LEVEL = 80
"""Of the intervals that are asked for, in percent."""


def measured(asked: Collection, answer: dict[str, Any]) -> dict[str, float | int]:
    """Return the measures of the forecasts of a collection.

    MASE and sMAPE are means over the series. Where intervals are given there is their coverage,
    the share of truths inside, and the weighted quantile loss: twice the quantile loss of both ends
    and the centre over the sum of the sizes of the truths, a mean of the three. A forecast that is
    no finite number counts as the last value, and `without` says how many series have one.
    """
    truth = np.stack(asked.truth)
    made, without = _finite(answer["forecast"], asked)
    errors = asked.errors(list(made))
    found: dict[str, float | int] = {
        "series": len(truth),
        "mase": float(np.nanmean(errors)),
        "smape": float(np.mean([smape(y, f) for y, f in zip(truth, made, strict=True)])),
    }
    if "low" in answer:
        low, high = (_finite(answer[end], asked)[0] for end in ("low", "high"))
        found["coverage"] = float(np.mean((low <= truth) & (truth <= high)))
        found["wql"] = weighted_quantile_loss(truth, low, made, high)
    return found | ({"without": without} if without else {})


def weighted_quantile_loss(truth: Series, low: Series, centre: Series, high: Series) -> float:
    """Return the mean over the quantiles of their losses, each over the size of the truths."""
    tail = (1 - LEVEL / 100) / 2
    size = np.abs(truth).sum()
    losses = [
        2 * np.sum(np.maximum(share * (truth - made), (share - 1) * (truth - made))) / size
        for share, made in ((tail, low), (0.5, centre), (1 - tail, high))
    ]
    return float(np.mean(losses))


def _finite(rows: Any, asked: Collection) -> tuple[NDArray[np.float64], int]:
    """Return forecasts with the last value for what is no number, and in how many series."""
    made = np.array(rows, dtype=np.float64)
    if made.shape != np.stack(asked.truth).shape:
        raise ValueError(f"forecasts of {asked.name} have the shape {made.shape}")
    last = np.array([history[-1] for history in asked.known])[:, None]
    return np.where(np.isfinite(made), made, last), int((~np.isfinite(made)).any(axis=1).sum())
