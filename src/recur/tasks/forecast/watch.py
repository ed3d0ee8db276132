"""A forecaster that watches: each value beside what was expected, and what is expected next."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from recur.data.panel.panel import Panel
from recur.data.tables.arriving import Arrival, RowColumns
from recur.errors import SettingsError
from recur.judge.forecast.intervals import level_key
from recur.tasks.forecast.forecaster import Forecaster
from recur.tasks.forecast.live import LiveForecaster
from recur.tasks.forecast.live_result import LiveForecast
from recur.tasks.watching import NUMBER, TIME, WatchedRow, shown

_BETWEEN = " to "


class ForecastWatcher:
    """Answers to values with forecasts; each series has a stream of its own.

    Args:
        model: that forecasts.
        columns: what the rows hold.
        history: behind which the streams go on, series by series; None for nothing.
    """

    def __init__(self, model: Forecaster, columns: RowColumns, history: Panel | None) -> None:
        self.columns, self._model = columns, model
        self._places = {} if history is None else {name: i for i, name in enumerate(history.ids)}
        self._history = history
        self._live: dict[str | None, LiveForecaster] = {}
        self._expected: dict[str | None, float] = {}
        levels = model.fitted_.settings.intervals
        self._level = f"{level_key(levels[-1])} %" if levels else ""
        self.widths = {"time": TIME, "series": 0}
        self.widths |= {"value": NUMBER, "expected": NUMBER, "next": NUMBER}
        if levels:
            self.widths[self._level] = 2 * NUMBER + len(_BETWEEN)

    def take(self, arrival: Arrival) -> WatchedRow:
        """Take a value, and say what follows it; see `Watcher.take`."""
        name, value = arrival.series, arrival.values[0]
        live = self._live.get(name) or self._opened(name)
        ahead = live.push(value, arrival.time or None)
        self._live[name] = live
        self.widths["series"] = 0 if name is None else TIME
        expected = self._expected.get(name, math.nan)
        self._expected[name] = float(ahead.values[0])
        time = arrival.time or ("" if ahead.newest is None else live.clock.text(int(ahead.newest)))
        cells = {"time": time, "series": name or "", "value": shown(value)}
        cells |= {"expected": shown(expected), "next": shown(ahead.values[0])}
        if self._level:
            cells[self._level] = f"{shown(ahead.low[-1, 0])}{_BETWEEN}{shown(ahead.high[-1, 0])}"
        return WatchedRow(cells, _facts(time, name, value, expected, ahead))

    def _opened(self, name: str | None) -> LiveForecaster:
        """Return the stream of a series, behind its history where there is one."""
        history = self._history
        if history is not None and name is None and len(history) > 1:
            raise SettingsError(
                f"the history has {len(history)} series, and nothing says which one the rows are "
                "of; name the column that does with `id`."
            )
        if history is not None and (name is None or name in self._places):
            place = 0 if name is None else self._places[name]
            return self._model.live(history.only(np.array([place])))
        one = len(self._model.ids_) == 1
        return self._model.live(series=name or (self._model.ids_[0] if one else "values"))


def _facts(
    time: str, name: str | None, value: float, expected: float, ahead: LiveForecast
) -> dict[str, Any]:
    numbers = {"value": value, "expected": expected}
    known = {key: number if math.isfinite(number) else None for key, number in numbers.items()}
    series = {} if name is None else {"series": name}
    return {"time": time or None, **series, **known, "forecast": ahead.to_dict()}
