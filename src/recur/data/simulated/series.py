"""Simulated series, as many as wanted: of any length and period, the same for the same seed."""

from __future__ import annotations

import numpy as np

from recur.arrays import Float64s
from recur.data.simulated.families import arima, parts, state_space
from recur.data.simulated.noise import Random, column, log_uniform, standardised

_FINER = ((1, 12), (1, 4), (4, 3), (12, 4), (7, 24), (52, 7), (24, 6))
"""Periods whose series are now and then sums of a finer one's: the period, values in each sum."""


def simulate(
    count: int, length: int, period: int = 1, second: int = 0, *, seed: int, step: int = 0
) -> Float64s:
    """Return series of one length and period, each made in a way of its own.

    Args:
        count: how many.
        length: values of each.
        period: steps in a season, 1 for none; not every series shows it.
        second: a longer season beside it, 0 for none.
        seed: what all of them follow from, with `step`.
        step: which draw of the seed.

    Returns:
        float64 [series, length].
    """
    random = np.random.Generator(np.random.Philox(key=[seed, step]))
    values = _processes(random, count, length, period, second)
    sums = [times for coarse, times in _FINER if coarse == period]
    if sums and length * max(sums) <= 4000:
        finer = np.flatnonzero(random.random(count) < (0.4 if period <= 4 else 0.2))
        if len(finer):
            times = int(random.choice(sums))
            fine = _processes(random, len(finer), length * times, period * times, 0)
            values[finer] = fine.reshape(len(finer), length, times).mean(axis=2)
    _disturb(random, values)
    return _dressed(random, values)


def _processes(random: Random, count: int, length: int, period: int, second: int) -> Float64s:
    kinds = random.choice(3, count, p=[0.3, 0.1, 0.6])
    values = np.empty((count, length))
    for kind in range(3):
        chosen = np.flatnonzero(kinds == kind)
        if not len(chosen):
            continue
        if kind == 0:
            values[chosen] = state_space(random, len(chosen), length, period)
        elif kind == 1:
            values[chosen] = arima(random, len(chosen), length, period)
        else:
            values[chosen] = parts(random, len(chosen), length, period, second)
    return values


def _disturb(random: Random, values: Float64s) -> None:
    """Shift the level of some series once or twice, and set a few values far out."""
    count, length = values.shape
    unit = np.abs(np.diff(values, axis=1)).mean(axis=1) + 1e-9
    for i in np.flatnonzero(random.random(count) < 0.08):
        for _ in range(random.integers(1, 3)):
            values[i, random.integers(0, length) :] += unit[i] * random.normal(0, 6)
    for i in np.flatnonzero(random.random(count) < 0.08):
        at = random.integers(0, length, max(1, int(length * random.uniform(0, 0.03))))
        values[i, at] += unit[i] * random.normal(0, 8, len(at))


def _dressed(random: Random, values: Float64s) -> Float64s:
    """Return the series as somebody would have counted, rounded or multiplied them."""
    count = len(values)
    kind = random.random(count)
    base = standardised(values)
    grown = np.flatnonzero(kind < 0.33)  # what was added is multiplied
    if len(grown):
        values[grown] = np.exp(base[grown] * column(log_uniform(random, 0.03, 0.9, len(grown))))
    lifted = np.flatnonzero((kind >= 0.33) & (kind < 0.56))  # positive, near zero or far from it
    if len(lifted):
        low = base[lifted].min(axis=1, keepdims=True)
        values[lifted] = base[lifted] - low + column(log_uniform(random, 0.02, 30, len(lifted)))
    counted = np.flatnonzero((kind >= 0.56) & (kind < 0.62))
    if len(counted):
        rate = column(log_uniform(random, 0.1, 200, len(counted)))
        size = column(random.uniform(0.1, 0.8, len(counted)))
        mean = np.minimum(rate * np.exp(base[counted] * size), 1e6)
        values[counted] = random.poisson(mean)
    cut = np.flatnonzero((kind >= 0.62) & (kind < 0.66))
    if len(cut):
        values[cut] = np.maximum(base[cut] + column(random.normal(0, 0.7, len(cut))), 0)
    seldom = np.flatnonzero((kind >= 0.66) & (kind < 0.69))
    if len(seldom):
        often = column(random.uniform(0.05, 0.7, len(seldom)))
        size = np.exp(0.5 * base[seldom] + 0.3 * random.standard_normal(base[seldom].shape))
        values[seldom] = np.where(random.random(size.shape) < often, size, 0.0)
    rounded = np.flatnonzero(random.random(count) < 0.12)
    if len(rounded):
        spread = np.maximum(values[rounded].std(axis=1, keepdims=True), 1e-9)
        digit = spread * column(log_uniform(random, 0.02, 0.7, len(rounded)))
        values[rounded] = np.rint(values[rounded] / digit) * digit
    return np.asarray(values * column(np.exp(random.normal(0, 3, count))))
