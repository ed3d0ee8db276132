"""The minimal gated recurrent unit (Feng et al. 2024, "Were RNNs all we needed?").

    z  = sigmoid(W_z x + b_z)             update
    g  = W_g x + b_g                      candidate
    h' = (1 - z) * h + z * g

Neither gate nor candidate looks at the state, so there are no recurrent weights, and the state is
a weighted mean of what came in. Here z lets the new value in.
"""

from __future__ import annotations

from recur.networks.cell import Cell, Equations, Vectors
from recur.networks.functions import sigmoid


def _step(sums: Vectors, before: Vectors) -> tuple[Vectors, Vectors]:
    z, g = sums
    (h,) = before
    z = sigmoid(z)
    return (z, g), (h + z * (g - h),)


def _backward(
    kept: Vectors, before: Vectors, _after: Vectors, grads: Vectors
) -> tuple[Vectors, Vectors]:
    z, g = kept
    (h,), (grad,) = before, grads
    return (grad * (g - h) * (z - z * z), grad * z), (grad * (1 - z),)


CELL = Cell(
    title="minGRU",
    gates=("z", "g"),
    recurrent=(),
    joint=0,
    states=("h",),
    kept=("z", "g"),
    variants={"tanh": Equations(_step, _backward)},
)
