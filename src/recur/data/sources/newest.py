"""The newest values of series that grow: a window of each, which moves on as values come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Flags, Float32s, Float64s, Indices
from recur.data.panel.scaling import Scaler, ScalingKind
from recur.data.sources.covariates import CovariateInputs
from recur.data.sources.windows import Residual, Windows
from recur.errors import ModelFileError

_SPARE = 64  # rows that there is room for beside two windows


@dataclass(frozen=True)
class WindowReading:
    """How a network reads windows; see `Windows` for each but these.

    Attributes:
        horizon: values that follow a window.
        residual: what they count from.
        season: steps in a season.
        least: known values that a window has at least.
        sees_gaps: whether the network sees which values were observed.
        past: how many of the columns beside the values, the first, are known up to the newest
            value only.
        ahead: how far ahead the others are read.
    """

    horizon: int
    residual: Residual = "none"
    season: int = 1
    least: int = 0
    sees_gaps: bool = False
    past: int = 0
    ahead: int = 0


class NewestWindows:
    """Growing series, of which the newest values are kept: as many as a window holds, and more.

    Values are written behind each other; where there is no room left, the window moves to the
    front. So a value takes the same time however many came before it.

    Attributes:
        keep: values of each series that are never lost.
        values: float64 [series, room].
        observed: bool [series, room], which of them were.
        times: int64 [series, room], when each was, where somebody says so.
        begins: int64 [series], the place of the oldest value that is kept, counted over all rooms.
        ends: int64 [series], the place behind the newest.
        counts: int64 [series], how many values came.
        scales: float64 [2, series], centres and spreads, to be written to.
        scaler: how each series is scaled, by these.
        reading: how a network reads the windows.
        columns: float32 [series, room + spare, columns], what is seen beside the values, at their
            places and at the `spare` ones that follow; of no columns where nothing is.
        constants: float32 [series, constants].
        left: values that can be taken for sure before rooms are full.
    """

    def __init__(
        self,
        series: int,
        keep: int,
        scaling: ScalingKind,
        reading: WindowReading,
        *,
        columns: int = 0,
        spare: int = 0,
        constants: Float32s | None = None,
    ) -> None:
        self.keep, self.room, self.spare = keep, 2 * keep + _SPARE, spare
        self.values = np.zeros((series, self.room))
        self.observed = np.zeros((series, self.room), np.bool_)
        self.times = np.zeros((series, self.room), np.int64)
        self.firsts = np.arange(series) * self.room
        self.begins, self.ends = self.firsts.copy(), self.firsts.copy()
        self.counts = np.zeros(series, np.int64)
        self.scales = np.stack([np.zeros(series), np.ones(series)])
        self.scaler, self.reading = Scaler(scaling, *self.scales), reading
        self.columns = np.zeros((series, self.room + spare, columns), np.float32)
        none = np.zeros((series, 0), np.float32)
        self.constants = none if constants is None else constants
        self.left = self.room

    def __len__(self) -> int:
        """Return the number of series."""
        return len(self.values)

    def forget(self) -> None:
        """Be as if no value had come."""
        self.begins[:], self.ends[:], self.counts[:] = self.firsts, self.firsts, 0
        self.left = self.room

    def make_room(self) -> None:
        """Move the windows of all series to the front of their rooms."""
        for i in range(len(self)):
            begin, end = int(self.begins[i] - self.firsts[i]), int(self.ends[i] - self.firsts[i])
            first = max(begin, end - self.keep)
            kept = end - first
            for kept_rows in (self.values, self.observed, self.times):
                kept_rows[i, :kept] = kept_rows[i, first:end].copy()
            self.columns[i, : kept + self.spare] = self.columns[i, first : end + self.spare].copy()
            self.begins[i], self.ends[i] = self.firsts[i], self.firsts[i] + kept
        self.left = self.room - self.keep

    def take(
        self, series: Indices, values: Float64s, observed: Flags, times: Indices | None = None
    ) -> None:
        """Write one value of each of some series, int64 [n], behind those that came before.

        Under a value that was not observed stands the one before it.
        """
        if not self.left:
            self.make_room()
        flat, seen, ends = self.values.reshape(-1), self.observed.reshape(-1), self.ends[series]
        flat[ends] = np.where(observed, values, flat[np.maximum(ends - 1, 0)])
        seen[ends] = observed
        if times is not None:
            self.times.reshape(-1)[ends] = times
        self.ends[series] = ends + 1
        self.counts[series] += 1
        self.left -= 1

    def newest_values(self, series: Indices) -> Float64s:
        """Return float64 [n], the newest value of each of some series."""
        return np.asarray(self.values.reshape(-1)[self.ends[series] - 1])

    def kept(self, i: int) -> slice:
        """Return where in its room the values of a series are that are kept."""
        return slice(int(self.begins[i] - self.firsts[i]), int(self.ends[i] - self.firsts[i]))

    def state(self) -> dict[str, NDArray[Any]]:
        """Return all arrays that values change, by name."""
        names = ("values", "observed", "times", "begins", "ends", "counts", "scales", "columns")
        return {name: getattr(self, name) for name in names}

    def check(self) -> None:
        """Refuse a state that was read and leads out of its rooms.

        Raises:
            ModelFileError: it does.
        """
        begins, ends = self.begins - self.firsts, self.ends - self.firsts
        inside = (
            (begins >= 0) & (begins <= ends) & (ends <= self.room) & (ends - begins <= self.counts)
        )
        if not (inside.all() and np.isfinite(self.values).all() and (self.scales[1] > 0).all()):
            raise ModelFileError("its series lie outside of their rooms.")
        self.left = 0  # which is found anew

    def windows(self, series: Indices) -> Windows:
        """Return the newest windows of some series, int64 [n], as views of what is here."""
        reading, beside = self.reading, None
        if self.columns.shape[2] or self.constants.shape[1]:
            all_series, rows, count = self.columns.shape
            steps = self.columns.reshape(all_series * rows, count)
            beside = CovariateInputs(steps, reading.past, reading.ahead, self.spare, self.constants)
        once = np.ones_like(series)
        return Windows(
            values=self.values.reshape(-1),
            begins=self.begins,
            firsts=self.ends[series],
            counts=once,
            strides=once,
            owners=series,
            lookback=self.keep,
            horizon=reading.horizon,
            scaler=self.scaler,
            residual=reading.residual,
            season=reading.season,
            least=reading.least,
            covariates=beside,
            observed=self.observed.reshape(-1) if reading.sees_gaps else None,
        )
