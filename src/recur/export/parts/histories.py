"""Histories of values: what is missing in them, their newest window, and their own scale."""

from __future__ import annotations

import numpy as np

from recur.export.parts import Array


def seen_values(values: Array) -> Array:
    """Return which values [batch, time] are known: others are not a number."""
    return np.isfinite(values)


def begun_by(seen: Array) -> Array:
    """Return at which times [batch, time] a history has begun."""
    return np.cumsum(seen.astype(np.int64), axis=1) > 0


def first_known(values: Array, seen: Array) -> Array:
    """Return [batch, 1], the first known value of each history."""
    return np.take_along_axis(values, np.argmax(seen, axis=1)[:, None], axis=1)


def carried_on(values: Array, seen: Array) -> Array:
    """Return values with the last known one where one is missing; in front stands the first."""
    places = np.where(seen, np.arange(values.shape[1]), 0)
    last = np.take_along_axis(values, np.maximum.accumulate(places, axis=1), axis=1)
    return np.where(np.isfinite(last), last, first_known(values, seen))


def newest(values: Array, count: int) -> Array:
    """Return so many of the newest times [batch, time, ...]; the oldest one where they are few."""
    more = np.zeros((count, *values.shape[2:]), values.dtype)
    return np.concatenate([values[:, :1] + more, values], axis=1)[:, -count:]


def seen_in_window(seen: Array, begun: Array, count: int) -> Array:
    """Return which of the newest values were known, as a network takes it; in front, all."""
    known = seen | ~begun
    return newest(known.astype(np.int64), count) > 0


def known_count(begun: Array, most: int) -> Array:
    """Return how many values each history has, or so many at most."""
    return np.minimum(np.sum(begun.astype(np.int64), axis=1), most)


def real_steps(count: Array, lookback: int) -> Array:
    """Return which steps [batch, lookback] of a window are real: the newest ones."""
    return np.arange(lookback) >= lookback - count[:, None]


def mean_of(values: Array, real: Array) -> Array:
    """Return [batch, 1], the mean of the values [batch, time] that are real."""
    total = np.sum(np.where(real, values, 0.0), axis=1, keepdims=True)
    return total / np.sum(real.astype(np.float64), axis=1, keepdims=True)


def positive(spread: Array) -> Array:
    """Return what values are divided by: 1 where nothing varies."""
    return np.where(spread > 0, spread, 1.0)


def typical_step(values: Array, begun: Array) -> Array:
    """Return [batch, 1], the root mean square of what changes from one value to the next."""
    steps = values[:, 1:] - values[:, :-1]
    counted = begun[:, :-1].astype(np.float64)
    squares = np.sum(steps * steps * counted, axis=1, keepdims=True)
    return positive(np.sqrt(squares / np.maximum(np.sum(counted, axis=1, keepdims=True), 1.0)))


def own_mean(values: Array, begun: Array) -> Array:
    """Return [batch, 1], the mean of each history."""
    return mean_of(values, begun)


def own_deviation(values: Array, begun: Array) -> Array:
    """Return [batch, 1], the standard deviation of each history."""
    away = values - values[:, :1]
    away = away - mean_of(away, begun)
    return positive(np.sqrt(mean_of(away * away, begun)))


def own_least(values: Array) -> Array:
    """Return [batch, 1], the least value of each history."""
    return np.min(values, axis=1, keepdims=True)


def own_range(values: Array) -> Array:
    """Return [batch, 1], how far the values of each history reach."""
    return positive(np.max(values, axis=1, keepdims=True) - np.min(values, axis=1, keepdims=True))


def of_series(series: Array, learnt: Array, own: Array) -> Array:
    """Return [batch, 1], what was learnt of each series; its own where its number is -1."""
    number = series[:, None]
    return np.where(number >= 0, np.take(learnt, np.maximum(number, 0), axis=0), own)
