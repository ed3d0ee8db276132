"""Rows out of order and times that stand twice: sorted, dropped, averaged, or refused."""

from __future__ import annotations

import numpy as np

from recur.arrays import Flags, Indices
from recur.data.clock import date_text
from recur.data.tables.clockchange import is_clock_change
from recur.data.tables.merging import IN_WORDS, merge
from recur.data.tables.options import ReadingOptions
from recur.data.tables.repairs import Repairs
from recur.data.tables.stack import Stack, is_increasing, refuse_order
from recur.data.tables.table import Table

# The share of rows that may repeat a time with another value; where it is more, they are several
# series, or events.
FEW = 0.05


def in_order(
    stack: Stack, table: Table, options: ReadingOptions, repairs: Repairs, *, id_named: bool
) -> Stack:
    """Return a stack whose times are strictly increasing within every series.

    Raises:
        DataError: many times are doubled with different values, or the reading is strict.
    """
    if is_increasing(stack):
        return stack
    if repairs.strict and options.aggregate is None and options.every is None:
        refuse_order(stack, id_named=id_named)
    series = np.repeat(np.arange(len(stack.ids)), np.diff(stack.offsets))
    late = _out_of_place(stack)
    order = np.lexsort((stack.times, series))
    stack = stack.taken(order, np.diff(stack.offsets))
    doubled = _doubled(stack)
    autumn = stack.kind == "dates" and is_clock_change(stack.times[doubled])
    if late and not autumn:
        repairs.made(
            "unsorted", late,
            f"Sorted the rows by time; {_rows(late)} stood after a later one.",
        )  # fmt: skip
    if not doubled.any():
        return stack
    same = _identical(stack, table, np.flatnonzero(doubled))
    if len(same):
        repairs.made(
            "identical", len(same),
            f"Dropped {_rows(len(same))} that repeat{'s' * (len(same) == 1)} another one exactly.",
        )  # fmt: skip
        keep = np.ones(len(doubled), bool)
        keep[same] = False
        stack = stack.taken(keep, np.add.reduceat(keep.astype(np.int64), stack.offsets[:-1]))
        doubled = _doubled(stack)
        if not doubled.any():
            return stack
    count = int(doubled.sum())
    how = options.aggregate or "mean"
    asked = options.aggregate is not None or options.every is not None
    if not asked and not autumn and count >= FEW * len(doubled):
        refuse_order(stack, id_named=id_named)
    where = _shown(stack, doubled)
    if autumn:
        repairs.made(
            "clock_change", count,
            f"Took {IN_WORDS[how]} of the hour that stands twice where clocks go back in autumn: "
            f"{where}.",
        )  # fmt: skip
    elif not asked:
        repairs.made(
            "doubled", count,
            f"Took {IN_WORDS[how]} of rows of the same time: {where}.",
        )  # fmt: skip
    return merge(stack, stack.times, how)


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"


def _shown(stack: Stack, doubled: Flags) -> str:
    """Write the first times that stand twice, and how many more there are."""
    at = np.flatnonzero(doubled)
    times = np.unique(stack.times[at])
    texts = [date_text(int(t)) if stack.kind == "dates" else str(t) for t in times[:3]]
    more = f" and {len(times) - 3} more" if len(times) > 3 else ""
    return f"{', '.join(texts)}{more} ({_rows(len(at))} too many)"


def _out_of_place(stack: Stack) -> int:
    """Return how many rows come after one of a later time in their series."""
    late = 0
    for first, last in zip(stack.offsets[:-1].tolist(), stack.offsets[1:].tolist(), strict=True):
        times = stack.times[first:last]
        late += int((times < np.maximum.accumulate(times)).sum())
    return late


def _doubled(stack: Stack) -> Flags:
    """Return bool [rows], which rows of a sorted stack have the time of the one before."""
    doubled = np.zeros(len(stack.times), bool)
    doubled[1:] = stack.times[1:] == stack.times[:-1]
    doubled[stack.offsets[:-1]] = False
    return doubled


def _identical(stack: Stack, table: Table, doubled: Indices) -> Indices:
    """Return which of some rows are, in every column, the same as the row before them."""
    here, before = stack.rows[doubled], stack.rows[doubled - 1]
    same = np.ones(len(doubled), bool)
    for column in table.frame.get_columns():
        same &= column.gather(here).eq_missing(column.gather(before)).to_numpy()
        if not same.any():
            break
    return doubled[same]
