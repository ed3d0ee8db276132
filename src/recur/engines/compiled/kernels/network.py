"""A whole network on one tile of a batch: forward, and back."""

from __future__ import annotations

import numpy as np

from recur.arrays import Float32s
from recur.engines.compiled.build.compiler import kernel
from recur.engines.compiled.kernels.attention import attention_backward, attention_forward
from recur.engines.compiled.kernels.elementwise import copy
from recur.engines.compiled.kernels.filling import fill
from recur.engines.compiled.kernels.layers import (
    held_backward,
    held_forward,
    layer_backward,
    layer_forward,
)
from recur.engines.compiled.kernels.plan import (
    ATTENTION,
    BACKWARDS,
    CARRY,
    CONVOLUTION,
    DENSE,
    DROPOUT,
    EMBEDDING,
    JOIN,
    KIND,
    LAYER,
    MEMORY,
    MEMORY_STEP,
    ORIGIN,
    OTHERS,
    OUTPUTS,
    PART,
    POOL,
    SOURCE,
    SPELLING,
    STEPS,
    Y_STEP,
    Plan,
    Row,
    Y,
)
from recur.engines.compiled.kernels.spelling import spelling_backward, spelling_forward
from recur.engines.compiled.kernels.stages import (
    convolution_backward,
    convolution_forward,
    dense_backward,
    dense_forward,
    dropout_backward,
    dropout_forward,
    embedding_backward,
    embedding_forward,
    join_backward,
    join_forward,
    pool_backward,
    pool_forward,
)
from recur.engines.compiled.kernels.threads import barrier
from recur.engines.compiled.kernels.tiles import Tile


@kernel
def base(array: Float32s) -> int:
    """Return the address of an array."""
    return np.int64(array.ctypes.data)  # type: ignore[return-value]  # compiled: the same


@kernel
def forward(plan: Plan, tile: Tile) -> None:
    """Run the network: the input stands in its rows, the output will."""
    count = len(plan.stages)
    for i in range(plan.encoder if plan.decoding else count):
        row = plan.stages[i]
        if row[KIND] == LAYER:
            _begin(plan, row, tile)
        _stage_forward(plan, row, 0, _end(plan, i, tile), tile)
    if plan.decoding:
        for i in range(plan.encoder, count):
            if plan.stages[i, KIND] == LAYER:
                _begin(plan, plan.stages[i], tile)
        for step in range(plan.out_steps):
            if step:
                _feed(plan, step, tile)
            for i in range(plan.encoder, count):
                _stage_forward(plan, plan.stages[i], step, step + 1, tile)
    if tile.keeps:
        for i in range(plan.encoder if plan.decoding else 0, count):
            if plan.stages[i, KIND] == LAYER:
                _leave(plan.stages[i], tile)


@kernel
def backward(plan: Plan, tile: Tile) -> None:
    """Go back: the output's grads stand in their rows; add to the gradient."""
    count = len(plan.stages)
    if plan.decoding:
        for i in range(plan.encoder, count):
            if plan.stages[i, KIND] == LAYER:
                _begin_grads(plan, i, tile)
        for step in range(plan.out_steps - 1, -1, -1):
            for i in range(count - 1, plan.encoder - 1, -1):
                _stage_backward(plan, plan.stages[i], step, step + 1, tile)
            if step:
                _feed_back(plan, step, tile)
    for i in range((plan.encoder if plan.decoding else count) - 1, -1, -1):
        row = plan.stages[i]
        if row[KIND] == LAYER:
            _begin_grads(plan, i, tile)
        elif row[KIND] == DENSE and i < plan.encoder:
            _hand_grads(plan, i, tile)
        _stage_backward(plan, row, 0, _end(plan, i, tile), tile)


@kernel
def _end(plan: Plan, stage: int, tile: Tile) -> int:
    """Return how many steps of a stage some lane has; what translates goes no further."""
    steps = int(plan.stages[stage, STEPS])
    if plan.translating == 0:
        return steps
    if stage >= plan.encoder:
        return _any(plan.counted, steps, tile) if plan.counted >= 0 else steps
    masked = plan.mask >= 0 and steps == plan.steps and plan.stages[stage, KIND] != LAYER
    return _any(plan.mask, steps, tile) if masked else steps


@kernel
def _any(rows: int, steps: int, tile: Tile) -> int:
    """Return the step behind the last one that is real in any lane."""
    for time in range(steps - 1, -1, -1):
        at = (rows + time) * tile.lanes
        for lane in range(tile.lanes):
            if tile.values[at + lane] > 0:
                return time + 1
    return 0


