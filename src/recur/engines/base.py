"""The protocol that every engine answers.

An engine executes what it is given: indices, rates and counters for hundreds of steps at a time.
Policy (epochs, schedules, stopping, rescue) lives above it, and no clock enters its state.
Weights are copied at its border, in and out; it shares no storage with its caller.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from recur.arrays import Flags, Float32s, Float64s, Indices, Symbols
from recur.data.panel.bounds import RunningBounds
from recur.data.sources.base import Source as Source
from recur.data.sources.newest import NewestWindows
from recur.data.sources.windows import Windows
from recur.engines.mixing import Mixture
from recur.engines.sampling import SamplingSettings
from recur.engines.steps import Chunk as Chunk
from recur.engines.steps import ChunkResult as ChunkResult
from recur.engines.steps import Snapshot as Snapshot
from recur.engines.steps import StepRecipe as StepRecipe
from recur.networks.reference import State
from recur.networks.spec import NetworkSpec, Values
from recur.seeding import Purpose, Stream

Inputs = Float32s | Symbols
"""Values, or symbols by their numbers."""


@dataclass(frozen=True)
class Decoding:
    """What a decoder is given when it runs.

    Attributes:
        start: float32 [batch, outputs], its first input, the last known value.
        steps: how many it takes.
        truth: float32 [steps, batch, outputs], fed instead of its own outputs where it is given.
    """

    start: Float32s
    steps: int
    truth: Float32s | None = None


@dataclass(frozen=True)
class DropoutSamples:
    """Dropout at prediction: several samples of each window, side by side in a batch.

    Lane `w * samples + s` is sample s of the batch's window w; its masks are those of lane s in
    `Stream(seed, Purpose.SAMPLES, attempt=again, step=windows[w])`.

    Attributes:
        seed: keys the random numbers.
        windows: int64 [batch / samples], the number of each window, which keys them too.
        samples: lanes of each window.
        again: how often the network has been run on these windows before.
    """

    seed: int
    windows: Indices
    samples: int
    again: int = 0

    def dropout(self, site: int, shape: tuple[int, int, int], rate: float) -> Float32s:
        """Return the mask of a site for all lanes; see `Stream.dropout`."""
        steps, features, _ = shape
        streams = (
            Stream(self.seed, Purpose.SAMPLES, self.again, int(window)) for window in self.windows
        )
        own = (steps, features, self.samples)
        return np.concatenate([stream.dropout(site, own, rate) for stream in streams], axis=2)


class Trainer(Protocol):
    """One network being trained on one source of batches."""

    def run(self, chunk: Chunk) -> ChunkResult:
        """Take the steps of a chunk."""

    def evaluate(self, indices: Indices | range) -> float:
        """Return the mean loss over what stands at the indices, without dropout.

        Every real step counts alike, in whatever portions they are taken. A decoder runs on its
        own outputs. Where the state is carried, the indices are [steps, batch]: the state starts
        from zeros and is carried from row to row; training's own carried state stays as it is.
        """

    def snapshot(self) -> Snapshot:
        """Return a copy of the state."""

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a state."""


class Stepper(Protocol):
    """A network that is fed one time step after the other."""

    def step(self, inputs: Inputs, state: State) -> tuple[Float32s, State]:
        """Take one step.

        Args:
            inputs: float32 [batch, inputs], or int32 [batch], symbols.
            state: as `zero_state` or the last step gave it.

        Returns:
            Outputs [batch, outputs], and the state after the step; neither shares storage with
            what was given.
        """


@dataclass(frozen=True, eq=False)
class FollowedEnds:
    """What stands around the forecasts of growing series, and what they keep to.

    Attributes:
        reach: float64 [levels, series, horizon], how far intervals reach on both sides: of the
            forecast, or of the network's own quantiles, and then no less than the level below.
        bounds: of the values; it moves on with them.
        quantiles: of each step that the network gives, two for a level and the median; 1 for none.
    """

    reach: Float64s
    bounds: RunningBounds
    quantiles: int = 1


class Follower(Protocol):
    """A network that forecasts growing series anew after each of their values."""

    def follow(self, series: Indices, values: Float64s) -> Float64s:
        """Take one value of each of some series, and forecast what follows it.

        Args:
            series: int64 [n], each once, whose windows are full.
            values: float64 [n]; what is not finite was not observed.

        Returns:
            float64 [1 + 2 * levels, n, horizon]: the forecasts, as `Engine.forecast` gives them
            for the same windows, then the lower and the upper ends, all within the bounds.
        """


