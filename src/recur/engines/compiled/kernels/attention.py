"""What a decoder of symbols sees of an encoder's outputs, forward and back.

The equations stand in `recur.networks.attention`. Threads of a team share the decoder's steps, and
on the way back, where all of its steps add to the same grads, the rows. All places are addresses.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils

from recur.engines.compiled.build.arithmetic import (
    LONG,
    ZEROS,
    address,
    fused,
    load,
    over_vectors,
    store,
)
from recur.engines.compiled.build.compiler import kernel
from recur.engines.compiled.build.library import POINTER, routine
from recur.engines.compiled.build.vectors import elementwise
from recur.engines.compiled.kernels.blocks import repeat
from recur.engines.compiled.kernels.elementwise import add, copy, tanh_backward
from recur.engines.compiled.kernels.filling import fill
from recur.engines.compiled.kernels.plan import (
    ACTIVATION,
    INPUTS,
    KEYS,
    KEYS_STEP,
    OUTPUTS,
    QUERY,
    QUERY_STEP,
    SCRATCH,
    SECOND,
    SECOND_STEP,
    SHARE_GRADS,
    SHARES,
    SOURCE,
    TANH,
    WEIGHT,
    X_STEP,
    Y_STEP,
    Row,
    X,
    Y,
)
from recur.engines.compiled.kernels.products import multiply, outer
from recur.engines.compiled.kernels.threads import ThreadTeam, barrier, partition
from recur.networks.functions import exp, maximum, tanh

_FAR = 1e30  # below zero, the score of a step that is not real


def _sums(function: ir.Function) -> None:
    a, b, out, rows, lanes = function.args
    builder = ir.IRBuilder(function.append_basic_block())

    def body(at: Any, mask: Any) -> None:
        def one(r: Any, sums: list[Any]) -> list[Any]:
            place = builder.add(builder.mul(r, lanes), at)
            left, right = load(builder, a, place, mask), load(builder, b, place, mask)
            return [fused(builder, left, right, sums[0])]

        (total,) = repeat(builder, LONG(0), rows, 1, [ZEROS], one)
        store(builder, total, out, at, mask)

    over_vectors(builder, lanes, body)
    builder.ret_void()


def _scaled(function: ir.Function) -> None:
    by, a, out, rows, lanes = function.args
    builder = ir.IRBuilder(function.append_basic_block())
    with cgutils.for_range(builder, rows) as loop:
        row = builder.mul(loop.index, lanes)
        given, place = address(builder, a, row), address(builder, out, row)

        def body(at: Any, mask: Any) -> None:
            factor, own = load(builder, by, at, mask), load(builder, given, at, mask)
            total = fused(builder, factor, own, load(builder, place, at, mask))
            store(builder, total, place, at, mask)

        over_vectors(builder, lanes, body)
    builder.ret_void()


# (a, b, out, rows, lanes): out[l] = sum_r a[r, l] * b[r, l].
_dots = routine("recur.attention.dots", [POINTER, POINTER, POINTER, LONG, LONG], _sums)
# (by, a, out, rows, lanes): out[r, l] += by[l] * a[r, l].
_add_scaled = routine("recur.attention.scaled", [POINTER, POINTER, POINTER, LONG, LONG], _scaled)


def _masked(score: Any, real: Any) -> Any:
    """Return the score, or one far below all others; a sum of the two would lose its digits."""
    return -maximum(-score, (1 - 2 * real) * _FAR)


def _greatest(x: Any, y: Any) -> Any:
    return maximum(x, y)


def _odds(score: Any, greatest: Any, real: Any) -> Any:
    return exp(score - greatest) * real


def _divided(x: Any, y: Any) -> Any:
    return x / y


def _tanh_of_sum(x: Any, y: Any) -> Any:
    return tanh(x + y)


def _add_product(total: Any, x: Any, y: Any) -> Any:
    return total + x * y


def _score_grad(share: Any, grad: Any, mean: Any) -> Any:
    return share * (grad - mean)


masked, greatest = elementwise(_masked), elementwise(_greatest)
odds, divided = elementwise(_odds), elementwise(_divided)
tanh_of_sum, add_product = elementwise(_tanh_of_sum), elementwise(_add_product)
score_grad = elementwise(_score_grad)


@kernel
def attention_forward(
    row: Row, first: int, last: int, source: int, values: int, weights: int, lanes: int, real: int,
    team: ThreadTeam,
) -> None:  # fmt: skip
    """Write what the steps from `first` to `last` (exclusive) see, and behind it their states.

    Args:
        row: the stage.
        first: see there.
        last: see there.
        source: steps of the encoder, of which the others are not real in any lane.
        values: of the tile.
        weights: of the network.
        lanes: of the tile.
        real: where the encoder's real steps are said.
        team: the threads.
    """
    hidden, width, line = row[INPUTS], row[OUTPUTS] - row[INPUTS], 4 * lanes
    for block in range(team.rank, team.blocks, team.size):
        low, high = partition(last - first, block, team.blocks)
        scratch = values + line * (row[SCRATCH] + 2 * block * (hidden + 1))
        most, total = scratch, scratch + line * (hidden + 1)
        for step in range(first + low, first + high):
            query = values + line * (row[QUERY] + step * row[QUERY_STEP])
            shares = values + line * (row[SHARES] + step * row[SOURCE])
            for j in range(source):
                key = values + line * (row[KEYS] + j * row[KEYS_STEP])
                share = shares + line * j
                if row[ACTIVATION] == TANH:
                    hyperbolic = scratch + line
                    tanh_of_sum((query, key, hyperbolic, hidden * lanes))
                    fill((share, 0.0, lanes))
                    score = weights + 4 * row[WEIGHT]
                    multiply(score, hidden, 1, hyperbolic, lanes, share, 1, hidden, lanes)
                else:
                    _dots((query, key, share, hidden, lanes))
                masked((share, real + line * j, share, lanes))
                if j == 0:
                    copy((share, most, lanes))
                else:
                    greatest((most, share, most, lanes))
            fill((total, 0.0, lanes))
            for j in range(source):
                share = shares + line * j
                odds((share, most, real + line * j, share, lanes))
                add((total, share, total, lanes))
            y = values + line * (row[Y] + step * row[Y_STEP])
            fill((y, 0.0, width * lanes))
            for j in range(source):
                share = shares + line * j
                divided((share, total, share, lanes))
                seen = values + line * (row[SECOND] + j * row[SECOND_STEP])
                _add_scaled((share, seen, y, width, lanes))
            x = values + line * (row[X] + step * row[X_STEP])
            copy((x, y + line * width, hidden * lanes))


@kernel
def attention_backward(
    row: Row, first: int, last: int, source: int, values: int, grads: int, weights: int,
    gradient: int, lanes: int, team: ThreadTeam,
) -> None:  # fmt: skip
    """Go back through some steps, to the states, the keys and the encoder's outputs."""
    hidden, width, line = row[INPUTS], row[OUTPUTS] - row[INPUTS], 4 * lanes
    for block in range(team.rank, team.blocks, team.size):
        low, high = partition(last - first, block, team.blocks)
        mean = values + line * (row[SCRATCH] + 2 * block * (hidden + 1))
        for step in range(first + low, first + high):
            y = grads + line * (row[Y] + step * row[Y_STEP])
            shares = values + line * (row[SHARES] + step * row[SOURCE])
            share_grads = grads + line * (row[SHARE_GRADS] + step * row[SOURCE])
            fill((mean, 0.0, lanes))
            for j in range(source):
                seen = values + line * (row[SECOND] + j * row[SECOND_STEP])
                share, grad = shares + line * j, share_grads + line * j
                _dots((y, seen, grad, width, lanes))
                add_product((mean, share, grad, mean, lanes))
            for j in range(source):
                share, grad = shares + line * j, share_grads + line * j
                score_grad((share, grad, mean, grad, lanes))
    barrier(team.counters, team.size)
    for block in range(team.rank, team.blocks, team.size):
        scratch = values + line * (row[SCRATCH] + 2 * block * (hidden + 1))
        for step in range(first, last):
            _step_backward(
                row, step, source, block, scratch, values, grads, weights, gradient, lanes, team
            )