@kernel
def _stage_forward(plan: Plan, row: Row, first: int, last: int, tile: Tile) -> None:
    values, weights, zeros = base(tile.values), base(tile.weights), base(tile.zeros)
    lanes, team, kind = tile.lanes, tile.team, row[KIND]
    if kind == LAYER:
        mask = values + 4 * lanes * plan.mask if plan.mask >= 0 and row[ORIGIN] < 0 else 0
        low, high = _taken(plan, row, tile) if mask else (first, last)
        if low > first:
            held_forward(row, first, low, values, lanes, team)
        layer_forward(row, low, high, values, weights, zeros, lanes, mask, team)
        if last > high:
            held_forward(row, high, last, values, lanes, team)
    elif kind == DENSE:
        dense_forward(row, first, last, values, weights, zeros, lanes, team)
    elif kind == ATTENTION:
        source, real = _source(plan, row, tile)
        attention_forward(row, first, last, source, values, weights, lanes, real, team)
    elif kind == CONVOLUTION:
        convolution_forward(row, values, weights, zeros, lanes, team)
    elif team.rank == 0:
        if kind == EMBEDDING:
            embedding_forward(row, last, tile.values, tile.weights, lanes)
        elif kind == DROPOUT:
            dropout_forward(row, first, last, tile.values, lanes, tile.keys)
        elif kind == JOIN:
            join_forward(row, values, lanes)
        elif kind == POOL:
            pool_forward(row, tile.values, lanes, plan.mask)
        elif kind == SPELLING:
            spelling_forward(row, tile.values, tile.weights, lanes, plan.mask)
    barrier(team.counters, team.size)


@kernel
def _stage_backward(plan: Plan, row: Row, first: int, last: int, tile: Tile) -> None:
    values, grads = base(tile.values), base(tile.grads)
    weights, gradient = base(tile.weights), base(tile.gradient)
    lanes, team, kind = tile.lanes, tile.team, row[KIND]
    ones = values + 4 * lanes * plan.ones
    if kind == LAYER:
        mask = values + 4 * lanes * plan.mask if plan.mask >= 0 and row[ORIGIN] < 0 else 0
        low, high = _taken(plan, row, tile) if mask else (first, last)
        if last > high:
            held_backward(row, last, high, grads, lanes, team)
        end = high if mask or plan.translating else row[STEPS]
        layer_backward(
            row, high, low, end, values, grads, weights, gradient, ones, lanes, mask, team
        )
        if low > first:
            held_backward(row, low, first, grads, lanes, team)
    elif kind == DENSE:
        dense_backward(row, first, last, values, grads, weights, gradient, ones, lanes, team)
    elif kind == ATTENTION:
        source, _ = _source(plan, row, tile)
        attention_backward(row, first, last, source, values, grads, weights, gradient, lanes, team)
    elif kind == CONVOLUTION:
        convolution_backward(row, values, grads, weights, gradient, ones, lanes, team)
    elif team.rank == 0:
        if kind == EMBEDDING:
            embedding_backward(row, last, tile.values, tile.grads, tile.gradient, lanes)
        elif kind == DROPOUT:
            dropout_backward(row, first, last, values, grads, lanes)
        elif kind == JOIN:
            join_backward(row, grads, lanes)
        elif kind == POOL:
            pool_backward(row, tile.values, tile.grads, lanes, plan.mask)
        elif kind == SPELLING:
            spelling_backward(
                row, tile.values, tile.grads, tile.weights, tile.gradient, lanes, plan.mask
            )
    barrier(team.counters, team.size)


@kernel
def _source(plan: Plan, row: Row, tile: Tile) -> tuple[int, int]:
    """Return how many steps a decoder looks back at, and where it is said which are real."""
    real = base(tile.values) + 4 * tile.lanes * plan.mask
    return _any(plan.mask, row[SOURCE], tile), real


@kernel
def _taken(plan: Plan, row: Row, tile: Tile) -> tuple[int, int]:
    """Return the first step that any lane takes, and the one after the last, in a layer's order."""
    first, last = plan.steps, 0
    for time in range(plan.steps):
        at = (plan.mask + time) * tile.lanes
        for lane in range(tile.lanes):
            if tile.values[at + lane] > 0:
                first, last = min(first, time), time + 1
                break
    first = min(first, last)
    return (plan.steps - last, plan.steps - first) if row[BACKWARDS] else (first, last)


@kernel
def _begin(plan: Plan, row: Row, tile: Tile) -> None:
    """Set the states before a layer's first step."""
    values, lanes, hidden = tile.values, tile.lanes, row[OUTPUTS]
    at, size = base(values), hidden * lanes
    edge = row[STEPS] + 1 if row[BACKWARDS] else 0
    first, others = (row[Y] + edge * row[Y_STEP]) * lanes, row[MEMORY] * lanes
    if tile.team.rank == 0:
        for state in range(1 + row[OTHERS]):
            into = others + (state - 1) * size if state else first
            if row[ORIGIN] >= 0:
                end = _end_of(plan.stages[row[ORIGIN]], state, hidden) * lanes
                if end >= 0:
                    copy((at + 4 * end, at + 4 * into, size))
                else:
                    fill((at + 4 * into, 0.0, size))
            elif tile.keeps:
                _take(tile.states[_part(row, state, tile)], values, into, tile)
            else:
                fill((at + 4 * into, 0.0, size))
    barrier(tile.team.counters, tile.team.size)


