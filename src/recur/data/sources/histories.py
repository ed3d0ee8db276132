"""Histories and what came after them, in groups of like length, as the pretrained network reads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple

import numpy as np

from recur.arrays import Flags, Float64s, Indices
from recur.data.histories.inputs import HistoryInputs
from recur.data.histories.spans import longest_read
from recur.data.panel.panel import Panel
from recur.digest import digest_of
from recur.seeding import Purpose, Stream

GROUP = 64
"""Histories that are read side by side, and learnt from in one step."""
_OF_ORIGINS = ("series", "origins", "logged")
_AHEAD = 12  # of the steps ahead that are looked at in a group


class Group(NamedTuple):
    """Some histories, and what came after them.

    Attributes:
        inputs: the histories.
        steps: int64 [steps], which ones ahead.
        truth: float64 [series, steps], NaN where a value is missing.
    """

    inputs: HistoryInputs
    steps: Indices
    truth: Float64s


@dataclass(frozen=True, eq=False)
class Histories:
    """Origins in some series, in groups of which each is read side by side.

    Attributes:
        panel: the series.
        series: int64 [origins], which one each is in.
        origins: int64 [origins], the index of the first value to be forecast.
        logged: bool [origins], those that are read as logarithms.
        horizon: steps ahead.
        period: steps in a season, 1 for none.
        second: steps in a longer one, 0 for none.
        bounds: int64 [groups + 1]; group `i` is origins `bounds[i]` to `bounds[i + 1]`.
    """

    panel: Panel
    series: Indices
    origins: Indices
    logged: Flags
    horizon: int
    period: int
    second: int
    bounds: Indices

    carried: ClassVar[bool] = False

    @classmethod
    def spread(
        cls, panel: Panel, first: Indices, last: Indices, most: int, seed: int,
        *, horizon: int, period: int, second: int,
    ) -> Histories:  # fmt: skip
        """Return so many origins at most, of each series as many, at random places.

        Those before which as much is read are in one group.

        Args:
            panel: the series.
            first: int64 [series], the first origin that may be taken.
            last: int64 [series], the last one.
            most: origins.
            seed: of the places, and of which are read as logarithms.
            horizon: steps ahead.
            period: see `Histories`.
            second: see `Histories`.
        """
        room = np.maximum(0, last - first + 1)
        counts = np.minimum(room, -(-most // max(1, int(np.count_nonzero(room)))))
        series = np.repeat(np.arange(len(panel)), counts)
        stream = Stream(seed, Purpose.DATA)
        drawn = stream.uniform(2 * len(series)).reshape(2, -1)
        # One place in each of so many equal parts of the room.
        part = np.arange(len(series)) - np.repeat(np.cumsum(counts) - counts, counts)
        place = ((part + drawn[0]) * room[series] / counts[series]).astype(np.int64)
        origins = first[series] + place
        known = np.minimum(origins, longest_read(period, second))
        order = np.argsort(known, kind="stable")
        # Whether a series is positive is read up to the end of each horizon, and no further.
        ends = np.split(origins + horizon - 1, np.cumsum(counts)[:-1])
        lowest = zip(map(np.minimum.accumulate, panel), ends, strict=True)
        lows = np.concatenate([of_series[end] for of_series, end in lowest])
        logged = (drawn[1] < 0.5) & (lows > 0) & (period > 1)
        bounds = np.unique([*range(0, len(series), GROUP), len(series)])
        return cls(
            panel, series[order], origins[order], logged[order], horizon, period, second, bounds
        )

    def joined(self, other: Histories) -> Histories:
        """Return these groups and then those of others, in the same series."""
        bounds = np.concatenate([self.bounds, other.bounds[1:] + len(self.series)])
        both = {name: (getattr(self, name), getattr(other, name)) for name in _OF_ORIGINS}
        parts: dict[str, Any] = {name: np.concatenate(pair) for name, pair in both.items()}
        return replace(self, bounds=bounds, **parts)

    def __len__(self) -> int:
        """Return the number of groups."""
        return len(self.bounds) - 1

    def digest(self) -> str:
        """Return a digest of everything that decides what is gathered."""
        panel = self.panel
        values = panel.values, panel.offsets, panel.filled
        order = self.series, self.origins, self.logged, self.bounds
        return digest_of(self.horizon, self.period, self.second, order, values)

    def group(self, number: int) -> Group:
        """Return one group; each looks at other steps ahead, where there are many."""
        place = slice(*self.bounds[number : number + 2])
        series, origins = self.series[place], self.origins[place]
        count = min(self.horizon, _AHEAD)
        steps = np.unique((number + np.arange(count) * self.horizon // count) % self.horizon) + 1
        length = min(int(origins.max()), longest_read(self.period, self.second))
        begins = self.panel.offsets[series]
        rows = (begins + origins)[:, None] + np.arange(-length, 0)
        values = self._at(rows, begins, self.logged[place])
        after = (begins + origins)[:, None] + steps - 1
        truth = self._at(after, begins, self.logged[place])
        return Group(HistoryInputs.read(values, self.period, self.second), steps, truth)

    def _at(self, rows: Indices, begins: Indices, logged: Flags) -> Float64s:
        """Return values at rows, NaN before a series begins and where none was observed."""
        inside = rows >= begins[:, None]
        rows = np.where(inside, rows, begins[:, None])
        values = np.where(inside, self.panel.values[rows], np.nan)
        if self.panel.filled is not None:
            values[self.panel.filled[rows]] = np.nan
        values[logged] = np.log(values[logged])
        return values
