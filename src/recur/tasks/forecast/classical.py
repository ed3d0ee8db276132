"""The classical methods that a network can be set beside: those of statsforecast."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from recur.arrays import Float64s, Indices
from recur.data.panel.panel import Panel
from recur.errors import SettingsError, not_installed
from recur.judge import Walk
from recur.judge.forecast.walk import Forecasts
from recur.notices import notice

_LONGEST_SEASON = 24  # exponential smoothing has no longer one, ARIMA none in reasonable time
# Values that a method sees: beyond these it takes minutes for a series, and gains little.
_MOST_VALUES = {"auto_ets": 2000, "auto_arima": 500, "theta": 500}
_MOST_SERIES = {"auto_arima": 50}  # seconds each
_TITLES = {"auto_ets": "AutoETS", "auto_arima": "AutoARIMA", "theta": "Theta"}


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

    Each method is fitted once to the history of each series. At each origin it takes up the true
    values known there, with the parameters it has. A season above 24 steps is taken out of the
    series as a fixed pattern and added again. Where a method cannot be fitted or gives no finite
    number, the last value stands in. Every such limit that was met is told in a notice.

    Args:
        panel: the series.
        starts: int64 [series], where the held-out stretch of each begins.
        horizon: steps ahead.
        season: steps in a season, 1 for none.
        stride: steps between two origins.

    Returns:
        For each method and series float64 [origins, horizon].
    """
    why = available()
    if why:
        raise SettingsError(why)
    walk = Walk(tuple(panel), tuple(int(start) for start in starts), horizon, season, stride)
    forecasts = {}
    for name, most in _MOST_VALUES.items():
        if len(walk) > _MOST_SERIES.get(name, len(walk)):
            notice(f"{_TITLES[name]} takes seconds a series and is left out for {len(walk):,}.")
            continue
        forecasts[name] = walk.forecasts(name, _method(walk, name))
        longest = max(walk.starts)
        if longest > most:
            notice(f"{_TITLES[name]} sees the last {most:,} of up to {longest:,} known values.")
    if season > _LONGEST_SEASON:
        notice(
            f"a season of {season} steps is too long for the classical methods: they forecast the "
            "series less the mean pattern of its history."
        )
    return forecasts


def _method(walk: Walk, name: str) -> Forecasts:
    """Return what one method forecasts, and say where the last value had to stand in."""
    by_series, missing = [], 0
    for i in range(len(walk)):
        forecasts = _forecasts(walk, i, name)
        failed = np.asarray(~np.isfinite(forecasts).all(axis=1))
        newest = walk.series[i][walk.origins(i) - 1]
        by_series.append(np.where(failed[:, None], newest[:, None], forecasts))
        missing += int(failed.sum())
    if missing:
        notice(
            f"{_TITLES[name]} gave no forecast from {missing:,} of {walk.counts.sum():,} origins: "
            "there the last value stands in."
        )
    return tuple(by_series)


def _forecasts(walk: Walk, i: int, name: str) -> Float64s:
    """Return float64 [origins, horizon] of one series, NaN where the method gives none."""
    pattern = _pattern(walk.history(i), walk.season)
    ahead = np.arange(walk.horizon)
    values = walk.series[i] - pattern[np.arange(len(walk.series[i])) % len(pattern)]
    origins, start, most = walk.origins(i), walk.starts[i], _MOST_VALUES[name]
    season = walk.season if len(pattern) == 1 and walk.season <= _LONGEST_SEASON else 1
    forecasts = np.full((len(origins), walk.horizon), np.nan)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            forward = _fitted(name, values[max(0, start - most) : start], season)
            for row, origin in enumerate(origins):
                # Smoothing goes on from the state at the beginning of what it was fitted to;
                # the others take up any stretch.
                first = start if name == "auto_ets" else origin
                forecasts[row] = forward(values[max(0, first - most) : origin], walk.horizon)
        except Exception:  # numerics of many kinds, each with errors of its own
            pass
    return np.asarray(forecasts + pattern[(origins[:, None] + ahead) % len(pattern)])


def _fitted(name: str, history: Float64s, season: int) -> Callable[[Float64s, int], Any]:
    """Return what goes on from any known values with the parameters that fit a history."""
    from statsforecast import models

    classes = {"auto_ets": models.AutoETS, "auto_arima": models.AutoARIMA, "theta": models.Theta}
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