@kernel
def _end_of(source: Row, state: int, hidden: int) -> int:
    """Return the row of a state that an encoder's layer, or a bridge, hands on; -1 if it does not.

    A bridge makes the first states one behind the other.
    """
    if source[KIND] == DENSE:
        return int(source[Y] + state * hidden) if (state + 1) * hidden <= source[OUTPUTS] else -1
    if state == 0:
        return int(source[Y] + source[STEPS] * source[Y_STEP])
    return int(source[MEMORY] + source[STEPS] * source[MEMORY_STEP] + (state - 1) * hidden)


@kernel
def _part(row: Row, state: int, tile: Tile) -> int:
    """Return where a layer's state is kept among those of all layers."""
    return int(state * (len(tile.states) // (1 + row[OTHERS])) + row[PART])


@kernel
def _take(states: Float32s, values: Float32s, start: int, tile: Tile) -> None:
    """Write the states of a tile's lanes into its rows; those of fresh lanes are zeros."""
    for lane in range(tile.lanes):
        fresh = tile.fresh[tile.first + lane]
        for unit in range(states.shape[1]):
            state = np.float32(0) if fresh else states[tile.first + lane, unit]
            values[start + unit * tile.lanes + lane] = state


@kernel
def _leave(row: Row, tile: Tile) -> None:
    """Write a layer's final states where they are kept."""
    if tile.team.rank != 0:
        return
    lanes, hidden = tile.lanes, row[OUTPUTS]
    last = row[Y] + (1 if row[BACKWARDS] else row[STEPS]) * row[Y_STEP]
    others = row[MEMORY] + row[STEPS] * row[MEMORY_STEP]
    for state in range(1 + row[OTHERS]):
        end = (others + (state - 1) * hidden if state else last) * lanes
        into = tile.states[_part(row, state, tile)]
        for lane in range(lanes):
            for unit in range(hidden):
                into[tile.first + lane, unit] = tile.values[end + unit * lanes + lane]


@kernel
def _begin_grads(plan: Plan, stage: int, tile: Tile) -> None:
    """Set the grads of a layer's final state: zeros, or what its decoder has left."""
    row, lanes = plan.stages[stage], tile.lanes
    grads = base(tile.grads)
    carry, size = row[CARRY] * lanes, (1 + row[OTHERS]) * row[OUTPUTS] * lanes
    if tile.team.rank == 0:
        fill((grads + 4 * carry, 0.0, size))
        for i in range(plan.encoder, len(plan.stages)):
            if plan.stages[i, KIND] == LAYER and plan.stages[i, ORIGIN] == stage:
                left = plan.stages[i, CARRY] * lanes
                copy((grads + 4 * left, grads + 4 * carry, size))
    barrier(tile.team.counters, tile.team.size)


@kernel
def _hand_grads(plan: Plan, stage: int, tile: Tile) -> None:
    """Hand a bridge the grads of the decoder's first state."""
    row, lanes = plan.stages[stage], tile.lanes
    grads = base(tile.grads)
    if tile.team.rank == 0:
        for i in range(plan.encoder, len(plan.stages)):
            if plan.stages[i, KIND] == LAYER and plan.stages[i, ORIGIN] == stage:
                left = plan.stages[i, CARRY] * lanes
                copy((grads + 4 * left, grads + 4 * row[Y] * lanes, row[OUTPUTS] * lanes))
    barrier(tile.team.counters, tile.team.size)


@kernel
def _feed(plan: Plan, step: int, tile: Tile) -> None:
    """Write a decoder's input: the true value before, or its own."""
    values, lanes = tile.values, tile.lanes
    fed = (plan.fed + step) * lanes
    own = (plan.out + (step - 1) * plan.out_step) * lanes
    true = (plan.target + (step - 1) * plan.outputs) * lanes
    into = (plan.start + step * plan.outputs) * lanes
    if tile.team.rank == 0:
        for i in range(plan.outputs):
            for lane in range(lanes):
                place = i * lanes + lane
                chosen = true + place if values[fed + lane] > 0 else own + place
                values[into + place] = values[chosen]
    barrier(tile.team.counters, tile.team.size)


@kernel
def _feed_back(plan: Plan, step: int, tile: Tile) -> None:
    """Hand a decoder's input's grads to its output before, where it was fed that."""
    lanes = tile.lanes
    fed = (plan.fed + step) * lanes
    own = (plan.out + (step - 1) * plan.out_step) * lanes
    into = (plan.start + step * plan.outputs) * lanes
    if tile.team.rank == 0:
        for i in range(plan.outputs):
            for lane in range(lanes):
                if tile.values[fed + lane] <= 0:
                    place = i * lanes + lane
                    tile.grads[own + place] += tile.grads[into + place]
    barrier(tile.team.counters, tile.team.size)
