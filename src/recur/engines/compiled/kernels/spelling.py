"""The characters of symbols through filters, of which the greatest value is kept."""

from __future__ import annotations

import numpy as np

from recur.arrays import Float32s
from recur.engines.compiled.build.compiler import kernel
from recur.engines.compiled.kernels.plan import (
    ALPHABET,
    BIAS,
    INPUTS,
    KERNEL,
    MASK,
    OUTPUTS,
    SECOND,
    STEPS,
    WEIGHT,
    WIDTH,
    X_STEP,
    Y_STEP,
    Row,
    X,
    Y,
)


@kernel
def spelling_forward(row: Row, values: Float32s, weights: Float32s, lanes: int, mask: int) -> None:
    """Write the greatest value of each filter, and at which character it begins.

    What a filter makes of a character at one of its places is the same wherever the character
    stands: it is reckoned once for the whole alphabet, and then only added up.

    Args:
        row: the stage.
        values: float32 [rows * lanes].
        weights: float32 [parameters].
        lanes: of the tile.
        mask: row of the real steps; -1 where all are.
    """
    filters, size, longest = row[OUTPUTS], row[KERNEL], row[INPUTS]
    parts = _parts(row, weights)
    best, places = np.empty(filters, np.float32), np.empty(filters, np.float32)
    for step in range(row[STEPS]):
        x = (row[X] + step * row[X_STEP]) * lanes
        y, kept = (row[Y] + step * row[Y_STEP]) * lanes, (row[MASK] + step * filters) * lanes
        for lane in range(lanes):
            if mask >= 0 and values[(mask + step) * lanes + lane] == 0:
                for i in range(filters):
                    values[y + i * lanes + lane] = 0.0
                continue
            for first in range(longest - size + 1):
                end = np.int64(values[x + (first + size - 1) * lanes + lane])
                if first > 0 and end == 0:
                    continue
                for i in range(filters):
                    total = parts[size - 1, end, i]
                    for k in range(size - 1):
                        total += parts[k, np.int64(values[x + (first + k) * lanes + lane]), i]
                    if first == 0 or total > best[i]:
                        best[i], places[i] = total, first
            for i in range(filters):
                values[y + i * lanes + lane] = best[i] + weights[row[BIAS] + i]
                values[kept + i * lanes + lane] = places[i]


@kernel
def spelling_backward(
    row: Row, values: Float32s, grads: Float32s, weights: Float32s, gradient: Float32s, lanes: int,
    mask: int,
) -> None:  # fmt: skip
    """Go back through the filters to the characters at which their greatest values stood."""
    filters, size, width = row[OUTPUTS], row[KERNEL], row[WIDTH]
    parts = np.zeros((size, row[ALPHABET], filters), np.float32)
    for step in range(row[STEPS]):
        x = (row[X] + step * row[X_STEP]) * lanes
        y, kept = (row[Y] + step * row[Y_STEP]) * lanes, (row[MASK] + step * filters) * lanes
        for lane in range(lanes):
            if mask >= 0 and values[(mask + step) * lanes + lane] == 0:
                continue
            for i in range(filters):
                grad = grads[y + i * lanes + lane]
                first = np.int64(values[kept + i * lanes + lane])
                gradient[row[BIAS] + i] += grad
                for k in range(size):
                    parts[k, np.int64(values[x + (first + k) * lanes + lane]), i] += grad
    for symbol in range(row[ALPHABET]):
        entry = row[SECOND] + symbol * width
        for k in range(size):
            for i in range(filters):
                grad = parts[k, symbol, i]
                if grad == 0:
                    continue
                weight = row[WEIGHT] + i * width * size + k
                for j in range(width):
                    gradient[weight + j * size] += grad * weights[entry + j]
                    gradient[entry + j] += grad * weights[weight + j * size]


@kernel
def _parts(row: Row, weights: Float32s) -> Float32s:
    """Return what each filter makes of each character at each of its places.

    Returns:
        float32 [kernel, alphabet, filters].
    """
    filters, size, width = row[OUTPUTS], row[KERNEL], row[WIDTH]
    parts = np.zeros((size, row[ALPHABET], filters), np.float32)
    for k in range(size):
        for symbol in range(row[ALPHABET]):
            entry = row[SECOND] + symbol * width
            for i in range(filters):
                weight, total = row[WEIGHT] + i * width * size + k, np.float32(0)
                for j in range(width):
                    total += weights[weight + j * size] * weights[entry + j]
                parts[k, symbol, i] = total
    return parts
