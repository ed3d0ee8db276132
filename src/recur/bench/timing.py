"""Two ways to do the same work, timed in turns in one process, once their results agree."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

Work = Callable[[int], Sequence[Any]]
"""Does its step so many times, going on from where it stopped; returns the result of each."""

_REPETITION = 0.02  # seconds; a clock and a call cost nothing beside it
_LEAST, _MOST = 3, 25  # repetitions of each side
_PATIENCE = 10.0  # seconds after which even fewer repetitions than the least have to do
_SETTLING = 0.005  # seconds in which the other side's threads stop looking for work and sleep


@dataclass(frozen=True)
class Tolerance:
    """How far two results may lie apart and still agree.

    Attributes:
        relative: share of the second result.
        absolute: in the units of the results.
    """

    relative: float = 0.0
    absolute: float = 0.0

    def allows(self, first: Sequence[ArrayLike], second: Sequence[ArrayLike]) -> bool:
        """Return whether two results agree: finite, of the same shape, and near enough.

        >>> Tolerance(relative=1e-3).allows([1.0, 2.0], [1.0005, 2.0])
        True
        >>> Tolerance(absolute=1e-4).allows([1.0, 2.0], [1.0005, 2.0])
        False
        """
        left, right = (
            np.array([np.asarray(x, np.float64) for x in side]) for side in (first, second)
        )
        if left.shape != right.shape or not (np.isfinite(left).all() and np.isfinite(right).all()):
            return False
        return bool(np.allclose(left, right, rtol=self.relative, atol=self.absolute))


def alternate(
    first: Work, second: Work, seconds: float, clock: Callable[[], float] = time.perf_counter
) -> tuple[float, float]:
    """Return the median seconds that one step of each takes.

    A repetition is as many steps as fill 20 ms. Where that is more than one, another that is not
    counted goes before, and brings back to the caches what the other side has pushed out. The
    sides take turns, and who begins changes.

    Args:
        first: one side.
        second: the other.
        seconds: about how long to measure both; at least three repetitions of each are made,
            unless they take more than ten seconds.
        clock: tells the time in seconds.
    """
    sides = (first, second)
    sizes = [_repetition(work, clock) for work in sides]
    times: tuple[list[float], list[float]] = ([], [])
    began = clock()
    while True:
        turn = (0, 1) if len(times[0]) % 2 == 0 else (1, 0)
        for side in turn:
            times[side].append(_timed(sides[side], sizes[side], clock))
        count, passed = len(times[0]), clock() - began
        if count >= _MOST or passed >= _PATIENCE or (passed >= seconds and count >= _LEAST):
            return median(times[0]), median(times[1])


def fastest(work: Work, seconds: float, clock: Callable[[], float] = time.perf_counter) -> float:
    """Return the seconds of one step in its fastest repetition: what a limit is measured by."""
    size = _repetition(work, clock)
    began = clock()
    best = _timed(work, size, clock)
    while clock() - began < seconds:
        best = min(best, _timed(work, size, clock))
    return best


def _repetition(work: Work, clock: Callable[[], float]) -> int:
    """Return how many steps make a repetition; the first one, not counted, warms up."""
    work(1)
    size = 1
    while True:
        began = clock()
        work(size)
        passed = clock() - began
        if passed >= _REPETITION:
            return size
        size *= max(2, min(10, int(_REPETITION / max(passed, 1e-9))))


def _timed(work: Work, size: int, clock: Callable[[], float]) -> float:
    """Return the seconds of one step of a repetition, without Python's collecting of garbage.

    The collector would walk through all that both sides have imported, and charge whoever is at it.
    """
    time.sleep(_SETTLING)
    if size > 1:
        work(1)
    collecting = gc.isenabled()
    gc.disable()
    try:
        began = clock()
        results = work(size)
        passed = clock() - began
    finally:
        if collecting:
            gc.enable()
    if len(results) < size:
        raise RuntimeError(f"only {len(results)} of {size} steps were done, which cannot be timed")
    return passed / size
