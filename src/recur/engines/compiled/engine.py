"""The compiled engine behind the engine protocol."""

from __future__ import annotations

from functools import partial

import numpy as np

from recur.arrays import Flags, Float32s, Float64s
from recur.data.sources.newest import NewestWindows
from recur.data.sources.windows import Windows
from recur.engines.base import (
    Decoding,
    DropoutSamples,
    FollowedEnds,
    Inputs,
    Snapshot,
    Source,
    StepRecipe,
)
from recur.engines.checks.forward import check_forward, check_gradient, check_stepper
from recur.engines.checks.windows import check_rollout
from recur.engines.compiled import border
from recur.engines.compiled.follower import CompiledFollower
from recur.engines.compiled.kernels import predict
from recur.engines.compiled.kernels.gradient import gradient
from recur.engines.compiled.kernels.plan import blocks_for
from recur.engines.compiled.kernels.threads import run_threads
from recur.engines.compiled.kernels.tiles import LANES
from recur.engines.compiled.layout import kept_layout, lay_out
from recur.engines.compiled.sources import batch_source, placed
from recur.engines.compiled.threads import WORTH, Threads
from recur.engines.compiled.trainer import CompiledTrainer, tiles_of
from recur.engines.compiled.writer import CompiledWriter
from recur.engines.mixing import Mixture
from recur.networks.reference import State, zero_state
from recur.networks.spec import NetworkSpec, Values


