"""The order in which a text is learnt: streams side by side, their state carried along."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Indices
from recur.seeding import Purpose, Stream
from recur.training.loop import Job

_LANES = 16  # streams that the validation part is cut into


@dataclass(frozen=True)
class StreamJob(Job):
    """A text that is learnt as `plan.batch` contiguous streams.

    An epoch walks through all streams at once, a stretch a step. It may begin at a random one of
    the first `offset` symbols, so that stretches are not cut at the same places each time; then
    every stream starts over from no state.

    Attributes:
        length: symbols in a stretch.
        offset: symbols among which an epoch begins.
    """

    length: int = 0
    offset: int = 1

    @property
    def steps(self) -> int:
        """Return the steps in an epoch."""
        spare = len(self.training) - 1 - (self.offset - 1)
        return spare // (self.plan.batch * self.length)

    @property
    def held(self) -> Indices:
        """Return int64 [stretches, lanes], the validation part as streams of its own."""
        count = len(self.validation) - 1
        lanes = max(1, min(_LANES, count // (4 * self.length)))
        stretches = count // (lanes * self.length)
        starts = self.validation.start + np.arange(lanes) * stretches * self.length
        return np.asarray(np.arange(stretches)[:, None] * self.length + starts, np.int64)

    def fresh(self, first: int, count: int) -> NDArray[np.bool_] | None:
        """Return bool [count, batch]: all streams start anew with the first step of an epoch."""
        begins = np.arange(first, first + count) == 0
        return np.repeat(begins[:, None], self.plan.batch, axis=1)

    def batches(self, epoch: int, attempt: int, first: int, count: int) -> Indices:
        """Return int64 [count, batch], the rows at which the stretches of some steps begin."""
        stream = Stream(self.plan.seed, Purpose.ORDER, attempt, step=epoch)
        begin = self.training.start + int(stream.uniform(1)[0] * self.offset)
        lanes = np.arange(self.plan.batch) * self.steps * self.length
        rows = np.arange(first, first + count)[:, None] * self.length
        return np.asarray(begin + lanes + rows, np.int64)
