"""From times as they come to a regular clock: jitter, drift, events, and steps asked for."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from recur.arrays import Flags, Indices
from recur.data.clock import DAY, HOUR, MINUTE, SECOND, WEEK, Clock, date_text
from recur.data.dates import months_of
from recur.data.tables.aggregation import IN_WORDS
from recur.data.tables.clocks import refuse_clock, refuse_several
from recur.data.tables.filling import refuse_off_clock, steps_to_next
from recur.data.tables.merging import merge
from recur.data.tables.options import Aggregate, ReadingOptions
from recur.data.tables.repairs import Repairs
from recur.data.tables.stack import Stack
from recur.errors import SettingsError

Notes = tuple[str, ...]

_UNITS = {
    "us": 1, "ms": 1000, "s": SECOND, "sec": SECOND, "second": SECOND, "min": MINUTE,
    "minute": MINUTE, "h": HOUR, "hour": HOUR, "d": DAY, "day": DAY, "w": WEEK, "week": WEEK,
}  # fmt: skip
_MONTHS = {"mo": 1, "month": 1, "q": 3, "quarter": 3, "y": 12, "year": 12}
_ADVERBS = {"hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month",
            "quarterly": "quarter", "yearly": "year"}  # fmt: skip

# Steps that people choose: what has no clock of its own is brought to one of these.
_USUAL = (
    *(SECOND * n for n in (1, 2, 5, 10, 15, 20, 30)),
    *(MINUTE * n for n in (1, 2, 3, 5, 10, 15, 20, 30)),
    *(HOUR * n for n in (1, 2, 3, 4, 6, 8, 12)),
    DAY,
    WEEK,
)
_LEAST_ROWS = 8  # fewer times say nothing of a clock
_FULL = 0.6  # the least share of steps that have a value
_TOGETHER = 10  # the most values that become one of themselves, on average
_COARSER = 1.5  # steps this much longer than those of the data hold many values each
_MONDAY = 4 * DAY  # 1970 began on a Thursday
_ALL = 0.9  # the share of values that a sum needs to be one
_LONG_WEEKEND = 4 * DAY


def parse_every(text: str) -> Clock:
    """Return the clock that a length of a step stands for.

    >>> [parse_every(text).describe() for text in ("10min", "1h", "daily", "2 weeks", "1mo")]
    ['every 10 minutes', 'hourly', 'daily', 'every 2 weeks', 'monthly']
    """
    named = _ADVERBS.get(text.strip().casefold(), text.strip().casefold())
    parts = re.fullmatch(r"(\d*) *([a-z]+?)(?:s|)", named) or re.fullmatch(r"(\d*) *(s)", named)
    count = int(parts[1] or 1) if parts else 0
    unit = parts[2] if parts else ""
    if count and unit in _UNITS:
        return Clock("fixed", count * _UNITS[unit])
    if count and unit in _MONTHS:
        return Clock("months", count * _MONTHS[unit])
    raise SettingsError(
        f"`every` is {text!r}; it is a number and a unit, such as 10min, 1h, 1d, 1w, 1mo or 1y."
    )


def regular(stack: Stack, options: ReadingOptions, repairs: Repairs) -> tuple[Stack, Notes]:
    """Return a stack whose times lie on one clock, with holes at most, and what to note.

    Args:
        stack: strictly in order within every series.
        options: the steps that are asked for, if any.
        repairs: where values brought to the nearest step are told.

    Raises:
        DataError: the times follow no clock, or the reading is strict and they are off it.
    """
    if options.every is not None:
        return _brought(stack, parse_every(options.every), options.aggregate or "mean")
    if stack.kind == "rows":
        return stack, ()
    clock = Clock.detect(stack.times, stack.offsets, counted=stack.kind == "counts")
    if clock is not None and (
        stack.kind == "counts" or clock.kind == "trading" or _on(stack, clock)
    ):
        return stack, ()
    refuse_several(stack)
    if clock is None:
        clock = None if stack.kind == "counts" else _best_clock(stack)
        if clock is None:
            refuse_clock(stack)
    times = nearest(clock, stack.times)
    if repairs.strict:
        _refuse_off(stack, clock)
    brought = merge(stack, times, options.aggregate or "mean")
    moved = int((times != stack.times).sum())
    together = len(times) - len(brought.times)
    several = ""
    if together:
        how = IN_WORDS[options.aggregate or "mean"]
        several = f"; where several came to one, {how} was taken ({together} fewer)"
    repairs.made(
        "off_clock", max(moved, together),
        f"Brought {moved} of {len(times)} times to the nearest step of "
        f"{_called(clock)}{several}.",
    )  # fmt: skip
    return brought, ()


def _called(clock: Clock) -> str:
    """Return what a clock is called within a sentence."""
    name = clock.describe()
    if name.startswith("every"):
        return f"a clock that ticks {name}"
    return f"{'an' if name == 'hourly' else 'a'} {name} clock"


def _on(stack: Stack, clock: Clock) -> bool:
    return bool((steps_to_next(stack, clock) > 0).all())


def _refuse_off(stack: Stack, clock: Clock) -> None:
    """Refuse what a strict reading does not bring to a clock."""
    if Clock.detect(stack.times, stack.offsets) is None:
        refuse_clock(stack)
    refuse_off_clock(stack, clock)


def nearest(clock: Clock, times: Indices) -> Indices:
    """Return times brought to the nearest step of a clock; of months, to their first time.

    The clock's own phase is where most times lie, such as a quarter to the hour.
    """
    if clock.kind == "months":
        months = months_of(times) // clock.step
        _, first, which = np.unique(months, return_index=True, return_inverse=True)
        return times[first][which]
    phase = _phase(clock.step, times)
    place = (times - phase + clock.step // 2) // clock.step
    shown = phase if clock.step % DAY else phase // DAY * DAY
    return np.asarray(place * clock.step + shown, np.int64)


def _phase(step: int, times: Indices) -> int:
    """Return where within a step most times lie; 0 where they lie all over it."""
    left = times % step
    places, counts = np.unique(left, return_counts=True)
    if 3 * counts.max() >= len(times):
        return int(places[int(np.argmax(counts))])
    middle = np.exp(2j * np.pi * left / step).mean()
    if abs(middle) < 0.5:
        return 0
    unit = next((u for u in (HOUR, MINUTE, SECOND, 1000) if 4 * u <= step), 1)
    phase = np.angle(middle) / (2 * np.pi) * step
    return int(round(phase / unit) * unit) % step


def _best_clock(stack: Stack) -> Clock | None:
    """Return the shortest usual step, near those of the data, that leaves few steps empty."""
    if len(stack.times) < _LEAST_ROWS:
        return None
    distances = np.diff(stack.times)[~stack.starts()[1:]]
    if not len(distances):
        return None
    usual = float(np.median(distances))
    candidates = [Clock("fixed", step) for step in _USUAL if step >= 0.7 * usual]
    for clock in (*candidates, Clock("months", 1), Clock("months", 3), Clock("months", 12)):
        places = nearest(clock, stack.times)
        changed = stack.starts()
        changed[1:] |= places[1:] != places[:-1]
        taken = np.add.reduceat(changed.astype(np.int64), stack.offsets[:-1])
        whole = 1 + clock.steps(places[stack.offsets[:-1]], places[stack.offsets[1:] - 1])
        if len(places) > _TOGETHER * taken.sum() or taken.sum() < _LEAST_ROWS:
            return None
        if (taken >= _FULL * whole).all():
            return clock
    return None


def _brought(stack: Stack, clock: Clock, how: Aggregate) -> tuple[Stack, Notes]:
    """Bring values to the steps that were asked for, and leave out incomplete ones at the ends."""
    if stack.kind != "dates":
        raise SettingsError("`every` needs a column of times that are dates; leave it out.")
    if len(stack.times) == len(stack.ids):
        return stack, ()
    distances = np.diff(stack.times)[~stack.starts()[1:]]
    usual = float(np.median(distances))
    length = clock.step * (28 * DAY if clock.kind == "months" else 1)
    if length < _COARSER * usual:
        times = nearest(clock, stack.times)
        brought = merge(stack, times, how)
        moved = int((times != stack.times).sum())
        told = f"Brought {moved} of {len(times)} times to the nearest step of {_called(clock)}."
        return brought, ((told,) if moved else ())
    fine = Clock.detect(stack.times, stack.offsets) or Clock("fixed", max(1, int(usual)))
    begins = _begin(clock, stack.times)
    brought = merge(stack, begins, how)
    notes = [
        f"Took {IN_WORDS[how]} of the values of each step of {_called(clock)}: "
        f"{len(begins)} values became {len(brought.times)}."
    ]
    if how == "sum" and brought.merged is not None and fine.kind in ("fixed", "trading"):
        counts = np.diff(brought.merged.firsts, append=len(begins))
        partial_sums = counts < _ALL * np.median(counts)
    else:
        partial_sums = np.zeros(len(brought.times), bool)
    keep = ~_incomplete(brought, stack, clock, fine)
    if not keep.all():
        left_out = [date_text(int(t)) for t in np.unique(brought.times[~keep])]
        shown = ", ".join(left_out[:3]) + (", ..." if len(left_out) > 3 else "")
        notes.append(f"Left out what begins or ends in the midst of a step: {shown}.")
    partial_sums &= keep
    if partial_sums.any():
        unknown = np.where(partial_sums, np.nan, brought.values)
        brought = replace(brought, values=unknown)
        notes.append(
            f"{int(partial_sums.sum())} sums lack more than a tenth of their values and are taken "
            "as unknown."
        )
    return _without(brought, keep), tuple(notes)


def _without(stack: Stack, keep: Flags) -> Stack:
    """Return a merged stack without some of its rows."""
    lengths = np.add.reduceat(keep.astype(np.int64), stack.offsets[:-1])
    if keep.all() or not lengths.all():
        return stack
    kept = stack.taken(keep, lengths)
    return kept if stack.merged is None else replace(kept, merged=stack.merged.kept(keep))


def _incomplete(brought: Stack, stack: Stack, clock: Clock, fine: Clock) -> Flags:
    """Return bool [rows], the first and last steps that the data do not cover."""
    cut = np.zeros(len(brought.times), bool)
    firsts, lasts = brought.offsets[:-1], brought.offsets[1:] - 1
    span = {"fixed": fine.step, "trading": _LONG_WEEKEND}.get(fine.kind, 0)
    if not span:
        return cut
    ends = clock.shift(brought.times[lasts], np.ones(len(lasts), np.int64))
    cut[lasts] = stack.times[stack.offsets[1:] - 1] + span < ends
    cut[firsts] |= stack.times[stack.offsets[:-1]] - span >= brought.times[firsts]
    return cut


def _begin(clock: Clock, times: Indices) -> Indices:
    """Return when the step begins that each time lies in."""
    if clock.kind == "months":
        months = months_of(times) // clock.step * clock.step
        return months.astype("M8[M]").astype("M8[us]").astype(np.int64)
    begin = _MONDAY if clock.step % WEEK == 0 else 0
    return np.asarray((times - begin) // clock.step * clock.step + begin, np.int64)
