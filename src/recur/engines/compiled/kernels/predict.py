"""Networks run forward: over sequences as they are given, and over windows as far as asked."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from recur.arrays import Flags, Float32s, Float64s, Indices
from recur.engines.compiled.build.compiler import entry, kernel
from recur.engines.compiled.kernels.filling import fill
from recur.engines.compiled.kernels.gather import BatchSource, base_of, write_window
from recur.engines.compiled.kernels.network import forward
from recur.engines.compiled.kernels.plan import Plan, plan_of
from recur.engines.compiled.kernels.sampling import DropoutKeys, no_keys
from recur.engines.compiled.kernels.threads import (
    ThreadTeam,
    barrier,
    flush_denormals,
    restore_denormals,
)
from recur.engines.compiled.kernels.tiles import (
    LANES,
    Share,
    Tile,
    Workspace,
    base,
    share_of,
    tile_of,
)
from recur.seeding import Purpose

_SAMPLES = int(Purpose.SAMPLES)


class SampleKeys(NamedTuple):
    """What keys the dropout of samples; see `DropoutSamples`.

    Attributes:
        seed: of the random numbers.
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


class Given(NamedTuple):
    """Sequences to run over, as `Engine.forward` takes them.

    Attributes:
        inputs: float32 [time, batch, inputs], symbols as their numbers.
        mask: bool [time, batch]; of no time steps where all are real.
        start: float32 [batch, outputs], a decoder's first input.
        truth: float32 [steps, batch, outputs]; of no steps where a decoder is fed its own.
    """

    inputs: Float32s
    mask: Flags
    start: Float32s
    truth: Float32s


