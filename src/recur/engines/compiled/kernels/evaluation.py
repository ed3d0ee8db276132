"""The loss over windows or sequences, portion by portion."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Indices
from recur.engines.compiled.build.compiler import entry
from recur.engines.compiled.kernels.filling import fill
from recur.engines.compiled.kernels.gather import Feed, gather
from recur.engines.compiled.kernels.losses import Recipe, add_losses, count_losses
from recur.engines.compiled.kernels.network import Tile, base, forward
from recur.engines.compiled.kernels.plan import Plan
from recur.engines.compiled.kernels.predict import Room
from recur.engines.compiled.kernels.sampling import Lanes
from recur.engines.compiled.kernels.team import flush_denormals, meet, restore_denormals


@entry
def evaluate(
    plan: Plan, feed: Feed, recipe: Recipe, indices: Indices, room: Room, sums: NDArray[np.float64],
    counts: Indices, lanes: int, size: int, rank: int, place: int,
) -> None:  # fmt: skip
    """Write the sums of losses of portions of some windows, as one thread of a team.

    Args:
        plan: of the network, without dropout.
        feed: where the data lie.
        recipe: which loss.
        indices: int64 [windows].
        room: where to compute.
        sums: float64 [portions], written to.
        counts: int64 [portions], how many losses each sum is of, written to.
        lanes: of a portion.
        size: of the team.
        rank: of this thread.
        place: address of the team's counters.
    """
    before = flush_denormals()
    portions = (len(indices) + lanes - 1) // lanes
    alone = plan.blocks == 1
    for portion in range(rank if alone else 0, portions, size if alone else 1):
        first, last = portion * lanes, min(len(indices), (portion + 1) * lanes)
        some, count = indices[first:last], last - first
        values = room.values[rank if alone else 0]
        if alone or rank == 0:
            gather(plan, feed, some, values, True)
            if plan.decoding:
                fill((base(values) + 4 * plan.fed * count, 0.0, plan.out_steps * count))
        team = (0, 1, 1, place) if alone else (rank, size, plan.blocks, place)
        draw = Lanes(0, 0, 1, indices, indices, 0, 1.0)
        tile = Tile(
            values, values, room.weights, room.weights, room.zeros, room.hidden, room.cells,
            room.fresh, room.keeps, first, count, draw, team,
        )  # fmt: skip
        meet(team[3], team[1])
        forward(plan, tile)
        if alone or rank == 0:
            sums[portion] = add_losses(plan, recipe, values, values, count, 0.0, False)
            counts[portion] = count_losses(plan, recipe, feed, some, count)
        meet(team[3], team[1])
    restore_denormals(before)
