"""Adam with decoupled weight decay, in parts of a fixed size that threads share."""

from __future__ import annotations

from typing import Any

import numpy as np

from recur.arrays import Float32s
from recur.engines.compiled.build.compiler import kernel
from recur.engines.compiled.build.vectors import elementwise
from recur.engines.compiled.kernels.elementwise import add

PART = 4096
"""Parameters in a part; sums over parts run in a fixed order."""


def _step(
    weight: Any, grad: Any, mean: Any, square: Any, *, scale: Any, keep: Any, new: Any,
    new_square: Any, root: Any, epsilon: Any, rate: Any,
) -> Any:  # fmt: skip
    grad = grad * scale
    mean = mean + (grad - mean) * new
    square = square + (grad * grad - square) * new_square
    return weight * keep - rate * (mean / (square**0.5 * root + epsilon)), mean, square


_adam_step = elementwise(_step, 3)


@kernel
def sum_part(gradients: Float32s, tiles: int, part: int) -> float:
    """Add up the tiles' gradients of a part in the first one's place; return its squared norm."""
    first = part * PART
    count = min(PART, gradients.shape[1] - first)
    out = np.int64(gradients.ctypes.data) + 4 * first
    for tile in range(1, tiles):
        other = out + 4 * tile * gradients.shape[1]
        add((out, other, out, count))
    total = 0.0
    for i in range(first, first + count):
        total += np.float64(gradients[0, i]) ** 2
    return total


@kernel
def step_part(
    weights: Float32s, gradient: Float32s, mean: Float32s, square: Float32s, part: int,
    scale: float, rate: float, decay: float, beta1: float, beta2: float, epsilon: float, steps: int,
) -> float:  # fmt: skip
    """Take Adam's step number `steps` for a part; return the sum of its squared weights."""
    first = part * PART
    count = min(PART, len(weights) - first)
    skip = 4 * first
    weight = np.int64(weights.ctypes.data) + skip
    grad = np.int64(gradient.ctypes.data) + skip
    m, v = np.int64(mean.ctypes.data) + skip, np.int64(square.ctypes.data) + skip
    _adam_step((
        weight, grad, m, v, weight, m, v, count,
        scale, 1 - rate * decay, 1 - beta1, 1 - beta2,
        1 / np.sqrt(1 - beta2**steps), epsilon, rate / (1 - beta1**steps),
    ))  # fmt: skip
    total = 0.0
    for i in range(first, first + count):
        total += np.float64(weights[i]) ** 2
    return total
