"""The functions of `recur.networks.functions`, for arrays of NumPy alone."""

from __future__ import annotations

import numpy as np

from recur.export.parts import Array


def tanh(x: Array) -> Array:
    """Return the hyperbolic tangent."""
    return np.tanh(x)


def sigmoid(x: Array) -> Array:
    """Return 1 / (1 + exp(-x)), written so that it cannot overflow."""
    return 0.5 * (1 + np.tanh(0.5 * x))


def exp(x: Array) -> Array:
    """Return e to the power of x."""
    return np.exp(x)


def maximum(x: Array, y: Array) -> Array:
    """Return the greater of two, place by place."""
    return np.maximum(x, y)


def relu(x: Array) -> Array:
    """Return x where it is above 0, else 0."""
    return np.maximum(x, 0)


def log_sigmoid(x: Array) -> Array:
    """Return the logarithm of the sigmoid, which itself may be too small to have one."""
    return np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x)))
