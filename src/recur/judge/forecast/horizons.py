"""The errors at each step ahead, with intervals that know that errors near in time go together."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Flags
from recur.judge import student
from recur.judge.comparison import cosine_waves, degrees_of_freedom
from recur.judge.forecast.walk import Forecasts, Walk

STEP_LEVEL = 0.95
"""The level of the intervals at each step ahead."""


@dataclass(frozen=True)
class Estimate:
    """A mean error over the origins of a walk.

    Attributes:
        value: the error.
        low: the lower end of its interval; None where there are too few origins for one.
        high: the upper end.
    """

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class StepErrors:
    """How far off a method is at one step ahead.

    Attributes:
        step: how many steps ahead, 1 for the next value.
        mae: the mean absolute error.
        rmse: the root of the mean squared error.
    """

    step: int
    mae: Estimate
    rmse: Estimate

    def to_dict(self) -> dict[str, Any]:
        """Return the step, both errors and their intervals as plain JSON values."""
        flat: dict[str, Any] = {"step": self.step}
        for name, estimate in (("mae", self.mae), ("rmse", self.rmse)):
            flat[name] = estimate.value
            flat[f"{name}_low"], flat[f"{name}_high"] = estimate.low, estimate.high
        return flat


def step_errors(walk: Walk, forecasts: Forecasts) -> tuple[StepErrors, ...]:
    """Return the errors of a method at every step ahead, with 95 % intervals over the origins.

    What is forecast from one time for all series is one observation, because what moves them all
    at that time is one piece of evidence. An interval says how much the error would differ on
    another stretch of the same kind, not how much single forecasts do.

    >>> walk = Walk((np.tile([1.0, 3.0], 20),), starts=(10,), horizon=2)
    >>> newest = walk.forecasts("newest", tuple(walk.truth(0)[:, 1:].repeat(2, axis=1)[None]))
    >>> [step.mae.value for step in step_errors(walk, newest)]
    [2.0, 0.0]
    """
    errors = np.abs(np.concatenate(forecasts) - walk.truths)
    counted = np.ones_like(errors, np.bool_) if walk.counted is None else walk.counted
    return tuple(_at_step(walk, errors[:, k], counted[:, k], k + 1) for k in range(walk.horizon))


def _at_step(walk: Walk, errors: NDArray[np.float64], counted: Flags, step: int) -> StepErrors:
    """Return what absolute errors [all origins], made `step` steps ahead, come to.

    Those that do not count, since their truth was not observed, are left out.
    """
    times = np.unique(walk.time_index[counted])
    independent = len(np.unique(times * walk.stride // step))
    degrees = degrees_of_freedom(len(times), independent)
    squared = _mean(walk, errors**2, counted, degrees)
    return StepErrors(step, mae=_mean(walk, errors, counted, degrees), rmse=_root(squared))


def _mean(walk: Walk, losses: NDArray[np.float64], counted: Flags, degrees: int | None) -> Estimate:
    """Return the mean of losses [all origins] that count, and its interval.

    The interval is symmetric in the logarithm: losses are never negative and their means are
    skewed. In simulations of 60 to 400 origins it then holds 91 to 95 % where the plain one holds
    85 to 95 %.
    """
    sums = np.bincount(walk.time_index, np.where(counted, losses, 0.0))
    counts = np.bincount(walk.time_index, counted)
    mean = float(sums.sum() / counts.sum()) if counted.any() else math.nan
    if degrees is None or mean == 0:
        return Estimate(mean)
    # Times with fewer series weigh less: the deviations of a ratio of two sums, in units of it.
    variation = cosine_waves(walk.times, degrees) @ (sums / mean - counts) / counts.mean()
    quantile = student.quantile(degrees, 0.5 + STEP_LEVEL / 2)
    factor = math.exp(quantile * math.sqrt(variation @ variation))
    return Estimate(mean, mean / factor, mean * factor)


def _root(squared: Estimate) -> Estimate:
    """Return the root of an estimate; its interval has the same level."""
    ends = (squared.low, squared.high)
    return Estimate(math.sqrt(squared.value), *(None if x is None else math.sqrt(x) for x in ends))
