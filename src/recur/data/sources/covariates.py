"""What a network sees beside the values of a series: covariates, the calendar, constants."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recur.arrays import Float32s, Indices


@dataclass(frozen=True)
class CovariateInputs:
    """What a network sees beside the values of a series.

    Attributes:
        steps: float32 [rows + series * spare, columns], scaled, series by series; each has
            `spare` rows more than values, for the steps ahead. The columns that are known only
            up to the newest value come first.
        past: how many columns these are.
        ahead: how far ahead the other columns are read: a time step sees them at its own row
            and so many rows on.
        spare: rows of a series beyond its end.
        constants: float32 [series, constants], what does not change over time.
    """

    steps: Float32s
    past: int
    ahead: int
    spare: int
    constants: Float32s

    @property
    def inputs(self) -> int:
        """Return the values that come in at each time step."""
        known = self.steps.shape[1] - self.past
        return int(self.past + 2 * known + self.constants.shape[1])

    def at(self, rows: Indices, series: Indices) -> Float32s:
        """Return float32 [time, batch, inputs], at rows [time, batch] of the panel's values."""
        rows = rows + self.spare * series
        now, later = self.steps[rows], self.steps[rows + self.ahead, self.past :]
        constants = np.broadcast_to(self.constants[series], (*rows.shape, self.constants.shape[1]))
        return np.concatenate([now, later, constants], axis=-1)
