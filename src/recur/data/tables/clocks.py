"""The one clock of all series; times without one, and series of several clocks, are refused."""

from __future__ import annotations

from itertools import pairwise
from typing import NoReturn

import numpy as np

from recur.data.clock import DAY, HOUR, MINUTE, SECOND, WEEK, Clock, neighbours
from recur.data.tables.stack import Stack
from recur.errors import DataError

_UNITS = ((WEEK, "w"), (DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (SECOND, "s"))
_SHOWN = 3  # series of each clock that a message names
_FEWEST = 3  # times of a series that tell its clock
_MONTH = 30 * DAY  # about


def check_clock(stack: Stack) -> Clock:
    """Return the clock of all series; refuse times that follow none."""
    if stack.kind == "rows":
        return Clock()
    clock = Clock.detect(stack.times, stack.offsets, counted=stack.kind == "counts")
    if clock is None:
        refuse_clock(stack)
    return clock


def refuse_clock(stack: Stack) -> NoReturn:
    """Refuse times that follow no regular clock."""
    refuse_several(stack)
    before, after = neighbours(stack.times, stack.offsets)
    steps, counts = np.unique(after - before, return_counts=True)
    usual = int(steps[int(np.argmax(counts))])
    shown = Clock("fixed" if stack.kind == "dates" else "integer", usual).describe()
    raise DataError(
        f"{stack.source}: the times follow no regular clock; the most frequent step ({shown}) "
        f"holds for only {counts.max() / len(before):.0%} of them; bring the values to steps "
        "of a length with `every` (such as `--every 1d`), or remove the column of times to take "
        "the rows in order."
    )


def refuse_several(stack: Stack) -> None:
    """Refuse series that have a clock each, and not the same one; others are let pass."""
    if stack.kind != "dates":
        return
    series: dict[str, list[str]] = {}
    clocks = []
    for name, (first, last) in zip(stack.ids, pairwise(stack.offsets.tolist()), strict=True):
        times = stack.times[first:last]
        clock = Clock.detect(times) if last - first >= _FEWEST else None
        if clock is not None and (clock.steps(times[:-1], times[1:]) > 0).all():
            series.setdefault(clock.describe(), []).append(f"`{name}`")
            clocks.append(clock)
    if len(series) < 2:
        return
    told = "; ".join(
        f"{clock}: {', '.join(names[:_SHOWN])}"
        + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
        for clock, names in sorted(series.items(), key=lambda item: -len(item[1]))
    )
    longest = _as_option(max(clocks, key=_length))
    raise DataError(
        f"{stack.source}: the clocks of its series differ ({told}); bring all to one with `every` "
        f"(`--every {longest}`), or read those of each clock by themselves."
    )


def _length(clock: Clock) -> int:
    if clock.kind == "fixed":
        return clock.step
    return clock.step * (_MONTH if clock.kind == "months" else DAY)


def _as_option(clock: Clock) -> str:
    """Return a clock as the option `every` takes it."""
    if clock.kind != "fixed":
        return f"{clock.step}{'mo' if clock.kind == 'months' else 'd'}"
    size, unit = next((each for each in _UNITS if clock.step % each[0] == 0), (1, "us"))
    return f"{clock.step // size}{unit}"
