"""Intervals around forecasts, and the bounds that both keep to."""

from __future__ import annotations

import numpy as np

from recur.export.parts import Array
from recur.export.parts.histories import known_count

# A bound is near where it is no further from the values than this share of their range.
NEAR = 0.25
# Fewer values may all lie on one side of 0 by chance.
ENOUGH = 50
# The share of values that lie on a ceiling: by chance they would not.
ON_CEILING = 0.02


def quantiles(forecasts: Array) -> tuple[Array, Array, Array]:
    """Return the medians [batch, ahead], and both ends [levels, batch, ahead].

    The network gives quantiles [batch, ahead, levels]; sorted, since such as were learnt apart may
    cross.
    """
    ordered = np.transpose(np.sort(forecasts, axis=2), (2, 0, 1))
    middle = ordered.shape[0] // 2
    return ordered[middle], ordered[:middle][::-1], ordered[middle + 1 :]


def conformal_ends(centre: Array, margins: Array, unit: Array) -> tuple[Array, Array]:
    """Return both ends [levels, batch, ahead] of intervals around forecasts.

    Args:
        centre: [batch, ahead], the forecasts.
        margins: [levels, ahead], how far errors reached on values that training had not seen.
        unit: [batch, 1], what these are measured in.
    """
    reach = margins[:, None, :] * unit
    return centre - reach, centre + reach


def moved_ends(
    centre: Array, low: Array, high: Array, margins: Array, unit: Array
) -> tuple[Array, Array]:
    """Return ends that are moved outward by margins, each level at least as far as the last."""
    reach = margins[:, None, :] * unit
    lower, upper = np.minimum(low - reach, centre), np.maximum(high + reach, centre)
    least, most = [lower[0]], [upper[0]]
    for level in range(1, lower.shape[0]):
        least.append(np.minimum(least[-1], lower[level]))
        most.append(np.maximum(most[-1], upper[level]))
    return np.stack(least), np.stack(most)


def bounds(values: Array, begun: Array) -> tuple[Array, Array]:
    """Return the floor and the ceiling that all values [batch, time] keep to, each [batch, 1].

    Values that were never below 0 stay above it where they are whole, or where there are enough and
    they have come near it. Shares stay below 1, percentages below 100, where many lie on that.
    """
    least, most = (f(values, axis=1, keepdims=True) for f in (np.min, np.max))
    count = known_count(begun, 2**31)[:, None]
    room = NEAR * (most - least)
    whole = np.all(values == np.rint(values), axis=1, keepdims=True)
    floor = (least >= 0) & (whole | ((least <= room) & (count >= ENOUGH)))
    many = np.maximum(2.0, ON_CEILING * count)
    on_100, on_1 = (
        np.sum(((values == top) & begun).astype(np.float64), axis=1, keepdims=True) >= many
        for top in (100.0, 1.0)
    )
    on_1 = on_1 | (floor & (1.0 - most <= room))
    above = np.where((least >= 0) & (most <= 100) & on_100, 100.0, np.inf)
    above = np.where((least >= 0) & (most <= 1) & on_1, 1.0, above)
    return np.where(floor, 0.0, -np.inf), above


def within(values: Array, low: Array, high: Array) -> Array:
    """Return values [..., batch, ahead], none below or above its bounds [batch, 1]."""
    return np.minimum(np.maximum(values, low), high)
