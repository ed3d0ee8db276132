"""Networks run forward: over sequences as they are given, and over windows as far as asked."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Float32s, Indices
from recur.engines.compiled.build.compiler import entry, kernel
from recur.engines.compiled.kernels.filling import fill
from recur.engines.compiled.kernels.gather import Feed, base_of, write_window
from recur.engines.compiled.kernels.network import Tile, base, forward
from recur.engines.compiled.kernels.plan import Plan, plan_of
from recur.engines.compiled.kernels.sampling import Lanes
from recur.engines.compiled.kernels.team import Team, flush_denormals, meet, restore_denormals
from recur.seeding import Purpose

LANES = 64
"""Lanes that are run at once."""

_SAMPLES = int(Purpose.SAMPLES)


class Draw(NamedTuple):
    """Dropout at prediction, as compiled code takes it.

    Attributes:
        seed: keys the random numbers.
        again: how often the network has been run on these windows before.
        samples: lanes of each window.
        windows: int64, the number of each window.
        rate: of the dropout.
    """

    seed: int
    again: int
    samples: int
    windows: Indices
    rate: float


class Room(NamedTuple):
    """Where prediction computes.

    Attributes:
        weights: float32 [parameters].
        values: float32 [threads, values of a tile].
        numbers: int64 [threads, 2, lanes], what keys random numbers.
        zeros: float32, as many as a stage has biases.
        hidden: float32 [parts, lanes, hidden], the states to start from and to end in.
        cells: the same of an LSTM's cells.
        fresh: bool [lanes].
        keeps: whether there are states.
    """

    weights: Float32s
    values: Float32s
    numbers: Indices
    zeros: Float32s
    hidden: Float32s
    cells: Float32s
    fresh: NDArray[np.bool_]
    keeps: int


class Given(NamedTuple):
    """Sequences to run over, as `Engine.forward` takes them.

    Attributes:
        inputs: float32 [time, batch, inputs], symbols as their numbers.
        mask: bool [time, batch]; of no time steps where all are real.
        start: float32 [batch, outputs], a decoder's first input.
        truth: float32 [steps, batch, outputs]; of no steps where a decoder is fed its own.
    """

    inputs: Float32s
    mask: NDArray[np.bool_]
    start: Float32s
    truth: Float32s


@entry
def run(
    plan: Plan,
    room: Room,
    given: Given,
    draw: Draw,
    out: Float32s,
    size: int,
    rank: int,
    place: int,
) -> None:
    """Run over a batch of sequences: out, float32 [output steps, batch, outputs]."""
    before = flush_denormals()
    lanes = given.inputs.shape[1]
    alone = plan.blocks == 1
    tiles = (lanes + LANES - 1) // LANES
    for tile in range(rank if alone else 0, tiles, size if alone else 1):
        first, last = tile * LANES, min(lanes, (tile + 1) * LANES)
        values = room.values[rank if alone else 0]
        if alone or rank == 0:
            _write(plan, given, values, first, last)
        team = (0, 1, 1, place) if alone else (rank, size, plan.blocks, place)
        _run_tile(plan, room, draw, values, room.numbers[rank], first, last, team)
        if alone or rank == 0:
            count = last - first
            for step in range(plan.out_steps):
                for i in range(plan.outputs):
                    row = (plan.out + step * plan.out_step + i) * count
                    for lane in range(count):
                        out[step, first + lane, i] = values[row + lane]
        meet(team[3], team[1])
    restore_denormals(before)


@kernel
def _run_tile(
    plan: Plan, room: Room, draw: Draw, values: Float32s, numbers: Indices, first: int, last: int,
    team: Team,
) -> None:  # fmt: skip
    """Run one tile, whose inputs stand in its rows."""
    for lane in range(last - first):
        numbers[0, lane] = (first + lane) % draw.samples
        numbers[1, lane] = draw.windows[(first + lane) // draw.samples]
    lanes = Lanes(
        draw.seed,
        _SAMPLES | (draw.again << 8),
        draw.samples,
        numbers[0],
        numbers[1],
        int(np.rint(draw.rate * 4294967296.0)),
        1 / (1 - draw.rate),
    )
    tile = Tile(
        values, values, room.weights, room.weights, room.zeros, room.hidden, room.cells, room.fresh,
        room.keeps, first, last - first, lanes, team,
    )  # fmt: skip
    meet(team[3], team[1])
    forward(plan, tile)


@kernel
def _write(plan: Plan, given: Given, values: Float32s, first: int, last: int) -> None:
    """Write the inputs of some lanes into a tile's rows."""
    lanes = last - first
    for step in range(plan.steps):
        for lane in range(lanes):
            for i in range(plan.inputs):
                value = given.inputs[step, first + lane, i]
                values[(plan.x + step * plan.inputs + i) * lanes + lane] = value
            if plan.mask >= 0:
                real = given.mask[step, first + lane]
                values[(plan.mask + step) * lanes + lane] = 1.0 if real else 0.0
    if plan.decoding:
        forced = len(given.truth) > 0
        fill((base(values) + 4 * plan.fed * lanes, 1.0 if forced else 0.0, plan.out_steps * lanes))
        for lane in range(lanes):
            for i in range(plan.outputs):
                values[(plan.start + i) * lanes + lane] = given.start[first + lane, i]
                for step in range(len(given.truth)):
                    row = plan.target + step * plan.outputs + i
                    values[row * lanes + lane] = given.truth[step, first + lane, i]


