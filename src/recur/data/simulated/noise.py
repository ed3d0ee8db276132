"""What shakes a series: noise of many kinds, and paths that are made of it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from recur.arrays import Float64s

Random = np.random.Generator


def column(values: NDArray[Any]) -> NDArray[Any]:
    """Return one number a series as a column, to work with [series, time]."""
    return np.asarray(values)[:, None]


def log_uniform(random: Random, low: float, high: float, count: int) -> Float64s:
    """Return numbers whose logarithms are uniform between those of two bounds."""
    return np.asarray(np.exp(random.uniform(np.log(low), np.log(high), count)))


def standardised(paths: Float64s) -> Float64s:
    """Return paths less their mean, divided by their standard deviation."""
    moved = paths - paths.mean(axis=1, keepdims=True)
    spread = moved.std(axis=1, keepdims=True)
    return np.asarray(moved / np.where(spread > 1e-12, spread, 1.0))


def shocks(random: Random, count: int, length: int) -> Float64s:
    """Return independent numbers about 1 in size: normal, heavy-tailed, or now and then large."""
    values = random.standard_normal((count, length))
    kind = random.random(count)
    heavy = np.flatnonzero(kind < 0.2)
    if len(heavy):
        freedom = column(random.uniform(2.5, 8, len(heavy)))
        chi = random.chisquare(np.broadcast_to(freedom, (len(heavy), length)))
        values[heavy] *= np.sqrt((freedom - 2) / np.maximum(chi, 1e-3))
    rare = np.flatnonzero((kind > 0.2) & (kind < 0.3))
    if len(rare):
        often = column(log_uniform(random, 0.005, 0.08, len(rare)))
        size = column(random.uniform(3, 10, len(rare)))
        struck = random.random((len(rare), length)) < often
        values[rare] *= np.where(struck, size, 1.0)
    return values


def roots_inside(random: Random, order: int) -> Float64s:
    """Return the coefficients of a polynomial in the lag, whose roots make a stable recursion."""
    roots: list[complex] = []
    while len(roots) < order:
        size = random.uniform(0, 1) ** 0.5 * 0.98
        if order - len(roots) > 1 and random.random() < 0.4:
            pole = size * np.exp(1j * random.uniform(0, np.pi))
            roots += [pole, pole.conjugate()]
        else:
            roots.append(size * (1 if random.random() < 0.75 else -1))
    return np.real(np.poly(roots))


def coloured(random: Random, count: int, length: int) -> Float64s:
    """Return noise of standard deviation about 1: white, autoregressive or moving average."""
    warm = min(50, length)
    values = shocks(random, count, length + warm)
    kind = random.random(count)
    near = np.flatnonzero(kind < 0.4)  # of the first order
    if len(near):
        memory = np.where(
            random.random(len(near)) < 0.8,
            random.uniform(0, 0.95, len(near)),
            random.uniform(-0.6, 0, len(near)),
        )
        part = values[near]
        for t in range(1, part.shape[1]):
            part[:, t] += memory * part[:, t - 1]
        values[near] = part * column(np.sqrt(1 - memory**2))
    for i in np.flatnonzero((kind >= 0.4) & (kind < 0.5)):
        top = np.concatenate([[1.0], random.normal(0, 0.5, random.integers(1, 4))])
        values[i] = lfilter(top, roots_inside(random, int(random.integers(1, 4))), values[i])
    values = values[:, warm:]
    return np.asarray(values / np.maximum(values.std(axis=1, keepdims=True), 1e-9))


def changing_size(random: Random, count: int, length: int) -> Float64s:
    """Return what noise is multiplied by: 1 for most series, a wandering size for some."""
    size = np.ones((count, length))
    wandering = np.flatnonzero(random.random(count) < 0.15)
    if len(wandering):
        steps = random.standard_normal((len(wandering), length))
        speed = column(log_uniform(random, 0.02, 0.2, len(wandering)))
        size[wandering] = np.exp(
            np.clip(lfilter([1.0], [1.0, -0.97], steps, axis=1) * speed, -2, 2)
        )
    regimes = np.flatnonzero(random.random(count) < 0.06)
    for i in regimes:
        cut = random.integers(0, length)
        size[i, cut:] *= np.exp(random.normal(0, 0.8))
    return size


def power_law(random: Random, count: int, length: int) -> Float64s:
    """Return smooth to rough paths: sums of waves whose power falls with their frequency."""
    points = 2 * length  # twice as long, so that the end does not know the beginning
    frequencies = np.fft.rfftfreq(points)[1:]
    slope = column(random.uniform(0.5, 3.5, count))
    size = frequencies ** (-slope / 2)
    phases = random.standard_normal((count, len(frequencies), 2))
    spectrum = np.zeros((count, len(frequencies) + 1), np.complex128)
    spectrum[:, 1:] = size * (phases[..., 0] + 1j * phases[..., 1])
    return standardised(np.fft.irfft(spectrum, points, axis=1)[:, :length])
