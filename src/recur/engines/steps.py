"""Training steps as an engine is given them, and what comes of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from recur.arrays import Flags, Float64s, Indices
from recur.networks.reference import State
from recur.networks.spec import Values
from recur.settings import Settings


class StepRecipe(Settings):
    """What one training step does.

    Attributes:
        loss: mean over a batch, leaving out masked steps: `mse`, squared error; `mae`, absolute
            error; `quantile`, the pinball loss of each level; `cross_entropy`, of the logarithms
            of the symbols' probabilities (the outputs, before normalisation); `chain`, the
            negative logarithm of the probability of a whole sequence of symbols, over its steps,
            see `recur.networks.chain`.
        smoothing: of a cross entropy, the share of the truth that is spread over all symbols.
        weights: of a cross entropy, how much each symbol counts where it is the true one; all
            alike where there are none. The mean is over as many losses as there are.
        quantiles: levels of the loss `quantile`, rising; the outputs are their values, level by
            level for each target: of target i and level q, output `i * levels + q`.
        clip: greatest norm of the gradient over all parameters; none where it is not clipped.
        decay: decoupled weight decay (0 is Adam, above it AdamW).
        beta1: Adam's memory of the gradient.
        beta2: Adam's memory of its square.
        epsilon: what Adam adds to the root of the square.
    """

    loss: Literal["mse", "mae", "quantile", "cross_entropy", "chain"] = "mse"
    quantiles: tuple[float, ...] = ()
    smoothing: float = Field(0.0, ge=0, lt=1)
    weights: tuple[float, ...] = ()
    clip: float | None = Field(1.0, gt=0)
    decay: float = Field(0.0, ge=0)
    beta1: float = Field(0.9, ge=0, lt=1)
    beta2: float = Field(0.999, ge=0, lt=1)
    epsilon: float = Field(1e-8, gt=0)

    @model_validator(mode="after")
    def _check(self) -> Self:
        levels = self.quantiles
        if bool(levels) != (self.loss == "quantile"):
            raise ValueError(
                f"`quantiles` are {list(levels)} and `loss` is {self.loss!r}; the loss 'quantile' "
                "needs levels, and no other loss takes any."
            )
        if (self.smoothing or self.weights) and self.loss != "cross_entropy":
            raise ValueError(
                f"`loss` is {self.loss!r}, which has no classes; only 'cross_entropy' takes "
                "`smoothing` and `weights`."
            )
        if not all(0 < weight < float("inf") for weight in self.weights):
            raise ValueError(f"`weights` are {list(self.weights)}; they must be above 0.")
        bounds = (0.0, *levels, 1.0)
        if not all(low < high for low, high in pairwise(bounds)):
            raise ValueError(
                f"`quantiles` are {list(levels)}; they must rise, and lie between 0 and 1."
            )
        return self


@dataclass(frozen=True)
class Snapshot:
    """Everything that training changes.

    Attributes:
        weights: float32 [size], the parameters.
        mean: float32 [size], Adam's running mean of the gradient.
        square: float32 [size], Adam's running mean of its square.
        steps: optimiser steps taken.
        carried: the state in which the last batch ended, of sources that carry it on.
    """

    weights: Values
    mean: Values
    square: Values
    steps: int
    carried: State = ()

    @staticmethod
    def first(weights: Values) -> Snapshot:
        """Return the state before the first step."""
        return Snapshot(weights.copy(), np.zeros_like(weights), np.zeros_like(weights), 0)

    def after(self, gradient: Values, rate: float, recipe: StepRecipe) -> tuple[Snapshot, float]:
        """Return the state after one step along a gradient that is at hand, and its norm.

        What engines do in their own ways while they train; the gradient may come from elsewhere.
        """
        norm = float(np.sqrt((gradient.astype(np.float64) ** 2).sum()))
        if recipe.clip is not None and norm > recipe.clip:
            gradient = gradient * np.float32(recipe.clip / norm)
        steps = self.steps + 1
        mean = self.mean + (gradient - self.mean) * np.float32(1 - recipe.beta1)
        square = self.square + (gradient**2 - self.square) * np.float32(1 - recipe.beta2)
        root = np.sqrt(square) * np.float32((1 - recipe.beta2**steps) ** -0.5)
        move = np.float32(rate / (1 - recipe.beta1**steps)) * mean
        move /= root + np.float32(recipe.epsilon)
        weights = self.weights * np.float32(1 - rate * recipe.decay) - move
        return Snapshot(weights, mean, square, steps, self.carried), norm


@dataclass(frozen=True)
class Chunk:
    """Some training steps, in order.

    Attributes:
        indices: int64 [steps, batch], the windows of each step; -1 where a batch is not full.
        rates: float64 [steps], the learning rate of each.
        counters: int64 [steps], the number of each step, which keys its random numbers.
        seed: keys the random numbers.
        attempt: keys them too; a rescue draws new ones.
        forcing: float64 [steps], how likely a decoder is fed the truth rather than its own last
            output, drawn for each lane and decoder step; by default always.
        fresh: bool [steps, batch], the lanes that start from zeros where the state is carried;
            by default none.
    """

    indices: Indices
    rates: Float64s
    counters: Indices
    seed: int
    attempt: int = 0
    forcing: Float64s | None = None
    fresh: Flags | None = None


@dataclass(frozen=True)
class ChunkResult:
    """What a chunk of steps measured.

    Attributes:
        losses: float64 [steps done], the mean loss of each batch before its step.
        norms: float64 [steps done], the gradient's norm before clipping.
        finite: whether every loss, gradient and weight was; where one was not, the engine stops
            after that step and its state is void until `restore`.
    """

    losses: Float64s
    norms: Float64s
    finite: bool


def in_pieces(indices: Indices | range, most: int = 1 << 18) -> Iterator[Indices]:
    """Yield indices [n] in pieces: of a range of many there never is an array of all.

    >>> [piece.tolist() for piece in in_pieces(range(5), most=2)]
    [[0, 1], [2, 3], [4]]
    """
    for first in range(0, len(indices), most):
        yield np.array(indices[first : first + most], np.int64)
