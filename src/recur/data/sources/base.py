"""What training learns from: the protocol that windows, sequences, pairs and streams answer."""

from __future__ import annotations

from typing import Protocol

from recur.arrays import Indices
from recur.data.sources.batch import Batch


class Source(Protocol):
    """Something that batches are gathered from."""

    @property
    def steps(self) -> int:
        """Return the time steps that go in."""

    @property
    def carried(self) -> bool:
        """Say whether the hidden state goes on from batch to batch, lane by lane."""

    @property
    def masked(self) -> bool:
        """Say whether some time steps are no real ones."""

    @property
    def counted(self) -> bool:
        """Say whether some targets do not count."""

    def __len__(self) -> int:
        """Return how many there are to choose from."""

    def gather(self, indices: Indices) -> Batch:
        """Return those at the indices, int64 [batch], side by side."""

    def digest(self) -> str:
        """Return a digest of everything that decides what is gathered."""
