"""The protocol that every engine answers.

An engine executes what it is given: indices, rates and counters for hundreds of steps at a time.
Policy (epochs, schedules, stopping, rescue) lives above it, and no clock enters its state.
Weights are copied at its border, in and out; it shares no storage with its caller.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from recur.data.windows import Indices, Windows
from recur.networks.cells import State
from recur.networks.spec import NetworkSpec, Values
from recur.settings import Settings

Floats = NDArray[np.float32]


class StepRecipe(Settings):
    """What one training step does.

    Attributes:
        loss: `mse` (mean squared error) or `mae` (mean absolute error), over a batch.
        clip: greatest norm of the gradient over all parameters; none where it is not clipped.
        decay: decoupled weight decay (0 is Adam, above it AdamW).
        beta1: Adam's memory of the gradient.
        beta2: Adam's memory of its square.
        epsilon: what Adam adds to the root of the square.
    """

    loss: Literal["mse", "mae"] = "mse"
    clip: float | None = Field(1.0, gt=0)
    decay: float = Field(0.0, ge=0)
    beta1: float = Field(0.9, ge=0, lt=1)
    beta2: float = Field(0.999, ge=0, lt=1)
    epsilon: float = Field(1e-8, gt=0)


@dataclass(frozen=True)
class Snapshot:
    """Everything that training changes.

    Attributes:
        weights: float32 [size], the parameters.
        mean: float32 [size], Adam's running mean of the gradient.
        square: float32 [size], Adam's running mean of its square.
        steps: optimiser steps taken.
    """

    weights: Values
    mean: Values
    square: Values
    steps: int

    @staticmethod
    def first(weights: Values) -> Snapshot:
        """Return the state before the first step."""
        return Snapshot(weights.copy(), np.zeros_like(weights), np.zeros_like(weights), 0)


@dataclass(frozen=True)
class Chunk:
    """Some training steps, in order.

    Attributes:
        indices: int64 [steps, batch], the windows of each step; -1 where a batch is not full.
        rates: float64 [steps], the learning rate of each.
        counters: int64 [steps], the number of each step, which keys its random numbers.
        seed: keys the random numbers.
        attempt: keys them too; a rescue draws new ones.
    """

    indices: Indices
    rates: NDArray[np.float64]
    counters: Indices
    seed: int
    attempt: int = 0


@dataclass(frozen=True)
class ChunkResult:
    """What a chunk of steps measured.

    Attributes:
        losses: float64 [steps done], the mean loss of each batch before its step.
        norms: float64 [steps done], the gradient's norm before clipping.
        finite: whether every loss, gradient and weight was; where one was not, the engine stops
            after that step and its state is void until `restore`.
    """

    losses: NDArray[np.float64]
    norms: NDArray[np.float64]
    finite: bool


class Trainer(Protocol):
    """One network being trained on one set of windows."""

    def run(self, chunk: Chunk) -> ChunkResult:
        """Take the steps of a chunk."""

    def evaluate(self, indices: Indices) -> float:
        """Return the mean loss over the windows at the indices, without dropout."""

    def snapshot(self) -> Snapshot:
        """Return a copy of the state."""

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a state."""


class Engine(Protocol):
    """Runs training steps and predictions of a network."""

    name: str

    def trainer(
        self, spec: NetworkSpec, recipe: StepRecipe, windows: Windows, snapshot: Snapshot
    ) -> Trainer:
        """Return a trainer that starts from the snapshot."""

    def forward(
        self, spec: NetworkSpec, weights: Values, inputs: Floats, state: State | None = None
    ) -> tuple[Floats, State]:
        """Run a network over a batch of sequences, without dropout.

        Args:
            spec: the network.
            weights: float32 [size].
            inputs: float32 [time, batch, inputs].
            state: where to start from; zeros if none is given.

        Returns:
            Outputs [batch, outputs], or [time, batch, outputs] where the head reads every step;
            and the final state.
        """
