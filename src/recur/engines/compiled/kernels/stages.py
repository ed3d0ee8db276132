"""The stages around the recurrent layers: dense, convolution, embedding, dropout, joining."""

from __future__ import annotations

import numpy as np

from recur.arrays import Float32s
from recur.engines.compiled.build.compiler import kernel
from recur.engines.compiled.kernels.elementwise import (
    add,
    copy,
    relu_backward,
    relu_forward,
    sigmoid_backward,
    sigmoid_forward,
    tanh_backward,
    tanh_forward,
    times,
)
from recur.engines.compiled.kernels.filling import fill_rows
from recur.engines.compiled.kernels.plan import (
    ACTIVATION,
    BIAS,
    INPUT_GRAD,
    INPUTS,
    KERNEL,
    LINEAR,
    MASK,
    ONCE,
    OUTPUTS,
    RELU,
    SECOND,
    SIGMOID,
    SITE,
    SKIP,
    STEPS,
    STRIDE,
    TANH,
    WEIGHT,
    X_STEP,
    Y_STEP,
    Row,
    X,
    Y,
)
from recur.engines.compiled.kernels.products import multiply, outer
from recur.engines.compiled.kernels.sampling import DropoutKeys, dropout_mask
from recur.engines.compiled.kernels.threads import ThreadTeam, barrier, partition


@kernel
def dense_forward(
    row: Row,
    first: int,
    last: int,
    values: int,
    weights: int,
    zeros: int,
    lanes: int,
    team: ThreadTeam,
) -> None:
    """Run a dense stage over the steps from `first` to `last` (exclusive)."""
    inputs, line = row[INPUTS], 4 * lanes
    for block in range(team.rank, team.blocks, team.size):
        low, high = partition(row[OUTPUTS], block, team.blocks)
        weight = weights + 4 * (row[WEIGHT] + low * inputs)
        bias = weights + 4 * (row[BIAS] + low) if row[BIAS] >= 0 else zeros
        for step in range(first, last):
            x = values + line * (row[X] + step * row[X_STEP])
            y = values + line * (row[Y] + step * row[Y_STEP] + low)
            fill_rows((y, bias, zeros, high - low, lanes))
            multiply(weight, inputs, 1, x, lanes, y, high - low, inputs, lanes)
            count = (high - low) * lanes
            if row[ACTIVATION] == TANH:
                tanh_forward((y, y, count))
            elif row[ACTIVATION] == RELU:
                relu_forward((y, y, count))
            elif row[ACTIVATION] == SIGMOID:
                sigmoid_forward((y, y, count))


@kernel
def dense_backward(
    row: Row, first: int, last: int, values: int, grads: int, weights: int, gradient: int,
    ones: int, lanes: int, team: ThreadTeam,
) -> None:  # fmt: skip
    """Go back through a dense stage at some steps; its output's grads become its sums'."""
    inputs, outputs, line = row[INPUTS], row[OUTPUTS], 4 * lanes
    x, y = line * (row[X] + first * row[X_STEP]), line * (row[Y] + first * row[Y_STEP])
    if row[ACTIVATION] != LINEAR and team.rank == 0:
        for step in range(last - first):
            at = y + step * line * row[Y_STEP]
            count = outputs * lanes
            if row[ACTIVATION] == TANH:
                tanh_backward((values + at, grads + at, grads + at, count))
            elif row[ACTIVATION] == RELU:
                relu_backward((values + at, grads + at, grads + at, count))
            else:
                sigmoid_backward((values + at, grads + at, grads + at, count))
    barrier(team.counters, team.size)
    for block in range(team.rank, team.blocks, team.size):
        low, high = partition(outputs, block, team.blocks)
        own, steps = grads + y + line * low, last - first
        y_step, x_step = row[Y_STEP] * lanes, row[X_STEP] * lanes
        out = gradient + 4 * (row[WEIGHT] + low * inputs)
        outer(
            own,
            y_step,
            lanes,
            values + x,
            x_step,
            lanes,
            out,
            inputs,
            high - low,
            inputs,
            steps,
            lanes,
        )
        if row[BIAS] >= 0:
            out = gradient + 4 * (row[BIAS] + low)
            outer(own, y_step, lanes, ones, 0, 1, out, 1, high - low, 1, steps, lanes)
        if row[INPUT_GRAD]:
            low, high = partition(inputs, block, team.blocks)
            weight = weights + 4 * (row[WEIGHT] + low)
            for step in range(steps):
                into = grads + x + line * (step * row[X_STEP] + low)
                at = grads + y + line * step * row[Y_STEP]
                multiply(weight, 1, inputs, at, lanes, into, high - low, outputs, lanes)


@kernel
def convolution_forward(
    row: Row, values: int, weights: int, zeros: int, lanes: int, team: ThreadTeam
) -> None:
    """Run a convolution over all its steps."""
    inputs, kernel_size, line = row[INPUTS], row[KERNEL], 4 * lanes
    for block in range(team.rank, team.blocks, team.size):
        low, high = partition(row[OUTPUTS], block, team.blocks)
        for step in range(row[STEPS]):
            y = values + line * (row[Y] + step * row[Y_STEP] + low)
            x = values + line * (row[X] + (row[SKIP] + step * row[STRIDE]) * row[X_STEP])
            fill_rows((y, weights + 4 * (row[BIAS] + low), zeros, high - low, lanes))
            for i in range(inputs):
                weight = weights + 4 * (row[WEIGHT] + (low * inputs + i) * kernel_size)
                multiply(
                    weight, inputs * kernel_size, 1, x + line * i, lanes * row[X_STEP], y,
                    high - low, kernel_size, lanes,
                )  # fmt: skip


