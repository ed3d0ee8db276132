"""Quantiles in order, of answers that are not: the median, and positive steps away from it."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import NormalDist

import numpy as np

from recur.arrays import Float64s


def ordered(raw: Float64s, middle: int) -> Float64s:
    """Return quantiles [..., levels] of a network's answers, the median in the middle."""
    steps = np.logaddexp(0, raw)
    below = np.cumsum(steps[..., :middle][..., ::-1], axis=-1)[..., ::-1]
    above = np.cumsum(steps[..., middle + 1 :], axis=-1)
    centre = raw[..., middle : middle + 1]
    return np.concatenate([centre - below, centre, centre + above], axis=-1)


def ordered_backward(raw: Float64s, grads: Float64s, middle: int) -> Float64s:
    """Return the grads of the answers, given those of the quantiles."""
    slopes = 0.5 * (1 + np.tanh(raw / 2))
    below = -slopes[..., :middle] * np.cumsum(grads[..., :middle], axis=-1)
    beyond = np.cumsum(grads[..., :middle:-1], axis=-1)[..., ::-1]
    above = slopes[..., middle + 1 :] * beyond
    return np.concatenate([below, grads.sum(axis=-1, keepdims=True), above], axis=-1)


def pinball(quantiles: Float64s, truth: Float64s, levels: Float64s) -> tuple[Float64s, Float64s]:
    """Return the losses [..., levels] of quantiles of one truth [...], and their grads.

    Where the truth is NaN there is neither.
    """
    error = np.where(np.isfinite(truth), truth, np.nan)[..., None] - quantiles
    counted = np.isfinite(error)
    loss = np.where(counted, np.maximum(levels * error, (levels - 1) * error), 0.0)
    grads = np.where(counted, np.where(error > 0, -levels, 1 - levels), 0.0)
    return loss, grads


def places_of(levels: Iterable[float]) -> Float64s:
    """Return where quantiles lie on the standard normal distribution.

    >>> places_of([0.025, 0.5]).round(2)
    array([-1.96,  0.  ])
    """
    return np.array([NormalDist().inv_cdf(level) for level in levels])
