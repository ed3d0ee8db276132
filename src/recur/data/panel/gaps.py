"""Values under a mask: what stands where nothing was observed, from what was known before it."""

from __future__ import annotations

import numpy as np

from recur.arrays import Flags, Float64s, Indices


def carried(values: Float64s, observed: Flags, offsets: Indices, season: int = 1) -> Float64s:
    """Return values with the last observed one, or that of a season before, where none was.

    What stood there before counts for nothing. Before the first observed value of a series stands
    that value; what no season before it has seen takes the last observed value.

    Args:
        values: float64 [rows], series by series.
        observed: bool [rows], which of them were.
        offsets: int64 [series + 1], the bounds of the series.
        season: in steps, 1 for the last observed value.

    >>> seen = np.array([False, True, True, False, False])
    >>> carried(np.arange(5.0), seen, np.array([0, 5])).tolist()
    [1.0, 1.0, 2.0, 2.0, 2.0]
    >>> carried(np.arange(5.0), seen, np.array([0, 5]), season=2).tolist()
    [1.0, 1.0, 2.0, 1.0, 2.0]
    """
    if observed.all():
        return values
    rows = np.arange(len(values))
    starts = np.repeat(offsets[:-1], np.diff(offsets))
    last = _last(np.where(observed, rows, -1), starts)
    # Before the first observed value of a series: that one, or where there is none the series'
    # own first value.
    next_seen = np.minimum.accumulate(np.where(observed, rows, len(rows))[::-1])[::-1]
    ends = np.repeat(offsets[1:], np.diff(offsets))
    source = np.where(last >= 0, last, np.where(next_seen < ends, next_seen, starts))
    if season > 1:
        into = rows - starts
        order = np.lexsort((into, into % season, starts))
        phases = starts + into % season
        group_starts = np.flatnonzero(np.diff(phases[order], prepend=-1))
        begins = np.repeat(group_starts, np.diff(group_starts, append=len(rows)))
        seen = _last(np.where(observed[order], rows, -1), begins)
        before = np.empty_like(source)
        before[order] = np.where(seen >= 0, order[np.maximum(seen, 0)], -1)
        source = np.where(before >= 0, before, source)
    return np.where(observed, values, values[source])


def _last(places: Indices, starts: Indices) -> Indices:
    """Return the latest of some places [rows], -1 where it lies before its own start."""
    latest = np.maximum.accumulate(places)
    return np.where(latest >= starts, latest, -1)
