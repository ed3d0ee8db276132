"""The way back from grads of outputs that were found elsewhere, to those of weights and inputs."""

from __future__ import annotations

from recur.arrays import Flags, Float32s
from recur.engines.compiled.build.compiler import entry, kernel
from recur.engines.compiled.kernels.adam import PART, sum_part
from recur.engines.compiled.kernels.epoch import tile_bounds, tile_count
from recur.engines.compiled.kernels.filling import fill
from recur.engines.compiled.kernels.network import backward, forward
from recur.engines.compiled.kernels.plan import Plan
from recur.engines.compiled.kernels.predict import Given, write_given
from recur.engines.compiled.kernels.sampling import no_keys
from recur.engines.compiled.kernels.threads import barrier, flush_denormals, restore_denormals
from recur.engines.compiled.kernels.tiles import Tile, Workspace, base, share_of, tile_of


@entry
def gradient(
    plan: Plan, workspace: Workspace, fresh: Flags, given: Given, output_grad: Float32s,
    grads: Float32s, gradients: Float32s, input_grad: Float32s, size: int, rank: int,
    counters: int,
) -> None:  # fmt: skip
    """Run forward and back, as one thread of a team that all do the same.

    Args:
        plan: of the network, with a way back as far as its inputs.
        workspace: where to compute.
        fresh: bool [batch].
        given: the inputs.
        output_grad: float32 [output steps, batch, outputs].
        grads: float32 [threads, grads of a tile].
        gradients: float32 [tiles, parameters]; the first will hold their sum.
        input_grad: float32 [time, batch, inputs], written to.
        size: of the team.
        rank: of this thread.
        counters: address of what the team counts at barriers.
    """
    before = flush_denormals()
    share, lanes = share_of(plan, size, rank, counters), given.inputs.shape[1]
    tiles = tile_count(lanes) if plan.blocks == 1 else 1
    for number in range(share.first, tiles, share.step):
        first, last = tile_bounds(lanes, tiles, number)
        tile = tile_of(
            workspace, share, grads[share.place], gradients[number], fresh, no_keys(plan.stages[0]),
            first, last,
        )  # fmt: skip
        if share.leads:
            write_given(plan, given, tile.values, first, last)
            fill((base(tile.values) + 4 * plan.ones * tile.lanes, 1.0, tile.lanes))
            fill((base(tile.grads), 0.0, plan.live * tile.lanes))
            fill((base(tile.gradient), 0.0, plan.size))
            _write_grads(plan, tile, output_grad)
        barrier(tile.team.counters, tile.team.size)
        forward(plan, tile)
        backward(plan, tile)
        if share.leads:
            _read_grads(plan, tile, input_grad)
        barrier(tile.team.counters, tile.team.size)
    barrier(counters, size)
    for part in range(rank, (plan.size + PART - 1) // PART, size):
        sum_part(gradients, tiles, part)
    restore_denormals(before)


@kernel
def _write_grads(plan: Plan, tile: Tile, output_grad: Float32s) -> None:
    """Write the grads of a tile's outputs into its rows."""
    for step in range(plan.out_steps):
        for i in range(plan.outputs):
            row = (plan.out + step * plan.out_step + i) * tile.lanes
            for lane in range(tile.lanes):
                tile.grads[row + lane] = output_grad[step, tile.first + lane, i]


@kernel
def _read_grads(plan: Plan, tile: Tile, input_grad: Float32s) -> None:
    """Read the grads of a tile's inputs out of its rows."""
    for step in range(plan.steps):
        for i in range(plan.inputs):
            row = (plan.x + step * plan.inputs + i) * tile.lanes
            for lane in range(tile.lanes):
                input_grad[step, tile.first + lane, i] = tile.grads[row + lane]
