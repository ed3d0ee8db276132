"""The settings of a network and the table of parameters that follows from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, model_validator

from recur.errors import SettingsError
from recur.settings import Settings

Cell = Literal["rnn", "gru", "lstm"]
GATES: dict[Cell, int] = {"rnn": 1, "gru": 3, "lstm": 4}

Values = NDArray[np.float32]
"""All parameters of a network in one flat vector, in the order of its table."""


@dataclass(frozen=True)
class Parameter:
    """One line of the table: a named block of the flat vector."""

    name: str
    shape: tuple[int, ...]
    offset: int

    @property
    def size(self) -> int:
        """Return the number of values in the block."""
        return prod(self.shape)

    def of(self, values: NDArray[np.floating]) -> NDArray[np.floating]:
        """Return the block of a flat vector, a view in the parameter's shape."""
        return values[self.offset : self.offset + self.size].reshape(self.shape)


class NetworkSpec(Settings):
    """A stack of recurrent layers and a head that reads it.

    Attributes:
        cell: `rnn` (vanilla), `gru` or `lstm`, with PyTorch's equations and order of gates.
        inputs: values that come in at each time step.
        outputs: values that the head gives.
        hidden: size of the hidden state of one layer and direction.
        layers: recurrent layers, one on top of the other.
        bidirectional: a second stack reads the sequence backwards; the head sees both.
        dropout: share of values dropped between layers while training; with one layer, before
            the head.
        nonlinearity: of a vanilla RNN, `tanh` or `relu`.
        head: `linear`; `tanh` or `sigmoid`, linear with a bounded output; `none`, where the
            hidden state itself is the output.
        reads: `last`, the head reads the final hidden state (of both directions); `every`, it
            reads each time step.
        initialisation: `pytorch`, uniform up to 1/sqrt(hidden); `orthogonal`, orthogonal
            recurrent weights, Glorot input weights, no bias but 1 on an LSTM's forget gate.
    """

    cell: Cell = "gru"
    inputs: int = Field(1, ge=1)
    outputs: int = Field(1, ge=1)
    hidden: int = Field(32, ge=1, le=65536)
    layers: int = Field(1, ge=1, le=100)
    bidirectional: bool = False
    dropout: float = Field(0.0, ge=0.0, lt=1.0)
    nonlinearity: Literal["tanh", "relu"] = "tanh"
    head: Literal["linear", "tanh", "sigmoid", "none"] = "linear"
    reads: Literal["last", "every"] = "last"
    initialisation: Literal["pytorch", "orthogonal"] = "pytorch"

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.head == "none" and self.outputs != self.width:
            raise ValueError(
                f"without a head the hidden state is the output: `outputs` is {self.outputs} and "
                f"must be {self.width}, the width of the hidden state."
            )
        if self.nonlinearity == "relu" and self.cell != "rnn":
            raise ValueError(
                f"`nonlinearity` is 'relu', which only the cell 'rnn' has; the cell is "
                f"{self.cell!r}."
            )
        return self

    @property
    def directions(self) -> int:
        """Return 2 for a bidirectional network, else 1."""
        return 2 if self.bidirectional else 1

    @property
    def width(self) -> int:
        """Return the values a layer gives at each time step."""
        return self.hidden * self.directions

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Return the table of parameters, with PyTorch's names, shapes and order of gates."""
        return tuple(self._table())

    @property
    def size(self) -> int:
        """Return the number of values in the flat vector."""
        last = self.parameters[-1]
        return last.offset + last.size

    def _table(self) -> Iterator[Parameter]:
        offset = 0
        for name, shape in self._shapes():
            parameter = Parameter(name, shape, offset)
            offset += parameter.size
            yield parameter

    def _shapes(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        rows = GATES[self.cell] * self.hidden
        for layer in range(self.layers):
            inputs = self.inputs if layer == 0 else self.width
            for suffix in ("", "_reverse")[: self.directions]:
                yield f"rnn.weight_ih_l{layer}{suffix}", (rows, inputs)
                yield f"rnn.weight_hh_l{layer}{suffix}", (rows, self.hidden)
                yield f"rnn.bias_ih_l{layer}{suffix}", (rows,)
                yield f"rnn.bias_hh_l{layer}{suffix}", (rows,)
        if self.head != "none":
            yield "head.weight", (self.outputs, self.width)
            yield "head.bias", (self.outputs,)

    def named(self, values: Values) -> dict[str, Values]:
        """Return the blocks of a flat vector by name, as views."""
        return {p.name: np.asarray(p.of(values), np.float32) for p in self.parameters}

    def flat(self, named: Mapping[str, ArrayLike]) -> Values:
        """Return the flat vector that holds the named blocks.

        Blocks named as in a bare `nn.RNN`, `nn.GRU` or `nn.LSTM` (without `rnn.`) are taken too.
        """
        known = {p.name: p for p in self.parameters}
        given = {name if name in known else f"rnn.{name}": block for name, block in named.items()}
        if given.keys() != known.keys():
            wrong = sorted(given.keys() ^ known.keys())
            raise SettingsError(
                f"the weights do not fit the network: {', '.join(wrong)} "
                f"{'is' if len(wrong) == 1 else 'are'} missing or not part of it."
            )
        for name, parameter in known.items():
            if np.shape(given[name]) != parameter.shape:
                raise SettingsError(
                    f"the weight `{name}` has the shape {np.shape(given[name])}; "
                    f"this network needs {parameter.shape}."
                )
        values = np.empty(self.size, np.float32)
        for name, parameter in known.items():
            parameter.of(values)[...] = np.asarray(given[name], np.float32)
        return values
