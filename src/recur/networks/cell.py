"""What a recurrent cell is: the description that all other rooms read as data.

A layer takes the products of its weights with what comes in and with the hidden state; the cell
says what becomes of their sums. `weight_ih` and `weight_hh` consist of blocks of `hidden` rows, one
for each gate. The first `joint` blocks of both are added up, a sum for each pair; each other block
gives a sum of its own. The sums stand in this order: joint ones, those of the input alone, those of
the state alone.

The equations are functions of vectors, see `recur.networks.functions`: whole arrays of NumPy and
PyTorch, or registers of the compiled engine. They are written once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

Vectors = tuple[Any, ...]
"""Vectors of one kind and shape: of NumPy, of PyTorch, of the compiled engine."""


@dataclass(frozen=True)
class Equations:
    """A cell's step, and its way back.

    Attributes:
        step: takes the sums and the states before; returns what is kept for the way back, and the
            states after.
        backward: takes what was kept, the states before, those after, and the loss's gradients in
            those after; returns the gradients in the sums, and in the states before but for what
            reaches them through the sums.
    """

    step: Callable[[Vectors, Vectors], tuple[Vectors, Vectors]]
    backward: Callable[[Vectors, Vectors, Vectors, Vectors], tuple[Vectors, Vectors]]


@dataclass(frozen=True)
class Cell:
    """A recurrent cell.

    Attributes:
        title: as people write it.
        gates: the blocks of `weight_ih` and `bias_ih`, in their order.
        recurrent: the blocks of `weight_hh` and `bias_hh`; none where the cell has no such weights.
        joint: how many of the first blocks of both are added up.
        states: by their names; the first one is the output. All begin at zero.
        kept: names of what a step keeps for its way back, in order. A cell of one sum that keeps
            nothing computes in the place of its output.
        variants: the equations by `NetworkSpec.nonlinearity`; of a cell without a choice, 'tanh'.
        bridged: how many of the first states a bridge makes for a decoder; the others begin at 0.
        biases: first values of gates' biases in the initialisation `orthogonal`, where not 0.
        torch: PyTorch's own module of the same equations, by its name in `torch.nn`; none where
            PyTorch has none, which then runs the equations.
    """

    title: str
    gates: tuple[str, ...]
    recurrent: tuple[str, ...]
    joint: int
    states: tuple[str, ...]
    kept: tuple[str, ...]
    variants: Mapping[str, Equations]
    bridged: int = 1
    biases: Mapping[str, float] = field(default_factory=dict)
    torch: str = ""

    @cached_property
    def sums(self) -> int:
        """Return how many sums a step takes."""
        return len(self.gates) + len(self.recurrent) - self.joint
