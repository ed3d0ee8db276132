"""The losses of a tile, and the slopes of its outputs."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Float32s, Indices
from recur.engines.compiled.build.compiler import kernel
from recur.engines.compiled.kernels.gather import Feed, count_observed, real_steps
from recur.engines.compiled.kernels.plan import Plan

LOSSES = ("mse", "mae", "quantile", "cross_entropy")
_MSE, _MAE, _QUANTILE, _CROSS_ENTROPY = range(4)


class Recipe(NamedTuple):
    """A `StepRecipe` as compiled code takes it.

    Attributes:
        loss: its place in `LOSSES`.
        quantiles: float64, the levels.
        clip: the greatest norm; infinite where it is not clipped.
        decay: decoupled weight decay.
        beta1: Adam's memory of the gradient.
        beta2: Adam's memory of its square.
        epsilon: what Adam adds to the root of the square.
    """

    loss: int
    quantiles: NDArray[np.float64]
    clip: float
    decay: float
    beta1: float
    beta2: float
    epsilon: float


@kernel
def add_losses(
    plan: Plan,
    recipe: Recipe,
    values: Float32s,
    slopes: Float32s,
    lanes: int,
    unit: float,
    back: bool,
) -> float:
    """Return the sum of a tile's losses; where there is a way back, write its outputs' slopes.

    Args:
        plan: of the network.
        recipe: which loss.
        values: float32 [rows * lanes].
        slopes: float32 [slope rows * lanes].
        lanes: of the tile.
        unit: how much one loss counts in the mean.
        back: whether slopes are wanted.
    """
    total = 0.0
    for step in range(plan.out_steps):
        out = (plan.out + step * plan.out_step) * lanes
        for lane in range(lanes):
            if plan.mask >= 0 and plan.every and values[(plan.mask + step) * lanes + lane] == 0:
                continue
            if recipe.loss == _CROSS_ENTROPY:
                target = (plan.target + step) * lanes + lane
                total += _symbols(plan, values, slopes, out + lane, target, lanes, unit, back)
            elif recipe.loss == _QUANTILE:
                levels = recipe.quantiles
                for i in range(plan.outputs):
                    ahead, level = i // len(levels), levels[i % len(levels)]
                    row = plan.target + step * (plan.outputs // len(levels)) + ahead
                    counted = (plan.counted + row - plan.target) * lanes + lane
                    if plan.counted >= 0 and values[counted] == 0:
                        continue
                    place = out + i * lanes + lane
                    error = values[row * lanes + lane] - values[place]
                    total += max(level * error, (level - 1) * error)
                    if back:
                        slope = -level if error > 0 else 1 - level if error < 0 else 0.5 - level
                        slopes[place] += np.float32(slope * unit)
            else:
                for i in range(plan.outputs):
                    place = out + i * lanes + lane
                    target = (plan.target + step * plan.outputs + i) * lanes + lane
                    counted = target + (plan.counted - plan.target) * lanes
                    if plan.counted >= 0 and values[counted] == 0:
                        continue
                    error = np.float64(values[place]) - values[target]
                    if recipe.loss == _MSE:
                        total += error * error
                        slope = 2 * error
                    else:
                        total += abs(error)
                        slope = np.sign(error)
                    if back:
                        slopes[place] += np.float32(slope * unit)
    return total


@kernel
def _symbols(
    plan: Plan, values: Float32s, slopes: Float32s, out: int, target: int, lanes: int, unit: float,
    back: bool,
) -> float:  # fmt: skip
    """Return the negative logarithm of the true symbol's probability."""
    true = np.int64(values[target])
    greatest = values[out]
    for i in range(1, plan.outputs):
        greatest = max(greatest, values[out + i * lanes])
    total = np.float32(0)
    for i in range(plan.outputs):
        total += np.exp(values[out + i * lanes] - greatest)
    if back:
        for i in range(plan.outputs):
            share = np.exp(values[out + i * lanes] - greatest) / total
            slopes[out + i * lanes] += np.float32((share - (1 if i == true else 0)) * unit)
    return float(np.log(np.float64(total)) - (values[out + true * lanes] - greatest))


@kernel
def count_losses(plan: Plan, recipe: Recipe, feed: Feed, indices: Indices, lanes: int) -> int:
    """Return how many losses the mean of a batch is over, at least one.

    Args:
        plan: of the network.
        recipe: which loss.
        feed: where the data lie.
        indices: int64 [at least lanes], the batch's windows or sequences.
        lanes: of the batch.
    """
    if plan.counted >= 0:
        observed = 0
        for lane in range(lanes):
            observed += count_observed(plan, feed, indices[lane])
        return max(1, observed * max(1, len(recipe.quantiles)))
    steps = 0
    if plan.mask >= 0 and plan.every:
        for lane in range(lanes):
            steps += real_steps(plan, feed, indices[lane])
    else:
        steps = lanes * plan.out_steps
    return steps * (1 if recipe.loss == _CROSS_ENTROPY else plan.outputs)
