"""Training steps one after the other, without returning to Python between them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from recur.arrays import Flags, Float32s, Float64s, Indices
from recur.engines.compiled.build.compiler import entry, kernel
from recur.engines.compiled.kernels.adam import PART, step_part, sum_part
from recur.engines.compiled.kernels.filling import fill
from recur.engines.compiled.kernels.gather import BatchSource, gather
from recur.engines.compiled.kernels.losses import Recipe, add_losses, count_losses
from recur.engines.compiled.kernels.network import backward, forward
from recur.engines.compiled.kernels.plan import Plan
from recur.engines.compiled.kernels.sampling import DropoutKeys, words
from recur.engines.compiled.kernels.threads import barrier, flush_denormals, restore_denormals
from recur.engines.compiled.kernels.tiles import Share, Tile, Workspace, base, share_of, tile_of
from recur.seeding import Purpose

_GRANULE = 16  # lanes; tiles are whole numbers of them, on every machine
_MOST_TILES = 8
_DROPOUT, _FORCING = int(Purpose.DROPOUT), int(Purpose.FORCING)


class Steps(NamedTuple):
    """A `Chunk` as compiled code takes it.

    Attributes:
        indices: int64 [steps, batch].
        rates: float64 [steps].
        counters: int64 [steps].
        seed: keys the random numbers.
        attempt: keys them too.
        forcing: float64 [steps].
        fresh: bool [steps, batch].
        rate: of the dropout.
    """

    indices: Indices
    rates: Float64s
    counters: Indices
    seed: int
    attempt: int
    forcing: Float64s
    fresh: Flags
    rate: float


class TrainState(NamedTuple):
    """What training changes, and where it computes.

    Attributes:
        workspace: the weights, the carried states, and where a tile is computed.
        mean: float32 [parameters].
        square: float32 [parameters].
        taken: int64 [1], optimiser steps taken.
        gradients: float32 [tiles, parameters].
        grads: float32 [threads, grads of a tile].
        picked: int64 [threads, batch].
        tile_losses: float64 [tiles].
        norms_of_parts: float64 [parts of the parameters].
        checks_of_parts: float64 [parts of the parameters].
        losses: float64 [steps].
        norms: float64 [steps].
        done: int64 [2], steps of the chunk taken, and whether all was finite.
    """

    workspace: Workspace
    mean: Float32s
    square: Float32s
    taken: Indices
    gradients: Float32s
    grads: Float32s
    picked: Indices
    tile_losses: Float64s
    norms_of_parts: Float64s
    checks_of_parts: Float64s
    losses: Float64s
    norms: Float64s
    done: Indices


@entry
def tile_count(lanes: int) -> int:
    """Return into how many tiles a batch is cut; its lanes alone decide."""
    granules = (lanes + _GRANULE - 1) // _GRANULE
    tiles = 1
    while tiles < _MOST_TILES and granules >= 4 * tiles:
        tiles *= 2
    return 2 if tiles == 1 and granules > 1 else tiles


@entry
def tile_bounds(lanes: int, tiles: int, tile: int) -> tuple[int, int]:
    """Return the first lane of a tile, and the first one after it."""
    granules = (lanes + _GRANULE - 1) // _GRANULE
    first = granules * tile // tiles * _GRANULE
    last = granules * (tile + 1) // tiles * _GRANULE
    return first, min(last, lanes)


@entry
def train(
    plan: Plan, batches: BatchSource, recipe: Recipe, steps: Steps, state: TrainState, size: int,
    rank: int, counters: int,
) -> None:  # fmt: skip
    """Take the steps of a chunk, as one thread of a team that all do the same."""
    before = flush_denormals()
    share = share_of(plan, size, rank, counters)
    for step in range(len(steps.rates)):
        indices = state.picked[rank]
        lanes = _pick(steps.indices[step], indices)
        tiles = tile_count(lanes) if plan.blocks == 1 else 1
        unit = 1.0 / count_losses(plan, recipe, batches, indices, lanes)
        _descend_all(
            plan, batches, recipe, steps, step, state, share, lanes, unit, tiles, 0, tiles, 0, rank
        )
        barrier(counters, size)
        _update(plan, recipe, steps, state, step, tiles, tiles, unit, size, rank, counters)
        if state.done[1] == 0:
            break
    restore_denormals(before)


@entry
def descend(
    plan: Plan, batches: BatchSource, recipe: Recipe, steps: Steps, state: TrainState, step: int,
    tiles: int, begin: int, end: int, row: int, size: int, rank: int, counters: int,
) -> None:  # fmt: skip
    """Write the gradients of the tiles from `begin` to `end` of one step, from a row on.

    With `add_tiles` and `update` this is a step of `train`, in pieces that others can share.
    """
    before = flush_denormals()
    share = share_of(plan, size, rank, counters)
    lanes = _pick(steps.indices[step], state.picked[rank])
    unit = 1.0 / count_losses(plan, recipe, batches, state.picked[rank], lanes)
    _descend_all(
        plan, batches, recipe, steps, step, state, share, lanes, unit, tiles, begin, end, row, rank
    )
    restore_denormals(before)


@entry
def add_tiles(
    gradients: Float32s, rows: int, first: int, last: int, size: int, rank: int,
    counters: int,  # noqa: ARG001
) -> None:  # fmt: skip
    """Add up rows of gradients in the first one, from one part of the parameters to another."""
    before = flush_denormals()
    for part in range(first + rank, last, size):
        sum_part(gradients, rows, part)
    restore_denormals(before)


@entry
def update(
    plan: Plan, batches: BatchSource, recipe: Recipe, steps: Steps, state: TrainState, step: int,
    tiles: int, size: int, rank: int, counters: int,
) -> None:  # fmt: skip
    """Take Adam's step along the gradient that stands in the first row, with all tiles' losses."""
    before = flush_denormals()
    lanes = _pick(steps.indices[step], state.picked[rank])
    unit = 1.0 / count_losses(plan, recipe, batches, state.picked[rank], lanes)
    _update(plan, recipe, steps, state, step, 1, tiles, unit, size, rank, counters)
    restore_denormals(before)


@kernel
def _descend_all(
    plan: Plan, batches: BatchSource, recipe: Recipe, steps: Steps, step: int, state: TrainState,
    share: Share, lanes: int, unit: float, tiles: int, begin: int, end: int, row: int, rank: int,
) -> None:  # fmt: skip
    """Run this thread's tiles, of those from `begin` to `end`, forward and back."""
    indices = state.picked[rank]
    for number in range(begin + share.first, end, share.step):
        first, last = tile_bounds(lanes, tiles, number)
        keys = _keys(steps, step, lanes, first, last, state.workspace.numbers[rank])
        tile = tile_of(
            state.workspace, share, state.grads[share.place], state.gradients[row + number - begin],
            steps.fresh[step], keys, first, last,
        )  # fmt: skip
        loss = _descend(plan, batches, recipe, steps, step, tile, share, indices, lanes, unit)
        if share.leads:
            state.tile_losses[number] = loss


