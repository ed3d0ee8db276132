"""The nearest neighbour of a series: step by step, or after warping the time of one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from recur.arrays import Float64s, Indices
from recur.judge.classify.kernels import brought_to

_BAND = 0.1  # of the length: by how much time may be warped
_MOST_STEPS = 256  # that series are brought to at most
_MOST_PAIRS = 4_000_000  # pairs of steps, in all, beyond which nothing is warped
_PAIRS_AT_ONCE = 2_000


def neighbours(
    series: Sequence[Float64s], labels: Indices, classes: int, asked: Sequence[Float64s]
) -> dict[str, Float64s]:
    """Return float64 [asked, classes], ones at the class of the nearest series, by the method.

    Where warping would take long it is left out.

    Args:
        series: float64 [time, channels], that are known.
        labels: int64 [series], from 0 on.
        classes: how many there are.
        asked: float64 [time, channels].
    """
    length = min(_MOST_STEPS, max(len(one) for one in series))
    known, new = brought_to(series, length), brought_to(asked, length)
    centre, spread = known.mean(axis=(0, 1)), known.std(axis=(0, 1))
    known, new = ((each - centre) / np.where(spread > 0, spread, 1.0) for each in (known, new))
    flat, flat_new = known.reshape(len(known), -1), new.reshape(len(new), -1)
    squares = (flat_new**2).sum(axis=1)[:, None] + (flat**2).sum(axis=1) - 2 * flat_new @ flat.T
    answers = {"neighbour_euclid": np.eye(classes)[labels[squares.argmin(axis=1)]]}
    band = max(1, round(_BAND * length))
    if len(known) * len(new) * length * min(length, 2 * band + 1) / 100 <= _MOST_PAIRS:
        rows = np.repeat(np.arange(len(new)), len(known))
        columns = np.tile(np.arange(len(known)), len(new))
        parts = [
            warped(new[rows[i : i + _PAIRS_AT_ONCE]], known[columns[i : i + _PAIRS_AT_ONCE]], band)
            for i in range(0, len(rows), _PAIRS_AT_ONCE)
        ]
        nearest = np.concatenate(parts).reshape(len(new), len(known)).argmin(axis=1)
        answers["neighbour_warped"] = np.eye(classes)[labels[nearest]]
    return answers


def warped(one: Float64s, other: Float64s, band: int) -> Float64s:
    """Return float64 [pairs], the squared distance of series along the best path through time.

    Args:
        one: float64 [pairs, time, channels].
        other: of the same shape.
        band: by how many steps the two times may differ.
    """
    pairs, steps, _ = one.shape
    before = np.full((pairs, steps + 1), np.inf)
    before[:, 0] = 0.0
    for i in range(steps):
        low, high = max(0, i - band), min(steps, i + band + 1)
        costs = ((one[:, i, None] - other[:, low:high]) ** 2).sum(axis=2)
        now = np.full_like(before, np.inf)
        reached = np.minimum(before[:, low:high], before[:, low + 1 : high + 1])
        for j in range(low, high):
            best = np.minimum(reached[:, j - low], now[:, j])
            now[:, j + 1] = costs[:, j - low] + best
        before = now
    return before[:, steps]
