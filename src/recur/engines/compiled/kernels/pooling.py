"""Reading the mean or the greatest of a network's values over time."""

from __future__ import annotations

import numpy as np

from recur.arrays import Float32s
from recur.engines.compiled.build.compiler import kernel
from recur.engines.compiled.kernels.plan import (
    ACTIVATION,
    GREATEST,
    INPUTS,
    MASK,
    STEPS,
    X_STEP,
    Row,
    X,
    Y,
)


@kernel
def pool_forward(row: Row, values: Float32s, lanes: int, mask: int) -> None:
    """Take the mean or the greatest of each value over the real steps.

    Args:
        row: the stage.
        values: float32 [rows * lanes].
        lanes: of the tile.
        mask: row of the real steps; -1 where all are.
    """
    shares, greatest = row[MASK] * lanes, row[ACTIVATION] == GREATEST
    for lane in range(lanes):
        real = 0
        for step in range(row[STEPS]):
            real += 1 if mask < 0 or values[(mask + step) * lanes + lane] > 0 else 0
        values[shares + lane] = np.float32(1) / np.float32(real)
    for i in range(row[INPUTS]):
        y = (row[Y] + i) * lanes
        for lane in range(lanes):
            values[y + lane] = -np.inf if greatest else 0.0
        for step in range(row[STEPS]):
            x, at = (row[X] + step * row[X_STEP] + i) * lanes, (mask + step) * lanes
            for lane in range(lanes):
                if mask >= 0 and values[at + lane] == 0:
                    continue
                if greatest:
                    values[y + lane] = max(values[y + lane], values[x + lane])
                else:
                    values[y + lane] += values[x + lane]
        if not greatest:
            for lane in range(lanes):
                values[y + lane] *= values[shares + lane]


@kernel
def pool_backward(row: Row, values: Float32s, grads: Float32s, lanes: int, mask: int) -> None:
    """Hand the grads back to all real steps alike, or to the first that had the greatest value."""
    shares, greatest = row[MASK] * lanes, row[ACTIVATION] == GREATEST
    for i in range(row[INPUTS]):
        y = (row[Y] + i) * lanes
        for lane in range(lanes):
            if not greatest:
                grads[y + lane] *= values[shares + lane]
            for step in range(row[STEPS]):
                x = (row[X] + step * row[X_STEP] + i) * lanes + lane
                if mask >= 0 and values[(mask + step) * lanes + lane] == 0:
                    continue
                if greatest and values[x] < values[y + lane]:
                    continue
                grads[x] += grads[y + lane]
                if greatest:
                    break