@entry
def run(
    plan: Plan, workspace: Workspace, fresh: Flags, given: Given, samples: SampleKeys,
    out: Float32s, size: int, rank: int, counters: int,
) -> None:  # fmt: skip
    """Run over a batch of sequences: out, float32 [output steps, batch, outputs]."""
    before = flush_denormals()
    share, lanes = share_of(plan, size, rank, counters), given.inputs.shape[1]
    values = workspace.values[share.place]
    for number in range(share.first, (lanes + LANES - 1) // LANES, share.step):
        first, last = number * LANES, min(lanes, (number + 1) * LANES)
        if share.leads:
            write_given(plan, given, values, first, last)
        numbers = workspace.numbers[rank]
        _run_tile(plan, workspace, share, fresh, samples, samples.again, numbers, first, last)
        if share.leads:
            count = last - first
            for step in range(plan.out_steps):
                for i in range(plan.outputs):
                    row = (plan.out + step * plan.out_step + i) * count
                    for lane in range(count):
                        out[step, first + lane, i] = values[row + lane]
        barrier(share.team.counters, share.team.size)
    restore_denormals(before)


@kernel
def _run_tile(
    plan: Plan, workspace: Workspace, share: Share, fresh: Flags, samples: SampleKeys, again: int,
    numbers: Indices, first: int, last: int,
) -> None:  # fmt: skip
    """Run one tile, whose inputs stand in its rows."""
    for lane in range(last - first):
        numbers[0, lane] = (first + lane) % samples.samples
        numbers[1, lane] = samples.windows[(first + lane) // samples.samples]
    keys = DropoutKeys(
        samples.seed, _SAMPLES | (again << 8), samples.samples, numbers[0], numbers[1],
        int(np.rint(samples.rate * 4294967296.0)), 1 / (1 - samples.rate),
    )  # fmt: skip
    values, weights = workspace.values[share.place], workspace.weights
    tile = tile_of(workspace, share, values, weights, fresh, keys, first, last)
    barrier(share.team.counters, share.team.size)
    forward(plan, tile)


@kernel
def write_given(plan: Plan, given: Given, values: Float32s, first: int, last: int) -> None:
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
    plan: Plan, workspace: Workspace, fresh: Flags, batches: BatchSource, samples: SampleKeys,
    out: Float64s, levels: int, size: int, rank: int, counters: int,
) -> None:  # fmt: skip
    """Forecast from every window: out, float64 [samples, windows, horizon * levels].

    A network that looks less than the horizon ahead goes on from its own forecasts.
    """
    before = flush_denormals()
    share = share_of(plan, size, rank, counters)
    passes, width = out.shape[0], out.shape[2]
    lanes, ahead = passes * out.shape[1], width if plan.decoding else plan.outputs
    values = workspace.values[share.place]
    for number in range(share.first, (lanes + LANES - 1) // LANES, share.step):
        first, last = number * LANES, min(lanes, (number + 1) * LANES)
        count = last - first
        known = np.empty((count, plan.steps + width + ahead))
        for lane in range(count):
            window = (first + lane) // passes
            begin = batches.begins[batches.series[window]]
            for i in range(plan.steps):
                row = max(begin, batches.rows[window] - plan.steps + i)
                known[lane, i] = batches.values[row]
        bases, units = np.empty((count, ahead)), np.empty(count)
        for again in range((width + ahead - 1) // ahead):
            onward = again * ahead
            seen = plan.steps + onward
            if share.leads:
                for lane in range(count):
                    window = (first + lane) // passes
                    origin, series = batches.rows[window], batches.series[window]
                    scale = write_window(
                        plan, batches, known[lane], seen, origin + onward, origin, series, lane,
                        count, values,
                    )  # fmt: skip
                    units[lane] = scale.spread
                    for i in range(ahead):
                        bases[lane, i] = base_of(batches, known[lane], seen, i // levels, scale)
                if plan.decoding:
                    fill((base(values) + 4 * plan.fed * count, 0.0, plan.out_steps * count))
            numbers = workspace.numbers[rank]
            _run_tile(plan, workspace, share, fresh, samples, again, numbers, first, last)
            if share.leads:
                for i in range(ahead):
                    row = plan.out + i * (plan.out_step if plan.decoding else 1)
                    for lane in range(count):
                        value = np.float64(values[row * count + lane])
                        known[lane, seen + i] = value * units[lane] + bases[lane, i]
            barrier(share.team.counters, share.team.size)
        if share.leads:
            for lane in range(count):
                window, sample = (first + lane) // passes, (first + lane) % passes
                out[sample, window] = known[lane, plan.steps : plan.steps + width]
    restore_denormals(before)


@entry
def step(
    stages: Indices, sizes: Indices, weights: Float32s, zeros: Float32s, inputs: Float32s,
    states: Float32s,
) -> Float32s:  # fmt: skip
    """Take one time step of a batch; return float32 [batch, outputs], and change the states.

    Args:
        stages: the plan's.
        sizes: int64, the plan's other entries.
        weights: float32 [parameters].
        zeros: float32, as many as a stage has biases.
        inputs: float32 [batch, inputs], symbols as their numbers.
        states: float32 [states * parts, batch, hidden].
    """
    before = flush_denormals()
    plan, lanes = plan_of(stages, sizes), len(inputs)
    values = np.empty(plan.rows * lanes, np.float32)
    for lane in range(lanes):
        for i in range(plan.inputs):
            values[(plan.x + i) * lanes + lane] = inputs[lane, i]
    fresh, team = np.zeros(lanes, np.bool_), ThreadTeam(0, 1, plan.blocks, 0)
    # Without a workspace, and what it takes to ask for one: a step may take a few microseconds.
    tile = Tile(
        values, values, weights, weights, zeros, states, fresh, 1, 0, lanes, no_keys(sizes), team
    )
    forward(plan, tile)
    out = np.empty((lanes, plan.outputs), np.float32)
    for i in range(plan.outputs):
        for lane in range(lanes):
            out[lane, i] = values[(plan.out + i) * lanes + lane]
    restore_denormals(before)
    return out
