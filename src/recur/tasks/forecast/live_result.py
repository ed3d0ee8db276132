"""What a forecaster says after the newest value of a stream."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from recur.arrays import Float64s, Indices
from recur.data.clock import Clock
from recur.judge.forecast.intervals import level_key


class LiveForecast(NamedTuple):
    """The forecast from the newest value on; of several series, one row each.

    Attributes:
        values: float64 [horizon], or [series, horizon]; NaN before anything was observed.
        low: float64 [levels, horizon], or [levels, series, horizon]: the lower ends of intervals.
        high: the upper ends.
        levels: of the intervals, in percent.
        clock: what one step is.
        since: int64 [] or [series], a time of each series; None where none is known.
        steps: how many steps ago that was.
    """

    values: Float64s
    low: Float64s
    high: Float64s
    levels: tuple[float, ...]
    clock: Clock
    since: Indices | None
    steps: int

    @property
    def newest(self) -> Indices | None:
        """Return int64 [] or [series], the time of the newest value; None where none is known."""
        if self.since is None:
            return None
        return self.clock.shift(self.since, np.full_like(self.since, self.steps))

    @property
    def times(self) -> Indices | None:
        """Return int64, of the shape of the values, the times of the steps ahead."""
        newest = self.newest
        if newest is None:
            return None
        return self.clock.after(newest, self.values.shape[-1])

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values: `values`, `times` where they are known, and `low_80`, ...

        What is not known yet is None.
        """
        times, told = self.times, {}
        if times is not None:
            texts = iter(self.clock.iso(times.reshape(-1)))
            told["times"] = _nested(times, lambda _: next(texts))
        ends = {"values": self.values}
        for level, low, high in zip(self.levels, self.low, self.high, strict=True):
            ends |= {f"low_{level_key(level)}": low, f"high_{level_key(level)}": high}
        number = lambda value: float(value) if np.isfinite(value) else None  # noqa: E731
        return {**told, **{name: _nested(part, number) for name, part in ends.items()}}


def _nested(array: Any, change: Any) -> Any:
    """Return lists of an array's shape of what a change makes of its values, in their order."""
    if np.ndim(array):
        return [_nested(part, change) for part in array]
    return change(array)
