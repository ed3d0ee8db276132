"""The same id in two parts: found among many millions by 64 bits of each."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from recur.distributed.parts import Digests

_EACH = 40  # bytes of an id while runs are merged, of which 12 are kept


class SeenIds:
    """The digests of all ids so far, in sorted runs that are merged as they grow.

    Ten million ids take 120 MB, and a part is looked up in as many runs as the logarithm of the
    number of parts.
    """

    def __init__(self) -> None:
        self._runs: list[tuple[Digests, NDArray[np.int32]]] = []

    @property
    def takes(self) -> int:
        """Return how many bytes it takes at the most, while all runs are merged."""
        return _EACH * sum(len(digests) for digests, _ in self._runs)

    def take(self, digests: Digests, part: int) -> None:
        """Take the ids of a part."""
        if not len(digests):
            return
        run = np.sort(digests), np.full(len(digests), part, np.int32)
        while self._runs and len(self._runs[-1][0]) <= 2 * len(run[0]):
            other = self._runs.pop()
            both = np.concatenate([other[0], run[0]])
            order = np.argsort(both, kind="stable")
            run = both[order], np.concatenate([other[1], run[1]])[order]
        self._runs.append(run)

    def shared(self, digests: Digests) -> Iterator[tuple[int, int]]:
        """Yield for digests that were seen: its place among those given, and the part it is of."""
        for seen, parts in self._runs:
            at = np.minimum(np.searchsorted(seen, digests), len(seen) - 1)
            for place in np.flatnonzero(seen[at] == digests).tolist():
                yield place, int(parts[at[place]])
