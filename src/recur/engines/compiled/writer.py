"""Symbols written by compiled code, without coming back to Python."""

from __future__ import annotations

from functools import partial

import numpy as np

from recur.arrays import Float32s, Float64s, Indices, Symbols
from recur.engines.checks.writing import check_writer, check_writing
from recur.engines.compiled import border
from recur.engines.compiled.kernels import writing
from recur.engines.compiled.kernels.mixing import Tree
from recur.engines.compiled.kernels.plan import Plan, blocks_for
from recur.engines.compiled.kernels.threads import run_threads
from recur.engines.compiled.kernels.tiles import LANES
from recur.engines.compiled.layout import lay_out
from recur.engines.compiled.threads import Threads
from recur.engines.mixing import SIGNS, Mixture, contexts_before
from recur.engines.reading import Forward, read
from recur.engines.sampling import SamplingSettings, not_finite
from recur.networks.reference import State
from recur.networks.spec import NetworkSpec, Values

_SHARED = 16  # texts from which threads share a step; fewer wait for the weights alone
_Layout = tuple[Plan, Indices, Float32s, int]


class CompiledWriter:
    """A network of symbols that writes on without coming back to Python.

    Args:
        threads: how many there are.
        spec: the network.
        weights: float32 [size].
        forward: the engine's own, which reads.
        mixture: what the network is mixed with.
        table: whether one text looks up its first sums, see `writing.with_table`.
    """

    def __init__(
        self,
        threads: Threads,
        spec: NetworkSpec,
        weights: Values,
        forward: Forward,
        mixture: Mixture | None = None,
        *,
        table: bool = True,
    ) -> None:
        check_writer(spec, mixture)
        self._mixture, self._tree = mixture, _tree(mixture)
        self._threads, self._spec, self._forward = threads, spec, forward
        self._weights = border.weights_in(spec, weights)
        if table:
            self._weights = writing.with_table(spec, self._weights)
        self._last: tuple[int, _Layout] | None = None

    def write(
        self,
        symbols: Symbols,
        state: State,
        count: int,
        sampling: SamplingSettings,
        first_step: int = 0,
        before: Symbols | None = None,
    ) -> tuple[Symbols, State]:
        """Draw the next symbols of each lane; see `SymbolWriter.write`."""
        check_writing(self._spec, symbols, state, count, first_step, before)
        lanes = len(symbols)
        contexts = contexts_before(self._mixture, None, lanes)
        earlier = np.zeros((0, lanes), np.int32) if before is None else before[-contexts.shape[1] :]
        layout, sizes, zeros, table = self._laid_out(lanes)
        states, out = border.states_in(self._spec, state, lanes), np.empty((count, lanes), np.int32)
        size = self._threads.team(layout, lanes * count, -(-lanes // LANES))
        values = border.empty((size, layout.rows * min(lanes, LANES)))
        work = partial(
            writing.write, layout.stages, sizes, self._weights, zeros, values, table,
            border.symbols_in(symbols), states, sampling.scale, sampling.top_k or layout.outputs,
            sampling.top_p, sampling.least, sampling.seed, first_step, self._tree, contexts,
            border.symbols_in(earlier), out, size,
        )  # fmt: skip
        if size == 1:
            work(0, 0)
        else:
            run_threads(size, work)
        if out.size and out.min() < 0:
            raise not_finite(first_step + int((out < 0).any(axis=1).argmax()))
        return out, border.states_out(self._spec, states)

    def read(
        self, symbols: Symbols, state: State, before: Symbols | None = None
    ) -> tuple[Float64s, State]:
        """Return how unlikely each symbol is; see `SymbolWriter.read`."""
        weights = self._weights[: self._spec.size]
        return read(self._forward, self._spec, weights, symbols, state, self._mixture, before)

    def _laid_out(self, lanes: int) -> _Layout:
        """Return the layout for some lanes; that of the last call is kept."""
        if self._last is None or self._last[0] != lanes:
            plan = lay_out(
                self._spec, 1, lanes=min(lanes, LANES),
                blocks=blocks_for(self._spec, lanes) if lanes >= _SHARED else 1,
                training=False, dropout=False,
            )  # fmt: skip
            zeros, table = border.zeros_for(plan), -1
            if lanes == 1 and len(self._weights) > self._spec.size:
                plan, table = writing.looking_up(plan), self._spec.size
            self._last = lanes, (plan, np.array(plan[1:], np.int64), zeros, table)
        return self._last[1]


def _tree(mixture: Mixture | None) -> Tree:
    """Return a mixture as compiled code takes it."""
    if mixture is None:
        nothing, none = np.zeros(0, np.float32), np.zeros(0, np.int64)
        return Tree(np.zeros(0, np.int32), none, nothing, nothing, np.zeros((2, SIGNS)))
    counts = mixture.counts
    return Tree(
        np.array(counts.symbols, np.int32), np.array(counts.first, np.int64),
        np.array(counts.chances, np.float32), np.array(counts.weights, np.float32),
        np.array(mixture.gate, np.float64),
    )  # fmt: skip
