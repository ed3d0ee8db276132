"""The functions that equations are made of, for vectors of every kind.

An array of NumPy is taken by NumPy's function; a tensor, and a vector of the compiled engine, has
methods of these names. `+ - * /`, comparisons and `clip` are written as they are.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def tanh(x: Any) -> Any:
    """Return the hyperbolic tangent."""
    return x.tanh() if hasattr(x, "tanh") else np.tanh(x)


def sigmoid(x: Any) -> Any:
    """Return 1 / (1 + exp(-x)), written so that it cannot overflow."""
    return x.sigmoid() if hasattr(x, "sigmoid") else 0.5 * (1 + np.tanh(0.5 * x))


def exp(x: Any) -> Any:
    """Return e to the power of x."""
    return x.exp() if hasattr(x, "exp") else np.exp(x)


def log1p(x: Any) -> Any:
    """Return the logarithm of 1 + x, for x from 0 to 1."""
    return x.log1p() if hasattr(x, "log1p") else np.log1p(x)


def maximum(x: Any, y: Any) -> Any:
    """Return the greater of two vectors, place by place."""
    return x.maximum(y) if hasattr(x, "maximum") else np.maximum(x, y)


def relu(x: Any) -> Any:
    """Return x where it is above 0, else 0."""
    return x.clip(0, float("inf"))


def log_sigmoid(x: Any) -> Any:
    """Return the logarithm of the sigmoid, which itself may be too small to have one."""
    negative = x.clip(float("-inf"), 0)
    return negative - log1p(exp(2 * negative - x))
