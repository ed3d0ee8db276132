"""A linear chain of answers: each depends on what is seen and on the answer before.

A sequence of answers y scores s(y) = start[y_0] + sum of outputs[t, y_t] + sum of W[y_t-1, y_t] +
end[y_T]; its probability is e^s(y) over the sum of e^s of all sequences. The weights stand in one
table [answers + 2, answers]: W, behind it the start, then the end. Steps that are real are the
first ones of each lane.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Flags, Float64s, Indices

Array = NDArray[np.floating]


def unlikelihood(
    outputs: Array, weight: Array, answers: NDArray[np.integer], mask: Flags | None = None
) -> Float64s:
    """Return the negative logarithm of the probability of each lane's answers.

    Args:
        outputs: [time, batch, answers].
        weight: [answers + 2, answers].
        answers: whole numbers [time, batch].
        mask: bool [time, batch], the real steps; all where there is none.

    Returns:
        float64 [batch].
    """
    real = _real(outputs, mask)
    lanes, lengths = np.arange(outputs.shape[1]), real.sum(axis=0)
    score = weight[-2, answers[0]] + weight[-1, answers[lengths - 1, lanes]]
    own = np.take_along_axis(outputs, answers[..., None], axis=2)[..., 0]
    score = score + (own * real).sum(axis=0)
    score = score + (weight[answers[:-1], answers[1:]] * real[1:]).sum(axis=0)
    ends = _ahead(outputs, weight, real)[lengths - 1, lanes] + weight[-1]
    return np.asarray(_log_sum(ends, axis=1) - score, np.float64)


def marginals(outputs: Array, weight: Array, mask: Flags | None = None) -> Float64s:
    """Return how likely each answer is at each step, float64 [time, batch, answers].

    Args:
        outputs: [time, batch, answers].
        weight: [answers + 2, answers].
        mask: bool [time, batch], the real steps; what stands at others says nothing.
    """
    real = _real(outputs, mask)
    ahead = _ahead(outputs, weight, real)
    behind = np.empty(outputs.shape)
    behind[-1] = weight[-1]
    for t in range(len(outputs) - 2, -1, -1):
        onward = _log_sum(weight[:-2] + (outputs[t + 1] + behind[t + 1])[:, None, :], axis=2)
        behind[t] = np.where(real[t + 1][:, None], onward, weight[-1])
    total = ahead + behind
    return np.asarray(np.exp(total - _log_sum(total, axis=2)[..., None]), np.float64)


def best_answers(outputs: Array, weight: Array, mask: Flags | None = None) -> Indices:
    """Return the likeliest sequence of answers of each lane, by Viterbi's algorithm.

    Args:
        outputs: [time, batch, answers].
        weight: [answers + 2, answers].
        mask: bool [time, batch], the real steps; what stands at others says nothing.

    Returns:
        int64 [time, batch].
    """
    real = _real(outputs, mask)
    best = weight[-2] + outputs[0]
    before = np.empty(outputs.shape, np.int64)
    for t in range(1, len(outputs)):
        reached = best[:, :, None] + weight[:-2]
        before[t] = reached.argmax(axis=1)
        best = np.where(real[t][:, None], reached.max(axis=1) + outputs[t], best)
    answers = np.empty(real.shape, np.int64)
    answers[-1] = (best + weight[-1]).argmax(axis=1)
    lanes = np.arange(outputs.shape[1])
    for t in range(len(outputs) - 1, 0, -1):
        answers[t - 1] = np.where(real[t], before[t, lanes, answers[t]], answers[t])
    return answers


def _real(outputs: Array, mask: Flags | None) -> Flags:
    return np.ones(outputs.shape[:2], np.bool_) if mask is None else mask


def _ahead(outputs: Array, weight: Array, real: Flags) -> Float64s:
    """Return the logarithm of the sum over all beginnings that end in an answer."""
    ahead = np.empty(outputs.shape)
    ahead[0] = weight[-2] + outputs[0]
    for t in range(1, len(outputs)):
        onward = _log_sum(ahead[t - 1][:, :, None] + weight[:-2], axis=1) + outputs[t]
        ahead[t] = np.where(real[t][:, None], onward, ahead[t - 1])
    return ahead


def _log_sum(values: Array, axis: int) -> Array:
    greatest = values.max(axis=axis, keepdims=True)
    summed = np.log(np.exp(values - greatest).sum(axis=axis, keepdims=True)) + greatest
    return np.asarray(summed.squeeze(axis))
