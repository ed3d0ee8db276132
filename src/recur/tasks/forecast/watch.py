"""A forecaster that watches: each value beside what was expected, and what is expected next."""

from __future__ import annotations

import math
from collections import deque
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from recur.arrays import Float64s
from recur.data.clock import Clock
from recur.data.panel.panel import Panel
from recur.data.tables.arriving import Arrival, RowColumns, numbers_in
from recur.data.tables.numbers import excerpt
from recur.errors import DataError, SettingsError
from recur.files.atomic import write_bytes
from recur.judge.forecast.alarms import Alarms
from recur.judge.forecast.intervals import level_key
from recur.tasks.forecast.forecaster import Forecaster
from recur.tasks.forecast.live import LiveForecaster
from recur.tasks.forecast.live_result import LiveForecast
from recur.tasks.forecast.predict import predict_at
from recur.tasks.forecast.unusual import alarms_after
from recur.tasks.watching import NUMBER, TIME, WatchedRow, shown

_BETWEEN, _MARK = " to ", "unusual"
_ONE = np.zeros(1, np.int64)
_DRAWN = 1000  # values of each series that are kept for a picture


class Judged(NamedTuple):
    """A value and between what it was allowed to be."""

    time: int
    value: float
    low: float
    high: float
    unusual: bool


