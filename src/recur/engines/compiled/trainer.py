"""One network being trained by compiled code."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from recur.data.windows import Indices, Windows
from recur.engines.base import Chunk, ChunkResult, Snapshot, Source, StepRecipe
from recur.engines.checks import check, check_lanes
from recur.engines.compiled import epoch
from recur.engines.compiled.adam import PART
from recur.engines.compiled.losses import LOSSES, Recipe
from recur.engines.compiled.memory import empty, feed_of, zeros_for
from recur.engines.compiled.plan import Plan, plan
from recur.engines.compiled.predict import LANES
from recur.engines.compiled.team import together
from recur.networks.cells import zero_state
from recur.networks.spec import NetworkSpec

# Arithmetic that one thread does in about 30 microseconds; less is not worth a second one.
_WORTH = 3e6
# Called from here they need no machine code, which would have to be loaded.
_count: Callable[[int], int] = getattr(epoch.tile_count, "py_func", epoch.tile_count)
_bounds: Callable[[int, int, int], tuple[int, int]] = getattr(
    epoch.tile_bounds, "py_func", epoch.tile_bounds
)
_NOTHING = np.zeros((1, 1, 0), np.float32)


def team_size(threads: int, layout: Plan, lanes: int, portions: int) -> int:
    """Return how many threads have something to do and are worth it; bits do not depend on it."""
    work = 2.0 * layout.size * layout.steps * lanes
    return 1 if work < _WORTH else max(1, min(threads, portions * layout.blocks))


def most_lanes(batch: int) -> int:
    """Return the most lanes of a tile, of batches up to a size."""
    most = 1
    for lanes in {*range(16, batch + 1, 16), batch}:
        tiles = _count(lanes)
        most = max(most, *(b - a for a, b in (_bounds(lanes, tiles, i) for i in range(tiles))))
    return most


def _as_one(work: Callable[[int, int, int], None], size: int, rank: int, place: int) -> None:
    """Do one thread's part of a team's work."""
    work(rank, size, place)


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
            LOSSES.index(recipe.loss), np.array(recipe.quantiles, np.float64),
            float("inf") if recipe.clip is None else recipe.clip, recipe.decay, recipe.beta1,
            recipe.beta2, recipe.epsilon,
        )  # fmt: skip
        self._carries = not isinstance(source, Windows) and source.carried
        self._targets = 1
        if recipe.loss != "cross_entropy":
            self._targets = spec.outputs // max(1, len(recipe.quantiles))
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
            self._weights.copy(), self._mean.copy(), self._square.copy(), int(self._taken[0]),
            tuple(part.copy() for part in self._carried) if self._carries else (),
        )  # fmt: skip

    def run(self, chunk: Chunk) -> ChunkResult:
        """Take the steps of a chunk."""
        steps, batch = chunk.indices.shape
        fresh = np.zeros((steps, batch), np.bool_) if chunk.fresh is None else np.array(chunk.fresh)
        if self._carries:
            for row in chunk.indices:
                check_lanes(row, self._carried[0].shape[1] if self._carried else None)
            if not self._carried:
                self._carried = zero_state(self._spec, batch)
        if batch > self._batch:
            self._make_room(batch)
        given = epoch.Steps(
            np.array(chunk.indices, np.int64), np.array(chunk.rates, np.float64),
            np.array(chunk.counters, np.int64), chunk.seed, chunk.attempt,
            np.ones(steps) if chunk.forcing is None else np.array(chunk.forcing, np.float64),
            fresh, self._spec.dropout,
        )  # fmt: skip
        losses, norms, done = np.empty(steps), np.empty(steps), np.zeros(2, np.int64)
        work = self._work(losses, norms, done)
        layout, size = self._plan, self._size
        steps_taken = partial(epoch.train, layout, self._feed, self._recipe, given, work)
        together(size, partial(_as_one, steps_taken, size))
        return ChunkResult(losses[: done[0]], norms[: done[0]], bool(done[1]))

    def evaluate(self, indices: Indices) -> float:
        """Return the mean loss over what stands at the indices, without dropout."""
        layout = self._layout(LANES, training=False)
        rows = indices if self._carries else indices[None]
        state = zero_state(self._spec, rows.shape[1]) if self._carries else ()
        lanes = rows.shape[1] if self._carries else LANES
        portions = -(-rows.shape[1] // lanes)
        size = team_size(self._threads, layout, len(indices), portions)
        room = empty((size, layout.rows * min(lanes, rows.shape[1])))
        total = count = 0.0
        for row in rows:
            losses, counts = np.empty(portions), np.empty(portions)
            work = self._work(losses, counts, np.zeros(2, np.int64))
            work = work._replace(
                values=room, slopes=room, zeros=zeros_for(layout), keeps=int(self._carries),
                hidden=state[0] if state else _NOTHING,
                cells=state[1] if len(state) > 1 else _NOTHING,
            )  # fmt: skip
            some, fresh = np.array(row, np.int64), np.zeros(len(row), np.bool_)
            portion = partial(
                epoch.evaluate, layout, self._feed, self._recipe, some, work, fresh, lanes
            )
            together(size, partial(_as_one, portion, size))
            total, count = total + losses.sum(), count + counts.sum()
        with np.errstate(over="ignore"):  # what single precision cannot hold has overflowed
            return float(np.float32(total / count))

    def _layout(self, lanes: int, *, training: bool) -> Plan:
        lay_out = partial(
            plan, self._spec, lanes=lanes, training=training, dropout=training,
            targets=self._targets,
        )  # fmt: skip
        source = self._source
        if isinstance(source, Windows):
            return lay_out(source.lookback, decoder_steps=source.horizon)
        return lay_out(source.steps, masked=source.lengths is not None)

    def _make_room(self, batch: int) -> None:
        lanes = most_lanes(batch)
        self._plan = layout = self._layout(lanes, training=True)
        most = max(_count(x) for x in (*range(16, batch + 1, 16), batch))
        tiles = most if layout.blocks == 1 else 1
        self._size = size = team_size(self._threads, layout, batch, tiles)
        self._gradients = empty((tiles, layout.size))
        self._values = empty((size, layout.rows * lanes))
        self._slopes = empty((size, layout.slope_rows * lanes))
        self._zeros = zeros_for(layout)
        self._picked = np.zeros((size, batch), np.int64)
        self._numbers = np.zeros((size, 2, lanes), np.int64)
        self._batch = batch

    def _work(
        self, losses: NDArray[np.float64], norms: NDArray[np.float64], done: Indices
    ) -> epoch.Work:
        parts = -(-len(self._weights) // PART)
        trains = self._batch > 0
        return epoch.Work(
            self._weights, self._mean, self._square, self._taken,
            self._carried[0] if self._carried else _NOTHING,
            self._carried[1] if len(self._carried) > 1 else _NOTHING,
            int(self._carries),
            self._gradients if trains else _NOTHING[0],
            self._values if trains else _NOTHING[0],
            self._slopes if trains else _NOTHING[0],
            self._zeros if trains else _NOTHING[0, 0],
            self._picked if trains else np.zeros((0, 0), np.int64),
            self._numbers if trains else np.zeros((0, 0, 0), np.int64),
            np.empty(8), np.empty(parts), np.empty(parts), losses, norms, done,
        )  # fmt: skip
