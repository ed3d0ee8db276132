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
