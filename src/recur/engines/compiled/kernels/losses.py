"""The losses of a tile, and the grads of its outputs."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from recur.arrays import Float32s, Float64s, Indices
from recur.engines.compiled.build.compiler import kernel
from recur.engines.compiled.kernels.chain import add_chain
from recur.engines.compiled.kernels.gather import BatchSource, count_observed, real_steps
from recur.engines.compiled.kernels.plan import Plan
from recur.engines.compiled.kernels.softmax import odds, odds_alone, odds_to_grads

LOSSES = ("mse", "mae", "quantile", "cross_entropy", "chain")
_MSE, _MAE, _QUANTILE, _CROSS_ENTROPY, _CHAIN = range(5)


class Recipe(NamedTuple):
    """A `StepRecipe` as compiled code takes it.

    Attributes:
        loss: its place in `LOSSES`.
        quantiles: float64, the levels.
        smoothing: share of the truth that is spread over all symbols.
        weights: float64 [symbols], how much each counts; of none where all count alike.
        clip: the greatest norm; infinite where it is not clipped.
        decay: decoupled weight decay.
        beta1: Adam's memory of the gradient.
        beta2: Adam's memory of its square.
        epsilon: what Adam adds to the root of the square.
    """

    loss: int
    quantiles: Float64s
    smoothing: float
    weights: Float64s
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
    grads: Float32s,
    weights: Float32s,
    gradient: Float32s,
    lanes: int,
    unit: float,
    back: bool,
) -> float:
    """Return the sum of a tile's losses; where there is a way back, write its outputs' grads.

    Args:
        plan: of the network.
        recipe: which loss.
        values: float32 [rows * lanes].
        grads: float32 [grad rows * lanes].
        weights: float32 [parameters].
        gradient: float32 [parameters], to which that of a chain is added.
        lanes: of the tile.
        unit: how much one loss counts in the mean.
        back: whether grads are wanted.
    """
    if recipe.loss == _CROSS_ENTROPY:
        return _symbols(plan, recipe, values, grads, lanes, unit, back)
    total = 0.0
    if recipe.loss == _CHAIN:
        return add_chain(plan, values, grads, weights, gradient, lanes, unit, back)
    for step in range(plan.out_steps):
        out = (plan.out + step * plan.out_step) * lanes
        for lane in range(lanes):
            if plan.mask >= 0 and plan.every and values[(plan.mask + step) * lanes + lane] == 0:
                continue
            if recipe.loss == _QUANTILE:
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
                        grad = -level if error > 0 else 1 - level if error < 0 else 0.5 - level
                        grads[place] += np.float32(grad * unit)
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
                        grad = 2 * error
                    else:
                        total += abs(error)
                        grad = np.sign(error)
                    if back:
                        grads[place] += np.float32(grad * unit)
    return total


@kernel
def _symbols(
    plan: Plan, recipe: Recipe, values: Float32s, grads: Float32s, lanes: int, unit: float,
    back: bool,
) -> float:  # fmt: skip
    """Return the sum of the negative logarithms of the true symbols' probabilities.

    They are smoothed and weighted. Of a step that is not real, or whose target does not count, the
    grads are zeros.
    """
    spread, rows, total = recipe.smoothing / plan.outputs, np.empty((5, lanes), np.float32), 0.0
    most, sums, all_, factor, less = rows
    for step in range(plan.out_steps):
        at = (plan.target + step) * lanes
        taken = 0
        for lane in range(lanes):
            masked = (
                plan.mask >= 0 and plan.every and values[(plan.mask + step) * lanes + lane] == 0
            )
            left_out = plan.counted >= 0 and values[(plan.counted + step) * lanes + lane] == 0
            true = np.int64(values[at + lane])
            weight = recipe.weights[true] if len(recipe.weights) else 1.0
            factor[lane] = 0.0 if masked or left_out else weight
            taken += 0 if masked or left_out else 1
        if taken == 0:
            continue
        first = (plan.out + step * plan.out_step) * lanes
        x, out = values.ctypes.data + 4 * first, grads.ctypes.data + 4 * first
        where = (x, out, most.ctypes.data, sums.ctypes.data, all_.ctypes.data, plan.outputs, lanes)
        if back:
            odds(where)
        else:
            odds_alone(where)
        for lane in range(lanes):
            weight = np.float64(factor[lane])
            if weight == 0:
                factor[lane], less[lane] = 0.0, 0.0
                continue
            true = np.int64(values[at + lane])
            greatest = np.float64(most[lane])
            expected = (1 - recipe.smoothing) * (values[first + true * lanes + lane] - greatest)
            if spread > 0:
                expected += spread * (sums[lane] - plan.outputs * greatest)
            total += weight * (np.log(np.float64(all_[lane])) - expected)
            factor[lane] = weight * unit / all_[lane]
            less[lane] = weight * unit * spread
        if back:
            odds_to_grads((out, factor.ctypes.data, less.ctypes.data, plan.outputs, lanes))
            for lane in range(lanes):
                true = np.int64(values[at + lane])
                own = np.float64(factor[lane]) * all_[lane] * (1 - recipe.smoothing)
                grads[first + true * lanes + lane] -= np.float32(own)
    return total


@kernel
def count_losses(
    plan: Plan, recipe: Recipe, batches: BatchSource, indices: Indices, lanes: int
) -> int:
    """Return how many losses the mean of a batch is over, at least one.

    Args:
        plan: of the network.
        recipe: which loss.
        batches: where the data lie.
        indices: int64 [at least lanes], the batch's windows or sequences.
        lanes: of the batch.
    """
    if plan.counted >= 0:
        observed = 0
        for lane in range(lanes):
            observed += count_observed(plan, batches, indices[lane])
        return max(1, observed * max(1, len(recipe.quantiles)))
    steps = 0
    if plan.mask >= 0 and plan.every:
        for lane in range(lanes):
            steps += real_steps(plan, batches, indices[lane])
    else:
        steps = lanes * plan.out_steps
    return steps * (1 if recipe.loss in (_CROSS_ENTROPY, _CHAIN) else plan.outputs)
