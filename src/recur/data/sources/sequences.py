"""Aligned sequences: at each time step something comes in and something should come out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from recur.arrays import Float32s, Indices, Symbols
from recur.data.sources.batch import Batch
from recur.digest import digest_of


@dataclass(frozen=True)
class Sequences:
    """Stretches of rows that hold inputs and the outputs that belong to them.

    Attributes:
        inputs: float32 [rows, inputs], or int32 [rows], symbols; of symbols that are spelt, int32
            [rows, 1 + characters].
        targets: float32 [rows, outputs], or int32 [rows], symbols.
        starts: int64 [sequences], the first row of each.
        steps: rows in each.
        lengths: int64 [sequences], how many of its steps are real, the first ones, at least one;
            the others are masked, and their rows are never read. None where all are.
        carried: whether the hidden state is carried from batch to batch, lane by lane, instead of
            starting from zeros.
    """

    inputs: Float32s | Symbols
    targets: Float32s | Symbols
    starts: Indices
    steps: int
    lengths: Indices | None = None
    carried: bool = False
    counted: ClassVar[bool] = False

    def __len__(self) -> int:
        """Return the number of sequences."""
        return len(self.starts)

    def whole(self) -> Sequences:
        """Return the same sequences as ones whose steps are all real."""
        return replace(self, lengths=None)

    @property
    def masked(self) -> bool:
        """Say whether some sequences may have fewer real steps than the others."""
        return self.lengths is not None

    def digest(self) -> str:
        """Return a digest of everything that decides what is gathered."""
        return digest_of(self)

    def gather(self, indices: Indices) -> Batch:
        """Return the sequences at the indices; at a masked step stands the sequence's first row."""
        steps, starts = np.arange(self.steps)[:, None], self.starts[indices]
        if self.lengths is None:
            rows = starts + steps
            return Batch(self.inputs[rows], self.targets[rows])
        mask = steps < self.lengths[indices]
        rows = np.where(mask, starts + steps, starts)
        return Batch(self.inputs[rows], self.targets[rows], mask=mask)
