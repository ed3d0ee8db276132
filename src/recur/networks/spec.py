"""The settings of a network and the table of parameters that follows from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from pydantic import Field, model_validator

from recur.errors import SettingsError
from recur.networks.cell import Cell as RecurrentCell
from recur.networks.cell import Equations
from recur.networks.cells import CELLS, MEMORYLESS
from recur.networks.cells import cell as recurrent_cell
from recur.networks.parameters import Convolution as Convolution
from recur.networks.parameters import Parameter as Parameter
from recur.networks.parameters import Spelling as Spelling
from recur.networks.parameters import Values as Values
from recur.settings import Settings

if TYPE_CHECKING:
    Cell = str
else:  # a file in `networks/cells` is a choice more
    Cell = Literal[(*CELLS, MEMORYLESS)]


INPUT_SITE = 127
"""The dropout site in front of the first layer; those behind it have its number, decoders 128."""


class NetworkSpec(Settings):
    """A stack of layers and a head that reads it.

    Attributes:
        cell: one of `recur.networks.cells`, of which those that PyTorch has are PyTorch's; or
            `mlp`, dense layers without memory that take in the whole window at once.
        inputs: values that come in at each time step.
        symbols: where inputs are symbols, how many there are; each is looked up as a learnt
            vector of `inputs` values. 0 where inputs are values.
        spelling: where inputs are symbols, what is seen of the characters of each: they come in
            behind the symbol at each time step, and what filters make of them stands behind its
            vector. None where nothing is.
        convolution: over time, in front of the layers, without an activation.
        steps: time steps of the window that an `mlp` takes in; 0 for the other cells.
        decoder: a second stack of the same kind starts from the state in which the first ends,
            and gives one step of outputs after the other: its first input is the last known
            value, then the value before, true or its own. It reads forwards; where the first
            stack reads both ways, a learnt linear map, the bridge, makes its first state of the
            two last outputs of each layer. Where inputs are symbols, so are outputs: each step is
            given the learnt vector, of `inputs` values too, of the true symbol before.
        attention: of a decoder of symbols: each of its steps looks back at all that the first
            stack gave, see `recur.networks.attention`; `dot`, by products, `additive`, by sums, or
            `none`.
        outputs: values that the head gives.
        hidden: size of the hidden state of one layer and direction.
        layers: how many, one on top of the other.
        bidirectional: a second stack reads the sequence backwards; the head sees both.
        dropout: share of values dropped between layers while training; with one layer, before
            the head.
        drops_inputs: whether the same share is dropped of what the first layer is given, too.
        mask: what is dropped, drawn for each `step`, or once for the whole `sequence`.
        nonlinearity: of a vanilla RNN or an MLP, `tanh` or `relu`.
        head: `linear`; `tanh` or `sigmoid`, linear with a bounded output; `none`, where the
            hidden state itself is the output.
        tied: whether a linear head of symbols has their learnt vectors for its weights.
        reads: `last`, the head reads the final hidden state (of both directions); `every`, it
            reads each time step; `mean` and `max`, it reads the mean or the greatest of each
            hidden value over the real steps.
        chain: whether each answer depends on the one before: a table of weights, [outputs + 2,
            outputs], from each answer to the next, from the start, and to the end.
        initialisation: `pytorch`, uniform up to 1/sqrt(hidden); `orthogonal`, orthogonal
            recurrent weights, Glorot's other weights, no bias but what the cell asks for; `small`,
            as `pytorch`, the vectors of symbols a tenth as large, so that rare ones say little.
    """

    cell: Cell = "gru"
    inputs: int = Field(1, ge=1)
    symbols: int = Field(0, ge=0)
    spelling: Spelling | None = None
    convolution: Convolution | None = None
    steps: int = Field(0, ge=0)
    decoder: bool = False
    attention: Literal["none", "dot", "additive"] = "none"
    outputs: int = Field(1, ge=1)
    hidden: int = Field(32, ge=1, le=65536)
    layers: int = Field(1, ge=1, le=100)
    bidirectional: bool = False
    dropout: float = Field(0.0, ge=0.0, lt=1.0)
    drops_inputs: bool = False
    mask: Literal["step", "sequence"] = "step"
    nonlinearity: Literal["tanh", "relu"] = "tanh"
    head: Literal["linear", "tanh", "sigmoid", "none"] = "linear"
    tied: bool = False
    reads: Literal["last", "every", "mean", "max"] = "last"
    chain: bool = False
    initialisation: Literal["pytorch", "orthogonal", "small"] = "pytorch"

    @model_validator(mode="after")
    def _check(self) -> Self:
        for complaint in self._complaints():
            raise ValueError(complaint)
        return self

    def _complaints(self) -> Iterator[str]:
        """Yield a sentence for each thing that does not go with another."""
        yield from self._of_recurrent() if self.recurrent else self._of_dense()
        yield from self._of_spelling()
        if self.chain and (self.reads != "every" or self.head != "linear"):
            yield (
                f"a chain scores an answer at every time step: `reads` is {self.reads!r} and "
                f"`head` {self.head!r}; they must be 'every' and 'linear'."
            )
        if self.head == "none" and self.outputs != self.width:
            yield (
                f"without a head the hidden state is the output: `outputs` is {self.outputs} and "
                f"must be {self.width}, the width of the hidden state."
            )
        if self.tied and not (
            self.head == "linear" and self.symbols == self.outputs and self.inputs == self.width
        ):
            yield (
                "`tied` is on, for which a linear head must have as many outputs as there are "
                "symbols, and their vectors the width of the hidden state: there are "
                f"{self.symbols} symbols, {self.outputs} outputs, vectors of {self.inputs} and a "
                f"width of {self.width}."
            )
        if self.recurrent and self.nonlinearity not in self.recurrent_cell.variants:
            able = [name for name in CELLS if self.nonlinearity in recurrent_cell(name).variants]
            names = " and ".join(repr(name) for name in (*able, MEMORYLESS))
            yield (
                f"`nonlinearity` is {self.nonlinearity!r}, which only the cells {names} have; the "
                f"cell is {self.cell!r}."
            )

    def _of_spelling(self) -> Iterator[str]:
        seen = self.spelling
        if seen is None:
            return
        if not self.symbols or self.convolution is not None:
            yield (
                "`spelling` is for a network of `symbols` without a `convolution`: there are "
                f"{self.symbols} symbols, and the convolution is {self.convolution}."
            )
        if seen.kernel > seen.longest:
            yield (
                f"the spelling's kernel of {seen.kernel} is longer than the {seen.longest} "
                "characters of a symbol."
            )

    def _of_dense(self) -> Iterator[str]:
        if self.steps < 1:
            yield (
                f"the cell {self.cell!r} takes in the whole window at once: `steps`, its time "
                "steps, must be at least 1."
            )
        if self.convolution is not None and self.steps < self.convolution.kernel:
            yield (
                f"the convolution's kernel of {self.convolution.kernel} is longer than the "
                f"{self.steps} `steps` that the cell {self.cell!r} takes in."
            )
        for name, given in (
            ("bidirectional", self.bidirectional),
            ("decoder", self.decoder),
            ("attention", self.attention != "none"),
            ("drops_inputs", self.drops_inputs),
            ("reads", self.reads != "last"),
        ):
            if given:
                yield (
                    f"`{name}` is {getattr(self, name)!r}, which the cell {self.cell!r} cannot be: "
                    "it takes in the whole window at once."
                )

    def _of_recurrent(self) -> Iterator[str]:
        if self.steps:
            yield (
                f"`steps` is {self.steps}, which only the cell {MEMORYLESS!r} needs; the cell "
                f"{self.cell!r} takes sequences of any length, and `steps` must be 0."
            )
        if self.attention != "none" and not self.translates:
            yield (
                f"`attention` is {self.attention!r}, which only a decoder of symbols can have: "
                f"`decoder` is {self.decoder} and `symbols` is {self.symbols}."
            )
        if not self.decoder:
            return
        if self.reads != "last":
            yield "a decoder goes on from the final state: `reads` must be 'last'."
        if self.symbols and (self.convolution is not None or self.head != "linear" or self.tied):
            yield (
                "a decoder of symbols has no convolution in front, and a linear head with weights "
                "of its own; `convolution`, `head` or `tied` says otherwise."
            )
        if self.head == "none":
            yield "a decoder is fed what its head gives: `head` must not be 'none'."

    @property
    def recurrent(self) -> bool:
        """Return whether the layers have a memory that goes from time step to time step."""
        return self.cell != MEMORYLESS

    @property
    def recurrent_cell(self) -> RecurrentCell:
        """Return the cell of a recurrent network."""
        return recurrent_cell(self.cell)

    @property
    def equations(self) -> Equations:
        """Return the equations of a recurrent network's cell."""
        return self.recurrent_cell.variants[self.nonlinearity]

    @property
    def states(self) -> int:
        """Return how many states a layer carries from step to step."""
        return len(self.recurrent_cell.states) if self.recurrent else 0

    @property
    def directions(self) -> int:
        """Return 2 for a bidirectional network, else 1."""
        return 2 if self.bidirectional else 1

    @property
    def width(self) -> int:
        """Return the values a layer gives at each time step."""
        return self.hidden * self.directions

    @property
    def translates(self) -> bool:
        """Return whether symbols come in and a decoder gives symbols."""
        return self.decoder and self.symbols > 0

    @property
    def head_weight(self) -> str:
        """Return the name of the head's weight in the table."""
        return "embedding.weight" if self.tied else "head.weight"

    @property
    def head_width(self) -> int:
        """Return the values that the head reads at each time step."""
        return self.hidden if self.decoder else self.width

    @property
    def reading_last(self) -> NetworkSpec:
        """Return the network with a head that reads the final hidden state alone."""
        return self.model_copy(update={"reads": "last"})

    @property
    def features(self) -> int:
        """Return the values that the first layer sees at each time step."""
        if self.spelling is not None:
            return self.inputs + self.spelling.filters
        return self.inputs if self.convolution is None else self.convolution.filters

    @property
    def columns(self) -> int:
        """Return how many numbers come in at each time step: values, or a symbol's."""
        if not self.symbols:
            return self.inputs
        return 1 + (0 if self.spelling is None else self.spelling.longest)

    @property
    def step_shape(self) -> tuple[int, ...]:
        """Return the shape of what comes in at each time step of one lane."""
        return () if self.symbols and self.spelling is None else (self.columns,)

    @property
    def window(self) -> int:
        """Return the values that the first layer of an `mlp` sees at once."""
        steps = self.steps if self.convolution is None else self.convolution.steps(self.steps)
        return steps * self.features

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
