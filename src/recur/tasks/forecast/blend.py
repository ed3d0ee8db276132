"""The mean of the pretrained network and two classical methods, which err in other ways."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from recur.arrays import Float64s
from recur.tasks.forecast import classical, pretrained
from recur.tasks.forecast.known import Known, Prediction, without_ends

CLASSICAL_PARTS = ("ets", "theta")
"""The methods that the network is in a mean with."""


def forecast(name: str, known: Known, levels: Sequence[float] = ()) -> Prediction:  # noqa: ARG001
    """Forecast by the mean of the network and the classical methods, without intervals of its own.

    Args:
        name: as every method takes it.
        known: the histories.
        levels: as every method takes them.
    """
    parts = [classical.forecast(part, known).centre for part in CLASSICAL_PARTS]
    return without_ends(blended(pretrained.forecast(name, known).centre, parts))


def blended(network: Float64s, parts: Sequence[Float64s]) -> Float64s:
    """Return the mean of forecasts: half of it is the network's, half that of the others."""
    return np.asarray((network + np.mean(parts, axis=0)) / 2)
