"""The order in which long recordings are learnt: stretch after stretch, the state carried along."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Indices
from recur.training.loop import Job

_LANES = 16  # that the validation part is cut into
_STRETCHES = 4  # in a lane at least, where there are so many


@dataclass(frozen=True)
class RecordingJob(Job):
    """Recordings that are learnt as `plan.batch` lanes, each of consecutive stretches.

    A step takes the next stretch of every lane, which goes on from the state in which the one
    before has ended. A lane starts from no state where an epoch or a recording begins. Where the
    lanes cannot share the stretches evenly, neighbouring ones overlap by one.

    Attributes:
        begins: bool [stretches], which ones are the first of a recording.
    """

    begins: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))

    @property
    def fingerprint(self) -> str:
        """Return a digest of everything that the result depends on."""
        begins = hashlib.blake2b(np.packbits(self.begins).tobytes(), digest_size=16)
        return f"{super().fingerprint} {begins.hexdigest()}"

    @property
    def steps(self) -> int:
        """Return the steps in an epoch."""
        return len(self._rows(self.training, self.plan.batch))

    @property
    def held(self) -> Indices:
        """Return int64 [steps, lanes], the validation stretches as lanes of their own.

        Their states run on from one recording into the next.
        """
        return self._rows(self.validation, lanes_for(len(self.validation), _LANES))

    def fresh(self, first: int, count: int) -> NDArray[np.bool_]:
        """Return bool [count, batch], the lanes in which an epoch or a recording begins."""
        rows = np.arange(first, first + count)
        begun = self.begins[self._rows(self.training, self.plan.batch)[rows]]
        return np.asarray(begun | (rows == 0)[:, None])

    def batches(self, epoch: int, attempt: int, first: int, count: int) -> Indices:  # noqa: ARG002
        """Return int64 [count, batch], the stretches of some steps of an epoch."""
        return self._rows(self.training, self.plan.batch)[first : first + count]

    def _rows(self, part: range, lanes: int) -> Indices:
        """Return int64 [steps, lanes], a part's stretches lane by lane."""
        steps = -(-len(part) // lanes)
        starts = np.arange(lanes) * (len(part) - steps) // max(1, lanes - 1)
        return np.asarray(part.start + starts + np.arange(steps)[:, None], np.int64)


def lanes_for(stretches: int, most: int) -> int:
    """Return into how many lanes stretches are cut, so that states are carried for a while.

    >>> lanes_for(400, most=32), lanes_for(20, most=32), lanes_for(2, most=32)
    (32, 5, 1)
    """
    return max(1, min(most, stretches // _STRETCHES))
