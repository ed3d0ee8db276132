"""The gated recurrent unit, in PyTorch's form.

    r  = sigmoid(W_r x + b_r + U_r h + c_r)           reset
    z  = sigmoid(W_z x + b_z + U_z h + c_z)           update
    n  = tanh(W_n x + b_n + r * (U_n h + c_n))        new value
    h' = (1 - z) * n + z * h

Two things differ from the form in most textbooks (Cho et al. 2014): the reset gate acts after the
product, r * (U_n h + c_n), not before it, U_n (r * h), so that all three products can be taken at
once; and z keeps the old state, where the textbook's z lets the new value in. Weights trained in
one form are not weights of the other.
"""

from __future__ import annotations

from recur.networks.cell import Cell, Equations, Vectors
from recur.networks.functions import sigmoid, tanh


def _step(sums: Vectors, before: Vectors) -> tuple[Vectors, Vectors]:
    r, z, n, q = sums  # q is the state's part of the new value, U_n h + c_n
    (h,) = before
    r, z = sigmoid(r), sigmoid(z)
    n = tanh(n + r * q)
    return (r, z, n, q), (n + z * (h - n),)


def _backward(
    kept: Vectors, before: Vectors, _after: Vectors, grads: Vectors
) -> tuple[Vectors, Vectors]:
    r, z, n, q = kept
    (h,), (grad,) = before, grads
    to_n = grad * (1 - z) * (1 - n * n)
    to_r, to_z = to_n * q * (r - r * r), grad * (h - n) * (z - z * z)
    return (to_r, to_z, to_n, to_n * r), (grad * z,)


CELL = Cell(
    title="GRU",
    gates=("r", "z", "n"),
    recurrent=("r", "z", "n"),
    joint=2,
    states=("h",),
    kept=("r", "z", "n", "q"),
    variants={"tanh": Equations(_step, _backward)},
    torch="GRU",
)
