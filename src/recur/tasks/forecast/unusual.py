"""Values that were outside of what their own forecasts allowed, at a promised rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from recur.arrays import Flags, Float64s
from recur.data.panel.panel import Panel, check_longest
from recur.errors import SettingsError, nearest
from recur.judge.forecast.alarms import FEWEST, KEPT, Alarms
from recur.judge.words import counted
from recur.notices import unheard
from recur.tasks.forecast.fitted import AnyFitted
from recur.tasks.forecast.predict import predict_at

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False)
class UnusualValues:
    """What each value of some series was expected to be, and which were unusual.

    Attributes:
        panel: the series.
        rate: the share of values that was promised to be called unusual where none is.
        expected: float64 [rows], the forecasts one step ahead; NaN where there was none.
        low: float64 [rows], what was allowed at least; infinite where too little was known.
        high: float64 [rows], what was allowed at most.
        unusual: bool [rows].
        judged: how many values had limits.
    """

    panel: Panel
    rate: float
    expected: Float64s
    low: Float64s
    high: Float64s
    unusual: Flags
    judged: int

    @property
    def sentence(self) -> str:
        """Return what was found in plain words."""
        found = counted(int(self.unusual.sum()), "value")
        verb = "is" if self.unusual.sum() == 1 else "are"
        if not self.judged:
            return (
                f"No series has {FEWEST} forecasts that limits could be found by; nothing is "
                "called unusual."
            )
        by_chance = self.rate * self.judged
        return (
            f"{found} of {self.judged:,} {verb} unusual; of as many values among which none is, "
            f"about {by_chance:.3g} would be called so."
        )

    def rows(self) -> list[dict[str, Any]]:
        """Return one plain dictionary for each unusual value, in the order of the series.

        It has `id`, `time`, `value`, `expected`, and what was allowed, from `low` to `high`.
        """
        places = np.flatnonzero(self.unusual)
        series = np.searchsorted(self.panel.offsets, places, "right") - 1
        times = self.panel.clock.iso(self.panel.times[places])
        return [
            {
                "id": self.panel.ids[i], "time": time, "value": float(self.panel.values[row]),
                "expected": float(self.expected[row]), "low": float(self.low[row]),
                "high": float(self.high[row]),
            }
            for row, i, time in zip(places.tolist(), series.tolist(), times, strict=True)
        ]  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """Return what was found as plain JSON values."""
        return {
            "sentence": self.sentence, "rate": self.rate, "judged": self.judged,
            "unusual": self.rows(),
        }  # fmt: skip

    def plot(self, series: int | str = 0) -> Figure:
        """Return a picture of a series, what was allowed, and the unusual values marked.

        Args:
            series: its name or its place.
        """
        from recur.report.plots.unusual import unusual_picture

        ids = self.panel.ids
        place = ids.index(series) if series in ids else series
        if not isinstance(place, int) or not 0 <= place < len(ids):
            raise SettingsError(f"there is no series `{series}`; {nearest(str(series), ids)}.")
        rows = slice(int(self.panel.offsets[place]), int(self.panel.offsets[place + 1]))
        values = np.where(self.panel.filled_in(place), np.nan, self.panel.series(place))
        return unusual_picture(
            self.panel.clock, self.panel.clock_times(place), values, self.low[rows],
            self.high[rows], self.unusual[rows], name=ids[place] if len(ids) > 1 else "",
            target=self.panel.target, rate=self.rate,
        )  # fmt: skip

    def __repr__(self) -> str:
        return f"<UnusualValues: {self.sentence}>"

    def _repr_png_(self) -> bytes:
        from recur.report.plots.style import png

        return png(self.plot())


def find_unusual(
    fitted: AnyFitted, panel: Panel, rate: float, newest: int | None = None
) -> tuple[UnusualValues, Alarms]:
    """Go along series as they grew, and say which of their values were unusual.

    Args:
        fitted: what forecasts.
        panel: the series.
        rate: the promised share of false alarms.
        newest: how many values at the end of each series to go along; by default all.

    Returns:
        What was found; and what says it of the values to come.
    """
    alarms = Alarms(len(panel), rate)
    least = max(1, fitted.least_history)
    check_longest(panel, least + 1, f"a lookback of {least} and a value to look at")
    firsts = np.full(len(panel), least)
    if newest is not None:
        firsts = np.maximum(firsts, panel.lengths - newest)
    expected = np.full(panel.rows, np.nan)
    low, high = np.full((2, panel.rows), np.nan)
    for i in range(len(panel)):
        origins = np.arange(firsts[i], panel.lengths[i])
        if len(origins):
            with unheard():
                made = predict_at(fitted, panel, np.full(len(origins), i), origins)
            expected[panel.offsets[i] + origins] = made.centre[:, 0]
    values = panel.values if panel.filled is None else np.where(panel.filled, np.nan, panel.values)
    unusual, judged = np.zeros(panel.rows, np.bool_), 0
    for step in range(int(firsts.min()), int(panel.lengths.max())):
        which = np.flatnonzero((firsts <= step) & (step < panel.lengths))
        rows = panel.offsets[which] + step
        low[rows], high[rows] = alarms.allowed(which, expected[rows])
        unusual[rows] = alarms.take(which, values[rows], expected[rows])
        judged += int((np.isfinite(values[rows]) & np.isfinite(high[rows])).sum())
    return UnusualValues(panel, rate, expected, low, high, unusual, judged), alarms


def alarms_after(fitted: AnyFitted, panel: Panel, rate: float) -> Alarms:
    """Return what says of the values that follow a panel which are unusual."""
    if int(panel.lengths.max()) <= max(1, fitted.least_history):
        return Alarms(len(panel), rate)
    return find_unusual(fitted, panel, rate, newest=KEPT + FEWEST)[1]
