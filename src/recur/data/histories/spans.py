"""How far back the pretrained network reads, and how fine; known without reading anything."""

from __future__ import annotations

FEWEST = 3  # values of a history: before that there is nothing to see but the last one
PATCH = 4  # values that one step of the recurrence reads
SPANS = (1,) * 24 + (2,) * 8 + (4,) * 8 + (8,) * 8  # points in each value, the newest first
_FINEST = 24  # values in a season at most


def longest_read(period: int, second: int = 0) -> int:
    """Return how many of the newest values of a history are read at all."""
    return int(max(PATCH * sum(SPANS) * finest(period), 8 * period, 5 * second))


def finest(period: int) -> int:
    """Return how many points the newest values are means of."""
    return max(1, round(period / _FINEST))
