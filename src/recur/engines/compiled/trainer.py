"""One network being trained by compiled code."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from recur.arrays import Indices
from recur.data.sources.sequences import Sequences
from recur.data.sources.windows import Windows
from recur.engines.base import Chunk, ChunkResult, Snapshot, Source, StepRecipe
from recur.engines.checks import check, check_lanes
from recur.engines.compiled.kernels import epoch
from recur.engines.compiled.kernels.adam import PART
from recur.engines.compiled.kernels.evaluation import evaluate
from recur.engines.compiled.kernels.losses import LOSSES, Recipe
from recur.engines.compiled.kernels.plan import Plan, blocks_for
from recur.engines.compiled.kernels.predict import LANES
from recur.engines.compiled.kernels.team import together
from recur.engines.compiled.layout import lay_out
from recur.engines.compiled.memory import empty, feed_of, placed, room_for, zeros_for
from recur.networks.reference import zero_state
from recur.networks.spec import NetworkSpec

# Operations that one thread does in about 30 microseconds; less is not worth a second one.
_WORTH = 3e6

# Called from here they need no machine code, which would have to be loaded.
_count: Callable[[int], int] = getattr(epoch.tile_count, "py_func", epoch.tile_count)
_bounds: Callable[[int, int, int], tuple[int, int]] = getattr(
    epoch.tile_bounds, "py_func", epoch.tile_bounds
)


def team_size(threads: int, layout: Plan, lanes: int, portions: int) -> int:
    """Return how many threads have something to do and are worth it; bits do not depend on it."""
    work = 2.0 * layout.size * layout.steps * lanes
    return 1 if work < _WORTH else max(1, min(threads, portions * layout.blocks))


class CompiledTrainer:
    """One network being trained by compiled code."""

    def __init__(
        self,
        threads: int,
        spec: NetworkSpec,
        recipe: StepRecipe,
        source: Source,
        snapshot: Snapshot,
    ) -> None:
        check(spec, recipe, source)
        self._threads, self._spec, self._source = threads, spec, source
        self._feed = feed_of(source)
        self._recipe = Recipe(
            loss=LOSSES.index(recipe.loss),
            quantiles=np.array(recipe.quantiles, np.float64),
            clip=float("inf") if recipe.clip is None else recipe.clip,
            decay=recipe.decay,
            beta1=recipe.beta1,
            beta2=recipe.beta2,
            epsilon=recipe.epsilon,
        )
        self._carries = not isinstance(source, Windows) and source.carried
        self._batch = 0
        self.restore(snapshot)

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a state."""
        self._weights, self._mean, self._square = (
            np.array(x, np.float32) for x in (snapshot.weights, snapshot.mean, snapshot.square)
        )
        self._taken = np.array([snapshot.steps])
        self._carried = tuple(np.array(x, np.float32) for x in snapshot.carried)

    def snapshot(self) -> Snapshot:
        """Return a copy of the state."""
        return Snapshot(
            weights=self._weights.copy(),
            mean=self._mean.copy(),
            square=self._square.copy(),
            steps=int(self._taken[0]),
            carried=tuple(part.copy() for part in self._carried),
        )

    def run(self, chunk: Chunk) -> ChunkResult:
        """Take the steps of a chunk."""
        steps, batch = chunk.indices.shape
        self._check_indices(chunk.indices)
        if self._carries:
            for row in chunk.indices:
                check_lanes(row, self._carried[0].shape[1] if self._carried else None)
            self._carried = self._carried or zero_state(self._spec, batch)
        if batch > self._batch:
            self._make_room(batch)
        feed, indices = placed(self._feed, self._source, chunk.indices)
        given = epoch.Steps(
            indices=indices,
            rates=np.array(chunk.rates, np.float64),
            counters=np.array(chunk.counters, np.int64),
            seed=chunk.seed,
            attempt=chunk.attempt,
            forcing=np.array(np.ones(steps) if chunk.forcing is None else chunk.forcing),
            fresh=np.zeros((steps, batch), np.bool_)
            if chunk.fresh is None
            else np.array(chunk.fresh),
            rate=self._spec.dropout,
        )
        hidden, cells, *_ = (*self._carried, _NOTHING, _NOTHING)
        losses, norms, done = np.empty(steps), np.empty(steps), np.zeros(2, np.int64)
        work = self._work._replace(
            weights=self._weights, mean=self._mean, square=self._square, taken=self._taken,
            hidden=hidden, cells=cells, losses=losses, norms=norms, done=done,
        )  # fmt: skip
        size = self._size
        together(size, partial(epoch.train, self._plan, feed, self._recipe, given, work, size))
        return ChunkResult(losses[: done[0]], norms[: done[0]], bool(done[1]))

    def evaluate(self, indices: Indices) -> float:
        """Return the mean loss over what stands at the indices, without dropout."""
        self._check_indices(indices)
        rows = np.array(indices if self._carries else indices[None], np.int64)
        batch = rows.shape[1]
        lanes = batch if self._carries else LANES
        layout = self._layout(lanes, blocks_for(self._spec, batch), training=False)
        portions = -(-batch // lanes)
        size = team_size(self._threads, layout, batch, portions)
        state = zero_state(self._spec, batch) if self._carries else ()
        room = room_for(layout, self._weights, batch, size, state, lanes)
        total, count = 0.0, 0
        for wanted in rows:
            feed, row = placed(self._feed, self._source, wanted)
            sums, counts = np.empty(portions), np.empty(portions, np.int64)
            given = (layout, feed, self._recipe, row, room, sums, counts, lanes, size)
            together(size, partial(evaluate, *given))
            total, count = total + sums.sum(), count + counts.sum()
        with np.errstate(over="ignore"):  # what single precision cannot hold has overflowed
            return float(np.float32(total / count))

    def _check_indices(self, indices: Indices) -> None:
        """Refuse what compiled code, which does not look, would read from beyond the end."""
        if indices.size and not -1 <= indices.min() <= indices.max() < len(self._source):
            raise IndexError(
                f"batches of {indices.min()} to {indices.max()} are asked for, but there are "
                f"{len(self._source)} windows or sequences."
            )

    def _layout(self, lanes: int, blocks: int, *, training: bool) -> Plan:
        quantiles, loss = len(self._recipe.quantiles), LOSSES[self._recipe.loss]
        targets = 1 if loss == "cross_entropy" else self._spec.outputs // max(1, quantiles)
        source, spec = self._source, self._spec
        if isinstance(source, Windows) and not training:
            spec = spec.reading_last  # as prediction does
        laid_out = partial(
            lay_out, spec, lanes=lanes, blocks=blocks, training=training, dropout=training,
            targets=targets,
        )  # fmt: skip
        if isinstance(source, Windows):
            return laid_out(
                source.lookback, decoder_steps=source.horizon, masked=source.masked,
                counted=source.observed is not None,
            )  # fmt: skip
        masked = isinstance(source, Sequences) and source.lengths is not None
        return laid_out(source.steps, masked=masked)

    def _make_room(self, batch: int) -> None:
        """Lay the network out for batches of up to a size, and set memory aside."""
        blocks, tiles, lanes = blocks_for(self._spec, batch), 1, batch
        if blocks == 1:
            sizes = {*range(16, batch + 1, 16), batch}
            tiles = max(map(_count, sizes))
            bounds = [_bounds(n, _count(n), tile) for n in sizes for tile in range(_count(n))]
            lanes = max(last - first for first, last in bounds)
        self._plan = layout = self._layout(lanes, blocks, training=True)
        self._size = size = team_size(self._threads, layout, batch, tiles)
        parts = -(-layout.size // PART)
        nothing = np.zeros(0)
        self._work = epoch.Work(
            weights=self._weights,
            mean=self._mean,
            square=self._square,
            taken=self._taken,
            hidden=_NOTHING,
            cells=_NOTHING,
            keeps=int(self._carries),
            gradients=empty((tiles, layout.size)),
            values=empty((size, layout.rows * lanes)),
            slopes=empty((size, layout.slope_rows * lanes)),
            zeros=zeros_for(layout),
            picked=np.zeros((size, batch), np.int64),
            numbers=np.zeros((size, 2, lanes), np.int64),
            tile_losses=np.empty(tiles),
            norms_of_parts=np.empty(parts),
            checks_of_parts=np.empty(parts),
            losses=nothing,
            norms=nothing,
            done=np.zeros(2, np.int64),
        )
        self._batch = batch


_NOTHING = np.zeros((0, 0, 0), np.float32)
