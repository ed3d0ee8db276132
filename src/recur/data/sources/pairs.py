"""Pairs of sequences of symbols: one comes in, the other should come out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from recur.arrays import Flags, Indices, Symbols
from recur.data.sources.batch import Batch
from recur.digest import digest_of


@dataclass(frozen=True)
class Pairs:
    """Sequences of symbols, each with the one that should come out of it.

    Of what should come out each symbol is a target, and comes in before the next one: a target has
    one row more than steps, in front of them the symbol with which all begin.

    Attributes:
        inputs: int32 [rows], of all sequences that come in, one after the other.
        targets: int32 [rows], of all that should come out.
        starts: int64 [pairs], the first row of each input.
        lengths: int64 [pairs], its steps, at least one.
        target_starts: int64 [pairs], the first row of each target, with which it begins.
        target_lengths: int64 [pairs], its steps, at least one.
    """

    inputs: Symbols
    targets: Symbols
    starts: Indices
    lengths: Indices
    target_starts: Indices
    target_lengths: Indices
    carried: ClassVar[bool] = False
    masked: ClassVar[bool] = True
    counted: ClassVar[bool] = True

    @staticmethod
    def of(inputs: Sequence[Symbols], targets: Sequence[Symbols]) -> Pairs:
        """Return pairs of sequences that lie apart; targets begin with what all begin with."""
        lengths, target_lengths = (
            np.array([len(one) for one in each], np.int64) for each in (inputs, targets)
        )
        return Pairs(
            inputs=np.concatenate(inputs),
            targets=np.concatenate(targets),
            starts=np.cumsum(lengths) - lengths,
            lengths=lengths,
            target_starts=np.cumsum(target_lengths) - target_lengths,
            target_lengths=target_lengths - 1,
        )

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.starts)

    @property
    def steps(self) -> int:
        """Return the steps of the longest input."""
        return int(self.lengths.max())

    @property
    def target_steps(self) -> int:
        """Return the steps of the longest target."""
        return int(self.target_lengths.max())

    def digest(self) -> str:
        """Return a digest of everything that decides what is gathered."""
        return digest_of(self)

    def gather(self, indices: Indices) -> Batch:
        """Return the pairs at the indices, as long as the longest; masked steps have a first row.

        The batch has what a decoder is fed: the symbol before each target.
        """
        rows, mask = _rows(self.starts[indices], self.lengths[indices])
        fed, counted = _rows(self.target_starts[indices], self.target_lengths[indices])
        return Batch(
            inputs=self.inputs[rows],
            targets=self.targets[fed + 1],
            mask=mask,
            counted=counted,
            fed=self.targets[fed],
        )


def _rows(starts: Indices, lengths: Indices) -> tuple[Indices, Flags]:
    """Return the rows [time, batch] of sequences, and which of them are real."""
    steps = np.arange(int(lengths.max(initial=1)))[:, None]
    real = steps < lengths
    return np.where(real, starts + steps, starts), real
