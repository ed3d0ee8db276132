"""A batch: the sequences that an engine takes at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recur.arrays import Flags, Float32s, Symbols


@dataclass(frozen=True)
class Batch:
    """Sequences as an engine takes them, scaled.

    Attributes:
        inputs: float32 [time, batch, inputs], or int32 [time, batch], symbols.
        targets: float32 [batch, horizon] of windows, [time, batch, horizon] where every time step
            has a horizon of its own; [time, batch, outputs], or int32 [time, batch], of aligned
            sequences; int32 [target time, batch] of pairs.
        start: float32 [batch, 1], the newest known value in the units of the targets; windows
            alone have one.
        mask: bool [time, batch], which steps are real; None where all are.
        counted: bool, of the shape of the targets, which of them were observed, or are real; None
            where all are.
        fed: int32, of the shape of the targets, the symbol before each; pairs alone have them.
    """

    inputs: Float32s | Symbols
    targets: Float32s | Symbols
    start: Float32s | None = None
    mask: Flags | None = None
    counted: Flags | None = None
    fed: Symbols | None = None

    def last_targets(self) -> Float32s | Symbols:
        """Return the targets [batch, ...] of each aligned sequence's last real step."""
        last = -1 if self.mask is None else self.mask.sum(axis=0) - 1
        return np.asarray(self.targets[last, np.arange(self.targets.shape[1])])
