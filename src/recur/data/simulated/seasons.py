"""What comes round: seasons of any shape, that stay, grow, fade or turn into another."""

from __future__ import annotations

import numpy as np

from recur.arrays import Float64s
from recur.data.simulated.noise import Random, column, log_uniform


def shapes(random: Random, count: int, period: int) -> Float64s:
    """Return float64 [series, period], a season's values with mean 0 and standard deviation 1."""
    phase = np.arange(period) / period
    values = np.zeros((count, period))
    kind = random.random(count)
    waves = np.flatnonzero(kind < 0.5)
    if len(waves):
        most = max(1, min(period // 2, 12))
        falls = column(random.uniform(0, 2.5, len(waves)))
        for harmonic in range(1, most + 1):
            size = random.standard_normal((len(waves), 2)) * harmonic**-falls
            kept = column(random.random(len(waves)) < (1.0 if harmonic == 1 else 0.7))
            turn = 2 * np.pi * harmonic * phase
            values[waves] += kept * (size[:, :1] * np.sin(turn) + size[:, 1:] * np.cos(turn))
    free = np.flatnonzero((kind >= 0.5) & (kind < 0.72))
    values[free] = random.standard_normal((len(free), period))
    for i in np.flatnonzero((kind >= 0.72) & (kind < 0.82)):  # a few spikes
        at = random.integers(0, period, random.integers(1, 4))
        values[i, at] = random.normal(0, 1, len(at)) + random.choice([-2, 2])
        values[i] += 0.1 * random.standard_normal(period)
    for i in np.flatnonzero((kind >= 0.82) & (kind < 0.92)):  # one or two bumps
        for _ in range(random.integers(1, 3)):
            away = np.abs((phase - random.random() + 0.5) % 1 - 0.5)
            values[i] += random.normal(0, 1) * np.exp(
                -0.5 * (away / random.uniform(0.03, 0.2)) ** 2
            )
    for i in np.flatnonzero(kind >= 0.92):  # open and closed
        share = random.uniform(0.1, 0.6)
        values[i] = ((phase + random.random()) % 1 < share) * 1.0
        values[i] += 0.15 * random.standard_normal(period)
    values -= values.mean(axis=1, keepdims=True)
    return np.asarray(values / np.maximum(values.std(axis=1, keepdims=True), 1e-9))


def season(random: Random, count: int, length: int, period: int) -> Float64s:
    """Return float64 [series, length], seasons that repeat, most of them as they are."""
    first = shapes(random, count, period)
    start = random.integers(0, period, count)
    places = (np.arange(length) + column(start)) % period
    values = np.take_along_axis(first, places, axis=1)
    kind = random.random(count)
    turning = np.flatnonzero(kind < 0.12)
    if len(turning):  # into another shape
        second = np.take_along_axis(shapes(random, len(turning), period), places[turning], axis=1)
        share = np.linspace(0, 1, length) * column(random.uniform(0.2, 1, len(turning)))
        values[turning] = (1 - share) * values[turning] + share * second
    growing = np.flatnonzero((kind >= 0.12) & (kind < 0.27))
    if len(growing):
        size = np.linspace(0, 1, length) * column(random.normal(0, 0.7, len(growing)))
        values[growing] *= np.exp(size)
    for i in np.flatnonzero((kind >= 0.27) & (kind < 0.42)):  # each place on its own
        rounds = -(-length // period) + 1
        moves = random.standard_normal((rounds, period)) * log_uniform(random, 0.03, 0.5, 1)
        moves[0] = 0
        values[i] += np.cumsum(moves, axis=0).reshape(-1)[places[i, 0] : places[i, 0] + length]
    return values
