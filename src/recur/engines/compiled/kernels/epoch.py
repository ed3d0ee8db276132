"""Training steps one after the other, without returning to Python between them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Float32s, Float64s, Indices
from recur.engines.compiled.build.compiler import entry, kernel
from recur.engines.compiled.kernels.adam import PART, step_part, sum_part
from recur.engines.compiled.kernels.filling import fill
from recur.engines.compiled.kernels.gather import Feed, gather
from recur.engines.compiled.kernels.losses import Recipe, add_losses, count_losses
from recur.engines.compiled.kernels.network import Tile, backward, base, forward
from recur.engines.compiled.kernels.plan import Plan
from recur.engines.compiled.kernels.sampling import Lanes, words
from recur.engines.compiled.kernels.team import Team, flush_denormals, meet, restore_denormals
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
    fresh: NDArray[np.bool_]
    rate: float


class Work(NamedTuple):
    """What training changes, and where it computes.

    Attributes:
        weights: float32 [parameters].
        mean: float32 [parameters].
        square: float32 [parameters].
        taken: int64 [1], optimiser steps taken.
        hidden: float32 [parts, lanes, hidden], the carried states.
        cells: the same of an LSTM's cells.
        keeps: whether states are carried.
        gradients: float32 [tiles, parameters].
        values: float32 [threads, values of a tile].
        slopes: float32 [threads, slopes of a tile].
        zeros: float32, as many as a stage has biases.
        picked: int64 [threads, batch].
        numbers: int64 [threads, 2, lanes], what keys random numbers.
        tile_losses: float64 [tiles].
        norms_of_parts: float64 [parts of the parameters].
        checks_of_parts: float64 [parts of the parameters].
        losses: float64 [steps].
        norms: float64 [steps].
        done: int64 [2], steps of the chunk taken, and whether all was finite.
    """

    weights: Float32s
    mean: Float32s
    square: Float32s
    taken: Indices
    hidden: Float32s
    cells: Float32s
    keeps: int
    gradients: Float32s
    values: Float32s
    slopes: Float32s
    zeros: Float32s
    picked: Indices
    numbers: Indices
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
    plan: Plan, feed: Feed, recipe: Recipe, steps: Steps, work: Work, size: int, rank: int,
    place: int,
) -> None:  # fmt: skip
    """Take the steps of a chunk, as one thread of a team that all do the same."""
    before = flush_denormals()
    parts = (plan.size + PART - 1) // PART
    alone = plan.blocks == 1  # each thread has tiles of its own; else all share the one there is
    arena = rank if alone else 0
    team = (0, 1, 1, place) if alone else (rank, size, plan.blocks, place)
    for step in range(len(steps.rates)):
        indices = work.picked[rank]
        lanes = _pick(steps.indices[step], indices)
        tiles = tile_count(lanes) if alone else 1
        unit = 1.0 / count_losses(plan, recipe, feed, indices, lanes)
        for tile in range(rank if alone else 0, tiles, size if alone else 1):
            _tile(
                plan, feed, recipe, steps, work, step, tile, tiles, lanes, unit, rank, arena, team
            )
        meet(place, size)
        loss, square = 0.0, 0.0
        for tile in range(tiles):
            loss += work.tile_losses[tile]
        for part in range(rank, parts, size):
            work.norms_of_parts[part] = sum_part(work.gradients, tiles, part)
        meet(place, size)
        for part in range(parts):
            square += work.norms_of_parts[part]
        norm = np.sqrt(square)
        scale = recipe.clip / norm if norm > recipe.clip else 1.0
        taken = work.taken[0] + 1
        for part in range(rank, parts, size):
            work.checks_of_parts[part] = step_part(
                work.weights, work.gradients[0], work.mean, work.square, part, scale,
                steps.rates[step], recipe.decay, recipe.beta1, recipe.beta2, recipe.epsilon, taken,
            )  # fmt: skip
        meet(place, size)
        # Sums are in double precision; what single precision cannot hold has overflowed.
        mean = np.float64(np.float32(loss * unit))
        check = mean + np.float64(np.float32(square))
        for part in range(parts):
            check += work.checks_of_parts[part]
        finite = np.isfinite(check)
        if rank == 0:
            work.losses[step], work.norms[step] = mean, norm
            work.taken[0] = taken
            work.done[0], work.done[1] = step + 1, 1 if finite else 0
        meet(place, size)
        if not finite:
            break
    restore_denormals(before)


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
def _tile(
    plan: Plan, feed: Feed, recipe: Recipe, steps: Steps, work: Work, step: int, number: int,
    tiles: int, lanes: int, unit: float, rank: int, arena: int, team: Team,
) -> None:  # fmt: skip
    """Run one tile of a batch forward and back."""
    first, last = tile_bounds(lanes, tiles, number)
    count = last - first
    values, slopes = work.values[arena], work.slopes[arena]
    counter = steps.counters[step]
    if team[0] == 0:
        picked = work.picked[rank][first:last]
        gather(plan, feed, picked, values, True)
        fill((base(values) + 4 * plan.ones * count, 1.0, count))
        fill((base(slopes), 0.0, plan.live * count))
        if plan.decoding:
            _draw_forcing(plan, steps, step, values, first, count, lanes)
        gradient = work.gradients[number]
        fill((base(gradient), 0.0, plan.size))
    numbers = work.numbers[rank]
    for lane in range(count):
        numbers[0, lane], numbers[1, lane] = first + lane, counter
    draw = Lanes(
        steps.seed,
        _DROPOUT | (steps.attempt << 8),
        lanes,
        numbers[0],
        numbers[1],
        int(np.rint(steps.rate * 4294967296.0)),
        1 / (1 - steps.rate),
    )
    tile = Tile(
        values, slopes, work.weights, work.gradients[number], work.zeros, work.hidden, work.cells,
        steps.fresh[step], work.keeps, first, count, draw, team,
    )  # fmt: skip
    meet(team[3], team[1])
    forward(plan, tile)
    if team[0] == 0:
        work.tile_losses[number] = add_losses(plan, recipe, values, slopes, count, unit, True)
    meet(team[3], team[1])
    backward(plan, tile)


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
