"""What is judged on a walk: methods and their forecasts, and how far a walk went."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Method = Callable[[int, NDArray[np.int64]], NDArray[np.float64]]
"""Forecasts of series `i` from `origins` [o]: float64 [o, horizon]."""

Forecasts = tuple[NDArray[np.float64], ...]
"""What one method forecast on a walk: for each series float64 [origins, horizon]."""


@dataclass(frozen=True, eq=False)
class Rule:
    """A method that forecasts from many series at once.

    Attributes:
        at: forecasts of `series` [n] from `origins` [n]: float64 [n, horizon].
    """

    at: Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.float64]]

    def __call__(self, i: int, origins: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return forecasts of series `i`, as every method does."""
        return self.at(np.full(len(origins), i), origins)


@dataclass(frozen=True)
class WalkSize:
    """How far a walk went, without its series: what is told of it with the errors.

    Attributes:
        series: how many there were.
        times: as those of `Walk`, like all the others.
        horizon: of each forecast.
        season: in steps.
        stride: from one origin to the next.
        held_out: values that the origins and their horizons span.
        independent_origins: forecasts without overlap.
    """

    series: int
    times: int
    horizon: int
    season: int
    stride: int
    held_out: int
    independent_origins: int

    def __len__(self) -> int:
        """Return the number of series."""
        return self.series
