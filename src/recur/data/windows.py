"""Windows over a panel: pairs of indices, never copies, gathered batch by batch."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from recur.data.panel import Panel
from recur.data.scaling import Scaler

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Batch:
    """Sequences as an engine takes them, scaled.

    Attributes:
        inputs: float32 [time, batch, inputs], or int32 [time, batch], symbols.
        targets: float32 [batch, horizon] of windows; [time, batch, outputs], or int32
            [time, batch], of aligned sequences.
        start: float32 [batch, 1], the newest known value in the units of the targets; windows
            alone have one.
        mask: bool [time, batch], which steps are real; None where all are.
    """

    inputs: NDArray[np.float32] | NDArray[np.int32]
    targets: NDArray[np.float32] | NDArray[np.int32]
    start: NDArray[np.float32] | None = None
    mask: NDArray[np.bool_] | None = None

    def last_targets(self) -> NDArray[np.float32] | NDArray[np.int32]:
        """Return the targets [batch, ...] of each aligned sequence's last real step."""
        last = -1 if self.mask is None else self.mask.sum(axis=0) - 1
        return np.asarray(self.targets[last, np.arange(self.targets.shape[1])])


@dataclass(frozen=True)
class Windows:
    """A lookback of known values and a horizon of values to be forecast, at many origins.

    Attributes:
        values: float64 [rows], the panel's flat array.
        origins: int64 [windows], the row of the first value to be forecast.
        series: int64 [windows], the series each window comes from.
        lookback: known values before the origin.
        horizon: values from the origin on.
        scaler: how they are scaled.
    """

    values: NDArray[np.float64]
    origins: Indices
    series: Indices
    lookback: int
    horizon: int
    scaler: Scaler

    @staticmethod
    def over(
        panel: Panel,
        scaler: Scaler,
        lookback: int,
        horizon: int,
        *,
        first: Indices | None = None,
        last: Indices | None = None,
        stride: int = 1,
    ) -> Windows:
        """Lay windows over every series of a panel.

        Args:
            panel: the series.
            scaler: fitted to the training part of the same series.
            lookback: known values a window holds.
            horizon: values to be forecast.
            first: int64 [series], the first value of each series that may be forecast; by default
                the first one with a whole lookback before it.
            last: int64 [series], the end (exclusive) of what may be forecast; by default the end
                of the series.
            stride: steps from one origin to the next, counted back from the newest one.
        """
        low = np.full(len(panel), lookback) if first is None else np.maximum(first, lookback)
        high = (panel.lengths if last is None else last) - horizon
        counts = np.maximum(0, (high - low) // stride + 1)
        series = np.repeat(np.arange(len(panel)), counts)
        ends = np.cumsum(counts)
        back = (np.repeat(ends, counts) - 1 - np.arange(counts.sum())) * stride
        origins = panel.offsets[series] + high[series] - back
        return Windows(panel.values, origins, series, lookback, horizon, scaler)

    def __len__(self) -> int:
        """Return the number of windows."""
        return len(self.origins)

    def joined(self, others: Windows) -> Windows:
        """Return these windows and, after them, others over the same panel."""
        return replace(
            self,
            origins=np.concatenate([self.origins, others.origins]),
            series=np.concatenate([self.series, others.series]),
        )

    def known(self, indices: Indices) -> NDArray[np.float64]:
        """Return float64 [batch, lookback], the known values as they were read."""
        return np.take(self.values, self.origins[indices][:, None] + np.arange(-self.lookback, 0))

    def future(self, indices: Indices) -> NDArray[np.float64]:
        """Return float64 [batch, horizon], the values to be forecast as they were read."""
        return np.take(self.values, self.origins[indices][:, None] + np.arange(self.horizon))

    def gather(self, indices: Indices) -> Batch:
        """Return the windows at the indices, scaled in float64 and only then made float32."""
        known = self.known(indices)
        inputs, centre, spread = self.scaler.scaled(known, self.series[indices])
        targets = (self.future(indices) - centre) / spread
        start = (known[:, -1:] - centre) / spread
        return Batch(inputs, targets.astype(np.float32), start.astype(np.float32))