@kernel
def _update(
    plan: Plan, recipe: Recipe, steps: Steps, state: TrainState, step: int, rows: int, tiles: int,
    unit: float, size: int, rank: int, counters: int,
) -> None:  # fmt: skip
    """Add up rows of gradients and take Adam's step; say whether all stayed finite."""
    weights, parts = state.workspace.weights, (plan.size + PART - 1) // PART
    loss, square = 0.0, 0.0
    for tile in range(tiles):
        loss += state.tile_losses[tile]
    for part in range(rank, parts, size):
        state.norms_of_parts[part] = sum_part(state.gradients, rows, part)
    barrier(counters, size)
    for part in range(parts):
        square += state.norms_of_parts[part]
    norm = np.sqrt(square)
    scale = recipe.clip / norm if norm > recipe.clip else 1.0
    taken = state.taken[0] + 1
    for part in range(rank, parts, size):
        state.checks_of_parts[part] = step_part(
            weights, state.gradients[0], state.mean, state.square, part, scale, steps.rates[step],
            recipe.decay, recipe.beta1, recipe.beta2, recipe.epsilon, taken,
        )  # fmt: skip
    barrier(counters, size)
    # Sums are in double precision; what single precision cannot hold has overflowed.
    mean = np.float64(np.float32(loss * unit))
    check = mean + np.float64(np.float32(square))
    for part in range(parts):
        check += state.checks_of_parts[part]
    if rank == 0:
        state.losses[step], state.norms[step] = mean, norm
        state.taken[0] = taken
        state.done[0], state.done[1] = step + 1, 1 if np.isfinite(check) else 0
    barrier(counters, size)


@kernel
def _pick(row: Indices, picked: Indices) -> int:
    """Write the windows of a batch without what fills it up; return how many they are."""
    count = 0
    for index in row:
        if index >= 0:
            picked[count] = index
            count += 1
    return count


@kernel
def _keys(
    steps: Steps, step: int, lanes: int, first: int, last: int, numbers: Indices
) -> DropoutKeys:
    """Return what keys the dropout of a tile; write the numbers of its lanes."""
    for lane in range(last - first):
        numbers[0, lane], numbers[1, lane] = first + lane, steps.counters[step]
    return DropoutKeys(
        steps.seed, _DROPOUT | (steps.attempt << 8), lanes, numbers[0], numbers[1],
        int(np.rint(steps.rate * 4294967296.0)), 1 / (1 - steps.rate),
    )  # fmt: skip


@kernel
def _descend(
    plan: Plan, batches: BatchSource, recipe: Recipe, steps: Steps, step: int, tile: Tile,
    share: Share, picked: Indices, lanes: int, unit: float,
) -> float:  # fmt: skip
    """Run one tile of a batch forward and back; return the sum of its losses."""
    values, count, team = tile.values, tile.lanes, tile.team
    loss = 0.0
    if share.leads:
        gather(plan, batches, picked[tile.first : tile.first + count], values, True)
        fill((base(values) + 4 * plan.ones * count, 1.0, count))
        fill((base(tile.grads), 0.0, plan.live * count))
        if plan.decoding:
            _draw_forcing(plan, steps, step, values, tile.first, count, lanes)
        fill((base(tile.gradient), 0.0, plan.size))
    barrier(team.counters, team.size)
    forward(plan, tile)
    if share.leads:
        loss = add_losses(
            plan, recipe, values, tile.grads, tile.weights, tile.gradient, count, unit, True
        )
    barrier(team.counters, team.size)
    backward(plan, tile)
    return loss


@kernel
def _draw_forcing(
    plan: Plan, steps: Steps, step: int, values: Float32s, first: int, count: int, lanes: int
) -> None:
    """Decide which of a decoder's steps are fed the truth."""
    purpose = _FORCING | (steps.attempt << 8)
    for j in range(plan.out_steps):
        for lane in range(count):
            index = j * lanes + first + lane
            drawn = words(index // 4, steps.counters[step], purpose, steps.seed)
            word = drawn[index % 4]
            fed = (np.float64(word) + 0.5) * 2.0**-32 < steps.forcing[step]
            values[(plan.fed + j) * count + lane] = 1.0 if fed else 0.0