class ForecastWatcher:
    """Answers to values with forecasts; each series has a stream of its own.

    Args:
        model: that forecasts.
        columns: what the rows hold.
        history: behind which the streams go on, series by series; None for nothing.
        unusual: the promised share of values that are called unusual where none is; None where
            nobody asks.
        picture: a file that a picture of them is written to at the end; None for none.
    """

    def __init__(
        self,
        model: Forecaster,
        columns: RowColumns,
        history: Panel | None,
        unusual: float | None = None,
        picture: Path | None = None,
    ) -> None:
        self.columns, self._model, self._rate = columns, model, unusual
        if unusual is not None:
            Alarms(1, unusual)  # refuses what is no share before anything is read
        if picture is not None and unusual is None:
            raise SettingsError("`picture` is of unusual values; say with `unusual` at which rate.")
        self._picture, self._drawn = picture, dict[str | None, deque[Judged]]()
        self._places = {} if history is None else {name: i for i, name in enumerate(history.ids)}
        self._history = history
        encoding = model.encoding_
        self._come = {column.name for column in (*encoding.past, *encoding.known)}
        self._labels = {label.name for label in encoding.labels}
        self._live: dict[str | None, LiveForecaster] = {}
        self._expected: dict[str | None, Float64s] = {}
        self._far = model.horizon_
        self._alarms: dict[str | None, Alarms] = {}
        levels = model.fitted_.settings.intervals
        self._level = f"{level_key(levels[-1])} %" if levels else ""
        self.widths = {"time": TIME, "series": 0}
        self.widths |= {"value": NUMBER, "expected": NUMBER, "next": NUMBER}
        if unusual is not None:
            self.widths |= {"allowed": 2 * NUMBER + len(_BETWEEN), "": len(_MARK)}
        if levels:
            self.widths[self._level] = 2 * NUMBER + len(_BETWEEN)

    def take(self, arrival: Arrival) -> WatchedRow:
        """Take a value, and say what follows it; see `Watcher.take`."""
        name, value = arrival.series, arrival.values[0]
        live = self._live.get(name) or self._opened(name, arrival)
        before = int(live.seen[0])
        beside = {column: text for column, text in arrival.beside.items() if column in self._come}
        ahead = live.push(value, arrival.time or None, beside=_numbers(beside))
        self._live[name] = live
        self.widths["series"] = 0 if name is None else TIME
        # Where steps were passed over, what was expected is so many steps ahead.
        steps = int(live.seen[0]) - before
        expected = float(np.append(self._expected[name], np.nan)[max(0, min(steps - 1, self._far))])
        self._expected[name] = ahead.values
        time = arrival.time or ("" if ahead.newest is None else live.clock.text(int(ahead.newest)))
        cells = {"time": time, "series": name or "", "value": shown(value)}
        cells |= {"expected": shown(expected), "next": shown(ahead.values[0])}
        facts = _facts(time, name, value, expected, ahead)
        marked = False
        if self._rate is not None:
            moment = 0 if ahead.newest is None else int(ahead.newest)
            judged = _judged(
                self._alarms[name], moment, value, expected if steps == 1 else math.nan
            )
            self._drawn.setdefault(name, deque(maxlen=_DRAWN)).append(judged)
            low, high, marked = judged.low, judged.high, judged.unusual
            known = math.isfinite(high)
            cells["allowed"] = f"{shown(low)}{_BETWEEN}{shown(high)}" if known else "-"
            cells[""] = _MARK if marked else ""
            facts |= {"allowed": [low, high] if known else None, "unusual": marked}
        if self._level:
            cells[self._level] = f"{shown(ahead.low[-1, 0])}{_BETWEEN}{shown(ahead.high[-1, 0])}"
        return WatchedRow(cells, facts, marked)

    def close(self) -> None:
        """Write the picture, where one is asked for and there is anything to be seen."""
        if self._picture is None or not self._drawn:
            return
        from recur.report.plots.style import png  # slow to import, as is what draws
        from recur.report.plots.unusual import unusual_picture

        name = max(self._drawn, key=lambda own: sum(x.unusual for x in self._drawn[own]))
        times, values, low, high, unusual = map(np.array, zip(*self._drawn[name], strict=True))
        live = self._live[name]
        timed = bool(times.any()) or not live.clock.dated
        picture = unusual_picture(
            live.clock if timed else Clock(), times if timed else np.arange(len(times)), values,
            low, high, unusual, target=self._model.target_, rate=self._rate or 0.0,
            name=name or "",
        )  # fmt: skip
        write_bytes(self._picture, png(picture))

    def _opened(self, name: str | None, arrival: Arrival) -> LiveForecaster:
        """Return the stream of a series, behind its history where there is one."""
        history = self._history
        if history is not None and name is None and len(history) > 1:
            raise SettingsError(
                f"the history has {len(history)} series, and nothing says which one the rows are "
                "of; name the column that does with `id`."
            )
        if history is not None and (name is None or name in self._places):
            place = 0 if name is None else self._places[name]
            past = history.only(np.array([place]))
            fitted = self._model.fitted_
            if self._rate is not None:
                self._alarms[name] = alarms_after(fitted, past, self._rate)
            self._expected[name] = predict_at(fitted, past, _ONE, past.lengths).centre[0]
            return self._model.live(past)
        if self._rate is not None:
            self._alarms[name] = Alarms(1, self._rate)
        self._expected[name] = np.full(self._far, np.nan)
        one = len(self._model.ids_) == 1
        own = {x: text for x, text in arrival.beside.items() if x not in self._come}
        labels = {x: text for x, text in own.items() if x in self._labels}
        numbers = {x: text for x, text in own.items() if x not in labels}
        return self._model.live(
            series=name or (self._model.ids_[0] if one else "values"),
            beside=labels | _numbers(numbers),
        )


def _numbers(texts: dict[str, str]) -> dict[str, float | list[float]]:
    """Return the numbers in columns beside a value.

    Raises:
        DataError: one holds none.
    """
    found = {}
    for name, text in texts.items():
        numbers = numbers_in(text)
        if numbers is None:
            raise DataError(f"the column `{name}` holds `{excerpt(text)}`, which is no number.")
        found[name] = numbers
    return found


def _judged(alarms: Alarms, time: int, value: float, expected: float) -> Judged:
    """Return between what a value was allowed to be, and whether it is unusual."""
    hoped = np.array([expected])
    low, high = alarms.allowed(_ONE, hoped)
    unusual = alarms.take(_ONE, np.array([value]), hoped)
    return Judged(time, value, float(low[0]), float(high[0]), bool(unusual[0]))


def _facts(
    time: str, name: str | None, value: float, expected: float, ahead: LiveForecast
) -> dict[str, Any]:
    numbers = {"value": value, "expected": expected}
    known = {key: number if math.isfinite(number) else None for key, number in numbers.items()}
    series = {} if name is None else {"series": name}
    return {"time": time or None, **series, **known, "forecast": ahead.to_dict()}
