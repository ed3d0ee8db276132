"""What is exported of a model: its programs, their arrays, and what a reader has to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from recur.export.program import Program
from recur.networks.spec import NetworkSpec

Axes = tuple[int | str, ...]
"""The sizes of the axes of an array, the names of those that are free."""


@dataclass(frozen=True)
class Port:
    """An array that comes in or goes out.

    Attributes:
        name: its own.
        kind: the type of its values, as NumPy writes it.
        axes: their sizes.
        about: what it is.
        group: of arrays that a program takes as one tuple, what they are called together.
    """

    name: str
    kind: str
    axes: Axes
    about: str
    group: str = ""


@dataclass(frozen=True, eq=False)
class Plan:
    """What is exported of a model.

    Attributes:
        does: what it does, in a sentence.
        usage: how its file is used from Python, some lines.
        core: from arrays to arrays: what a graph holds; it takes the inputs in their order.
        inputs: of the core; those of one group, one after the other, are one argument.
        outputs: of the core, in the same way.
        front: what users of the file call, outermost first; each may use the core.
        weights: all arrays by name.
        facts: what is said of the model, by name.
        fewest: the least size of axes that are free, by name, for an example.
        without: what the model has and the file does not, a sentence each.
    """

    does: str
    usage: str
    core: Program
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    front: tuple[Program, ...]
    weights: Mapping[str, NDArray[Any]]
    facts: Mapping[str, str]
    fewest: Mapping[str, int] = field(default_factory=dict)
    without: tuple[str, ...] = ()


def state_ports(spec: NetworkSpec) -> tuple[tuple[Port, ...], tuple[Port, ...]]:
    """Return the ports of a network's state, before and after what it reads."""
    axes = (spec.layers * spec.directions, "batch", spec.hidden)
    names = spec.recurrent_cell.states
    before = (Port(f"state_{name}", "f4", axes, "0 at first", "state") for name in names)
    after = (Port(f"after_{name}", "f4", axes, "the next state", "after") for name in names)
    return tuple(before), tuple(after)
