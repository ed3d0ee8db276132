"""What the pretrained network learns from: simulated series, their ends to be forecast."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recur.data.histories.inputs import HistoryInputs
from recur.data.simulated.series import simulate

_PERIODS = (
    (1, 0, 0.24), (4, 0, 0.15), (12, 0, 0.2), (7, 0, 0.05), (7, 365, 0.02), (24, 0, 0.04),
    (24, 168, 0.07), (52, 0, 0.07), (5, 0, 0.02), (48, 336, 0.02), (0, 0, 0.12),
)  # fmt: skip
"""A period, a longer one, and how often; 0 is drawn from the whole range."""
_HORIZONS = {1: 13, 4: 12, 12: 36, 7: 28, 24: 72, 52: 60}
_STEPS = 12  # of those ahead, in a batch


class Batch(NamedTuple):
    """Histories of one length and period, and what came after them.

    Attributes:
        inputs: the histories.
        steps: int64 [steps], which ones ahead.
        truth: float64 [series, steps].
    """

    inputs: HistoryInputs
    steps: NDArray[np.int64]
    truth: NDArray[np.float64]


def batch_of(seed: int, step: int, count: int) -> Batch:
    """Return one batch; the same for the same seed and step."""
    random = np.random.Generator(np.random.Philox(key=[seed + 1, step]))
    period, second, length, horizon = _shape(random)
    values = simulate(count, length + horizon, period, second, seed=seed, step=step)
    if period > 1 or random.random() < 0.3:
        logged = (values.min(axis=1) > 0) & (random.random(count) < 0.5)
        values[logged] = np.log(values[logged])
    known = values[:, :length].copy()
    if random.random() < 0.1:
        known[random.random(known.shape) < random.uniform(0, 0.3)] = np.nan
    steps = np.union1d(1, random.permutation(horizon)[:_STEPS] + 1)
    return Batch(HistoryInputs.read(known, period, second), steps, values[:, length + steps - 1])


def _shape(random: np.random.Generator) -> tuple[int, int, int, int]:
    """Draw a period, a longer one, how many values are known, and a horizon."""
    chances = np.array([chance for *_, chance in _PERIODS])
    period, second, _ = _PERIODS[random.choice(len(_PERIODS), p=chances / chances.sum())]
    if period == 0:
        longest = 60 if random.random() < 0.75 else 1000
        period = int(np.exp(random.uniform(np.log(2), np.log(longest))))
        second = period * int(random.integers(3, 9)) if random.random() < 0.2 else 0
    horizon = _HORIZONS.get(period, max(8, 2 * period))
    horizon = int(np.clip(random.uniform(0.4, 1) * horizon, 4, 100))
    if period == 1:
        low, high = 5, 60 if random.random() < 0.7 else 800
    elif period < 24:
        low, high = max(5, period), min(40 * period, 700)
    else:
        low, high = int(1.3 * period), max(min(30 * period, 1400), 2 * period)
    if second:
        high = max(high, min(6 * second, 1600))
    return period, second, int(np.exp(random.uniform(np.log(low), np.log(high)))), horizon
