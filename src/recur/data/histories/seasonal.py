"""Seasonal indices of many histories at once, drawn towards none where they are not clear."""

from __future__ import annotations

import numpy as np

from recur.arrays import Float64s, Indices

_ENOUGH = 0.7  # of a moving average's values must be known


def known_mean(values: Float64s, known: Float64s, axis: int = -1) -> Float64s:
    """Return the mean over an axis of what is known, 0 where nothing is."""
    counts = known.sum(axis=axis)
    return np.asarray((values * known).sum(axis=axis) / np.maximum(counts, 1e-12))


def seasonal_indices(values: Float64s, known: Float64s, period: int) -> tuple[Float64s, Float64s]:
    """Return each place's part of a season, and how clearly there is one.

    Classical: what lies above a centred moving average, averaged over the rounds, and shrunk by
    how much of the differences between places their noise explains.

    Args:
        values: float64 [series, time], the newest value last; 0 where unknown.
        known: the same shape, 1 where a value is known, else 0.
        period: steps in the season.

    Returns:
        float64 [series, period], of the first to the last place of the last round; float64
        [series, 2], the share of the season that was kept and its share of all variance.
    """
    count, length = values.shape
    rounds = -(-length // period)
    if period < 2 or length < 2 * period:
        return np.zeros((count, period)), np.zeros((count, 2))
    begins = known.argmax(axis=1)
    # Counted from the first value: of a high level sums would lose what little it moves.
    values = (values - values[np.arange(count), begins][:, None]) * known
    trend, enough = _moving_average(values, known, period, begins)
    counted = known * enough * (length - begins >= 2 * period)[:, None]
    around = (values - trend) * counted
    around, counted = (
        np.pad(part, ((0, 0), (rounds * period - length, 0))).reshape(count, rounds, period)
        for part in (around, counted)
    )
    seen = counted.sum(axis=1)
    places = around.sum(axis=1) / np.maximum(seen, 1)
    has = seen > 0
    places -= known_mean(places, has * 1.0)[:, None]
    places *= has
    left = (around - places[:, None]) * counted
    total = counted.sum(axis=(1, 2))
    free = np.maximum(total - has.sum(axis=1), 0.5)
    noise = (left**2).sum(axis=(1, 2)) / free
    between = known_mean(places**2, has * 1.0)
    by_chance = noise * known_mean(1 / np.maximum(seen, 1), has * 1.0)
    kept = np.clip(1 - by_chance / np.maximum(between, 1e-300), 0, 1)
    kept *= has.mean(axis=1) > 0.7
    strength = between / np.maximum(between + noise, 1e-300)
    return places * kept[:, None], np.stack([kept, strength], axis=1)


def _moving_average(
    values: Float64s, known: Float64s, period: int, begins: Indices
) -> tuple[Float64s, Float64s]:
    """Return the centred mean over a period, and 1 where enough of its values are known."""
    total, counts = (_centred_sum(part, period) for part in (values * known, known))
    half, place = period // 2, np.arange(values.shape[1])
    inside = (place >= begins[:, None] + half) & (place < values.shape[1] - half)
    enough = inside & (counts > _ENOUGH * period)
    return total / np.maximum(counts, 1e-12), enough * 1.0


def _centred_sum(values: Float64s, period: int) -> Float64s:
    """Return the sum over a period around each value that has so many on both sides, else 0.

    A period of an even length counts half of the values at both of its ends.
    """
    sums, half = np.zeros_like(values), period // 2
    total = np.pad(values.cumsum(axis=1), ((0, 0), (1, 0)))
    over = total[:, period:] - total[:, :-period]
    if period % 2 == 0:
        over = (over[:, 1:] + over[:, :-1]) / 2
    sums[:, half : values.shape[1] - half] = over
    return sums
