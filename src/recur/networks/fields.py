"""What describes a network, and what follows from that without a look at its parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from recur.networks.cell import Cell as RecurrentCell
from recur.networks.cell import Equations
from recur.networks.cells import CELLS, MEMORYLESS
from recur.networks.cells import cell as recurrent_cell
from recur.networks.parameters import Convolution, Spelling
from recur.settings import Settings

if TYPE_CHECKING:
    Cell = str
else:  # a file in `networks/cells` is a choice more
    Cell = Literal[(*CELLS, MEMORYLESS)]


INPUT_SITE = 127
"""The dropout site in front of the first layer; those behind it have its number, decoders 128."""


class NetworkFields(Settings):
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
