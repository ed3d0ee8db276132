"""How far the pretrained network walks over series that nothing of was learnt from."""

from __future__ import annotations

from math import gcd

import numpy as np

from recur.arrays import Indices
from recur.data.histories.spans import FEWEST, longest_read
from recur.data.panel.panel import Panel

# Of a walk over everything, which is to take a few seconds: origins, values that are read from all
# of them together, and answers; but as many origins as a verdict can be on.
_ORIGINS, _VALUES, _ANSWERS, _FEWEST_ORIGINS = 1000, 3_000_000, 50_000, 100
_INDEPENDENT = 30  # horizons that a walk spans where its origins have to be thinned
# Of many series each has so many origins, as long as they take no more answers together.
_OF_EACH, _ANSWERS_OF_ALL = 10, 120_000
_FIRST_KNOWN = 20


def whole_walk(panel: Panel, horizon: int, season: int) -> tuple[Indices, int]:
    """Return where a walk over whole series begins [series], and its stride."""
    first = np.full(len(panel), max(_FIRST_KNOWN, 2 * season), np.int64)
    return bounded_walk(panel, first, horizon, season)


def past_walk(panel: Panel, horizon: int, season: int) -> tuple[Indices, int]:
    """Return the same; it begins at the end of series that have too little to be read before it."""
    begins, stride = whole_walk(panel, horizon, season)
    return np.where(begins >= FEWEST, begins, panel.lengths), stride


def bounded_walk(panel: Panel, first: Indices, horizon: int, season: int) -> tuple[Indices, int]:
    """Return where a walk of the pretrained network begins, and its stride.

    Args:
        panel: the series.
        first: int64 [series], where it may begin: later where there would be more origins than
            take a few seconds, earlier where a series would have no origin, below 0 where it is
            shorter than a horizon.
        horizon: steps ahead.
        season: in steps.
    """
    lengths, count = panel.lengths, len(panel)
    read = min(int(lengths.max()), longest_read(season))
    most = min(_ORIGINS, max(_FEWEST_ORIGINS, min(_VALUES // read, _ANSWERS // horizon)))
    most = max(1, most // count, min(_OF_EACH, _ANSWERS_OF_ALL // (horizon * count)))
    span = np.maximum(lengths - first, horizon)
    span = np.minimum(span, max(most, min(_INDEPENDENT, most) * horizon) + horizon - 1)
    stride = max(1, -(-int(span.max() - horizon + 1) // most))
    while stride > 1 and gcd(stride, season) > 1:  # else only some places in the season have a turn
        stride += 1
    return np.asarray(lengths - span, np.int64), stride
