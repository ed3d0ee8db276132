"""Rows that belong to one step of one series, and what their values become together."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from recur.arrays import Flags, Float64s, Indices
from recur.data.tables.options import Aggregate
from recur.data.tables.stack import Stack

IN_WORDS = {"mean": "the mean", "sum": "the sum", "last": "the last", "min": "the least",
            "max": "the greatest"}  # fmt: skip


@dataclass(frozen=True)
class Merged:
    """Which rows of a table make one row of a stack.

    Attributes:
        rows: int64 [rows of the table], those of one step together.
        firsts: int64 [rows of the stack], where each step begins in `rows`.
        how: what the values of the target become; those of covariates become their mean.
    """

    rows: Indices
    firsts: Indices
    how: Aggregate

    def of(self, column: Float64s, how: Aggregate | None = None) -> Float64s:
        """Return float64 [rows of the stack], a column of the table step by step."""
        return aggregated(column[self.rows], self.firsts, how or self.how)

    def kept(self, keep: Flags) -> Merged:
        """Return it for some rows of the stack alone."""
        members = np.repeat(keep, np.diff(self.firsts, append=len(self.rows)))
        counts = np.diff(self.firsts, append=len(self.rows))[keep]
        return replace(self, rows=self.rows[members], firsts=np.cumsum(counts) - counts)


def aggregated(values: Float64s, firsts: Indices, how: Aggregate) -> Float64s:
    """Return what runs of values become that begin at `firsts`; NaN for those without a value.

    >>> values = np.array([1.0, 3.0, np.nan, 5.0, np.nan])
    >>> [aggregated(values, np.array([0, 2, 4]), how)[:2].tolist() for how in ("mean", "last")]
    [[2.0, 5.0], [3.0, 5.0]]
    """
    seen = ~np.isnan(values)
    counts = np.add.reduceat(seen.astype(np.int64), firsts)
    if how == "last":
        latest = np.maximum.reduceat(np.where(seen, np.arange(len(values)), -1), firsts)
        return np.where(counts > 0, values[np.maximum(latest, 0)], np.nan)
    if how in ("min", "max"):
        return np.asarray({"min": np.fmin, "max": np.fmax}[how].reduceat(values, firsts))
    sums = np.add.reduceat(np.where(seen, values, 0.0), firsts)
    return np.where(counts > 0, sums / np.maximum(counts, 1) if how == "mean" else sums, np.nan)


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