class SymbolWriter(Protocol):
    """A network of symbols that writes on, and reads what is written.

    The newest symbol of a text is not yet part of the state beside it: writing begins by feeding
    it, and leaves the last symbol drawn unfed. What one call returns, and the newest symbols, are
    what the next call takes.
    """

    def write(
        self,
        symbols: Symbols,
        state: State,
        count: int,
        sampling: SamplingSettings,
        first_step: int = 0,
        before: Symbols | None = None,
    ) -> tuple[Symbols, State]:
        """Draw the next symbols of each lane, one after the other; see `sampling.choose`.

        Args:
            symbols: int32 [lanes], the newest ones.
            state: that before them, as `zero_state` or the last call gave it.
            count: how many to draw.
            sampling: how.
            first_step: how many have been drawn before, which keys the random numbers: a text in
                pieces is the same as in one.
            before: int32 [any, lanes], what stands in front of the newest symbols, of which counts
                look at as many as they know of.

        Returns:
            int32 [count, lanes], and the state before the last ones; neither shares storage with
            what was given.

        Raises:
            InputError: the network's outputs are no longer finite.
        """

    def read(
        self, symbols: Symbols, state: State, before: Symbols | None = None
    ) -> tuple[Float64s, State]:
        """Return how unlikely each symbol is after those before it.

        Args:
            symbols: int32 [time, lanes].
            state: that before the first ones.
            before: int32 [any, lanes], what stands in front of them.

        Returns:
            float64 [time - 1, lanes], in nats, of all symbols but the first; and the state before
            the last ones.
        """


class Engine(Protocol):
    """Runs training steps and predictions of a network.

    Attributes:
        name: as `recur.engines.registry` knows it.
        fingerprint: the name, and what else the bits of a result depend on.
    """

    name: str
    fingerprint: str

    def trainer(
        self, spec: NetworkSpec, recipe: StepRecipe, source: Source, snapshot: Snapshot
    ) -> Trainer:
        """Return a trainer that starts from the snapshot."""

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
        """Run a network over a batch of sequences.

        Args:
            spec: the network.
            weights: float32 [size].
            inputs: float32 [time, batch, inputs], or int32 [time, batch], symbols.
            state: where to start from; zeros if none is given.
            mask: bool [time, batch], the steps to be taken; over the others the state is carried.
            decoding: what the decoder is given, of a network that has one.
            draws: drop out as told; by default nothing is.

        Returns:
            Outputs [batch, outputs], or [time, batch, outputs] where the head reads every step or
            a decoder runs; and the final state (of a decoder, its own).
        """

    def gradient(
        self,
        spec: NetworkSpec,
        weights: Values,
        inputs: Float32s,
        output_grad: Float32s,
        *,
        mask: Flags | None = None,
    ) -> tuple[Values, Float32s]:
        """Return the grads of weights and inputs, of a loss that is reckoned elsewhere.

        Where the outputs of several networks make one loss, each is gone back through so.

        Args:
            spec: the network, of values and without a decoder; nothing is dropped.
            weights: float32 [size].
            inputs: float32 [time, batch, inputs].
            output_grad: float32, of the shape of the outputs: the loss's grads of each.
            mask: bool [time, batch], the steps to be taken.

        Returns:
            float32 [size]; float32 [time, batch, inputs].
        """

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
        """Return the forecasts from every window, as the values were read.

        A network that looks less than a horizon ahead is fed its own forecasts: the window moves
        on over them, and is scaled anew, as if they had been observed.

        Args:
            spec: the network.
            weights: float32 [size].
            windows: their targets are not looked at.
            horizon: steps ahead.
            levels: values of each step, of a network with quantiles; of step i and level q the
                value `i * levels + q`.
            samples: forecasts of each window with dropout; 0 for one without. Window w draws as
                `DropoutSamples(seed, [w], samples, again)` for the network's run number `again`.
            seed: of the dropout.

        Returns:
            float64 [samples, windows, horizon * levels]; one sample where there is no dropout.
        """

    def stepper(self, spec: NetworkSpec, weights: Values) -> Stepper:
        """Return a network to be fed step by step."""

    def follower(
        self,
        spec: NetworkSpec,
        weights: Values,
        newest: NewestWindows,
        horizon: int,
        ends: FollowedEnds,
    ) -> Follower:
        """Return a network that forecasts series as they grow; see `forecast`.

        Args:
            spec: the network, which gives one value for each step, or its quantiles.
            weights: float32 [size].
            newest: the windows, which it moves on.
            horizon: steps ahead.
            ends: what stands around the forecasts.
        """

    def writer(
        self, spec: NetworkSpec, weights: Values, mixture: Mixture | None = None
    ) -> SymbolWriter:
        """Return a network of symbols that writes and reads.

        Args:
            spec: the network.
            weights: float32 [size].
            mixture: counts that what it says is mixed with.

        Raises:
            SettingsError: it has no symbols, or cannot be fed one after the other.
        """
