"""The loss of a chain of answers, and its grads; see `recur.networks.chain` for the equations."""

from __future__ import annotations

import numpy as np

from recur.arrays import Float32s, Float64s, Indices
from recur.engines.compiled.build.compiler import kernel
from recur.engines.compiled.kernels.plan import Plan


@kernel
def add_chain(
    plan: Plan, values: Float32s, grads: Float32s, weights: Float32s, gradient: Float32s,
    lanes: int, unit: float, back: bool,
) -> float:  # fmt: skip
    """Return how unlikely a tile's sequences are; on the way back write the grads.

    The sums over all sequences of answers are of probabilities, not of their logarithms: what
    stands at a step is divided by its sum, whose logarithm is kept.

    Args:
        plan: of the network.
        values: float32 [rows * lanes].
        grads: float32 [grad rows * lanes].
        weights: float32 [parameters].
        gradient: float32 [parameters], to which that of the chain is added.
        lanes: of the tile.
        unit: how much one loss counts in the mean.
        back: whether grads are wanted.
    """
    count, total = plan.outputs, 0.0
    odds, tops = _odds(plan, weights)
    moves = np.zeros((count + 2, count))
    own, ahead = np.empty((plan.out_steps, count)), np.empty((plan.out_steps, count))
    sums, behind = np.empty(plan.out_steps), np.empty((2, count))
    true = np.empty(plan.out_steps, np.int64)
    for lane in range(lanes):
        steps = _real(plan, values, true, lanes, lane)
        total += _forward(plan, values, odds, tops, own, ahead, sums, steps, lanes, lane)
        total -= _score(plan, values, weights, true, steps, lanes, lane)
        if back:
            _backward(plan, grads, odds, own, ahead, sums, behind, moves, true, steps, lanes, lane,
                      unit)  # fmt: skip
    if back:
        for i in range(count + 2):
            for j in range(count):
                gradient[plan.chain + i * count + j] += np.float32(moves[i, j] * unit)
    return total


@kernel
def _odds(plan: Plan, weights: Float32s) -> tuple[Float64s, Float64s]:
    """Return e to the weights of the chain, and what was taken off each kind of them before.

    Returns:
        float64 [outputs + 2, outputs]; float64 [3], of answers, the start and the end.
    """
    count = plan.outputs
    odds, tops = np.empty((count + 2, count)), np.full(3, -np.inf)
    for i in range(count + 2):
        kind = max(0, i - count + 1)
        for j in range(count):
            odds[i, j] = weights[plan.chain + i * count + j]
            tops[kind] = max(tops[kind], odds[i, j])
    for i in range(count + 2):
        for j in range(count):
            odds[i, j] = np.exp(odds[i, j] - tops[max(0, i - count + 1)])
    return odds, tops


@kernel
def _real(plan: Plan, values: Float32s, true: Indices, lanes: int, lane: int) -> int:
    """Write the true answers of a lane; return its real steps, the first ones."""
    steps = 0
    for step in range(plan.out_steps):
        if plan.mask < 0 or values[(plan.mask + step) * lanes + lane] > 0:
            true[steps] = np.int64(values[(plan.target + step) * lanes + lane])
            steps += 1
    return steps


@kernel
def _forward(
    plan: Plan, values: Float32s, odds: Float64s, tops: Float64s, own: Float64s, ahead: Float64s,
    sums: Float64s, steps: int, lanes: int, lane: int,
) -> float:  # fmt: skip
    """Write the share of each answer in all sequences that end at a step; return their sum's log.

    Args:
        plan: of the network.
        values: float32 [rows * lanes].
        odds: as `_odds` returns them.
        tops: as `_odds` returns them.
        own: float64 [steps, outputs], e to the outputs, written to.
        ahead: float64 [steps, outputs], the shares, written to.
        sums: float64 [steps], by which they were divided, written to.
        steps: that are real.
        lanes: of the tile.
        lane: of the sequence.
    """
    count, result = plan.outputs, tops[1] + tops[2] + (steps - 1) * tops[0]
    for step in range(steps):
        out = (plan.out + step * plan.out_step) * lanes + lane
        greatest = values[out]
        for j in range(1, count):
            greatest = max(greatest, values[out + j * lanes])
        if step == 0:
            ahead[0] = odds[count]
        else:
            ahead[step] = 0.0
            for i in range(count):
                for j in range(count):
                    ahead[step, j] += ahead[step - 1, i] * odds[i, j]
        sums[step] = 0.0
        for j in range(count):
            own[step, j] = np.exp(np.float64(values[out + j * lanes]) - greatest)
            ahead[step, j] *= own[step, j]
            sums[step] += ahead[step, j]
        for j in range(count):
            ahead[step, j] /= sums[step]
        result += np.log(sums[step]) + greatest
    ends = 0.0
    for j in range(count):
        ends += ahead[steps - 1, j] * odds[count + 1, j]
    return float(result + np.log(ends))


@kernel
def _score(
    plan: Plan, values: Float32s, weights: Float32s, true: Indices, steps: int, lanes: int,
    lane: int,
) -> float:  # fmt: skip
    """Return the score of the true sequence of answers."""
    count, before = plan.outputs, plan.outputs
    score = np.float64(weights[plan.chain + (count + 1) * count + true[steps - 1]])
    for step in range(steps):
        score += weights[plan.chain + before * count + true[step]]
        score += values[(plan.out + step * plan.out_step + true[step]) * lanes + lane]
        before = true[step]
    return score


@kernel
def _backward(
    plan: Plan, grads: Float32s, odds: Float64s, own: Float64s, ahead: Float64s, sums: Float64s,
    behind: Float64s, moves: Float64s, true: Indices, steps: int, lanes: int, lane: int,
    unit: float,
) -> None:  # fmt: skip
    """Write the grads of a lane's outputs, and add those of the chain: what is likely less true.

    Args:
        plan: of the network.
        grads: float32 [grad rows * lanes].
        odds: as `_odds` returns them.
        own: as `_forward` left it.
        ahead: as `_forward` left it.
        sums: as `_forward` left it.
        behind: float64 [2, outputs], to compute in.
        moves: float64 [outputs + 2, outputs], added to.
        true: int64 [steps].
        steps: that are real.
        lanes: of the tile.
        lane: of the sequence.
        unit: how much one loss counts in the mean.
    """
    count, ends = plan.outputs, 0.0
    now, then = behind[0], behind[1]
    for j in range(count):
        ends += ahead[steps - 1, j] * odds[count + 1, j]
    for j in range(count):
        now[j] = odds[count + 1, j] / ends
        moves[count + 1, j] += ahead[steps - 1, j] * now[j]
    moves[count + 1, true[steps - 1]] -= 1
    for step in range(steps - 1, -1, -1):
        out = (plan.out + step * plan.out_step) * lanes + lane
        for j in range(count):
            grad = ahead[step, j] * now[j] - (1.0 if j == true[step] else 0.0)
            grads[out + j * lanes] += np.float32(grad * unit)
            if step == 0:
                moves[count, j] += grad
            now[j] *= own[step, j] / sums[step]
        if step == 0:
            break
        moves[true[step - 1], true[step]] -= 1
        for i in range(count):
            then[i] = 0.0
            for j in range(count):
                likely = odds[i, j] * now[j]
                moves[i, j] += ahead[step - 1, i] * likely
                then[i] += likely
        for i in range(count):
            now[i] = then[i]
