"""The classical methods, those of statsforecast: to forecast with, and to set beside networks."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from itertools import count
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from recur.arrays import Float64s, Indices
from recur.data.panel.panel import Panel
from recur.errors import SettingsError, not_installed
from recur.judge import Walk
from recur.judge.forecast.walk import Forecasts
from recur.judge.words import TITLES
from recur.notices import notice
from recur.progress import showing
from recur.tasks.forecast.known import Known, Prediction, without_ends

_LONGEST_SEASON = 24  # exponential smoothing has no longer one, ARIMA none in reasonable time
# Values that a method sees: beyond these it takes minutes for a series, and gains little.
_MOST_VALUES = {"ets": 2000, "arima": 500, "theta": 500}
_MOST_SERIES = {"arima": 50}  # seconds each


def available() -> str | None:
    """Return None where the classical methods can run, else how to install them."""
    if find_spec("statsforecast") is not None:
        return None
    missing = not_installed("statsforecast", "classical")
    return f"AutoETS, AutoARIMA and Theta cannot run: {missing}."


def classical_methods(
    panel: Panel, starts: Indices, horizon: int, season: int, *, stride: int = 1
) -> dict[str, Forecasts]:
    """Forecast by AutoETS, AutoARIMA and Theta on a walk over the end of every series.

    Args:
        panel: the series.
        starts: int64 [series], where the held-out stretch of each begins.
        horizon: steps ahead.
        season: steps in a season, 1 for none.
        stride: steps between two origins.

    Returns:
        For each method and series float64 [origins, horizon].
    """
    begins = tuple(int(start) for start in starts)
    walk = Walk(tuple(panel), begins, horizon, season, stride, observed=panel.observed)
    series = np.repeat(np.arange(len(walk)), walk.counts)
    origins = np.concatenate([walk.origins(i) for i in range(len(walk))])
    known = Known(panel, series, origins, horizon, season, lookback=1)
    forecasts = {}
    for name in _MOST_VALUES:
        if len(walk) > _MOST_SERIES.get(name, len(walk)):
            notice(f"{TITLES[name]} takes seconds a series and is left out for {len(walk):,}.")
            continue
        made = forecast(name, known).centre
        forecasts[name] = tuple(np.split(made, np.cumsum(walk.counts)[:-1]))
    return forecasts


def forecast(name: str, known: Known, levels: Sequence[float] = ()) -> Prediction:  # noqa: ARG001
    """Forecast by one of the classical methods; none has intervals of its own here.

    It is fitted once to each series, before its first origin. At each origin it takes up the true
    values known there, with the parameters it has. A season above 24 steps is taken out of the
    series as a fixed pattern and added again. Where a method cannot be fitted or gives no finite
    number, the last value stands in. Every such limit that was met is told in a notice.

    Args:
        name: `ets`, `arima` or `theta`.
        known: the histories.
        levels: as every method takes them.
    """
    why = available()
    if why:
        raise SettingsError(why)
    made = np.empty((len(known.origins), known.horizon))
    order = np.argsort(known.series, kind="stable")
    each = count()
    with showing(TITLES[name]) as line:
        for rows in np.split(order, np.flatnonzero(np.diff(known.series[order])) + 1):
            made[rows] = _forecasts(known, rows, name, lambda: line.at(next(each), len(made)))
    failed = np.asarray(~np.isfinite(made).all(axis=1))
    newest = known.panel.values[known.panel.offsets[known.series] + known.origins - 1]
    _tell_limits(name, known, int(failed.sum()))
    return without_ends(np.where(failed[:, None], newest[:, None], made))


def _tell_limits(name: str, known: Known, missing: int) -> None:
    """Say what a method had to do without, and from how many origins it gave no forecast."""
    title, most = TITLES[name], _MOST_VALUES[name]
    if missing:
        notice(
            f"{title} gave no forecast from {missing:,} of {len(known.origins):,} origins: there "
            "the last value stands in."
        )
    if known.firsts.max() > most:
        notice(f"{title} sees no more than the last {most:,} known values.")
    if known.season > _LONGEST_SEASON:
        notice(
            f"a season of {known.season} steps is too long for the classical methods: they "
            "forecast the series less the mean pattern of its history."
        )


def _forecasts(known: Known, rows: Indices, name: str, step: Callable[[], None]) -> Float64s:
    """Return float64 [rows, horizon] of some origins of one series, NaN where there is none.

    Before each of them `step` is called, for whoever waits.
    """
    i, origins = int(known.series[rows[0]]), known.origins[rows]
    whole, start, most = known.panel.series(i), int(known.firsts[i]), _MOST_VALUES[name]
    pattern = _pattern(whole[:start], known.season)
    ahead = np.arange(known.horizon)
    values = whole - pattern[np.arange(len(whole)) % len(pattern)]
    season = known.season if len(pattern) == 1 and known.season <= _LONGEST_SEASON else 1
    forecasts = np.full((len(origins), known.horizon), np.nan)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            forward = _fitted(name, values[max(0, start - most) : start], season)
            for row, origin in enumerate(origins):
                step()
                # Smoothing goes on from the state at the beginning of what it was fitted to;
                # the others take up any stretch.
                first = start if name == "ets" else origin
                forecasts[row] = forward(values[max(0, first - most) : origin], known.horizon)
        except Exception:  # numerics of many kinds, each with errors of its own
            pass
    return np.asarray(forecasts + pattern[(origins[:, None] + ahead) % len(pattern)])


def _fitted(name: str, history: Float64s, season: int) -> Callable[[Float64s, int], Any]:
    """Return what goes on from any known values with the parameters that fit a history."""
    from statsforecast import models

    classes = {"ets": models.AutoETS, "arima": models.AutoARIMA, "theta": models.Theta}
    model = classes[name](season_length=season).fit(history)
    return lambda values, horizon: model.forward(values, horizon)["mean"]


def _pattern(history: Float64s, season: int) -> Float64s:
    """Return float64 [season], the mean course of a season that is too long for the methods.

    It is counted from the first value of the series; a single 0 where there is nothing to take out.
    """
    if season <= _LONGEST_SEASON or len(history) < 2 * season:
        return np.zeros(1)
    trend = sliding_window_view(history, season).mean(axis=1)
    first = season // 2
    around = history[first : first + len(trend)] - trend
    phase = np.arange(first, first + len(trend)) % season
    means = np.bincount(phase, around, season) / np.bincount(phase, minlength=season)
    return np.asarray(means - means.mean())
