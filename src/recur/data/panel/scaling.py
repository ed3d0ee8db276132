"""Scaling of values to what a network likes, fitted on training data only, undone exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from recur.arrays import Flags, Float32s, Float64s, Indices
from recur.data.panel.panel import alike

ScalingKind = Literal["window", "series", "minmax", "none"]

# Windows that move by less than this many typical steps of their series are nearly still.
STILL = 0.05
# A window of which the newest part, a third and `FEWEST` values at least, lies as a whole more than
# so many spreads above or below its series has gone to another level.
FAR, FEWEST = 3.0, 5


@dataclass(frozen=True)
class Scaler:
    """How the values of each series become the network's: (value - centre) / spread.

    Attributes:
        kind: `window`, by each window's own mean and by how much it varies, so that a level that
            drifts is no obstacle; `series`, by a series' mean and standard deviation, but a window
            that has gone to another level by the mean of its newest part; `minmax`, by its least
            and greatest value, to 0 and 1; `none`, unchanged.
        centre: float64 [series]; 0 where the kind needs none.
        spread: float64 [series]; of kind `window`, the size of a typical step of the series, for
            windows in which nothing or next to nothing moves.
    """

    kind: ScalingKind
    centre: Float64s
    spread: Float64s

    @staticmethod
    def fit(kind: ScalingKind, histories: Sequence[Float64s]) -> Scaler:
        """Fit to training values, one array a series; nothing else is ever looked at."""
        centre, spread = np.zeros(len(histories)), np.ones(len(histories))
        for block, values in alike(histories):
            centre[block], spread[block] = _fit(kind, values)
        return Scaler(kind, centre, np.where(spread > 0, spread, 1.0))

    def first(self, series: int) -> Scaler:
        """Return the scaler of the first series alone."""
        return Scaler(self.kind, self.centre[:series], self.spread[:series])

    def where(self, kept: Flags, other: Scaler) -> Scaler:
        """Return the scaler of the series that are `kept` [series], another's of the others."""
        return Scaler(
            self.kind,
            np.where(kept, self.centre, other.centre),
            np.where(kept, self.spread, other.spread),
        )

    def of(
        self, windows: Float64s, series: Indices, real: Indices | None = None
    ) -> tuple[Float64s, Float64s]:
        """Return what each window is measured from, and in which unit.

        Args:
            windows: float64 [windows, lookback], the values as they were read.
            series: int64 [windows], which series each window comes from.
            real: int64 [windows], how many values of each are, the newest ones; all by default.

        Returns:
            Two arrays, float64 [windows, 1]: the newest value or the centre of the series, and
            the unit.
        """
        if self.kind == "series":
            return self._levels(windows, series, real), self.spread[series, None]
        if self.kind != "window":
            return self.centre[series, None], self.spread[series, None]
        # The steps are counted besides the variance, so that a short calm stretch of a moving
        # series is not blown up. The variance is taken around the newest value, where it is
        # exactly 0 for a window in which nothing moves.
        newest = windows[:, -1:]
        steps = np.diff(windows, axis=1, prepend=windows[:, :1])
        spread = np.sqrt(_variance(windows - newest, real) + mean_of_newest(steps**2, real))[
            :, None
        ]
        # A window that moves by less than `STILL` typical steps gives way to the typical step, the
        # more the stiller it is: rounding noise in an idle stretch would blow up what follows it.
        return newest, spread + np.maximum(0, self.spread[series, None] - spread / STILL)

    def _levels(self, windows: Float64s, series: Indices, real: Indices | None) -> Float64s:
        """Return float64 [windows, 1], each series' mean, or where a window has gone from it.

        What a network has learnt around one level says nothing of another that it has never seen;
        moved back to its own, it at least goes on from there.
        """
        centre, spread = self.centre[series, None], self.spread[series, None]
        length = windows.shape[1]
        real = np.full(len(windows), length) if real is None else real
        part = np.maximum(FEWEST, real // 3)
        newest = np.arange(length) >= length - part[:, None]
        away = (windows - centre) / spread
        above = np.where(newest, away, np.inf).min(axis=1) > FAR
        below = np.where(newest, away, -np.inf).max(axis=1) < -FAR
        gone = ((above | below) & (part <= real))[:, None]
        return np.where(gone, centre + mean_of_newest(windows - centre, part)[:, None], centre)

    def scaled(
        self, windows: Float64s, series: Indices, real: Indices | None = None
    ) -> tuple[Float32s, Float64s, Float64s]:
        """Return the windows as a network takes them, and what `of` returns of them.

        Returns:
            float32 [lookback, windows, 1], and two arrays float64 [windows, 1].
        """
        centre, spread = self.of(windows, series, real)
        moved = windows - centre
        if self.kind == "window":  # around the newest value alone, its noise would be in them all
            moved = moved - mean_of_newest(moved, real)[:, None]
        inputs = (moved / spread).astype(np.float32)
        return np.ascontiguousarray(inputs.T)[:, :, None], centre, spread


def mean_of_newest(windows: Float64s, real: Indices | None) -> Float64s:
    """Return float64 [windows], the mean of each window's newest `real` values."""
    if real is None:
        return np.asarray(windows.mean(axis=1))
    counted = np.arange(windows.shape[1]) >= windows.shape[1] - real[:, None]
    return np.asarray(np.where(counted, windows, 0.0).sum(axis=1) / real)


def _variance(windows: Float64s, real: Indices | None) -> Float64s:
    if real is None:
        return np.asarray(windows.var(axis=1))
    return mean_of_newest((windows - mean_of_newest(windows, real)[:, None]) ** 2, real)


def _fit(kind: ScalingKind, histories: Float64s) -> tuple[Float64s | float, Float64s | float]:
    """Return the centres and spreads of histories [series, time]."""
    if kind == "none" or (kind == "window" and histories.shape[1] < 2):
        return 0.0, 1.0
    if kind == "minmax":
        return histories.min(axis=1), np.ptp(histories, axis=1)
    if kind == "series":  # of a constant one the spread is exactly 0
        return histories.mean(axis=1), (histories - histories[:, :1]).std(axis=1)
    return 0.0, np.sqrt(np.mean(np.diff(histories, axis=1) ** 2, axis=1))
