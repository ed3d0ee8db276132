"""How far to look ahead where nobody has said: what is usual for the clock of the data."""

from __future__ import annotations

import numpy as np

from recur.data.clock import DAY, HOUR, MINUTE, WEEK, Clock
from recur.data.describe.season import detect_season
from recur.data.panel.panel import Panel
from recur.tasks.forecast.settings import ForecasterParameters

_OTHERWISE = 12
_BY_MONTHS = {1: 12, 3: 8, 12: 6}  # a year, two years, six years
_BY_STEP = {DAY: 14, WEEK: 13}  # two weeks, a quarter
_TRADING = 10  # two weeks
_LONGEST_SEASON, _LONGEST = 48, 60
_LEFT = 0.7  # of a series, which no default holds out


def horizon_of(parameters: ForecasterParameters, panel: Panel) -> int:
    """Return how far to look ahead: as far as the parameters say, else as is usual for a panel."""
    return parameters.horizon or usual_horizon(panel)


def usual_horizon(panel: Panel) -> int:
    """Return the steps that are usually looked ahead on the clock of a panel.

    Of monthly values 12, of quarterly ones 8, of yearly ones 6, of weekly ones 13, of daily ones
    14, of trading days 10; from half an hour to half a day a day, below that an hour, below a
    minute a minute, of each 12 steps at least and 60 at most but for a day. Without a clock a
    season, where one of up to 48 steps is found, else 12. Never more than a quarter of the series.
    """
    quarter = int(np.median(panel.lengths)) // 4
    return max(1, min(_by_clock(panel.clock) or _by_season(panel), quarter))


def _by_clock(clock: Clock) -> int:
    """Return the usual horizon of a clock; 0 where there is none."""
    if clock.kind == "trading":
        return _TRADING
    if clock.kind == "months":
        return _BY_MONTHS.get(clock.step, _OTHERWISE)
    if clock.kind != "fixed":
        return 0
    if clock.step in _BY_STEP or clock.step > DAY:
        return _BY_STEP.get(clock.step, _OTHERWISE)
    if clock.step >= HOUR // 2:
        return max(_OTHERWISE, DAY // clock.step)
    cycle = HOUR if clock.step >= MINUTE else MINUTE
    return min(max(_OTHERWISE, cycle // clock.step), _LONGEST)


def _by_season(panel: Panel) -> int:
    """Return the season of series without a clock, seen on what no judge looks at."""
    last = np.ceil((1 - _LEFT) * panel.lengths).astype(np.int64)
    season = detect_season(panel.before(np.maximum(panel.lengths - last, 1)))
    return season if 1 < season <= _LONGEST_SEASON else _OTHERWISE
