"""One network being trained by compiled code."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from recur.arrays import Float64s, Indices
from recur.engines.base import Chunk, ChunkResult, Snapshot, Source, StepRecipe
from recur.engines.checks.training import check_indices, check_lanes, check_training
from recur.engines.compiled import border
from recur.engines.compiled.kernels import epoch
from recur.engines.compiled.kernels.adam import PART
from recur.engines.compiled.kernels.evaluation import evaluate
from recur.engines.compiled.kernels.gather import WINDOWS, BatchSource
from recur.engines.compiled.kernels.losses import LOSSES, Recipe
from recur.engines.compiled.kernels.plan import Plan, blocks_for
from recur.engines.compiled.kernels.threads import partition, run_threads
from recur.engines.compiled.kernels.tiles import LANES
from recur.engines.compiled.layout import lay_out
from recur.engines.compiled.sources import batch_source, placed
from recur.engines.compiled.threads import Threads
from recur.engines.steps import in_pieces
from recur.networks.reference import zero_state
from recur.networks.spec import NetworkSpec

# Called from here they need no machine code, which would have to be loaded.
_count: Callable[[int], int] = getattr(epoch.tile_count, "py_func", epoch.tile_count)
bounds_of: Callable[[int, int, int], tuple[int, int]] = getattr(
    epoch.tile_bounds, "py_func", epoch.tile_bounds
)
"""Returns the first lane of a tile and the first one after it, as `epoch.tile_bounds` does."""

share_of_work: Callable[[int, int, int], tuple[int, int]] = getattr(partition, "py_func", partition)
"""Returns where one of some equal parts of a range begins and ends, as `partition` does."""

PortionLosses = list[tuple[Float64s, Indices]]
"""Sums of losses, and of how many losses each is."""


def tiles_of(batch: int, blocks: int) -> tuple[int, int]:
    """Return into how many tiles a batch is cut, and the most lanes of one."""
    if blocks > 1:
        return 1, batch
    count = _count(batch)
    bounds = (bounds_of(batch, count, tile) for tile in range(count))
    return count, max(last - first for first, last in bounds)


def result_of(state: epoch.TrainState) -> ChunkResult:
    """Return what the steps that were taken have measured."""
    done = int(state.done[0])
    return ChunkResult(state.losses[:done], state.norms[:done], bool(state.done[1]))


def mean_loss(losses: PortionLosses) -> float:
    """Return the mean of losses from what `portion_losses` returns."""
    total, count = 0.0, 0
    for sums, counts in losses:
        total, count = total + sums.sum(), count + counts.sum()
    with np.errstate(over="ignore"):  # what single precision cannot hold has overflowed
        return float(np.float32(total / count))


class CompiledTrainer:
    """One network being trained by compiled code."""

    def __init__(
        self,
        threads: Threads,
        spec: NetworkSpec,
        recipe: StepRecipe,
        source: Source,
        snapshot: Snapshot,
    ) -> None:
        check_training(spec, recipe, source)
        self._threads, self._spec, self._source = threads, spec, source
        self._batches = batch_source(source)
        self._recipe = Recipe(
            loss=LOSSES.index(recipe.loss),
            quantiles=np.array(recipe.quantiles, np.float64),
            smoothing=recipe.smoothing,
            weights=np.array(recipe.weights, np.float64),
            clip=float("inf") if recipe.clip is None else recipe.clip,
            decay=recipe.decay,
            beta1=recipe.beta1,
            beta2=recipe.beta2,
            epsilon=recipe.epsilon,
        )
        self._batch = 0
        self.restore(snapshot)

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a state."""
        taken = border.snapshot_in(self._spec, self._source, snapshot)
        self._weights, self._mean, self._square, self._taken, self._carried = taken

    def snapshot(self) -> Snapshot:
        """Return a copy of the state."""
        return Snapshot(
            weights=self._weights.copy(),
            mean=self._mean.copy(),
            square=self._square.copy(),
            steps=int(self._taken[0]),
            carried=border.states_out(self._spec, self._carried.copy()),
        )

    def run(self, chunk: Chunk) -> ChunkResult:
        """Take the steps of a chunk."""
        batches, steps, state = self._prepared(chunk)
        size = self._size
        run_threads(
            size, partial(epoch.train, self._plan, batches, self._recipe, steps, state, size)
        )
        return result_of(state)

    def _prepared(self, chunk: Chunk) -> tuple[BatchSource, epoch.Steps, epoch.TrainState]:
        """Return what the steps of a chunk are taken with."""
        steps = border.steps_in(self._source, chunk, self._spec.dropout)
        count, batch = steps.indices.shape
        if self._source.carried:
            for row in steps.indices:
                check_lanes(row, self._carried.shape[1] if len(self._carried) else None)
            if not len(self._carried):
                self._carried = border.states_in(self._spec, zero_state(self._spec, batch), batch)
        if batch > self._batch:
            self._make_workspace(batch)
        batches, indices = placed(self._source, self._batches, steps.indices)
        workspace = self._state.workspace._replace(
            weights=self._weights, states=self._carried, keeps=int(self._source.carried)
        )
        state = self._state._replace(
            workspace=workspace, mean=self._mean, square=self._square, taken=self._taken,
            losses=np.empty(count), norms=np.empty(count), done=np.zeros(2, np.int64),
        )  # fmt: skip
        return batches, steps._replace(indices=indices), state

    def evaluate(self, indices: Indices | range) -> float:
        """Return the mean loss over what stands at the indices, without dropout."""
        return mean_loss(self.portion_losses(indices))

    def portion_losses(
        self, indices: Indices | range, number: int = 0, workers: int = 1
    ) -> PortionLosses:
        """Return the sums of losses of portions of what stands at the indices.

        Args:
            indices: as `evaluate` takes them.
            number: of a worker that takes its share of the portions.
            workers: among so many.

        Returns:
            Row by row, or piece by piece: float64 [portions], and int64 [portions], how many
            losses each sum is of.
        """
        carries, spec = self._source.carried, self._spec
        check_indices(self._source, indices)
        batch = np.asarray(indices).shape[1] if carries else len(indices)
        rows = iter(np.array(indices, np.int64)) if carries else in_pieces(indices)
        lanes = batch if carries else LANES
        layout = self._layout(lanes, blocks_for(spec, batch), training=False)
        size = self._threads.team(layout, batch, -(-batch // lanes))
        states = border.no_states()
        if carries:
            states = border.states_in(spec, zero_state(spec, batch), batch)
        most, fresh = min(batch, lanes), np.zeros(batch, np.bool_)
        workspace = border.workspace_for(layout, self._weights, states, most, size)
        losses = []
        for row in rows:
            begin, end = share_of_work(-(-len(row) // lanes), number, workers)
            sums, counts = np.empty(end - begin), np.empty(end - begin, np.int64)
            if begin < end:
                wanted = row[begin * lanes : end * lanes]
                batches, places = placed(self._source, self._batches, wanted)
                where = (workspace, fresh, sums, counts, lanes, size)
                run_threads(size, partial(evaluate, layout, batches, self._recipe, places, *where))
            losses.append((sums, counts))
        return losses

    def _layout(self, lanes: int, blocks: int, *, training: bool) -> Plan:
        quantiles, loss = len(self._recipe.quantiles), LOSSES[self._recipe.loss]
        targets = (
            1 if loss in ("cross_entropy", "chain") else self._spec.outputs // max(1, quantiles)
        )
        source, spec = self._source, self._spec
        if self._batches.kind == WINDOWS and not training:
            spec = spec.reading_last  # as prediction does
        return lay_out(
            spec, source.steps, lanes=lanes, blocks=blocks, training=training, dropout=training,
            targets=targets, decoder_steps=self._batches.horizon, masked=source.masked,
            counted=source.counted,
        )  # fmt: skip

    def _make_workspace(self, batch: int) -> None:
        """Lay the network out for batches of up to a size, and set memory aside."""
        blocks = blocks_for(self._spec, batch)
        sizes = [tiles_of(size, blocks) for size in {*range(16, batch + 1, 16), batch}]
        tiles, lanes = (max(numbers) for numbers in zip(*sizes, strict=True))
        self._plan = layout = self._layout(lanes, blocks, training=True)
        self._size = size = self._threads.team(layout, batch, tiles)
        parts = -(-layout.size // PART)
        nothing = np.zeros(0)
        self._state = epoch.TrainState(
            workspace=border.workspace_for(layout, self._weights, self._carried, lanes, size),
            mean=self._mean,
            square=self._square,
            taken=self._taken,
            gradients=border.empty((tiles, layout.size)),
            grads=border.empty((size, layout.grad_rows * lanes)),
            picked=np.zeros((size, batch), np.int64),
            tile_losses=np.empty(tiles),
            norms_of_parts=np.empty(parts),
            checks_of_parts=np.empty(parts),
            losses=nothing,
            norms=nothing,
            done=np.zeros(2, np.int64),
        )
        self._batch = batch
