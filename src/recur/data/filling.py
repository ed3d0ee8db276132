"""Missing values and holes in a clock: found, refused, or filled with the last known value."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from recur.data.clock import LARGEST_CLOSED_SHARE, LONGEST_CLOSURE, Clock
from recur.data.stack import Stack
from recur.errors import DataError

Ints = NDArray[np.int64]
Notes = tuple[str, ...]

# A trading calendar may be closed a few times however short it is.
_FEW_CLOSURES = 3


def fill_values(stack: Stack, *, fill: bool) -> tuple[Stack, Notes]:
    """Repeat the last known value where values are missing; drop those before the first.

    Raises:
        DataError: values are missing and `fill` is false, or a series has none at all.
    """
    known = np.isfinite(stack.values)
    if known.all():
        return stack, ()
    lost = np.flatnonzero(~known)
    if not fill:
        first = int(lost[int(np.argmin(stack.rows[lost]))])
        raise DataError(
            f"{stack.place(first)}: {_are(len(lost), 'value')} missing or infinite in column "
            f"`{stack.target}`, the first one here; correct the data, or fill them with "
            "`fill=previous` (`--fill previous`), which repeats the last known value."
        )
    last_known = _last_known(known, stack.offsets)
    _refuse_empty_series(stack, last_known)
    leading = last_known < 0
    kept = ~leading
    filled = replace(stack, values=stack.values[np.maximum(last_known, 0)], filled=~known)
    lengths = np.add.reduceat(kept.astype(np.int64), stack.offsets[:-1])
    notes = _filling_notes(stack, known, leading)
    return filled.taken(kept, lengths), notes


def fill_holes(stack: Stack, clock: Clock, *, fill: bool) -> tuple[Stack, Notes]:
    """Refuse times off the clock; refuse or fill the steps that are missing between times."""
    steps = steps_to_next(stack, clock)
    if (steps < 1).any():
        i = int(np.flatnonzero(steps < 1)[0]) + 1
        raise DataError(
            f"{stack.place(i)}: the time {stack.text(i)} after {stack.text(i - 1)} is off the "
            f"clock of the other times ({clock.describe()}); correct it."
        )
    holes = np.flatnonzero(steps > 1)
    if not len(holes):
        return stack, ()
    if not fill:
        raise DataError(_hole(stack, clock, int(holes[0]), int(steps[holes[0]]) - 1, len(holes)))
    added = int(steps.sum()) - len(steps)
    if added > max(len(steps), 1000):
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
    repeated = new if filled.filled is None else new | filled.filled
    note = f"Filled {_many(added, 'missing step')} of the clock with the last known value."
    return replace(filled, times=times, filled=repeated), (note,)


def steps_to_next(stack: Stack, clock: Clock) -> Ints:
    """Return int64 [rows], the steps to the next value; 1 at the end of a series and on holidays.

    A step is 0 where the next time is off the clock.
    """
    steps = np.ones(len(stack.times), dtype=np.int64)
    steps[:-1] = clock.steps(stack.times[:-1], stack.times[1:])
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


def _last_known(known: NDArray[np.bool_], offsets: Ints) -> Ints:
    """Return int64 [rows], the last row of the same series with a value so far; -1 for none."""
    latest = np.maximum.accumulate(np.where(known, np.arange(len(known)), -1))
    start = np.repeat(offsets[:-1], np.diff(offsets))
    return np.where(latest >= start, latest, -1)


def _refuse_empty_series(stack: Stack, last_known: Ints) -> None:
    empty = np.flatnonzero(last_known[stack.offsets[1:] - 1] < 0)
    if len(empty):
        name = f"series `{stack.ids[empty[0]]}`" if len(stack.ids) > 1 else f"`{stack.target}`"
        raise DataError(f"{stack.source}: {name} has no known value at all; leave it out.")


def _filling_notes(stack: Stack, known: NDArray[np.bool_], leading: NDArray[np.bool_]) -> Notes:
    notes = []
    from_the_end = np.maximum.reduceat(
        np.where(known, np.arange(len(known)), -1), stack.offsets[:-1]
    )
    trailing = int((stack.offsets[1:] - 1 - from_the_end).sum())
    if count := int((~known & ~leading).sum()):
        end = f", {trailing} of them at the end of a series" if trailing else ""
        notes.append(
            f"Filled {_many(count, 'missing value')} of `{stack.target}` with the last known "
            f"value{end}."
        )
    if count := int(leading.sum()):
        notes.append(f"Dropped {_many(count, 'row')} before the first known value of a series.")
    return tuple(notes)


def _hole(stack: Stack, clock: Clock, i: int, missing: int, holes: int) -> str:
    others = f" (the first of {holes} holes)" if holes > 1 else ""
    return (
        f"{stack.place(i + 1)}: {_are(missing, 'step')} missing between {stack.text(i)} and "
        f"{stack.text(i + 1)}{others}, on a clock that is otherwise regular ({clock.describe()}); "
        "add the rows, or fill them with `fill=previous` (`--fill previous`)."
    )


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _are(count: int, what: str) -> str:
    return f"{_many(count, what)} {'is' if count == 1 else 'are'}"