@entry
def forecast(
    plan: Plan, room: Room, feed: Feed, draw: Draw, out: NDArray[np.float64], levels: int,
    size: int, rank: int, place: int,
) -> None:  # fmt: skip
    """Forecast from every window: out, float64 [samples, windows, horizon * levels].

    A network that looks less than the horizon ahead goes on from its own forecasts.
    """
    before = flush_denormals()
    samples, width = out.shape[0], out.shape[2]
    lanes, ahead = samples * out.shape[1], width if plan.decoding else plan.outputs
    alone = plan.blocks == 1
    tiles = (lanes + LANES - 1) // LANES
    for tile in range(rank if alone else 0, tiles, size if alone else 1):
        first, last = tile * LANES, min(lanes, (tile + 1) * LANES)
        count = last - first
        values = room.values[rank if alone else 0]
        known = np.empty((count, plan.steps + width + ahead))
        for lane in range(count):
            window = (first + lane) // samples
            begin = feed.begins[feed.series[window]]
            for i in range(plan.steps):
                row = max(begin, feed.rows[window] - plan.steps + i)
                known[lane, i] = feed.values[row]
        bases, units = np.empty((count, ahead)), np.empty(count)
        for again in range((width + ahead - 1) // ahead):
            onward = again * ahead
            seen = plan.steps + onward
            if alone or rank == 0:
                for lane in range(count):
                    window = (first + lane) // samples
                    origin, series = feed.rows[window], feed.series[window]
                    sight = write_window(
                        plan, feed, known[lane], seen, origin + onward, origin, series, lane,
                        count, values,
                    )  # fmt: skip
                    units[lane] = sight.spread
                    for i in range(ahead):
                        bases[lane, i] = base_of(feed, known[lane], seen, i // levels, sight)
                if plan.decoding:
                    fill((base(values) + 4 * plan.fed * count, 0.0, plan.out_steps * count))
            now = Draw(draw.seed, again, draw.samples, draw.windows, draw.rate)
            team = (0, 1, 1, place) if alone else (rank, size, plan.blocks, place)
            _run_tile(plan, room, now, values, room.numbers[rank], first, last, team)
            if alone or rank == 0:
                for i in range(ahead):
                    row = plan.out + i * (plan.out_step if plan.decoding else 1)
                    for lane in range(count):
                        value = np.float64(values[row * count + lane])
                        known[lane, seen + i] = value * units[lane] + bases[lane, i]
            meet(team[3], team[1])
        if alone or rank == 0:
            for lane in range(count):
                window, sample = (first + lane) // samples, (first + lane) % samples
                out[sample, window] = known[lane, plan.steps : plan.steps + width]
    restore_denormals(before)


@entry
def step(
    stages: Indices, sizes: Indices, weights: Float32s, zeros: Float32s, inputs: Float32s,
    hidden: Float32s, cells: Float32s,
) -> Float32s:  # fmt: skip
    """Take one time step of a batch; return float32 [batch, outputs], and change the states.

    Args:
        stages: the plan's.
        sizes: int64, the plan's other entries.
        weights: float32 [parameters].
        zeros: float32, as many as a stage has biases.
        inputs: float32 [batch, inputs], symbols as their numbers.
        hidden: float32 [parts, batch, hidden].
        cells: the same of an LSTM's cells.
    """
    before = flush_denormals()
    plan = plan_of(stages, sizes)
    lanes = len(inputs)
    values = np.empty(plan.rows * lanes, np.float32)
    for lane in range(lanes):
        for i in range(plan.inputs):
            values[(plan.x + i) * lanes + lane] = inputs[lane, i]
    tile = Tile(
        values, values, weights, weights, zeros, hidden, cells, np.zeros(lanes, np.bool_), 1, 0,
        lanes, Lanes(0, 0, 1, sizes, sizes, 0, 1.0), (0, 1, plan.blocks, 0),
    )  # fmt: skip
    forward(plan, tile)
    out = np.empty((lanes, plan.outputs), np.float32)
    for i in range(plan.outputs):
        for lane in range(lanes):
            out[lane, i] = values[(plan.out + i) * lanes + lane]
    restore_denormals(before)
    return out