@kernel
def convolution_backward(
    row: Row, values: int, grads: int, weights: int, gradient: int, ones: int, lanes: int,
    team: ThreadTeam,
) -> None:  # fmt: skip
    """Go back through a convolution."""
    inputs, kernel_size, line = row[INPUTS], row[KERNEL], 4 * lanes
    filters, steps = row[OUTPUTS], row[STEPS]
    x = line * (row[X] + row[SKIP] * row[X_STEP])
    y_step, x_step = row[Y_STEP] * lanes, row[X_STEP] * lanes
    for block in range(team.rank, team.blocks, team.size):
        low, high = partition(filters, block, team.blocks)
        own = grads + line * (row[Y] + low)
        for i in range(inputs):
            out = gradient + 4 * (row[WEIGHT] + (low * inputs + i) * kernel_size)
            outer(
                own, y_step, lanes, values + x + line * i, row[STRIDE] * x_step, x_step, out,
                inputs * kernel_size, high - low, kernel_size, steps, lanes,
            )  # fmt: skip
        out = gradient + 4 * (row[BIAS] + low)
        outer(own, y_step, lanes, ones, 0, 1, out, 1, high - low, 1, steps, lanes)
    if row[INPUT_GRAD] == 0 or team.rank != 0:
        return
    for step in range(steps):
        own = grads + line * (row[Y] + step * row[Y_STEP])
        for k in range(kernel_size):
            into = grads + x + line * (step * row[STRIDE] + k) * row[X_STEP]
            weight = weights + 4 * (row[WEIGHT] + k)
            multiply(
                weight, kernel_size, inputs * kernel_size, own, lanes, into, inputs, filters, lanes
            )


@kernel
def embedding_forward(row: Row, last: int, values: Float32s, weights: Float32s, lanes: int) -> None:
    """Look up the vector of each symbol, up to a step (exclusive)."""
    size = row[OUTPUTS]
    for step in range(last):
        x, y = (row[X] + step * row[X_STEP]) * lanes, (row[Y] + step * row[Y_STEP]) * lanes
        for lane in range(lanes):
            entry = row[WEIGHT] + np.int64(values[x + lane]) * size
            for i in range(size):
                values[y + i * lanes + lane] = weights[entry + i]


@kernel
def embedding_backward(
    row: Row, last: int, values: Float32s, grads: Float32s, gradient: Float32s, lanes: int
) -> None:
    """Add the grads of looked up vectors to the gradient of their table."""
    size = row[OUTPUTS]
    for step in range(last):
        x, y = (row[X] + step * row[X_STEP]) * lanes, (row[Y] + step * row[Y_STEP]) * lanes
        for lane in range(lanes):
            entry = row[WEIGHT] + np.int64(values[x + lane]) * size
            for i in range(size):
                gradient[entry + i] += grads[y + i * lanes + lane]


@kernel
def dropout_forward(
    row: Row, first: int, last: int, values: Float32s, lanes: int, keys: DropoutKeys
) -> None:
    """Draw masks for the steps from `first` to `last` (exclusive), and multiply by them."""
    size, base = row[INPUTS] * lanes, np.int64(values.ctypes.data)
    for step in range(first, last):
        mask = (row[MASK] + step * row[INPUTS]) * lanes
        if step > first and row[ONCE]:
            copy((base + 4 * (mask - size), base + 4 * mask, size))
        else:
            time = 0 if row[ONCE] else step
            dropout_mask(values[mask : mask + size], row[SITE], time, row[INPUTS], lanes, keys)
        x, y = (row[X] + step * row[X_STEP]) * lanes, (row[Y] + step * row[Y_STEP]) * lanes
        times((base + 4 * x, base + 4 * mask, base + 4 * y, size))


@kernel
def dropout_backward(row: Row, first: int, last: int, values: int, grads: int, lanes: int) -> None:
    """Go back through a dropout at some steps."""
    size, line = row[INPUTS] * lanes, 4 * lanes
    for step in range(first, last):
        x, y = line * (row[X] + step * row[X_STEP]), line * (row[Y] + step * row[Y_STEP])
        mask = values + line * (row[MASK] + step * row[INPUTS])
        times((grads + y, mask, grads + y, size))
        add((grads + x, grads + y, grads + x, size))


@kernel
def join_forward(row: Row, values: int, lanes: int) -> None:
    """Put two runs of rows one behind the other."""
    line, size = 4 * lanes, row[INPUTS] * lanes
    y = values + line * row[Y]
    copy((values + line * row[X], y, size))
    copy((values + line * row[SECOND], y + 4 * size, size))


@kernel
def join_backward(row: Row, grads: int, lanes: int) -> None:
    """Hand the grads back to the two runs of rows."""
    line, size = 4 * lanes, row[INPUTS] * lanes
    x, second, y = grads + line * row[X], grads + line * row[SECOND], grads + line * row[Y]
    add((x, y, x, size))
    add((second, y + 4 * size, second, size))
