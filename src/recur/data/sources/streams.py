"""A text as a network learns it: stretches of symbols, each followed by the next symbol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from recur.arrays import Indices, TextSymbols
from recur.data.sources.batch import Batch


@dataclass(frozen=True)
class Streams:
    """Stretches of a text, named by the row of their first symbol.

    The symbol that follows each one is its target. The state is carried from stretch to stretch,
    lane by lane.

    Attributes:
        symbols: [rows], by their numbers, in the smallest type that holds them.
        steps: symbols in a stretch.
    """

    symbols: TextSymbols
    steps: int
    carried: ClassVar[bool] = True
    masked: ClassVar[bool] = False
    counted: ClassVar[bool] = False

    def __len__(self) -> int:
        """Return how many stretches there are, one from every row that leaves room for it."""
        return max(0, len(self.symbols) - self.steps)

    def gather(self, indices: Indices) -> Batch:
        """Return the stretches from the rows at the indices, and what follows each symbol."""
        rows = np.arange(self.steps + 1)[:, None] + indices
        symbols = self.symbols[rows].astype(np.int32)
        return Batch(symbols[:-1], symbols[1:])
