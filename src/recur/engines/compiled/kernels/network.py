"""A whole network on one tile of a batch: forward, and back."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Float32s
from recur.engines.compiled.build.compiler import kernel
from recur.engines.compiled.kernels.cells import copy
from recur.engines.compiled.kernels.filling import fill
from recur.engines.compiled.kernels.layers import layer_backward, layer_forward
from recur.engines.compiled.kernels.plan import (
    BACKWARDS,
    CARRY,
    CELL,
    CONVOLUTION,
    DENSE,
    DROPOUT,
    EMBEDDING,
    JOIN,
    KIND,
    LAYER,
    LSTM,
    MEMORY,
    ORIGIN,
    OUTPUTS,
    PART,
    STEPS,
    Y_STEP,
    Plan,
    Row,
    Y,
)
from recur.engines.compiled.kernels.sampling import Lanes
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
)
from recur.engines.compiled.kernels.team import Team, meet

States = NDArray[np.float32]


class Tile(NamedTuple):
    """Some lanes of a batch, and where they are computed.

    Attributes:
        values: float32 [rows * lanes], as the plan lays them out.
        slopes: float32 [slope rows * lanes].
        weights: float32 [parameters].
        gradient: float32 [parameters], to which this tile's is added.
        zeros: float32, as many as a stage has biases.
        hidden: float32 [parts, all lanes, hidden], the states to start from and to leave behind.
        cells: the same of an LSTM's cells; of other networks it has no parts.
        fresh: bool [all lanes], those that start from zeros.
        keeps: whether states are started from and left behind.
        first: the tile's first lane among all.
        lanes: of the tile.
        draw: what keys its random numbers.
        team: the threads that share the tile.
    """

    values: Float32s
    slopes: Float32s
    weights: Float32s
    gradient: Float32s
    zeros: Float32s
    hidden: States
    cells: States
    fresh: NDArray[np.bool_]
    keeps: int
    first: int
    lanes: int
    draw: Lanes
    team: Team


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
        _stage_forward(plan, row, 0, row[STEPS], tile)
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
    """Go back: the output's slopes stand in their rows; add to the gradient."""
    count = len(plan.stages)
    if plan.decoding:
        for i in range(plan.encoder, count):
            if plan.stages[i, KIND] == LAYER:
                _begin_slopes(plan, i, tile)
        for step in range(plan.out_steps - 1, -1, -1):
            for i in range(count - 1, plan.encoder - 1, -1):
                _stage_backward(plan, plan.stages[i], step, step + 1, tile)
            if step:
                _feed_back(plan, step, tile)
    for i in range((plan.encoder if plan.decoding else count) - 1, -1, -1):
        row = plan.stages[i]
        if row[KIND] == LAYER:
            _begin_slopes(plan, i, tile)
        elif row[KIND] == DENSE and plan.decoding:
            _hand_slopes(plan, i, tile)
        _stage_backward(plan, row, 0, row[STEPS], tile)


@kernel
def _stage_forward(plan: Plan, row: Row, first: int, last: int, tile: Tile) -> None:
    values, weights, zeros = base(tile.values), base(tile.weights), base(tile.zeros)
    lanes, team, kind = tile.lanes, tile.team, row[KIND]
    if kind == LAYER:
        mask = values + 4 * lanes * plan.mask if plan.mask >= 0 and row[ORIGIN] < 0 else 0
        layer_forward(row, first, last, values, weights, zeros, lanes, mask, team)
    elif kind == DENSE:
        dense_forward(row, first, last, values, weights, zeros, lanes, team)
    elif kind == CONVOLUTION:
        convolution_forward(row, values, weights, zeros, lanes, team)
    elif team[0] == 0:
        if kind == EMBEDDING:
            embedding_forward(row, tile.values, tile.weights, lanes)
        elif kind == DROPOUT:
            dropout_forward(row, first, last, tile.values, lanes, tile.draw)
        elif kind == JOIN:
            join_forward(row, values, lanes)
    meet(team[3], team[1])


@kernel
def _stage_backward(plan: Plan, row: Row, first: int, last: int, tile: Tile) -> None:
    values, slopes = base(tile.values), base(tile.slopes)
    weights, gradient = base(tile.weights), base(tile.gradient)
    lanes, team, kind = tile.lanes, tile.team, row[KIND]
    ones = values + 4 * lanes * plan.ones
    if kind == LAYER:
        mask = values + 4 * lanes * plan.mask if plan.mask >= 0 and row[ORIGIN] < 0 else 0
        layer_backward(row, last, first, values, slopes, weights, gradient, ones, lanes, mask, team)
    elif kind == DENSE:
        dense_backward(row, first, last, values, slopes, weights, gradient, ones, lanes, team)
    elif kind == CONVOLUTION:
        convolution_backward(row, values, slopes, weights, gradient, ones, lanes, team)
    elif team[0] == 0:
        if kind == EMBEDDING:
            embedding_backward(row, tile.values, tile.slopes, tile.gradient, lanes)
        elif kind == DROPOUT:
            dropout_backward(row, first, last, values, slopes, lanes)
        elif kind == JOIN:
            join_backward(row, slopes, lanes)
    meet(team[3], team[1])


