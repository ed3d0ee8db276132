"""Missing values and holes in a clock: masked, or filled in without looking ahead."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from recur.arrays import Flags, Indices
from recur.data.clock import LARGEST_CLOSED_SHARE, LONGEST_CLOSURE, Clock
from recur.data.tables.clockchange import is_clock_change
from recur.data.tables.clocks import refuse_several
from recur.data.tables.filled import (
    FILLERS,
    Fill,
    filling_notes,
    first_missing,
    hole,
    many,
    tell_missing,
)
from recur.data.tables.repairs import Repairs
from recur.data.tables.stack import Stack
from recur.errors import DataError

Notes = tuple[str, ...]


# Rows looked at together: what is computed on the way would need memory many times that of times.
_BLOCK = 1_000_000

# A trading calendar may be closed a few times however short it is.
_FEW_CLOSURES = 3


def find_future(stack: Stack) -> tuple[Stack, Notes]:
    """Take the rows at the end of a series that have no value as its future.

    Raises:
        DataError: a series has no value at all.
    """
    last = _last_known(~np.isnan(stack.values), stack.offsets)
    _refuse_empty_series(stack, last)
    ends = np.repeat(last[stack.offsets[1:] - 1], np.diff(stack.offsets))
    future = np.arange(len(ends)) > ends
    if not future.any():
        return stack, ()
    rows = many(int(future.sum()), "row")
    note = f"Took {rows} without `{stack.target}` at the end of a series as its future."
    return replace(stack, future=future), (note,)


def fill_values(stack: Stack, repairs: Repairs, *, fill: Fill) -> tuple[Stack, Notes]:
    """Mask or fill missing values of the target and the past covariates; drop rows at the ends.

    Raises:
        DataError: a series has no value at all, or the reading is strict and `fill` is `none`.
    """
    covariates = stack.covariates
    past = (
        {}
        if covariates is None
        else dict(zip(covariates.past_names, covariates.past.T, strict=True))
    )
    future = np.False_ if stack.future is None else stack.future
    known = [np.isfinite(values) | future for values in (stack.values, *past.values())]
    if all(column.all() for column in known):
        return stack, ()
    refusal = first_missing(stack, known, tuple(past))
    last_known = [_last_known(column, stack.offsets) for column in known]
    for name, last in zip(("", *past), last_known, strict=True):
        _refuse_empty_series(stack, last, name)
    kept = np.logical_and.reduce([last >= 0 for last in last_known])
    begun = kept
    if fill == "none":  # what has no value yet at the end of a series is left to be forecast
        ends = np.repeat(last_known[0][stack.offsets[1:] - 1], np.diff(stack.offsets))
        kept = kept & (np.arange(len(ends)) <= ends)
    values, *others = (
        np.where(column, values, 0.0) if fill == "zero" else values[np.maximum(last, 0)]
        for values, column, last in zip(
            (stack.values, *past.values()), known, last_known, strict=True
        )
    )
    if covariates is not None and others:
        covariates = replace(covariates, past=np.stack(others, axis=1))
    masked = None if fill == "zero" else ~known[0]
    filled = replace(stack, values=values, filled=masked, covariates=covariates)
    lengths = np.add.reduceat(kept.astype(np.int64), stack.offsets[:-1])
    if not lengths.all():
        _refuse_never_together(stack, int(np.flatnonzero(lengths == 0)[0]))
    if fill != "none":
        notes = filling_notes(stack, known, begun, tuple(past), fill)
        return filled.taken(kept, lengths), notes
    tell_missing(stack, known, begun, kept, tuple(past), repairs, refusal)
    return filled.taken(kept, lengths), ()


def fill_holes(stack: Stack, clock: Clock, repairs: Repairs, *, fill: Fill) -> tuple[Stack, Notes]:
    """Refuse times off the clock; mask or fill the steps that are missing between times.

    Covariates repeat what they were before a hole.
    """
    steps = steps_to_next(stack, clock)
    refuse_off_clock(stack, clock, steps)
    holes = np.flatnonzero(steps > 1)
    if fill == "none":
        _refuse_mostly_missing(stack, steps, clock)
    if not len(holes):
        return stack, ()
    added = int(steps.sum()) - len(steps)
    if fill == "none":
        spring = stack.kind == "dates" and is_clock_change(stack.times[holes], clock)
        why = " where clocks go forward in spring" if spring else ""
        repairs.made(
            "holes", added,
            f"Put in {many(added, 'missing step')} of the clock{why}, as unknown: no target of a "
            "training, and not judged.",
            hole(stack, clock, int(holes[0]), int(steps[holes[0]]) - 1, len(holes)),
        )  # fmt: skip
    elif added > max(len(steps), 1000):
        widest = int(np.argmax(steps))
        raise DataError(
            f"{stack.place(widest + 1)}: filling would add {added} values to {len(steps)}, most of "
            f"them between {stack.text(widest)} and {stack.text(widest + 1)}; check these times."
        )
    origin = np.repeat(np.arange(len(steps)), steps)
    onward = np.arange(len(origin)) - np.repeat(np.cumsum(steps) - steps, steps)
    filled = stack.taken(origin, np.add.reduceat(steps, stack.offsets[:-1]))
    new = onward > 0
    times = np.where(new, clock.shift(filled.times, onward), filled.times)
    values = np.where(new, 0.0, filled.values) if fill == "zero" else filled.values
    masked = np.zeros_like(new) if fill == "zero" else new
    if filled.filled is not None:
        masked = np.where(new, masked, filled.filled)
    # A step missing before a row of the future is one of the future too.
    future = None if stack.future is None else stack.future[origin + new]
    whole = replace(filled, times=times, values=values, filled=masked, future=future)
    if fill == "none":
        return whole, ()
    return whole, (f"Filled {many(added, 'missing step')} of the clock with {FILLERS[fill]}.",)


def refuse_off_clock(stack: Stack, clock: Clock, steps: Indices | None = None) -> None:
    """Refuse times that are off a clock, naming the first."""
    steps = steps_to_next(stack, clock) if steps is None else steps
    off = np.flatnonzero(steps < 1)
    if len(off):
        i = int(off[0]) + 1
        raise DataError(
            f"{stack.place(i)}: the time {stack.text(i)} after {stack.text(i - 1)} is off the "
            f"clock of the other times ({clock.describe()}); correct it."
        )


def steps_to_next(stack: Stack, clock: Clock) -> Indices:
    """Return int64 [rows], the steps to the next value; 1 at the end of a series and on holidays.

    A step is 0 where the next time is off the clock.
    """
    steps = np.ones(len(stack.times), dtype=np.int64)
    for first in range(0, len(steps) - 1, _BLOCK):
        block = slice(first, min(first + _BLOCK, len(steps) - 1))
        steps[block] = clock.steps(stack.times[block], stack.times[first + 1 : block.stop + 1])
    steps[stack.offsets[1:] - 1] = 1
    if clock.kind != "trading":
        return steps
    closed = np.where(steps <= LONGEST_CLOSURE + 1, steps - 1, 0)
    often = np.count_nonzero(closed) > _FEW_CLOSURES
    long = closed.sum() > LARGEST_CLOSED_SHARE * (closed.sum() + len(steps))
    return steps if often and long else np.where(closed > 0, np.int64(1), steps)


def constant_series(stack: Stack) -> Notes:
    """Say which series never change."""
    low = np.minimum.reduceat(stack.values, stack.offsets[:-1])
    high = np.maximum.reduceat(stack.values, stack.offsets[:-1])
    constant = np.flatnonzero((low == high) & (np.diff(stack.offsets) > 1))
    if not len(constant):
        return ()
    if len(stack.ids) == 1:
        return (f"Every value of `{stack.target}` is the same; there is nothing to learn from it.",)
    names = ", ".join(f"`{stack.ids[i]}`" for i in constant[:3])
    more = ", ..." if len(constant) > 3 else ""
    return (f"{len(constant)} of {len(stack.ids)} series never change: {names}{more}.",)


def _last_known(known: Flags, offsets: Indices) -> Indices:
    """Return int64 [rows], the last row of the same series with a value so far; -1 for none."""
    latest = np.maximum.accumulate(np.where(known, np.arange(len(known)), -1))
    start = np.repeat(offsets[:-1], np.diff(offsets))
    return np.where(latest >= start, latest, -1)


def _refuse_empty_series(stack: Stack, last_known: Indices, covariate: str = "") -> None:
    newest = stack.offsets[1:] - 1
    if stack.future is not None:
        newest = newest - np.add.reduceat(stack.future.astype(np.int64), stack.offsets[:-1])
    empty = np.flatnonzero(last_known[newest] < 0)
    if not len(empty):
        return
    several = len(stack.ids) > 1
    name = f"series `{stack.ids[empty[0]]}`" if several else f"`{covariate or stack.target}`"
    of = f" of `{covariate}`" if several and covariate else ""
    raise DataError(f"{stack.source}: {name} has no known value{of} at all; leave it out.")


def _refuse_never_together(stack: Stack, series: int) -> None:
    name = f"series `{stack.ids[series]}`" if len(stack.ids) > 1 else f"`{stack.target}`"
    raise DataError(
        f"{stack.source}: the past covariates begin only after the last value of {name}; leave "
        "them out."
    )


def _refuse_mostly_missing(stack: Stack, steps: Indices, clock: Clock) -> None:
    """Refuse a series of which more than half of the steps have no value."""
    firsts = stack.offsets[:-1]
    seen = np.ones(len(steps), np.int64)
    if stack.filled is not None:
        seen -= stack.filled
    if stack.future is not None:
        seen, steps = np.where(stack.future, 0, seen), np.where(stack.future, 0, steps)
    known, length = np.add.reduceat(seen, firsts), np.add.reduceat(steps, firsts)
    sparse = np.flatnonzero(2 * known < length)
    if not len(sparse):
        return
    refuse_several(stack)
    i = int(sparse[0])
    mine = slice(stack.offsets[i], stack.offsets[i + 1])
    widest = int(stack.offsets[i] + np.argmax(steps[mine]))
    between = ""
    if steps[widest] > 1:
        between = f", the longest hole between {stack.text(widest)} and {stack.text(widest + 1)}"
    of = f" of series `{stack.ids[i]}`" if len(stack.ids) > 1 else ""
    raise DataError(
        f"{stack.source}: {length[i] - known[i]} of {length[i]} steps{of} on the clock "
        f"({clock.describe()}) have no value{between}; at most half may be missing. Check these "
        "times, bring the values to longer steps with `every` (such as `--every 1d`), or say what "
        "a missing value is with `fill=zero` (`--fill zero`) or `fill=previous`."
    )
