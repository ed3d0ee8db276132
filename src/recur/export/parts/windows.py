"""Windows as a network takes them: what they are measured from, in which unit, and back."""

from __future__ import annotations

import numpy as np

from recur.data.panel.scaling import FAR, FEWEST, STILL
from recur.export.parts import Array
from recur.export.parts.histories import mean_of


def window_scale(window: Array, real: Array, typical: Array) -> tuple[Array, Array]:
    """Return what each window [batch, time] is measured from, and its unit, both [batch, 1].

    Its newest value; and how much it varies and moves. A window that hardly moves gives way to the
    typical step of its series.
    """
    centre = window[:, -1:]
    away = window - centre
    away = away - mean_of(away, real)
    steps = window[:, 1:] - window[:, :-1]
    moved = np.sum(steps * steps, axis=1, keepdims=True)
    moved = moved / np.sum(real.astype(np.float64), axis=1, keepdims=True)
    spread = np.sqrt(mean_of(away * away, real) + moved)
    return centre, spread + np.maximum(0.0, typical - spread / STILL)


def around_mean(window: Array, real: Array, centre: Array, spread: Array) -> Array:
    """Return windows around their own means, in their units."""
    moved = window - centre
    return (moved - mean_of(moved, real)) / spread


def series_level(window: Array, count: Array, mean: Array, spread: Array) -> Array:
    """Return [batch, 1], the mean of each series, or that of the newest part of its window.

    The latter where that part, a third, lies as a whole far above or below the series.
    """
    lookback = window.shape[1]
    part = np.maximum(FEWEST, count // 3)[:, None]
    newest = np.arange(lookback) >= lookback - part
    away = (window - mean) / spread
    above = np.min(np.where(newest, away, np.inf), axis=1, keepdims=True) > FAR
    below = np.max(np.where(newest, away, -np.inf), axis=1, keepdims=True) < -FAR
    gone = (above | below) & (part <= count[:, None])
    level = mean + np.sum(np.where(newest, window - mean, 0.0), axis=1, keepdims=True) / part
    return np.where(gone, level, mean)


def around(window: Array, centre: Array, spread: Array) -> Array:
    """Return windows around a centre, in units of a spread."""
    return (window - centre) / spread


def as_inputs(scaled: Array) -> Array:
    """Return [time, batch, 1], windows [batch, time] as the network takes them."""
    return np.swapaxes(scaled, 0, 1)[:, :, None].astype(np.float32)


def time_first(mask: Array) -> Array:
    """Return [time, batch] of [batch, time]."""
    return np.swapaxes(mask, 0, 1)


def beside_values(values: Array, *columns: Array) -> Array:
    """Return values [time, batch, 1] and what else is seen [batch, time, columns]."""
    others = [np.swapaxes(column, 0, 1).astype(np.float32) for column in columns]
    return np.concatenate([values, *others], axis=2)


def as_column(flags: Array) -> Array:
    """Return [batch, time, 1], 1 where flags are up."""
    return flags[:, :, None].astype(np.float32)


def last_value(window: Array, ahead: int) -> Array:
    """Return [batch, ahead], the newest value for each step: what forecasts count from."""
    return window[:, -1:] + np.zeros(ahead)


def season_before(window: Array, count: Array, season: int, ahead: int) -> Array:
    """Return [batch, ahead], the value a season before each step, else the newest one."""
    back = season - np.arange(ahead) % season
    places = np.maximum(window.shape[1] - back, 0)
    return np.where(back <= count[:, None], np.take(window, places, axis=1), window[:, -1:])


def base_of_newest(window: Array, count: Array, season: int) -> Array:
    """Return [batch, 1], what the newest value itself would have counted from: a season before."""
    place = max(window.shape[1] - season - 1, 0)
    ago = window[:, place : place + 1]
    return np.where(season + 1 <= count[:, None], ago, window[:, -1:])


def window_mean(window: Array, real: Array, centre: Array, ahead: int) -> Array:
    """Return [batch, ahead], the mean of each window: what forecasts count from."""
    return centre + mean_of(window - centre, real) + np.zeros(ahead)


def for_each_step(centre: Array, ahead: int) -> Array:
    """Return [batch, ahead], one value [batch, 1] for each step."""
    return centre + np.zeros(ahead)


def first_of(base: Array) -> Array:
    """Return [batch, 1], what the first step counts from."""
    return base[:, :1]


def in_units(value: Array, base: Array, spread: Array) -> Array:
    """Return values as the network counts them."""
    return ((value - base) / spread).astype(np.float32)


def newest_value(window: Array) -> Array:
    """Return [batch, 1]."""
    return window[:, -1:]


def restored(outputs: Array, spread: Array, base: Array) -> Array:
    """Return forecasts [batch, ahead] of the network's outputs: in units of the data."""
    return outputs * spread + base


def restored_levels(outputs: Array, spread: Array, base: Array, levels: int) -> Array:
    """Return [batch, ahead, levels], forecasts at each level, in units of the data."""
    apart = np.reshape(outputs, (-1, base.shape[1], levels))
    return apart * spread[:, :, None] + base[:, :, None]


def decoded(outputs: Array) -> Array:
    """Return [batch, steps] of a decoder's outputs [steps, batch, 1]."""
    return np.swapaxes(outputs[:, :, 0], 0, 1).astype(np.float64)


def moved_on(window: Array, value: Array) -> Array:
    """Return windows [batch, time] of which the oldest value is gone, and a new one is there."""
    return np.concatenate([window[:, 1:], value], axis=1)


def seen_moved_on(seen: Array) -> Array:
    """Return which values were seen of a window that has moved on: what is forecast counts so."""
    return np.concatenate([seen[:, 1:], seen[:, -1:] | True], axis=1)


def one_more(count: Array, most: int) -> Array:
    """Return how many values there are once there is one more."""
    return np.minimum(count + 1, most)


def unpacked(values: tuple[Array, ...]) -> tuple[Array, ...]:
    """Return values that stand in one tuple."""
    return values


def in_a_row(values: Array) -> Array:
    """Return [batch, steps] of what single steps have given, [steps, batch, 1]."""
    return np.swapaxes(values[:, :, 0], 0, 1)


def not_a_number_where_short(forecast: Array, count: Array, least: int) -> Array:
    """Return forecasts [batch, ...], not a number where a history has too few values."""
    return np.where((count >= least)[:, None], forecast, np.nan)


def in_order(count: int) -> Array:
    """Return the numbers of so many steps."""
    return np.arange(count)
