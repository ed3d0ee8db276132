"""The settings of a network and the table of parameters that follows from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from pydantic import model_validator

from recur.errors import SettingsError
from recur.networks.complaints import complaints
from recur.networks.fields import INPUT_SITE as INPUT_SITE
from recur.networks.fields import Cell as Cell
from recur.networks.fields import NetworkFields
from recur.networks.parameters import Convolution as Convolution
from recur.networks.parameters import Parameter as Parameter
from recur.networks.parameters import Spelling as Spelling
from recur.networks.parameters import Values as Values


class NetworkSpec(NetworkFields):
    """A stack of layers and a head that reads it: see `NetworkFields` for what describes it."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        for complaint in complaints(self):
            raise ValueError(complaint)
        return self

    @property
    def reading_last(self) -> NetworkSpec:
        """Return the network with a head that reads the final hidden state alone."""
        return self if self.reads == "last" else self.model_copy(update={"reads": "last"})

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Return the table of parameters, with PyTorch's names, shapes and order of gates."""
        return _tables(self)

    @property
    def size(self) -> int:
        """Return the number of values in the flat vector."""
        last = self.parameters[-1]
        return last.offset + last.size

    def shapes(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Yield the names and shapes of the parameters, in the order of the flat vector."""
        if self.symbols:
            yield "embedding.weight", (self.symbols, self.inputs)
        if self.spelling is not None:
            seen = self.spelling
            yield "spelling.embedding.weight", (seen.symbols, seen.embedding)
            yield "spelling.convolution.weight", (seen.filters, seen.embedding, seen.kernel)
            yield "spelling.convolution.bias", (seen.filters,)
        if self.convolution is not None:
            filters = self.convolution.filters
            yield "convolution.weight", (filters, self.inputs, self.convolution.kernel)
            yield "convolution.bias", (filters,)
        if self.recurrent:
            yield from self._stack("rnn", self.features, self.directions)
        else:
            yield from self._dense()
        if self.decoder:
            yield from self._bridge()
            yield from self._attention()
            if self.translates:
                yield "target.weight", (self.outputs, self.inputs)
            yield from self._stack("decoder", self.inputs if self.symbols else self.outputs, 1)
        if self.attention != "none":
            yield "combine.weight", (self.hidden, self.width + self.hidden)
            yield "combine.bias", (self.hidden,)
        if self.head != "none":
            if not self.tied:
                yield "head.weight", (self.outputs, self.head_width)
            yield "head.bias", (self.outputs,)
        if self.chain:
            yield "chain.weight", (self.outputs + 2, self.outputs)

    def _dense(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        for layer in range(self.layers):
            inputs = self.window if layer == 0 else self.hidden
            yield f"mlp.{layer}.weight", (self.hidden, inputs)
            yield f"mlp.{layer}.bias", (self.hidden,)

    def _bridge(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        if not self.bidirectional:
            return
        rows = self.hidden * self.recurrent_cell.bridged
        for layer in range(self.layers):
            yield f"bridge.weight_l{layer}", (rows, self.width)
            yield f"bridge.bias_l{layer}", (rows,)

    def _attention(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        if self.attention != "none":
            yield "attention.key.weight", (self.hidden, self.width)
        if self.attention == "additive":
            yield "attention.query.weight", (self.hidden, self.hidden)
            yield "attention.query.bias", (self.hidden,)
            yield "attention.score.weight", (1, self.hidden)

    def _stack(
        self, stack: str, inputs: int, directions: int
    ) -> Iterator[tuple[str, tuple[int, ...]]]:
        for layer in range(self.layers):
            columns = inputs if layer == 0 else self.hidden * directions
            for suffix in ("", "_reverse")[:directions]:
                for block, shape in self.blocks(columns):
                    yield f"{stack}.{block}_l{layer}{suffix}", shape

    def blocks(self, inputs: int) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Yield the names and shapes of the blocks of one recurrent layer and direction."""
        cell = self.recurrent_cell
        rows, own_rows = len(cell.gates) * self.hidden, len(cell.recurrent) * self.hidden
        yield "weight_ih", (rows, inputs)
        if own_rows:
            yield "weight_hh", (own_rows, self.hidden)
        yield "bias_ih", (rows,)
        if own_rows:
            yield "bias_hh", (own_rows,)

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


@lru_cache(64)
def _tables(spec: NetworkSpec) -> tuple[Parameter, ...]:
    """Return the table of a network's parameters, which every single forecast asks for."""
    table, offset = [], 0
    for name, shape in spec.shapes():
        table.append(Parameter(name, shape, offset))
        offset += table[-1].size
    return tuple(table)
