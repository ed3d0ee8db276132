"""Rows of one time of one series, brought together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from recur.arrays import Indices
from recur.data.tables.aggregation import Merged, aggregated
from recur.data.tables.options import Aggregate
from recur.data.tables.stack import Stack


def merge(stack: Stack, times: Indices, how: Aggregate) -> Stack:
    """Return a stack with one row for all rows of one time of one series.

    Args:
        stack: in order.
        times: int64 [rows], the times that its rows are brought to, in order as well.
        how: what their values become.
    """
    first = stack.starts()
    first[1:] |= times[1:] != times[:-1]
    firsts = np.flatnonzero(first)
    lasts = np.append(firsts[1:], len(times)) - 1
    lengths = np.add.reduceat(first.astype(np.int64), stack.offsets[:-1])
    merged = None
    if len(firsts) < len(times):
        merged = Merged(stack.rows, firsts, how)
    values = stack.values if merged is None else aggregated(stack.values, firsts, how)
    return replace(stack.taken(lasts, lengths), times=times[firsts], values=values, merged=merged)
