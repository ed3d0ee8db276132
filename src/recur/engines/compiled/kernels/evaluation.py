"""The loss over windows or sequences, portion by portion."""

from __future__ import annotations

from recur.arrays import Flags, Float64s, Indices
from recur.engines.compiled.build.compiler import entry
from recur.engines.compiled.kernels.filling import fill
from recur.engines.compiled.kernels.gather import BatchSource, gather
from recur.engines.compiled.kernels.losses import Recipe, add_losses, count_losses
from recur.engines.compiled.kernels.network import forward
from recur.engines.compiled.kernels.plan import Plan
from recur.engines.compiled.kernels.sampling import no_keys
from recur.engines.compiled.kernels.threads import barrier, flush_denormals, restore_denormals
from recur.engines.compiled.kernels.tiles import Workspace, base, share_of, tile_of


@entry
def evaluate(
    plan: Plan, batches: BatchSource, recipe: Recipe, indices: Indices, workspace: Workspace,
    fresh: Flags, sums: Float64s, counts: Indices, lanes: int, size: int, rank: int, counters: int,
) -> None:  # fmt: skip
    """Write the sums of losses of portions of some windows, as one thread of a team.

    Args:
        plan: of the network, without dropout.
        batches: where the data lie.
        recipe: which loss.
        indices: int64 [windows].
        workspace: where to compute.
        fresh: bool [windows], those that start from zeros where states are kept.
        sums: float64 [portions], written to.
        counts: int64 [portions], how many losses each sum is of, written to.
        lanes: of a portion.
        size: of the team.
        rank: of this thread.
        counters: address of what the team counts at barriers.
    """
    before = flush_denormals()
    share, team_values = share_of(plan, size, rank, counters), workspace.values
    for number in range(share.first, len(sums), share.step):
        first, last = number * lanes, min(len(indices), (number + 1) * lanes)
        portion, count = indices[first:last], last - first
        values, team = team_values[share.place], share.team
        if share.leads:
            gather(plan, batches, portion, values, True)
            if plan.decoding:
                fill((base(values) + 4 * plan.fed * count, 0.0, plan.out_steps * count))
        keys = no_keys(indices)
        tile = tile_of(workspace, share, values, workspace.weights, fresh, keys, first, last)
        barrier(team.counters, team.size)
        forward(plan, tile)
        if share.leads:
            weights = workspace.weights
            sums[number] = add_losses(
                plan, recipe, values, values, weights, weights, count, 0.0, False
            )
            counts[number] = count_losses(plan, recipe, batches, portion, count)
        barrier(team.counters, team.size)
    restore_denormals(before)
