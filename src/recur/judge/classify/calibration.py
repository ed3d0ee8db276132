"""Probabilities that mean what they say: a temperature, a mixture, and how far off they are."""

from __future__ import annotations

import numpy as np

from recur.arrays import Float64s, Indices

BINS = 10
"""Intervals of confidence, of equal width, over which a calibration is measured."""

LEAST_TEMPERATURE = 0.05
"""Of a file: below all that are ever chosen, and above what nothing can be divided by."""

_TEMPERATURES = np.exp(np.linspace(np.log(0.1), np.log(10), 121))
_SHARES = np.linspace(0, 1, 21)
_LEAST = 1e-12


def log_loss(probabilities: Float64s, labels: Indices) -> float:
    """Return the mean of -log p of the true class, in nats."""
    true = probabilities[np.arange(len(labels)), labels]
    return float(-np.log(np.maximum(true, _LEAST)).mean())


def tempered(probabilities: Float64s, temperature: float) -> Float64s:
    """Return probabilities whose logarithms are divided by a temperature: above 1 less sure."""
    odds = np.log(np.maximum(probabilities, _LEAST)) / temperature
    odds = np.exp(odds - odds.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def best_temperature(probabilities: Float64s, labels: Indices) -> float:
    """Return the temperature with the lowest loss on some examples.

    A few examples that are all right would ask for no doubt at all; so a temperature costs as much
    as it is far from 1, which many examples make up for.
    """
    losses = [log_loss(tempered(probabilities, float(t)), labels) for t in _TEMPERATURES]
    far = np.log(_TEMPERATURES) ** 2 / len(labels)
    return float(_TEMPERATURES[int(np.argmin(losses + far))])


def best_share(one: Float64s, other: Float64s, labels: Indices) -> float:
    """Return the share of `one` in the mixture with `other` that has the lowest loss.

    Where few examples tell, both are to have a say.
    """
    losses = [log_loss(share * one + (1 - share) * other, labels) for share in _SHARES]
    far = (2 * _SHARES - 1) ** 2 / len(labels)
    return float(_SHARES[int(np.argmin(losses + far))])


def reliability(probabilities: Float64s, labels: Indices) -> tuple[Float64s, Float64s, Indices]:
    """Return the mean confidence, the share of right answers and the count of each bin.

    The confidence of an answer is its own probability. Of an empty bin both are 0.
    """
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    place = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
    counts = np.bincount(place, minlength=BINS)
    full = np.maximum(counts, 1)
    return (
        np.bincount(place, confidence, BINS) / full,
        np.bincount(place, right, BINS) / full,
        counts,
    )


def calibration_error(probabilities: Float64s, labels: Indices) -> float:
    """Return the expected calibration error: over the bins, |right answers - confidence|.

    >>> sure = np.array([[0.9, 0.1]] * 10)
    >>> round(calibration_error(sure, np.array([0] * 8 + [1] * 2)), 6)
    0.1
    """
    confidence, right, counts = reliability(probabilities, labels)
    return float((np.abs(right - confidence) * counts).sum() / counts.sum())
