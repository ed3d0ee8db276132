"""The one clock of all series; times without one, and series of a clock each, are refused."""

from __future__ import annotations

from itertools import pairwise
from typing import NoReturn

import numpy as np

from recur.arrays import Indices
from recur.data.clock import DAY, HOUR, MINUTE, SECOND, WEEK, Clock, neighbours
from recur.data.tables.stack import Stack
from recur.errors import DataError, SeveralClocksError

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
    """Refuse series that have a clock each, and not the same one; others are let pass.

    What is too short or too irregular for a clock of its own goes with the first one that it lies
    on, else with the one of most series.
    """
    if stack.kind != "dates":
        return
    groups: dict[str, list[int]] = {}
    clocks: dict[str, Clock] = {}
    others = []
    for i, (first, last) in enumerate(pairwise(stack.offsets.tolist())):
        times = stack.times[first:last]
        clock = Clock.detect(times) if last - first >= _FEWEST else None
        if clock is None or not _lies_on(times, clock):
            others.append(i)
            continue
        clocks[clock.describe()] = clock
        groups.setdefault(clock.describe(), []).append(i)
    if len(groups) < 2:
        return
    by_size = sorted(groups, key=lambda clock: -len(groups[clock]))
    told = "; ".join(f"{clock}: {_named(stack, groups[clock])}" for clock in by_size)
    for i in others:
        times = stack.times[stack.offsets[i] : stack.offsets[i + 1]]
        fitting = (clock for clock in by_size if _lies_on(times, clocks[clock]))
        groups[next(fitting, by_size[0])].append(i)
    longest = _as_option(max(clocks.values(), key=_length))
    raise SeveralClocksError(
        f"{stack.source}: the clocks of its series differ ({told}); bring all to one with `every` "
        f"(`--every {longest}`), or take those of each clock by themselves, as `recur forecast`, "
        "`recur describe` and `recur.read_panels` do.",
        (sorted(group) for group in groups.values()),
    )


def _lies_on(times: Indices, clock: Clock) -> bool:
    return bool((clock.steps(times[:-1], times[1:]) > 0).all())


def _named(stack: Stack, series: list[int]) -> str:
    names = ", ".join(f"`{stack.ids[i]}`" for i in series[:_SHOWN])
    more = len(series) - _SHOWN
    return f"{names} and {more} more" if more > 0 else names


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
