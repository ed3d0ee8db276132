"""Tiles of a batch: which of them a thread takes, and where it computes.

Where lanes are plenty, every thread has tiles of its own. Where rows of weights are divided
instead, there is one tile after the other that all threads share, and the first of them leads: it
writes what comes in, and reads what comes out.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from recur.arrays import Flags, Float32s, Indices
from recur.engines.compiled.build.compiler import kernel
from recur.engines.compiled.kernels.plan import Plan
from recur.engines.compiled.kernels.sampling import DropoutKeys
from recur.engines.compiled.kernels.threads import ThreadTeam

LANES = 64
"""Lanes that are run forward at once."""


class Workspace(NamedTuple):
    """What a network computes with, and where.

    Attributes:
        weights: float32 [parameters].
        values: float32 [threads, values of a tile].
        numbers: int64 [threads, 2, lanes], what keys random numbers.
        zeros: float32, as many as a stage has biases.
        states: float32 [states * parts, all lanes, hidden], to start from and to leave behind.
        keeps: whether states are started from and left behind.
    """

    weights: Float32s
    values: Float32s
    numbers: Indices
    zeros: Float32s
    states: Float32s
    keeps: int


class Share(NamedTuple):
    """What one thread does of the tiles.

    Attributes:
        first: the number of its first tile.
        step: from one of its tiles to the next.
        place: of its values among those of all threads.
        leads: whether it writes and reads its tiles.
        team: the threads that run them together.
    """

    first: int
    step: int
    place: int
    leads: bool
    team: ThreadTeam


class Tile(NamedTuple):
    """Some lanes of a batch, and where they are computed.

    Attributes:
        values: float32 [rows * lanes], as the plan lays them out.
        grads: float32 [grad rows * lanes].
        weights: float32 [parameters].
        gradient: float32 [parameters], to which this tile's is added.
        zeros: float32, as many as a stage has biases.
        states: float32 [states * parts, all lanes, hidden], to start from and to leave behind.
        fresh: bool [all lanes], those that start from zeros.
        keeps: whether states are started from and left behind.
        first: the tile's first lane among all.
        lanes: of the tile.
        keys: of its dropout.
        team: the threads that share the tile.
    """

    values: Float32s
    grads: Float32s
    weights: Float32s
    gradient: Float32s
    zeros: Float32s
    states: Float32s
    fresh: Flags
    keeps: int
    first: int
    lanes: int
    keys: DropoutKeys
    team: ThreadTeam


@kernel
def base(array: Float32s) -> int:
    """Return the address of an array."""
    return np.int64(array.ctypes.data)  # type: ignore[return-value]  # compiled: the same


@kernel
def share_of(plan: Plan, size: int, rank: int, counters: int) -> Share:
    """Return what a thread does of the tiles.

    Args:
        plan: of the network.
        size: threads.
        rank: of this one.
        counters: address of what they count at barriers.
    """
    if plan.blocks == 1:
        return Share(rank, size, rank, True, ThreadTeam(0, 1, 1, counters))
    return Share(0, 1, 0, rank == 0, ThreadTeam(rank, size, plan.blocks, counters))


@kernel
def tile_of(
    workspace: Workspace, share: Share, grads: Float32s, gradient: Float32s, fresh: Flags,
    keys: DropoutKeys, first: int, last: int,
) -> Tile:  # fmt: skip
    """Return the tile of the lanes from `first` to `last` (exclusive).

    Where there is no way back, the values stand for the grads, and the weights for the gradient.
    """
    return Tile(
        workspace.values[share.place], grads, workspace.weights, gradient, workspace.zeros,
        workspace.states, fresh, workspace.keeps, first, last - first, keys, share.team,
    )  # fmt: skip