class CompiledEngine:
    """Runs networks on the processor as compiled code; its bits do not depend on its threads.

    Args:
        threads: the most it runs on.
        worth: see `Threads`.
    """

    name = fingerprint = "compiled"

    def __init__(self, threads: int = 1, worth: float = WORTH) -> None:
        self.threads = threads
        self._threads = Threads(threads, worth)

    def trainer(
        self, spec: NetworkSpec, recipe: StepRecipe, source: Source, snapshot: Snapshot
    ) -> CompiledTrainer:
        """Return a trainer that starts from the snapshot."""
        return CompiledTrainer(self._threads, spec, recipe, source, snapshot)

    def forward(
        self,
        spec: NetworkSpec,
        weights: Values,
        inputs: Inputs,
        state: State | None = None,
        *,
        mask: Flags | None = None,
        decoding: Decoding | None = None,
        draws: DropoutSamples | None = None,
    ) -> tuple[Float32s, State]:
        """Run a network over a batch of sequences; see `Engine.forward`."""
        check_forward(spec, inputs, state, mask=mask, decoding=decoding, draws=draws)
        steps, batch = inputs.shape[:2]
        most = min(batch, LANES)
        layout = kept_layout(
            spec, steps, lanes=most, blocks=blocks_for(spec, batch), training=False,
            dropout=draws is not None, masked=mask is not None,
            decoder_steps=decoding.steps if decoding else 0, targets=spec.outputs,
        )  # fmt: skip
        size = self._threads.team(layout, batch, -(-batch // LANES))
        states = border.states_in(spec, state or zero_state(spec, batch), batch)
        workspace = border.workspace_for(
            layout, border.weights_in(spec, weights), states, most, size
        )
        given, samples = (
            border.given_in(layout, inputs, mask, decoding),
            border.samples_in(draws, spec.dropout),
        )
        fresh, out = (
            np.zeros(batch, np.bool_),
            border.empty((layout.out_steps, batch, spec.outputs)),
        )
        run = partial(predict.run, layout, workspace, fresh, given, samples, out, size)
        run_threads(size, run)
        end = border.states_out(spec, states)
        if spec.decoder and spec.bidirectional:  # whose own state is of one direction
            end = tuple(part[: spec.layers].copy() for part in end)
        return (out if layout.every or spec.decoder else out[0]), end

    def gradient(
        self,
        spec: NetworkSpec,
        weights: Values,
        inputs: Float32s,
        output_grad: Float32s,
        *,
        mask: Flags | None = None,
    ) -> tuple[Values, Float32s]:
        """Return the grads of weights and inputs; see `Engine.gradient`."""
        check_gradient(spec, inputs, output_grad, mask)
        (steps, batch), blocks = inputs.shape[:2], blocks_for(spec, inputs.shape[1])
        tiles, most = tiles_of(batch, blocks)
        layout = lay_out(
            spec, steps, lanes=most, blocks=blocks, training=True, dropout=False,
            masked=mask is not None, to_inputs=True,
        )  # fmt: skip
        size = self._threads.team(layout, batch, tiles)
        workspace = border.workspace_for(
            layout, border.weights_in(spec, weights), border.no_states(), most, size
        )
        gradients, input_grad = border.empty((tiles, spec.size)), border.empty(inputs.shape)
        run = partial(
            gradient, layout, workspace, np.zeros(batch, np.bool_),
            border.given_in(layout, inputs, mask, None),
            output_grad.reshape(layout.out_steps, batch, spec.outputs).copy(),
            border.empty((size, layout.grad_rows * most)), gradients, input_grad, size,
        )  # fmt: skip
        run_threads(size, run)
        return gradients[0].copy(), input_grad

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
    ) -> Float64s:
        """Return the forecasts from every window; see `Engine.forecast`."""
        check_rollout(spec, windows, horizon, levels)
        spec = spec.reading_last
        drops = bool(samples) and spec.dropout > 0
        passes = max(1, samples)
        lanes = passes * len(windows)
        most = min(lanes, LANES)
        layout = kept_layout(
            spec, windows.steps, lanes=most, blocks=blocks_for(spec, lanes), training=False,
            dropout=drops, decoder_steps=horizon if spec.decoder else 0, targets=1,
            masked=windows.masked,
        )  # fmt: skip
        everything = np.arange(len(windows))
        draws = DropoutSamples(seed, everything, passes)
        out = np.empty((passes, len(windows), horizon * levels))
        size = self._threads.team(layout, lanes, -(-lanes // LANES))
        workspace = border.workspace_for(
            layout, border.weights_in(spec, weights), border.no_states(), most, size
        )
        batches = batch_source(windows)._replace(horizon=0)  # nobody looks at targets
        batches, _ = placed(windows, batches, everything)
        run = partial(
            predict.forecast, layout, workspace, np.zeros(0, np.bool_), batches,
            border.samples_in(draws, spec.dropout if drops else 0.0), out, levels, size,
        )  # fmt: skip
        run_threads(size, run)
        return out

    def follower(
        self,
        spec: NetworkSpec,
        weights: Values,
        newest: NewestWindows,
        horizon: int,
        ends: FollowedEnds,
    ) -> CompiledFollower:
        """Return a network that forecasts series as they grow; see `Engine.follower`."""
        return CompiledFollower(self._threads, spec, weights, newest, horizon, ends)

    def stepper(self, spec: NetworkSpec, weights: Values) -> CompiledStepper:
        """Return a network to be fed step by step."""
        return CompiledStepper(spec, weights)

    def writer(
        self, spec: NetworkSpec, weights: Values, mixture: Mixture | None = None
    ) -> CompiledWriter:
        """Return a network of symbols that writes and reads; see `Engine.writer`."""
        return CompiledWriter(self._threads, spec, weights, self.forward, mixture)


class CompiledStepper:
    """A network that is fed one time step after the other."""

    def __init__(self, spec: NetworkSpec, weights: Values) -> None:
        check_stepper(spec)
        layout = lay_out(spec, 1, lanes=1, blocks=1, training=False, dropout=False)
        self._layout = layout.stages, np.array(layout[1:], np.int64)
        self._weights, self._zeros = border.weights_in(spec, weights), border.zeros_for(layout)
        self._border = border.StepBorder(spec)

    def step(self, inputs: Inputs, state: State) -> tuple[Float32s, State]:
        """Take one step; see `Stepper.step`."""
        values, states = self._border.take(inputs, state)
        out = predict.step(*self._layout, self._weights, self._zeros, values, states)
        return out, self._border.give(states)
