"""The vanilla recurrent network: h' = f(W x + b + U h + c), with f = tanh or max(0, .)."""

from __future__ import annotations

from recur.networks.cell import Cell, Equations, Vectors
from recur.networks.functions import relu, tanh


def _tanh_step(sums: Vectors, _before: Vectors) -> tuple[Vectors, Vectors]:
    return (), (tanh(sums[0]),)


def _tanh_backward(
    _kept: Vectors, _before: Vectors, after: Vectors, grads: Vectors
) -> tuple[Vectors, Vectors]:
    return (grads[0] * (1 - after[0] * after[0]),), (0.0,)


def _relu_step(sums: Vectors, _before: Vectors) -> tuple[Vectors, Vectors]:
    return (), (relu(sums[0]),)


def _relu_backward(
    _kept: Vectors, _before: Vectors, after: Vectors, grads: Vectors
) -> tuple[Vectors, Vectors]:
    return (grads[0] * (after[0] > 0),), (0.0,)


CELL = Cell(
    title="RNN",
    gates=("h",),
    recurrent=("h",),
    joint=1,
    states=("h",),
    kept=(),
    variants={
        "tanh": Equations(_tanh_step, _tanh_backward),
        "relu": Equations(_relu_step, _relu_backward),
    },
    torch="RNN",
)
