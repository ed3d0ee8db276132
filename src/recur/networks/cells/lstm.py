"""The long short-term memory, in PyTorch's form.

i = sigmoid(...)   input gate         c' = f * c + i * g
f = sigmoid(...)   forget gate        h' = o * tanh(c')
g = tanh(...)      new value
o = sigmoid(...)   output gate        with ... = W x + b + U h + c, a row block each
"""

from __future__ import annotations

from recur.networks.cell import Cell, Equations, Vectors
from recur.networks.functions import sigmoid, tanh


def _step(sums: Vectors, before: Vectors) -> tuple[Vectors, Vectors]:
    i, f, g, o = sums
    _, c = before
    i, f, g, o = sigmoid(i), sigmoid(f), tanh(g), sigmoid(o)
    c = f * c + i * g
    bounded = tanh(c)
    return (i, f, g, o, bounded), (o * bounded, c)


def _backward(
    kept: Vectors, before: Vectors, _after: Vectors, grads: Vectors
) -> tuple[Vectors, Vectors]:
    i, f, g, o, bounded = kept
    (_, c), (grad, to_c) = before, grads
    to_c = to_c + grad * o * (1 - bounded * bounded)
    to_sums = (
        to_c * g * (i - i * i),
        to_c * c * (f - f * f),
        to_c * i * (1 - g * g),
        grad * bounded * (o - o * o),
    )
    return to_sums, (0.0, to_c * f)


CELL = Cell(
    title="LSTM",
    gates=("i", "f", "g", "o"),
    recurrent=("i", "f", "g", "o"),
    joint=4,
    states=("h", "c"),
    kept=("i", "f", "g", "o", "bounded"),
    variants={"tanh": Equations(_step, _backward)},
    bridged=2,
    biases={"f": 1.0},
    torch="LSTM",
)
