"""Where a series stands when season and noise are taken away: lines, walks, cycles, bends."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from recur.arrays import Float64s
from recur.data.simulated.noise import (
    Random,
    column,
    log_uniform,
    power_law,
    shocks,
    standardised,
)


def _line(random: Random, count: int, length: int) -> Float64s:
    turned = column(random.choice([-1.0, 1.0], count, p=[0.35, 0.65]))
    return np.asarray(turned * np.linspace(-1.7, 1.7, length))


def _growth(random: Random, count: int, length: int) -> Float64s:
    """Return exponential growth, or decay towards a floor."""
    times = column(log_uniform(random, 0.5, 4, count)) * np.linspace(0, 1, length)
    return np.where(column(random.random(count)) < 0.75, np.exp(times), np.exp(-times))


def _walk(random: Random, count: int, length: int) -> Float64s:
    drift = random.normal(0, 0.25, count) * (random.random(count) < 0.6)
    return np.cumsum(shocks(random, count, length) + column(drift), axis=1)


def _local_trend(random: Random, count: int, length: int) -> Float64s:
    """Return walks whose step has a slow part that dies away, or nearly not."""
    kept = random.choice([0.7, 0.8, 0.9, 0.95, 0.98, 1.0], count)
    turned = shocks(random, count, length) * column(log_uniform(random, 0.01, 0.5, count))
    slope = random.normal(0, 0.3, count)
    slopes = np.empty((count, length))
    for t in range(length):
        slope = kept * slope + turned[:, t]
        slopes[:, t] = slope
    own = column(random.uniform(0, 1, count) ** 2)
    return np.cumsum(slopes + own * shocks(random, count, length), axis=1)


def _broken_line(random: Random, count: int, length: int) -> Float64s:
    slopes = np.zeros((count, length)) + column(random.normal(0, 1, count))
    for _ in range(3):
        at = random.integers(0, length, count)
        after = np.arange(length) >= column(at)
        new = random.normal(0, 1, count) * (random.random(count) < 0.8)
        slopes = np.where(after & (column(random.random(count)) < 0.6), column(new), slopes)
    return np.cumsum(slopes, axis=1)


def _saturating(random: Random, count: int, length: int) -> Float64s:
    middle = column(random.uniform(-0.3, 1.3, count)) * length
    width = column(log_uniform(random, 0.03, 0.5, count)) * length
    rise = column(random.choice([-1.0, 1.0], count, p=[0.3, 0.7]))
    return np.asarray(rise / (1 + np.exp(-np.clip((np.arange(length) - middle) / width, -30, 30))))


def _cycle(random: Random, count: int, length: int) -> Float64s:
    """Return oscillations without a fixed phase: an autoregression with a pole near the circle."""
    turn = 2 * np.pi / log_uniform(random, 4, max(8, length / 1.5), count)
    kept = 1 - log_uniform(random, 0.002, 0.2, count)
    first, second = 2 * kept * np.cos(turn), -(kept**2)
    noise = random.standard_normal((count, length))
    values = np.zeros((count, length + 2))
    values[:, :2] = random.standard_normal((count, 2)) * column(3 / np.sqrt(1 - kept**2)) * 0.3
    for t in range(length):
        values[:, t + 2] = first * values[:, t + 1] + second * values[:, t] + noise[:, t]
    return values[:, 2:]


def _reverting(random: Random, count: int, length: int) -> Float64s:
    memory = 1 - log_uniform(random, 0.005, 0.5, count)
    values = shocks(random, count, length)
    values[:, 0] /= np.sqrt(1 - memory**2)
    for t in range(1, length):
        values[:, t] += memory * values[:, t - 1]
    return values


def _steps(random: Random, count: int, length: int) -> Float64s:
    jumps = random.random((count, length)) < column(log_uniform(random, 1, 8, count) / length)
    return np.cumsum(np.where(jumps, random.standard_normal((count, length)), 0.0), axis=1)


_KINDS: tuple[tuple[Callable[[Random, int, int], Float64s], float], ...] = (
    (_line, 0.12),
    (_growth, 0.04),
    (_walk, 0.24),
    (_local_trend, 0.2),
    (_broken_line, 0.08),
    (_saturating, 0.07),
    (_cycle, 0.08),
    (_reverting, 0.09),
    (_steps, 0.04),
    (power_law, 0.06),
)


def level(random: Random, count: int, length: int) -> Float64s:
    """Return levels with a standard deviation of 1, each of a kind drawn for it."""
    chances = np.array([chance for _, chance in _KINDS])
    kinds = random.choice(len(_KINDS), count, p=chances / chances.sum())
    values = np.empty((count, length))
    for kind, (make, _) in enumerate(_KINDS):
        chosen = np.flatnonzero(kinds == kind)
        if len(chosen):
            values[chosen] = make(random, len(chosen), length)
    return standardised(values)
