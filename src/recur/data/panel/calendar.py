"""Where in the day, the week and the year a time falls, as numbers that a network can read."""

from __future__ import annotations

import numpy as np

from recur.arrays import Float64s, Indices
from recur.data.clock import DAY, Clock

_WEEK_DAYS, _YEAR_DAYS, _YEAR_MONTHS = 7, 365.2425, 12
_LENGTHS = {
    "hour of day": DAY,
    "weekday": _WEEK_DAYS * DAY,
    "day of year": _YEAR_DAYS * DAY,
    "month of year": _YEAR_DAYS * DAY,
}

# A cycle that has come round less often than this cannot be told from a trend.
_SEEN = 2

# A cycle that takes more steps than this does not come round often enough to be learnt.
_LONGEST_CYCLE = 100_000


def has_calendar(clock: Clock) -> bool:
    """Say whether there is anything to read from the times of a clock."""
    return bool(_cycles(clock))


def calendar_features(clock: Clock, times: Indices) -> tuple[tuple[str, ...], Float64s]:
    """Return where in each cycle of the calendar times fall, as sine and cosine.

    Cycles are the day, the week and the year, as far as a step of the clock is short enough to
    move within them and long enough to come round.

    Args:
        clock: what one step is.
        times: int64 [n], on the clock.

    Returns:
        The names of the features, and float64 [n, features]; none for a clock without dates.

    Example:
        >>> monday = np.array(["2024-01-01"], "M8[us]").astype(np.int64)
        >>> names, features = calendar_features(Clock("fixed", DAY), monday)
        >>> names[:2], features[0].tolist()
        (('weekday (sine)', 'weekday (cosine)'), [0.0, 1.0, 0.0, 1.0])
    """
    names = tuple(name for cycle in _cycles(clock) for name in _names(cycle))
    angles = [2 * np.pi * _phase(cycle, times) for cycle in _cycles(clock)]
    waves = [wave(angle) for angle in angles for wave in (np.sin, np.cos)]
    return names, np.stack(waves, axis=1) if waves else np.zeros((len(times), 0))


def seen_features(clock: Clock, span: int) -> tuple[str, ...]:
    """Return the names of the features of those cycles that have come round twice.

    Args:
        clock: what one step is.
        span: from the first time that was seen to the last, in microseconds.

    Example:
        >>> seen_features(Clock("fixed", DAY), 300 * DAY)
        ('weekday (sine)', 'weekday (cosine)')
    """
    seen = [cycle for cycle in _cycles(clock) if span >= _SEEN * _LENGTHS[cycle]]
    return tuple(name for cycle in seen for name in _names(cycle))


def _names(cycle: str) -> tuple[str, ...]:
    return tuple(f"{cycle} ({wave})" for wave in ("sine", "cosine"))


def _cycles(clock: Clock) -> tuple[str, ...]:
    """Return the cycles that a step of this clock is fit for, the shortest first."""
    if clock.kind == "trading":
        return ("weekday", "day of year")
    if clock.kind == "months":
        return ("month of year",) if 2 * clock.step <= _YEAR_MONTHS else ()
    if clock.kind != "fixed":
        return ()
    return tuple(
        name
        for name in ("hour of day", "weekday", "day of year")
        if 2 * clock.step <= _LENGTHS[name] <= _LONGEST_CYCLE * clock.step
    )


def _phase(cycle: str, times: Indices) -> Float64s:
    """Return float64 [n], the share of the cycle that has passed at each time."""
    days = times // DAY
    if cycle == "hour of day":
        return np.asarray(times % DAY / DAY)
    if cycle == "weekday":
        return np.asarray((days + 3) % _WEEK_DAYS / _WEEK_DAYS)  # 1970 began on a Thursday
    dates = times.astype("M8[us]")
    year = dates.astype("M8[Y]")
    if cycle == "month of year":
        return np.asarray((dates.astype("M8[M]") - year.astype("M8[M]")).astype(np.int64) / 12)
    begins, ends = year.astype("M8[D]"), (year + np.timedelta64(1, "Y")).astype("M8[D]")
    return np.asarray((days - begins.astype(np.int64)) / (ends - begins).astype(np.int64))
