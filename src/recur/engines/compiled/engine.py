"""The compiled engine behind the engine protocol."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Float32s, Symbols
from recur.data.sources.windows import Windows
from recur.engines.base import Decoding, Draws, Inputs, Snapshot, Source, StepRecipe
from recur.engines.checks import check_forward, check_rollout, check_stepper
from recur.engines.compiled import memory
from recur.engines.compiled.kernels import predict, writing
from recur.engines.compiled.kernels.plan import Plan, blocks_for
from recur.engines.compiled.kernels.team import together
from recur.engines.compiled.layout import lay_out
from recur.engines.compiled.memory import feed_of, placed, room_for, zeros_for
from recur.engines.compiled.trainer import CompiledTrainer, team_size
from recur.engines.reading import check_writer, check_writing, read
from recur.engines.sampling import Drawing, not_finite
from recur.networks.reference import State, zero_state
from recur.networks.spec import NetworkSpec, Values

_ALL = 1 << 30
_SHARED = 16  # texts from which threads share a step; fewer wait for the weights alone
_Layout = tuple[Plan, NDArray[np.int64], Float32s, int]


class CompiledEngine:
    """Runs networks on the processor as compiled code; its bits do not depend on its threads."""

    name = fingerprint = "compiled"

    def __init__(self, threads: int = 1) -> None:
        self.threads = threads

    def trainer(
        self, spec: NetworkSpec, recipe: StepRecipe, source: Source, snapshot: Snapshot
    ) -> CompiledTrainer:
        """Return a trainer that starts from the snapshot."""
        return CompiledTrainer(self.threads, spec, recipe, source, snapshot)

    def forward(
        self,
        spec: NetworkSpec,
        weights: Values,
        inputs: Inputs,
        state: State | None = None,
        *,
        mask: NDArray[np.bool_] | None = None,
        decoding: Decoding | None = None,
        draws: Draws | None = None,
    ) -> tuple[Float32s, State]:
        """Run a network over a batch of sequences; see `Engine.forward`."""
        check_forward(spec, inputs, state, mask=mask, decoding=decoding, draws=draws)
        steps, batch = inputs.shape[:2]
        layout = lay_out(
            spec, steps, lanes=min(batch, predict.LANES), blocks=blocks_for(spec, batch),
            training=False, dropout=draws is not None, masked=mask is not None,
            decoder_steps=decoding.steps if decoding else 0, targets=spec.outputs,
        )  # fmt: skip
        columns = inputs.astype(np.float32).reshape(steps, batch, layout.inputs)
        given = predict.Given(
            columns,
            np.zeros((0, 0), np.bool_) if mask is None else np.array(mask),
            np.array(decoding.start) if decoding else np.zeros((0, 0), np.float32),
            np.array(decoding.truth)
            if decoding and decoding.truth is not None
            else np.zeros((0, 0, 0), np.float32),
        )
        draw = predict.Draw(
            draws.seed, draws.again, draws.samples, np.array(draws.windows), spec.dropout
        ) if draws else predict.Draw(0, 0, _ALL, np.zeros(1, np.int64), 0.0)  # fmt: skip
        out = np.empty((layout.out_steps, batch, spec.outputs), np.float32)
        size = team_size(self.threads, layout, batch, -(-batch // predict.LANES))
        room = room_for(layout, weights, batch, size, state or zero_state(spec, batch))
        together(size, partial(predict.run, layout, room, given, draw, out, size))
        end = (room.hidden, room.cells)[: len(zero_state(spec, 0))]
        if spec.decoder and spec.bidirectional:  # whose own state is of one direction
            end = tuple(part[: spec.layers].copy() for part in end)
        return (out if layout.every or spec.decoder else out[0]), end

    def forecast(
        self,
        spec: NetworkSpec,
        weights: Values,
        windows: Windows,
        horizon: int,
        *,
        levels: int = 1,
        samples: int = 0,
        seed: int = 0,
    ) -> NDArray[np.float64]:
        """Return the forecasts from every window; see `Engine.forecast`."""
        check_rollout(spec, windows, horizon, levels)
        spec = spec.reading_last
        drops = bool(samples) and spec.dropout > 0
        passes = max(1, samples)
        lanes = passes * len(windows)
        layout = lay_out(
            spec, windows.lookback, lanes=min(lanes, predict.LANES),
            blocks=blocks_for(spec, lanes), training=False, dropout=drops,
            decoder_steps=horizon if spec.decoder else 0, targets=1, masked=windows.masked,
        )  # fmt: skip
        rate = spec.dropout if drops else 0.0
        draw = predict.Draw(seed, 0, passes, np.arange(len(windows)), rate)
        out = np.empty((passes, len(windows), horizon * levels))
        size = team_size(self.threads, layout, lanes, -(-lanes // predict.LANES))
        room = room_for(layout, weights, lanes, size)
        feed, _ = placed(feed_of(windows), windows, np.arange(len(windows)))
        together(size, partial(predict.forecast, layout, room, feed, draw, out, levels, size))
        return out

    def stepper(self, spec: NetworkSpec, weights: Values) -> CompiledStepper:
        """Return a network to be fed step by step."""
        return CompiledStepper(spec, weights)

    def writer(self, spec: NetworkSpec, weights: Values) -> CompiledWriter:
        """Return a network of symbols that writes and reads; see `Engine.writer`."""
        return CompiledWriter(self, spec, weights)


class CompiledStepper:
    """A network that is fed one time step after the other."""

    def __init__(self, spec: NetworkSpec, weights: Values) -> None:
        check_stepper(spec)
        layout = lay_out(spec, 1, lanes=1, blocks=1, training=False, dropout=False)
        self._layout = layout.stages, np.array(layout[1:], np.int64)
        self._weights, self._zeros = np.array(weights, np.float32), zeros_for(layout)
        self._lstm = spec.cell == "lstm"
        self._symbols = spec.symbols > 0
        self._nothing = np.zeros((0, 0, 0), np.float32)

    def step(self, inputs: Inputs, state: State) -> tuple[Float32s, State]:
        """Take one step; see `Stepper.step`."""
        values = inputs[:, None] if self._symbols else inputs
        values = values.astype(np.float32, copy=False)
        hidden = state[0].copy()
        cells = state[1].copy() if self._lstm else self._nothing
        out = predict.step(*self._layout, self._weights, self._zeros, values, hidden, cells)
        return out, (hidden, cells) if self._lstm else (hidden,)


class CompiledWriter:
    """A network of symbols that writes on without coming back to Python."""

    def __init__(self, engine: CompiledEngine, spec: NetworkSpec, weights: Values) -> None:
        check_writer(spec)
        self._engine, self._spec = engine, spec
        self._weights = writing.with_table(spec, weights)
        self._nothing = np.zeros((0, 0, 0), np.float32)
        self._last: tuple[int, _Layout] | None = None

    def write(
        self, symbols: Symbols, state: State, count: int, drawing: Drawing, first_step: int = 0
    ) -> tuple[Symbols, State]:
        """Draw the next symbols of each lane; see `SymbolWriter.write`."""
        check_writing(self._spec, symbols, state, count, first_step)
        lanes = len(symbols)
        layout, sizes, zeros, table = self._laid_out(lanes)
        parts = tuple(part.astype(np.float32, order="C") for part in state)
        hidden, cells = parts if len(parts) == 2 else (parts[0], self._nothing)
        out = np.empty((count, lanes), np.int32)
        size = team_size(self._engine.threads, layout, lanes * count, -(-lanes // predict.LANES))
        values = memory.empty((size, layout.rows * min(lanes, predict.LANES)))
        work = partial(
            writing.write, layout.stages, sizes, self._weights, zeros, values, table,
            np.ascontiguousarray(symbols), hidden, cells, drawing.scale,
            drawing.top_k or layout.outputs, drawing.top_p, drawing.seed, first_step, out, size,
        )  # fmt: skip
        if size == 1:
            work(0, 0)
        else:
            together(size, work)
        if out.size and out.min() < 0:
            raise not_finite(first_step + int((out < 0).any(axis=1).argmax()))
        return out, parts

    def read(self, symbols: Symbols, state: State) -> tuple[NDArray[np.float64], State]:
        """Return how unlikely each symbol is; see `SymbolWriter.read`."""
        weights = self._weights[: self._spec.size]
        return read(self._engine, self._spec, weights, symbols, state)

    def _laid_out(self, lanes: int) -> _Layout:
        """Return the layout for some lanes; that of the last call is kept."""
        if self._last is None or self._last[0] != lanes:
            plan = lay_out(
                self._spec, 1, lanes=min(lanes, predict.LANES),
                blocks=blocks_for(self._spec, lanes) if lanes >= _SHARED else 1,
                training=False, dropout=False,
            )  # fmt: skip
            zeros, table = zeros_for(plan), -1
            if lanes == 1 and len(self._weights) > self._spec.size:
                plan, table = writing.looking_up(plan), self._spec.size
            self._last = lanes, (plan, np.array(plan[1:], np.int64), zeros, table)
        return self._last[1]
