"""A whole network on one tile of a batch: forward, and back."""

from __future__ import annotations

from recur.engines.compiled.build.compiler import kernel
from recur.engines.compiled.kernels.attention import attention_backward, attention_forward
from recur.engines.compiled.kernels.layers import (
    held_backward,
    held_forward,
    layer_backward,
    layer_forward,
)
from recur.engines.compiled.kernels.plan import (
    ATTENTION,
    BACKWARDS,
    CONVOLUTION,
    DENSE,
    DROPOUT,
    EMBEDDING,
    JOIN,
    KIND,
    LAYER,
    ORIGIN,
    POOL,
    SOURCE,
    SPELLING,
    STEPS,
    Plan,
    Row,
)
from recur.engines.compiled.kernels.pooling import pool_backward, pool_forward
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
)
from recur.engines.compiled.kernels.states import (
    begin,
    begin_grads,
    feed,
    feed_back,
    hand_grads,
    leave,
)
from recur.engines.compiled.kernels.threads import barrier
from recur.engines.compiled.kernels.tiles import Tile, base


@kernel
def forward(plan: Plan, tile: Tile) -> None:
    """Run the network: the input stands in its rows, the output will."""
    count = len(plan.stages)
    for i in range(plan.encoder if plan.decoding else count):
        row = plan.stages[i]
        if row[KIND] == LAYER:
            begin(plan, row, tile)
        _stage_forward(plan, row, 0, _end(plan, i, tile), tile)
    if plan.decoding:
        for i in range(plan.encoder, count):
            if plan.stages[i, KIND] == LAYER:
                begin(plan, plan.stages[i], tile)
        for step in range(plan.out_steps):
            if step:
                feed(plan, step, tile)
            for i in range(plan.encoder, count):
                _stage_forward(plan, plan.stages[i], step, step + 1, tile)
    if tile.keeps:
        for i in range(plan.encoder if plan.decoding else 0, count):
            if plan.stages[i, KIND] == LAYER:
                leave(plan.stages[i], tile)


@kernel
def backward(plan: Plan, tile: Tile) -> None:
    """Go back: the output's grads stand in their rows; add to the gradient."""
    count = len(plan.stages)
    if plan.decoding:
        for i in range(plan.encoder, count):
            if plan.stages[i, KIND] == LAYER:
                begin_grads(plan, i, tile)
        for step in range(plan.out_steps - 1, -1, -1):
            for i in range(count - 1, plan.encoder - 1, -1):
                _stage_backward(plan, plan.stages[i], step, step + 1, tile)
            if step:
                feed_back(plan, step, tile)
    for i in range((plan.encoder if plan.decoding else count) - 1, -1, -1):
        row = plan.stages[i]
        if row[KIND] == LAYER:
            begin_grads(plan, i, tile)
        elif row[KIND] == DENSE and i < plan.encoder:
            hand_grads(plan, i, tile)
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
