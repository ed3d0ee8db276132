"""Networks that have learnt nothing: how their gradient fades, and what it does to a training."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np

from recur.arrays import Float64s
from recur.labs.gradients.by_hand import Fading, doubled, fading, through_time
from recur.networks.initial import initial_values
from recur.networks.spec import NetworkSpec
from recur.seeding import Purpose, Stream

HIDDEN, STEPS = 32, 100
LARGE = 1.8  # times orthogonal weights: there the gradient explodes
UPDATES, WINDOW, LANES = 300, 50, 16
LAST = 50  # updates whose mean loss stands for the end of a training
BEYOND = 1e6  # a loss from which nothing is learnt any more

RNN: dict[str, Any] = {"cell": "rnn"}
BETTER: dict[str, Any] = {"initialisation": "orthogonal"}


def at_start(seed: int, scale: float = 1.0, **kind: Any) -> Fading:
    """Return how the gradient fades in a network that has learnt nothing yet.

    Args:
        seed: of its first weights, and of the noise that it reads.
        scale: of the recurrent weights.
        **kind: its other settings.
    """
    spec = NetworkSpec(hidden=HIDDEN, **kind)
    blocks = doubled(spec, initial_values(spec, seed))
    blocks["rnn.weight_hh_l0"] *= scale
    return fading(spec, blocks, noise(seed, STEPS, 1))


def noise(seed: int, *shape: int) -> Float64s:
    """Return float64 [shape] of normal numbers."""
    return Stream(seed, Purpose.DATA).normal(int(np.prod(shape))).reshape(shape)


def descent(seed: int, rate: float, clip: float | None) -> Float64s:
    """Train a network whose gradient explodes by plain gradient descent; return the losses.

    From 50 values of noise it is to tell half the sum of the last three. Training ends early where
    the loss is beyond all measure.
    """
    spec = NetworkSpec(hidden=HIDDEN, **RNN, **BETTER)
    blocks = doubled(spec, initial_values(spec, seed))
    blocks["rnn.weight_hh_l0"] *= LARGE
    losses: list[float] = []
    for inputs in noise(seed, UPDATES, WINDOW, LANES, 1):
        loss, grads = through_time(blocks, inputs, inputs[-3:].sum(axis=0) / 2)
        losses.append(loss)
        if not loss < BEYOND:
            break
        norm = sqrt(sum(float(np.sum(grad**2)) for grad in grads.values()))
        step = rate * min(1.0, clip / norm) if clip else rate
        for name, grad in grads.items():
            blocks[name] -= step * grad
    return np.array(losses)


def ended(losses: Float64s) -> float:
    """Return what the losses of a training came to: their last mean, or where it broke off."""
    return float(losses[-LAST:].mean() if losses[-1] < BEYOND else losses[-1])
