"""Windows over a panel: pairs of indices, never copies, gathered batch by batch."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar

import numpy as np

from recur.arrays import Flags, Float32s, Float64s, Indices
from recur.data.panel.panel import Panel
from recur.data.panel.scaling import Scaler
from recur.data.sources.batch import Batch
from recur.data.sources.covariates import CovariateInputs
from recur.data.sources.residual import Residual as Residual  # of windows
from recur.data.sources.residual import base_of, level_of, own_base
from recur.digest import digest_of


@dataclass(frozen=True)
class ModelInputs:
    """What a network is given of some windows, and what its answers mean.

    Attributes:
        inputs: float32 [time, batch, inputs].
        mask: bool [time, batch], which steps are real; None where all are.
        start: float32 [batch, 1], the newest value in the units of the targets.
        bases: float64 [batch, horizon], what the targets count from.
        spread: float64 [batch, 1], their unit.
    """

    inputs: Float32s
    mask: Flags | None
    start: Float32s
    bases: Float64s
    spread: Float64s


@dataclass(frozen=True)
class Windows:
    """A lookback of known values and a horizon of values to be forecast, at many origins.

    An origin is the row of the first value to be forecast. Origins are not stored: they come in
    runs, a stride apart, and window i is found by counting.

    Attributes:
        values: float64 [rows], the panel's flat array.
        begins: int64 [series], the row of each series' first value.
        firsts: int64 [runs], the first origin of each run.
        counts: int64 [runs], how many origins it has.
        strides: int64 [runs], rows from one origin to the next.
        owners: int64 [runs], the series it is of.
        lookback: known values before the origin.
        horizon: values from the origin on.
        scaler: how they are scaled.
        residual: what the values to be forecast count from: the newest value, the value a season
            before, or what the inputs count from.
        season: steps in a season.
        least: known values that a window has at least; where it has fewer than the lookback, its
            older steps are masked.
        every: whether every time step is followed by a horizon, rather than the last one alone.
        covariates: what else is seen.
        observed: bool [rows], which values were; None where all were. What was not is no target,
            and the network sees at each time step whether its value was.
    """

    values: Float64s
    begins: Indices
    firsts: Indices
    counts: Indices
    strides: Indices
    owners: Indices
    lookback: int
    horizon: int
    scaler: Scaler
    residual: Residual = "none"
    season: int = 1
    least: int = 0
    every: bool = False
    covariates: CovariateInputs | None = None
    observed: Flags | None = field(default=None, repr=False)
    carried: ClassVar[bool] = False

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
        residual: Residual | None = None,
        season: int = 1,
        least: int = 0,
        every: bool = False,
        covariates: CovariateInputs | None = None,
    ) -> Windows:
        """Lay windows over every series of a panel.

        Args:
            panel: the series.
            scaler: fitted to the training part of the same series.
            lookback: known values a window holds.
            horizon: values to be forecast.
            first: int64 [series], the first value of each series that may be forecast; by default
                the first one with enough values before it.
            last: int64 [series], the end (exclusive) of what may be forecast; by default the end
                of the series.
            stride: steps from one origin to the next, counted back from the newest one.
            residual: see above; by default the newest value where the scale is the window's own.
            season: see above.
            least: see above; 0 is the lookback.
            every: see above.
            covariates: see above.
        """
        known = least or lookback
        low = np.full(len(panel), known) if first is None else np.maximum(first, known)
        high = (panel.lengths if last is None else last) - horizon
        counts = np.maximum(0, (high - low) // stride + 1)
        return Windows(
            values=panel.values,
            begins=panel.offsets[:-1],
            firsts=panel.offsets[:-1] + high - (counts - 1) * stride,
            counts=counts,
            strides=np.full(len(panel), stride),
            owners=np.arange(len(panel)),
            lookback=lookback,
            horizon=horizon,
            scaler=scaler,
            residual=residual or ("last" if scaler.kind == "window" else "none"),
            season=season,
            least=known,
            every=every,
            covariates=covariates,
            observed=panel.seen,
        )

    def __len__(self) -> int:
        """Return the number of windows."""
        return int(self._ends[-1]) if len(self._ends) else 0

    @cached_property
    def _ends(self) -> Indices:
        return np.asarray(np.cumsum(self.counts), np.int64)

    @property
    def origins(self) -> Indices:
        """Return int64 [windows], all origins."""
        return self.places(np.arange(len(self)))[0]

    @property
    def series(self) -> Indices:
        """Return int64 [windows], the series of every window."""
        return self.places(np.arange(len(self)))[1]

    @property
    def steps(self) -> int:
        """Return the time steps that go in: the lookback."""
        return self.lookback

    @property
    def masked(self) -> bool:
        """Say whether some windows may have fewer known values than the lookback."""
        return self.least < self.lookback

    @property
    def counted(self) -> bool:
        """Say whether some values to be forecast do not count, since they were not observed."""
        return self.observed is not None

    def digest(self) -> str:
        """Return a digest of everything that decides what is gathered."""
        return digest_of(self)

    @property
    def inputs(self) -> int:
        """Return the values that a network sees at each time step."""
        covariates = 0 if self.covariates is None else self.covariates.inputs
        return 1 + covariates + (self.observed is not None)

    def joined(self, others: Windows) -> Windows:
        """Return these windows and, after them, others over the same panel."""
        return replace(
            self,
            firsts=np.concatenate([self.firsts, others.firsts]),
            counts=np.concatenate([self.counts, others.counts]),
            strides=np.concatenate([self.strides, others.strides]),
            owners=np.concatenate([self.owners, others.owners]),
        )

    def from_origins(self, origins: Indices, series: Indices) -> Windows:
        """Return the windows at some origins [n] of series [n]."""
        once = np.ones_like(origins)
        return replace(self, firsts=origins, counts=once, strides=once, owners=series)

    def with_observed(self, observed: Flags | None) -> Windows:
        """Return the windows with another account of which values were observed."""
        return replace(self, observed=observed)

    def places(self, indices: Indices) -> tuple[Indices, Indices]:
        """Return the origins of some windows, and the series they come from."""
        run = np.searchsorted(self._ends, indices, side="right")
        into = indices - (self._ends[run] - self.counts[run])
        origins = np.asarray(self.firsts[run] + into * self.strides[run], np.int64)
        return origins, self.owners[run]

    def real(self, origins: Indices, series: Indices) -> Indices:
        """Return int64 [batch], how many known values each window has."""
        return np.asarray(np.minimum(self.lookback, origins - self.begins[series]), np.int64)

    def known(self, indices: Indices) -> Float64s:
        """Return float64 [batch, lookback], the known values as they were read.

        Before the first value of a series stands that value.
        """
        origins, series = self.places(indices)
        rows = origins[:, None] + np.arange(-self.lookback, 0)
        return np.asarray(np.take(self.values, np.maximum(rows, self.begins[series, None])))

    def future(self, indices: Indices) -> Float64s:
        """Return float64 [batch, horizon], the values to be forecast as they were read."""
        return np.take(self.values, self.places(indices)[0][:, None] + np.arange(self.horizon))

    def model_inputs(
        self, known: Float64s, indices: Indices, onward: int = 0, ahead: int | None = None
    ) -> ModelInputs:
        """Return what a network is given of windows that have moved on.

        Args:
            known: float64 [batch, lookback], their known values, forecast ones among them.
            indices: int64 [batch], the windows that they were.
            onward: by how many rows they have moved on.
            ahead: steps to be forecast from there; by default the horizon.
        """
        origins, series = self.places(indices)
        real = self.real(origins + onward, series)
        inputs, centre, spread = self.scaler.scaled(known, series, real if self.masked else None)
        columns = [inputs]
        rows = (origins + onward)[None] + np.arange(-self.lookback, 0)[:, None]
        rows = np.maximum(rows, self.begins[series])
        if self.covariates is not None:
            columns.append(self.covariates.at(rows, series))
        if self.observed is not None:
            seen = (rows >= origins) | np.take(self.observed, rows, mode="clip")
            columns.append(seen[:, :, None].astype(np.float32))
        mask = np.arange(self.lookback)[:, None] >= self.lookback - real if self.masked else None
        windowed = self.residual == "none" and self.scaler.kind == "window"
        level = level_of(known, centre, real) if windowed else centre
        steps = self.horizon if ahead is None else ahead
        base = base_of(self.residual, known, level, real, steps, self.season)
        newest = own_base(self.residual, known, base, real, self.season)
        start = (known[:, -1:] - newest) / spread
        return ModelInputs(
            inputs=np.concatenate(columns, axis=2) if len(columns) > 1 else inputs,
            mask=mask,
            start=start.astype(np.float32),
            bases=base,
            spread=spread,
        )

    def gather(self, indices: Indices) -> Batch:
        """Return the windows at the indices, scaled in float64 and only then made float32."""
        known = self.known(indices)
        seen = self.model_inputs(known, indices)
        rows = self.places(indices)[0][:, None] + np.arange(self.horizon)
        bases = seen.bases
        if self.every:
            ends = np.arange(1 - self.lookback, 1)[:, None, None]
            rows = np.clip(rows + ends, 0, len(self.values) - 1)  # masked steps may lie outside
            bases = self._bases_of_steps(rows, indices, seen)
        targets = (np.take(self.values, rows) - bases) / seen.spread
        return Batch(
            seen.inputs,
            targets.astype(np.float32),
            seen.start,
            seen.mask,
            None if self.observed is None else np.take(self.observed, rows),
        )

    def _bases_of_steps(self, rows: Indices, indices: Indices, seen: ModelInputs) -> Float64s:
        """Return float64 [time, batch, horizon], what the targets of every time step count from."""
        if self.residual == "none":
            return seen.bases[None]
        begins = self.begins[self.places(indices)[1]][:, None]
        newest = rows[:, :, :1] - 1
        if self.residual == "last":
            return np.take(self.values, np.maximum(newest, begins))
        ago = newest + 1 - self.season + np.arange(self.horizon) % self.season
        return np.take(self.values, np.where(ago >= begins, ago, np.maximum(newest, begins)))
