"""Series made here, whose right answers are known: for the demo, the labs, tests and benchmarks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recur.arrays import Float64s
from recur.seeding import Purpose, Stream


@dataclass(frozen=True, eq=False)
class Known:
    """What is seen, and what somebody who knew the recipe would say.

    Attributes:
        values: float64 [time] or [series, time], what is seen.
        answer: float64 of the same shape: for a signal in noise the signal; for a random walk the
            value before.
    """

    values: Float64s
    answer: Float64s


def sine(points: int = 1000, period: float = 50, noise: float = 0.0, seed: int = 0) -> Known:
    """Return a sine of amplitude 1 with normal noise of a standard deviation.

    Without noise, a network that sees one value cannot do better than a mean squared error of
    sin(2 pi / period)^2 / 2 one step ahead; with two it can be exact.
    """
    answer = np.sin(2 * np.pi * np.arange(points) / period)
    return Known(answer + noise * _stream(seed).normal(points), answer)


def random_walk(points: int = 1000, seed: int = 0) -> Known:
    """Return a walk of standard normal steps; nothing beats repeating its last value."""
    values = np.cumsum(_stream(seed).normal(points))
    return Known(values, np.concatenate([[0.0], values[:-1]]))


def two_waves(points: int = 2000, noise: float = 0.2, seed: int = 0) -> Known:
    """Return sin 2t + cos(t) / 2 in normal noise, t from 0 to 80 pi.

    No forecast has a mean squared error below noise^2.
    """
    t = np.linspace(0, 80 * np.pi, points)
    answer = np.sin(2 * t) + 0.5 * np.cos(t)
    return Known(answer + noise * _stream(seed).normal(points), answer)


def two_sines(series: int = 10_000, points: int = 51, noise: float = 0.05, seed: int = 0) -> Known:
    """Return many short series, each two sines of random frequency and phase in uniform noise.

    Each is .5 sin((t - a)(10 f + 10)) + .2 sin((t - b)(20 g + 20)) + U(-noise, noise), with t
    from 0 to 1 and a, b, f, g uniform. No forecast has a mean squared error below noise^2 / 3.
    """
    stream = _stream(seed)
    a, b, f, g = stream.uniform(4 * series).reshape(4, series, 1)
    t = np.linspace(0, 1, points)
    answer = 0.5 * np.sin((t - a) * (10 * f + 10)) + 0.2 * np.sin((t - b) * (20 * g + 20))
    jitter = stream.at(1).uniform(answer.size).reshape(answer.shape)
    return Known(answer + noise * (2 * jitter - 1), answer)


def noisy_sines(
    series: int = 12_000, points: int = 100, period: float = 60, noise: float = 0.35, seed: int = 0
) -> Known:
    """Return sines of one period and of a random whole phase from 0 to 100, in uniform noise.

    They are there to be cleaned: the answer is the sine.
    """
    stream = _stream(seed)
    phase = np.floor(101 * stream.uniform(series))[:, None]
    answer = np.sin(2 * np.pi * (np.arange(points) + phase) / period)
    jitter = stream.at(1).uniform(answer.size).reshape(answer.shape)
    return Known(answer + noise * (2 * jitter - 1), answer)


def plateaus(points: int = 4000, noise: float = 0.3, seed: int = 0) -> Known:
    """Return levels that hold for a while and then jump, in normal noise with single spikes.

    There are four levels from -1 to 1; about every fortieth value begins a new one, and 3 % of the
    values are off by 2. A linear filter can keep the jumps or smooth the noise, not both.
    """
    begins, drawn = _stream(seed).uniform(2 * points).reshape(2, points)
    newest = np.maximum.accumulate(np.where(begins < 1 / 40, np.arange(points), 0))
    answer = np.floor(4 * drawn)[newest] * 2 / 3 - 1
    spiked, sign = _stream(seed).at(1).uniform(2 * points).reshape(2, points)
    spikes = np.where(spiked < 0.03, np.where(sign < 0.5, -2.0, 2.0), 0.0)
    return Known(answer + spikes + noise * _stream(seed).at(2).normal(points), answer)


def mackey_glass(points: int = 1500, noise: float = 0.02, seed: int = 0) -> Known:
    """Return a chaotic signal in normal noise, from Mackey and Glass's equation of blood cells.

    x' = 0.2 x(t - 17) / (1 + x(t - 17)^10) - 0.1 x, read once a unit of time. What comes next
    depends on the past in a way that no linear model can express.
    """
    fine, delay, settling = 10, 170, 3000
    start = 1.1 + 0.2 * (_stream(seed).at(1).uniform(delay + 1) - 0.5)
    x = np.empty(settling + points * fine)
    x[: delay + 1] = start
    for t in range(delay, len(x) - 1):
        late = x[t - delay]
        x[t + 1] = x[t] + (0.2 * late / (1 + late**10) - 0.1 * x[t]) / fine
    answer = x[settling::fine]
    return Known(answer + noise * _stream(seed).normal(points), answer)


def _stream(seed: int) -> Stream:
    return Stream(seed, Purpose.DATA)