@kernel
def _begin(plan: Plan, row: Row, tile: Tile) -> None:
    """Set the state before a layer's first step."""
    values, lanes, hidden = tile.values, tile.lanes, row[OUTPUTS]
    at = base(values)
    edge = row[STEPS] + 1 if row[BACKWARDS] else 0
    start = (row[Y] + edge * row[Y_STEP]) * lanes
    memory = row[MEMORY] * lanes
    size = hidden * lanes
    if tile.team[0] == 0:
        if row[ORIGIN] >= 0:
            source = plan.stages[row[ORIGIN]]
            bridged = source[KIND] == DENSE
            end = (source[Y] + (0 if bridged else source[STEPS] * source[Y_STEP])) * lanes
            copy((at + 4 * end, at + 4 * start, size))
            if row[CELL] == LSTM:
                end += size
                if not bridged:
                    end = (source[MEMORY] + source[STEPS] * hidden) * lanes
                copy((at + 4 * end, at + 4 * memory, size))
        elif tile.keeps:
            _take(tile.hidden[row[PART]], values, start, tile)
            if row[CELL] == LSTM:
                _take(tile.cells[row[PART]], values, memory, tile)
        else:
            fill((at + 4 * start, 0.0, size))
            if row[CELL] == LSTM:
                fill((at + 4 * memory, 0.0, size))
    meet(tile.team[3], tile.team[1])


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
    if tile.team[0] != 0:
        return
    lanes = tile.lanes
    end = (row[Y] + (1 if row[BACKWARDS] else row[STEPS]) * row[Y_STEP]) * lanes
    memory = (row[MEMORY] + row[STEPS] * row[OUTPUTS]) * lanes
    for lane in range(lanes):
        for unit in range(row[OUTPUTS]):
            place = unit * lanes + lane
            tile.hidden[row[PART], tile.first + lane, unit] = tile.values[end + place]
            if row[CELL] == LSTM:
                tile.cells[row[PART], tile.first + lane, unit] = tile.values[memory + place]


@kernel
def _begin_slopes(plan: Plan, stage: int, tile: Tile) -> None:
    """Set the slopes of a layer's final state: zeros, or what its decoder has left."""
    row, lanes = plan.stages[stage], tile.lanes
    slopes = base(tile.slopes)
    carry, size = row[CARRY] * lanes, 2 * row[OUTPUTS] * lanes
    if tile.team[0] == 0:
        fill((slopes + 4 * carry, 0.0, size))
        for i in range(plan.encoder, len(plan.stages)):
            if plan.stages[i, KIND] == LAYER and plan.stages[i, ORIGIN] == stage:
                left = plan.stages[i, CARRY] * lanes
                copy((slopes + 4 * left, slopes + 4 * carry, size))
    meet(tile.team[3], tile.team[1])


@kernel
def _hand_slopes(plan: Plan, stage: int, tile: Tile) -> None:
    """Hand a bridge the slopes of the decoder's first state."""
    row, lanes = plan.stages[stage], tile.lanes
    slopes = base(tile.slopes)
    if tile.team[0] == 0:
        for i in range(plan.encoder, len(plan.stages)):
            if plan.stages[i, KIND] == LAYER and plan.stages[i, ORIGIN] == stage:
                left = plan.stages[i, CARRY] * lanes
                copy((slopes + 4 * left, slopes + 4 * row[Y] * lanes, row[OUTPUTS] * lanes))
    meet(tile.team[3], tile.team[1])


@kernel
def _feed(plan: Plan, step: int, tile: Tile) -> None:
    """Write a decoder's input: the true value before, or its own."""
    values, lanes = tile.values, tile.lanes
    fed = (plan.fed + step) * lanes
    own = (plan.out + (step - 1) * plan.out_step) * lanes
    true = (plan.target + (step - 1) * plan.outputs) * lanes
    into = (plan.start + step * plan.outputs) * lanes
    if tile.team[0] == 0:
        for i in range(plan.outputs):
            for lane in range(lanes):
                place = i * lanes + lane
                chosen = true + place if values[fed + lane] > 0 else own + place
                values[into + place] = values[chosen]
    meet(tile.team[3], tile.team[1])


@kernel
def _feed_back(plan: Plan, step: int, tile: Tile) -> None:
    """Hand a decoder's input's slopes to its output before, where it was fed that."""
    lanes = tile.lanes
    fed = (plan.fed + step) * lanes
    own = (plan.out + (step - 1) * plan.out_step) * lanes
    into = (plan.start + step * plan.outputs) * lanes
    if tile.team[0] == 0:
        for i in range(plan.outputs):
            for lane in range(lanes):
                if tile.values[fed + lane] <= 0:
                    place = i * lanes + lane
                    tile.slopes[own + place] += tile.slopes[into + place]
    meet(tile.team[3], tile.team[1])
