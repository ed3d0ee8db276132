"""What the layers of a network start from, hand on to each other, and leave behind."""

from __future__ import annotations

import numpy as np

from recur.arrays import Float32s
from recur.engines.compiled.build.compiler import kernel
from recur.engines.compiled.kernels.elementwise import copy
from recur.engines.compiled.kernels.filling import fill
from recur.engines.compiled.kernels.plan import (
    BACKWARDS,
    CARRY,
    DENSE,
    KIND,
    LAYER,
    MEMORY,
    MEMORY_STEP,
    ORIGIN,
    OTHERS,
    OUTPUTS,
    PART,
    STEPS,
    Y_STEP,
    Plan,
    Row,
    Y,
)
from recur.engines.compiled.kernels.threads import barrier
from recur.engines.compiled.kernels.tiles import Tile, base


@kernel
def begin(plan: Plan, row: Row, tile: Tile) -> None:
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
def leave(row: Row, tile: Tile) -> None:
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
def begin_grads(plan: Plan, stage: int, tile: Tile) -> None:
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
def hand_grads(plan: Plan, stage: int, tile: Tile) -> None:
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
def feed(plan: Plan, step: int, tile: Tile) -> None:
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
def feed_back(plan: Plan, step: int, tile: Tile) -> None:
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
