"""A network's parameters: a table of named blocks in one flat vector."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from recur.arrays import Float32s
from recur.settings import Settings

Values = Float32s
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


class Spelling(Settings):
    """What is seen of a symbol beside its own vector: its characters, through filters.

    Each character is looked up as a learnt vector, filters slide over some of them at once, and of
    each filter the greatest value is kept. Character 0 is padding: places that end in it are left
    out, but for the first.

    Attributes:
        symbols: how many characters there are, the padding among them.
        longest: characters of each symbol, padding included.
        embedding: size of a character's vector.
        filters: values that stand beside the symbol's vector.
        kernel: characters that a filter sees at once.
    """

    symbols: int = Field(ge=1)
    longest: int = Field(ge=1, le=65536)
    embedding: int = Field(25, ge=1, le=65536)
    filters: int = Field(30, ge=1, le=65536)
    kernel: int = Field(3, ge=1, le=65536)


class Convolution(Settings):
    """A convolution over time in front of a network, without padding.

    Steps that do not fill a last stride are left out at the old end, so that the newest output
    always sees the newest input.

    Attributes:
        filters: values it gives at each of its time steps.
        kernel: time steps that it sees at once.
        stride: time steps from one output to the next.
    """

    filters: int = Field(ge=1, le=65536)
    kernel: int = Field(ge=1, le=65536)
    stride: int = Field(1, ge=1, le=65536)

    def steps(self, steps: int) -> int:
        """Return the time steps that come out where so many go in."""
        return (steps - self.kernel) // self.stride + 1
