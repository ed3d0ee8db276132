"""Values in a few numbers: plain statistics, and the correlation of a series with itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recur.arrays import Float64s

QUANTILES = (5, 25, 75, 95)
"""Percentages of the quantiles, besides the median."""


@dataclass(frozen=True)
class Statistics:
    """Plain statistics of the values that were observed.

    The variance is that of a sample, divided by one less than the number of values, and so is the
    deviation, its root; both are None for a single value.
    """

    mean: float
    median: float
    deviation: float | None
    variance: float | None
    least: float
    greatest: float
    quantiles: dict[int, float]


def statistics(values: Float64s) -> Statistics:
    """Return the plain statistics of float64 [n] values, at least one.

    Example:
        >>> statistics(np.array([1.0, 2.0, 6.0])).variance
        7.0
    """
    several = len(values) > 1
    return Statistics(
        mean=float(values.mean()),
        median=float(np.median(values)),
        deviation=float(values.std(ddof=1)) if several else None,
        variance=float(values.var(ddof=1)) if several else None,
        least=float(values.min()),
        greatest=float(values.max()),
        quantiles=dict(zip(QUANTILES, np.percentile(values, QUANTILES).tolist(), strict=True)),
    )


def autocorrelation(values: Float64s, lag: int) -> float:
    """Return the correlation of a series with itself `lag` steps before.

    Args:
        values: float64 [time], not all the same.
        lag: in steps, below the length.

    Example:
        >>> autocorrelation(np.array([1.0, -1.0, 1.0, -1.0]), lag=2)
        0.5
    """
    around = values - values.mean()
    around /= np.abs(around).max()
    return float(around[lag:] @ around[:-lag] / (around @ around))
