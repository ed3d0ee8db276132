"""One network being trained by several workers, to the bits of one.

The tiles of a step are dealt out in order. The sum of their gradients goes from worker to worker:
each adds its own tiles, one after the other, to the sum of those before, so that numbers are added
in the order in which one machine adds them, and what is sent is one gradient, however many tiles
there are. The whole sum comes back, and every worker takes the same step of Adam.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Indices
from recur.engines.base import Chunk, ChunkResult, Snapshot, Source, StepRecipe
from recur.engines.compiled.kernels import epoch
from recur.engines.compiled.kernels.adam import PART
from recur.engines.compiled.kernels.plan import blocks_for
from recur.engines.compiled.kernels.threads import run_threads
from recur.engines.compiled.threads import Threads
from recur.engines.compiled.trainer import (
    CompiledTrainer,
    PortionLosses,
    bounds_of,
    result_of,
    share_of_work,
    tiles_of,
)
from recur.networks.spec import NetworkSpec

_AT_ONCE = 64  # parts of the parameters in a message, 1 MB; a worker adds while the next is sent


class Link(Protocol):
    """A way to another worker, and from it."""

    def send(self, array: NDArray[Any]) -> None:
        """Send the values of an array."""

    def receive(self, array: NDArray[Any]) -> None:
        """Wait for as many values as an array holds, and write them to it."""


@dataclass(frozen=True)
class Place:
    """Where a worker stands among all.

    Attributes:
        number: its number, from 0 on.
        workers: how many there are.
        before: the way to the worker before it; none where it is the first.
        after: the way to the worker behind it; none where it is the last.
    """

    number: int = 0
    workers: int = 1
    before: Link | None = None
    after: Link | None = None


class SharedTrainer(CompiledTrainer):
    """One of the workers that train a network together; each is given the same chunks.

    Args:
        threads: the most that this worker runs on.
        spec: the network.
        recipe: what one step does.
        source: what is learnt from, all of it.
        snapshot: where training starts.
        place: of this worker.
    """

    def __init__(
        self,
        threads: Threads,
        spec: NetworkSpec,
        recipe: StepRecipe,
        source: Source,
        snapshot: Snapshot,
        place: Place,
    ) -> None:
        self._place = place
        super().__init__(threads, spec, recipe, source, snapshot)

    def run(self, chunk: Chunk) -> ChunkResult:
        """Take the steps of a chunk, together with the other workers."""
        batches, steps, state = self._prepared(chunk)
        plan, recipe, size, place = self._plan, self._recipe, self._size, self._place
        for step, row in enumerate(steps.indices):
            tiles, _ = tiles_of(int((row >= 0).sum()), plan.blocks)
            sharing = min(tiles, place.workers)
            at, rows = 0, 0
            if place.number < sharing:
                begin, end = share_of_work(tiles, place.number, sharing)
                at = int(place.number > 0)  # below what comes from the worker before
                rows = at + end - begin
                work = partial(epoch.descend, plan, batches, recipe, steps, state, step)
                run_threads(size, partial(work, tiles, begin, end, at, size))
            self._add_up(state, rows, tiles, sharing)
            work = partial(epoch.update, plan, batches, recipe, steps, state, step)
            run_threads(size, partial(work, tiles, size))
            if not state.done[1]:
                break
        return result_of(state)

    def share_of_losses(self, indices: Indices | range) -> PortionLosses:
        """Return this worker's share of what `portion_losses` returns."""
        return self.portion_losses(indices, self._place.number, self._place.workers)

    def _add_up(self, state: epoch.TrainState, rows: int, tiles: int, sharing: int) -> None:
        """Add up the gradients of all tiles in the first row, and gather the losses of each."""
        place, total = self._place, state.gradients[0]
        losses, last = state.tile_losses[:tiles], sharing - 1
        parts = -(-len(total) // PART)
        pieces = [(at, min(at + _AT_ONCE, parts)) for at in range(0, parts, _AT_ONCE)]
        values = [total[first * PART : end * PART] for first, end in pieces]
        number, before, after = place.number, place.before, place.after
        if number <= last:
            own, _ = share_of_work(tiles, number, sharing)
            if before:
                before.receive(losses[:own])
            to, toward = share_of_work(tiles, number, sharing)[1], after if number < last else None
            if toward:
                toward.send(losses[:to])
            for (first, end), piece in zip(pieces, values, strict=True):
                if before:
                    before.receive(piece)
                self._add(state, rows, first, end)
                if toward:
                    toward.send(piece)
        # The sum is whole where the last tile was added, and spreads from there to both sides.
        come_from = after if number < last else before if number > last else None
        go_to = [before] if number < last else [after] if number > last else [before, after]
        for array in (losses, *values):
            if come_from:
                come_from.receive(array)
            for link in go_to:
                if link:
                    link.send(array)

    def _add(self, state: epoch.TrainState, rows: int, first: int, end: int) -> None:
        size = self._size
        run_threads(size, partial(epoch.add_tiles, state.gradients, rows, first, end, size))


def losses_of_all(shares: Sequence[PortionLosses]) -> PortionLosses:
    """Return what `portion_losses` returns from the shares of all workers, in order."""
    return [
        (np.concatenate([sums for sums, _ in row]), np.concatenate([counts for _, counts in row]))
        for row in zip(*shares, strict=True)
    ]


def state_of_all(spec: NetworkSpec, snapshots: Sequence[Snapshot]) -> Snapshot:
    """Return the state of a network from those of its workers, in order.

    They differ in what is carried alone, of which each knows that of its own tiles' lanes.
    """
    first = snapshots[0]
    if not first.carried:
        return first
    carried = tuple(part.copy() for part in first.carried)
    batch = carried[0].shape[1]
    tiles, _ = tiles_of(batch, blocks_for(spec, batch))
    sharing = min(tiles, len(snapshots))
    for number in range(sharing):
        begin, end = share_of_work(tiles, number, sharing)
        lanes = slice(bounds_of(batch, tiles, begin)[0], bounds_of(batch, tiles, end - 1)[1])
        for whole, own in zip(carried, snapshots[number].carried, strict=True):
            whole[:, lanes] = own[:, lanes]
    return replace(first, carried=carried)
