"""The scalar memory of xLSTM (Beck et al. 2024): an LSTM with an exponential input gate.

    i = exp(...)       input gate         c' = f * c + i * g       cell
    f = sigmoid(...)   forget gate        n' = f * n + i           normaliser
    g = tanh(...)      new value          h' = o * c' / n'
    o = sigmoid(...)   output gate        with ... = W x + b + U h + c, a row block each

The input gate can outweigh all that was remembered, and would overflow: c and n are therefore kept
divided by exp(m), with a stabiliser m that follows the greatest of the gates.

    m' = max(log f + m, log i)            c' = exp(log f + m - m') c + exp(log i - m') g

As m cancels in c' / n', the output does not depend on it, so no gradient needs to go through it.
There is one head: every unit of the state reaches every gate.
"""

from __future__ import annotations

from recur.networks.cell import Cell, Equations, Vectors
from recur.networks.functions import exp, log_sigmoid, maximum, sigmoid, tanh


def _step(sums: Vectors, before: Vectors) -> tuple[Vectors, Vectors]:
    i, f, g, o = sums
    _, c, n, m = before
    remembered = log_sigmoid(f) + m
    m = maximum(remembered, i)
    i, keep = exp(i - m), exp(remembered - m)
    f, g, o = sigmoid(f), tanh(g), sigmoid(o)
    c, n = keep * c + i * g, keep * n + i
    ratio = c / n
    return (i, f, g, o, keep, ratio, 1 / n), (o * ratio, c, n, m)


def _backward(
    kept: Vectors, before: Vectors, _after: Vectors, grads: Vectors
) -> tuple[Vectors, Vectors]:
    i, f, g, o, keep, ratio, over_n = kept
    _, c, n, _ = before
    grad, to_c, to_n, _ = grads
    to_ratio = grad * o * over_n
    to_c, to_n = to_c + to_ratio, to_n - to_ratio * ratio
    to_sums = (
        (to_c * g + to_n) * i,
        (to_c * c + to_n * n) * keep * (1 - f),
        to_c * i * (1 - g * g),
        grad * ratio * (o - o * o),
    )
    return to_sums, (0.0, to_c * keep, to_n * keep, 0.0)


CELL = Cell(
    title="sLSTM",
    gates=("i", "f", "g", "o"),
    recurrent=("i", "f", "g", "o"),
    joint=4,
    states=("h", "c", "n", "m"),
    kept=("i", "f", "g", "o", "keep", "ratio", "over_n"),
    variants={"tanh": Equations(_step, _backward)},
    biases={"f": 1.0},
)
