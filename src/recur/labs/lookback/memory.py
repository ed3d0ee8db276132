"""A network with a memory, written out by hand: its equations, its gradient, ways to train it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from recur.arrays import Float64s
from recur.seeding import Purpose, Stream

RATE = 0.01
_KEPT = (0.9, 0.999)  # of the mean of the gradient, and of its square, at each update of Adam
_LARGEST = 1.0  # norm of the gradient, which is shortened beyond it


@dataclass(frozen=True, eq=False)
class MemoryNetwork:
    """One value comes in, one goes out, and a memory of some elements stays.

        memory' = tanh(inward value + recurrent memory + bias)
        answer  = outward memory' + level

    All that is learnt stands in one vector, `weights`; the other names are views of it.

    Attributes:
        weights: float64 [size * size + 3 * size + 1].
        size: elements of the memory.
    """

    weights: Float64s
    size: int

    @classmethod
    def untaught(cls, size: int, seed: int = 0) -> MemoryNetwork:
        """Return a network that has learnt nothing, of weights up to 1 / sqrt(size)."""
        drawn = Stream(seed, Purpose.WEIGHTS).uniform(size * size + 3 * size + 1)
        return cls((2 * drawn - 1) / np.sqrt(size), size)

    def parts(self, weights: Float64s) -> tuple[Float64s, Float64s, Float64s, Float64s, Float64s]:
        """Return inward, bias, outward [size], recurrent [size, size] and level [1], as views."""
        m = self.size
        inward, bias, outward = weights[: 3 * m].reshape(3, m)
        return inward, bias, outward, weights[3 * m : -1].reshape(m, m), weights[-1:]

    def run(self, values: Float64s, memory: Float64s) -> tuple[Float64s, Float64s]:
        """Answer each value in turn.

        Args:
            values: float64 [time].
            memory: float64 [size], before the first.

        Returns:
            The answers, float64 [time]; and float64 [time + 1, size], the memory before the first
            value and after each.
        """
        inward, bias, outward, recurrent, level = self.parts(self.weights)
        memories = np.empty((len(values) + 1, self.size))
        memories[0] = memory
        seen = np.outer(values, inward) + bias
        for t in range(len(values)):
            memories[t + 1] = np.tanh(seen[t] + recurrent @ memories[t])
        return memories[1:] @ outward + level, memories

    def gradient(
        self, values: Float64s, memories: Float64s, errors: Float64s, *, cut: bool
    ) -> Float64s:
        """Return the gradient of half the mean squared error, by backpropagation through time.

        Args:
            values: float64 [time], what came in.
            memories: float64 [time + 1, size], as `run` gave them.
            errors: float64 [time], answer less truth.
            cut: whether the memory that each step began with is taken as given: no error is then
                followed further back than the step in which it was made.

        Returns:
            float64, of the weights.
        """
        _, _, outward, recurrent, _ = self.parts(self.weights)
        errors = errors / len(errors)
        at_sum = np.empty((len(values), self.size))  # gradient in what tanh is taken of
        later = np.zeros(self.size)
        for t in reversed(range(len(values))):
            at_sum[t] = (errors[t] * outward + later) * (1 - memories[t + 1] ** 2)
            if not cut:
                later = recurrent.T @ at_sum[t]
        gradient = np.empty_like(self.weights)
        inward, bias, outward, recurrent, level = self.parts(gradient)
        inward[:] = values @ at_sum
        bias[:] = at_sum.sum(axis=0)
        recurrent[:] = at_sum.T @ memories[:-1]
        outward[:] = errors @ memories[1:]
        level[:] = errors.sum()
        return gradient


class Adam:
    """Adam's steps: the mean of the gradient over the root of the mean of its square."""

    def __init__(self, weights: Float64s, rate: float) -> None:
        self._weights, self._rate, self._steps = weights, rate, 0
        self._mean, self._square = np.zeros_like(weights), np.zeros_like(weights)

    def step(self, gradient: Float64s) -> None:
        """Change the weights in place."""
        norm = float(np.sqrt(gradient @ gradient))
        gradient = gradient * min(1.0, _LARGEST / max(norm, 1e-12))
        self._steps += 1
        for running, new, kept in zip(
            (self._mean, self._square), (gradient, gradient**2), _KEPT, strict=True
        ):
            running += (1 - kept) * (new - running)
        mean, square = (
            running / (1 - kept**self._steps)
            for running, kept in zip((self._mean, self._square), _KEPT, strict=True)
        )
        self._weights -= self._rate * mean / (np.sqrt(square) + 1e-8)


def teach(
    network: MemoryNetwork,
    values: Float64s,
    *,
    every: int,
    epochs: int,
    cut: bool = False,
    rate: float = RATE,
) -> Iterator[float]:
    """Teach a network to say the next value, and yield the mean squared error of each epoch.

    The memory is empty when an epoch begins, and goes on from stretch to stretch.

    Args:
        network: its weights are changed.
        values: float64 [time].
        every: values between two updates. Errors are followed back as far: over 1, no further
            than the step they were made in; over more, through the memory.
        epochs: passes over the values.
        cut: follow no error back through the memory, however many values an update is over.
        rate: of Adam.
    """
    adam = Adam(network.weights, rate)
    known, truth = values[:-1], values[1:]
    for _ in range(epochs):
        memory, squares = np.zeros(network.size), 0.0
        for first in range(0, len(known), every):
            stretch = slice(first, first + every)
            answers, memories = network.run(known[stretch], memory)
            errors = answers - truth[stretch]
            adam.step(network.gradient(known[stretch], memories, errors, cut=cut))
            memory, squares = memories[-1], squares + float(errors @ errors)
        yield squares / len(known)


def error_after(network: MemoryNetwork, values: Float64s, known: int) -> float:
    """Return the mean squared error one step ahead, once so many values were seen."""
    answers, _ = network.run(values[:-1], np.zeros(network.size))
    return float(np.mean((answers - values[1:])[known:] ** 2))
