"""Three ways to make a series: a state space, an ARIMA process, a sum of parts."""

from __future__ import annotations

import numpy as np
from scipy.signal import lfilter

from recur.arrays import Float64s
from recur.data.simulated.levels import level
from recur.data.simulated.noise import (
    Random,
    changing_size,
    coloured,
    column,
    log_uniform,
    roots_inside,
    shocks,
)
from recur.data.simulated.seasons import season, shapes

_COARSE = 4  # steps in a season: such series are sums over months, and move more than they shake
_QUIET = {1: 0.6, 4: 0.55, 12: 0.35, 52: 0.55}
_LEAST_QUIET = 0.25


def state_space(random: Random, count: int, length: int, period: int) -> Float64s:
    """Return paths of exponential smoothing: level, slope and season, moved by one error."""
    errors = shocks(random, count, length)
    alpha = random.uniform(0, 1, count) ** 1.3
    alpha[random.random(count) < 0.1] = 0
    alpha[random.random(count) < 0.12] = 1
    trended = random.random(count) < 0.6
    beta = trended * alpha * random.uniform(0, 0.5, count) ** 2
    damping = np.where(random.random(count) < 0.6, random.uniform(0.75, 0.99, count), 1.0)
    steepest = 2.5 if period <= _COARSE else 0.6
    slope = trended * random.normal(0.3, 1, count) * log_uniform(random, 0.01, steepest, count)
    seasonal = (random.random(count) < (0.75 if period > 1 else 0)) * 1.0
    gamma = seasonal * (1 - alpha) * random.uniform(0, 1, count) ** 3
    places = shapes(random, count, period) if period > 1 else np.zeros((count, 1))
    places = places * column(seasonal * log_uniform(random, 0.2, 15, count))
    now = np.zeros(count)
    values = np.empty((count, length))
    for t in range(length):
        error = errors[:, t]
        place = places[:, t % period]
        trend = damping * slope
        values[:, t] = now + trend + place + error
        now = now + trend + alpha * error
        slope = trend + beta * error
        places[:, t % period] = place + gamma * error
    return values


def arima(random: Random, count: int, length: int, period: int) -> Float64s:
    """Return seasonal ARIMA processes with up to two differences."""
    warm = min(2 * period, 100) + 20
    errors = shocks(random, count, length + warm)
    values = np.empty((count, length))
    for i in range(count):
        top = roots_inside(random, int(random.integers(0, 3)))
        bottom = roots_inside(random, int(random.integers(0, 4)))
        if period > 1 and random.random() < 0.6:
            seasonal = np.zeros(period + 1)
            seasonal[0], seasonal[-1] = 1, -random.uniform(-0.2, 0.98)
            bottom = np.convolve(bottom, seasonal)
        path = lfilter(np.atleast_1d(top), np.atleast_1d(bottom), errors[i])[warm:]
        differences = random.choice(3, p=[0.4, 0.5, 0.1])
        if differences:
            path = np.cumsum(path + (random.random() < 0.5) * random.normal(0, 0.3))
        if differences == 2:
            path = np.cumsum(path) * 0.1 + errors[i, warm:] * random.uniform(0, 1)
        if period > 1 and random.random() < 0.2:
            path = lfilter([1.0], np.r_[1.0, np.zeros(period - 1), -1.0], path)
        values[i] = path
    return values


def parts(random: Random, count: int, length: int, period: int, second: int) -> Float64s:
    """Return sums of one or two levels, a season or two, and noise."""
    size = log_uniform(random, 0.3, 30, count)
    size[random.random(count) < 0.08] = 0
    values = column(size) * _mostly_rising(random, level(random, count, length))
    two = np.flatnonzero(random.random(count) < 0.3)
    if len(two):
        values[two] += column(log_uniform(random, 0.3, 10, len(two))) * level(
            random, len(two), length
        )
    for steps, chance in ((period, 0.85 if period >= 12 else 0.75), (second, 0.75)):
        with_season = np.flatnonzero(random.random(count) < chance) if steps > 1 else ()
        if len(with_season):
            reach = column(log_uniform(random, 0.3, 15, len(with_season)))
            values[with_season] += reach * season(random, len(with_season), length, steps)
    noise = coloured(random, count, length) * changing_size(random, count, length)
    seldom = random.random(count) < _QUIET.get(period, _LEAST_QUIET)
    quiet = np.where(seldom, log_uniform(random, 0.01, 0.6, count), 1.0)
    return np.asarray(values + noise * column(quiet))


def _mostly_rising(random: Random, levels: Float64s) -> Float64s:
    """Turn some of the falling ones over: what people count grows more often than not."""
    turned = (levels[:, -1] < levels[:, 0]) & (random.random(len(levels)) < 0.35)
    levels[turned] *= -1
    return levels
