"""Split conformal intervals: how wide they must be, from errors that training has not seen."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recur.errors import DataError

_ROUNDING = 1e-9
"""Ranks are whole numbers up to this, whatever a level such as 99.9 is in binary."""


def windows_needed(level: float) -> int:
    """Return the fewest calibration windows that can support a level, in percent.

    >>> [windows_needed(level) for level in (50, 80, 95, 97.5, 99.9)]
    [1, 4, 19, 39, 999]
    """
    return math.ceil(level / (100.0 - level) - _ROUNDING)


def check_windows(levels: Sequence[float], windows: int) -> None:
    """Raise `DataError` unless there are windows enough for the highest of `levels`."""
    highest = max(levels)
    needed = windows_needed(highest)
    if windows >= needed:
        return
    possible = math.floor(1000.0 * windows / (windows + 1)) / 10.0  # rounded down: no more is true
    lower = f" or ask for a level of at most {possible:g} %" if possible >= 50 else ""
    there = "there is 1" if windows == 1 else f"there are {windows}"
    raise DataError(
        f"{highest:g} % intervals need at least {needed} calibration windows, {there}; set more "
        f"aside (parameter `calibration`, option --calibration){lower}."
    )


def half_widths(errors: NDArray[np.float64], levels: Sequence[float]) -> NDArray[np.float64]:
    """Return how far intervals must reach from the centre of a forecast to either side.

    At each step ahead it is the ceil((n + 1) level)-th smallest of n absolute errors. Where the
    calibration windows and the one to be forecast are exchangeable, an interval then holds the
    truth with a chance of at least `level`, whatever the network and the distribution of errors.

    Windows of one series that lie less than a horizon apart share truths, and their errors go
    together. n of them say less than n separate ones: what one calibration set gives varies more,
    and its mean falls below the level where errors last, at the far steps. Measured twelve steps
    ahead with the best possible forecasts, one window a step, at 95 % (which the rank rounds up to
    96.1 % for 50 windows): noise 96.1 % from 50 windows and 95.1 % from 200; an AR(1) process with
    coefficient 0.5 95.7 and 94.7 %, with 0.9 92.7 and 93.4 %; a random walk 91.5 and 93.8 %. There
    is no correction for it: counting windows by the autocorrelation of their errors takes the
    random walk from 92 to 94 %, but noise from 96 to 98 %, and 80 % of noise to 87 % where there
    are 20 windows. A calibration stretch of many horizons, or many series, is the cure.

    Args:
        errors: float64 [windows, horizon], truth - centre, in units of each series' scale, from
            windows that neither training nor early stopping has seen; NaN where the truth was not
            observed.
        levels: in percent, rising.

    Returns:
        float64 [levels, horizon], in the same units.

    >>> half_widths(np.arange(-9.0, 10.0)[:, None], (80, 95))
    array([[8.],
           [9.]])
    """
    check_windows(levels, _fewest(errors))
    scores = np.abs(errors)
    return np.stack([_score_at(scores, level) for level in levels])


def margins(
    truth: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    levels: Sequence[float],
) -> NDArray[np.float64]:
    """Return how far intervals of another method must be moved outward to hold their levels.

    The same rank as in `half_widths`, of the distance by which each truth lies outside its
    interval (conformalised quantile regression: Romano, Patterson and Candès, 2019). It is
    negative inside, and so is the margin of intervals that are too wide.

    Args:
        truth: float64 [windows, horizon], in units of each series' scale; NaN where it was not
            observed.
        low: float64 [levels, windows, horizon], the lower ends in these units.
        high: the upper ends, of the same shape.
        levels: in percent, rising.

    Returns:
        float64 [levels, horizon], in the same units.
    """
    check_windows(levels, _fewest(truth))
    scores = np.maximum(low - truth, truth - high)
    return np.stack(
        [_score_at(of_level, level) for of_level, level in zip(scores, levels, strict=True)]
    )


def around(
    centre: NDArray[np.float64],
    widths: NDArray[np.float64],
    scale: NDArray[np.float64] | float = 1.0,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the lower and upper ends of intervals around forecasts, by `half_widths`.

    Args:
        centre: float64 [rows, horizon], the forecasts.
        widths: float64 [levels, horizon].
        scale: the unit of `widths`, one for all or float64 [rows].

    Returns:
        Two arrays float64 [levels, rows, horizon].

    >>> low, high = around(np.array([[5.0]]), np.array([[1.0], [2.0]]), scale=10.0)
    >>> low.ravel().tolist(), high.ravel().tolist()
    ([-5.0, -15.0], [15.0, 25.0])
    """
    reach = _reach(widths, scale)
    return centre - reach, centre + reach


def conformalised(
    centre: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    by: NDArray[np.float64],
    scale: NDArray[np.float64] | float = 1.0,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return intervals of another method with their ends moved outward, by `margins`.

    A negative margin may move ends past each other or past the centre: they stop at the centre.
    Each level reaches at least as far as the one below it. Both can only widen an interval.

    Args:
        centre: float64 [rows, horizon], the forecasts.
        low: float64 [levels, rows, horizon], the lower ends, levels rising.
        high: the upper ends, of the same shape.
        by: float64 [levels, horizon].
        scale: the unit of `by`, one for all or float64 [rows].

    Returns:
        Two arrays float64 [levels, rows, horizon] with low <= centre <= high.
    """
    reach = _reach(by, scale)
    lower, upper = np.minimum(low - reach, centre), np.maximum(high + reach, centre)
    return np.minimum.accumulate(lower, axis=0), np.maximum.accumulate(upper, axis=0)


def rank_of(windows: int, level: float) -> int:
    """Return which of the scores of so many windows, the smallest first, holds a level.

    >>> rank_of(19, 95), rank_of(100, 80)
    (19, 81)
    """
    return math.ceil((windows + 1) * level / 100.0 - _ROUNDING)


def _score_at(scores: NDArray[np.float64], level: float) -> NDArray[np.float64]:
    """Return the ceil((n + 1) level)-th smallest of the n scores [windows, horizon] at each step.

    Those that are NaN do not count.
    """
    missing = np.isnan(scores).sum(axis=0)
    if missing.any():
        ranks = np.ceil((len(scores) - missing + 1) * level / 100.0 - _ROUNDING).astype(np.int64)
        return np.asarray(np.take_along_axis(np.sort(scores, axis=0), ranks[None] - 1, 0)[0])
    rank = rank_of(len(scores), level)
    score: NDArray[np.float64] = np.partition(scores, rank - 1, axis=0)[rank - 1]
    return score


def _fewest(scores: NDArray[np.float64]) -> int:
    """Return how many windows have a truth at the step that has the fewest."""
    return int((~np.isnan(scores)).sum(axis=0).min()) if scores.size else len(scores)


def _reach(widths: NDArray[np.float64], scale: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Return widths [levels, horizon] in units of the data, [levels, 1 or rows, horizon]."""
    units = np.atleast_1d(np.asarray(scale, dtype=np.float64))
    reach: NDArray[np.float64] = widths[:, None, :] * units[:, None]
    return reach