@kernel
def _step_backward(
    row: Row, step: int, source: int, block: int, scratch: int, values: int, grads: int,
    weights: int, gradient: int, lanes: int, team: ThreadTeam,
) -> None:  # fmt: skip
    """Add a step's grads to some rows of all that it came from."""
    hidden, width, line = row[INPUTS], row[OUTPUTS] - row[INPUTS], 4 * lanes
    y = grads + line * (row[Y] + step * row[Y_STEP])
    shares = values + line * (row[SHARES] + step * row[SOURCE])
    share_grads = grads + line * (row[SHARE_GRADS] + step * row[SOURCE])
    low, high = partition(width, block, team.blocks)
    for j in range(source):
        seen = grads + line * (row[SECOND] + j * row[SECOND_STEP] + low)
        _add_scaled((shares + line * j, y + line * low, seen, high - low, lanes))
    low, high = partition(hidden, block, team.blocks)
    units = high - low
    x = grads + line * (row[X] + step * row[X_STEP] + low)
    add((x, y + line * (width + low), x, units * lanes))
    query = line * (row[QUERY] + step * row[QUERY_STEP] + low)
    for j in range(source):
        key, grad = line * (row[KEYS] + j * row[KEYS_STEP] + low), share_grads + line * j
        if row[ACTIVATION] == TANH:
            hyperbolic, sums = scratch, scratch + line * units
            tanh_of_sum((values + query, values + key, hyperbolic, units * lanes))
            place = 4 * (row[WEIGHT] + low)
            outer(hyperbolic, 0, lanes, grad, 0, lanes, gradient + place, 1, units, 1, 1, lanes)
            fill((sums, 0.0, units * lanes))
            multiply(weights + place, 1, 1, grad, lanes, sums, units, 1, lanes)
            tanh_backward((hyperbolic, sums, sums, units * lanes))
            add((grads + query, sums, grads + query, units * lanes))
            add((grads + key, sums, grads + key, units * lanes))
        else:
            _add_scaled((grad, values + key, grads + query, units, lanes))
            _add_scaled((grad, values + query, grads + key, units, lanes))
