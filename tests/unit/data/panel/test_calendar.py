"""The calendar as features: what a clock's step makes sensible, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recur.data.clock import DAY, HOUR, MINUTE, SECOND, WEEK, Clock
from recur.data.panel.calendar import calendar_features, has_calendar

YEAR = "day of year"


def moment(text: str) -> int:
    return int(np.datetime64(text, "us").astype(np.int64))


def angle(clock: Clock, cycle: str, text: str) -> float:
    """Return the share of a cycle that has passed, as the two waves tell it."""
    names, features = calendar_features(clock, np.array([moment(text)]))
    sine, cosine = (features[0, names.index(f"{cycle} ({wave})")] for wave in ("sine", "cosine"))
    return float(np.arctan2(sine, cosine) / (2 * np.pi) % 1)


@pytest.mark.parametrize(
    ("clock", "cycles"),
    [
        (Clock("fixed", 1000), ()),
        (Clock("fixed", SECOND), ("hour of day",)),
        (Clock("fixed", MINUTE), ("hour of day", "weekday")),
        (Clock("fixed", 15 * MINUTE), ("hour of day", "weekday", YEAR)),
        (Clock("fixed", HOUR), ("hour of day", "weekday", YEAR)),
        (Clock("fixed", 12 * HOUR), ("hour of day", "weekday", YEAR)),
        (Clock("fixed", DAY), ("weekday", YEAR)),
        (Clock("fixed", WEEK), (YEAR,)),
        (Clock("fixed", 400 * DAY), ()),
        (Clock("trading"), ("weekday", YEAR)),
        (Clock("months", 1), ("month of year",)),
        (Clock("months", 3), ("month of year",)),
        (Clock("months", 12), ()),
        (Clock("integer", 7), ()),
        (Clock("rows"), ()),
    ],
)
def test_a_clock_has_the_cycles_that_its_step_moves_within(
    clock: Clock, cycles: tuple[str, ...]
) -> None:
    names, features = calendar_features(clock, np.arange(3) * DAY)
    assert names == tuple(f"{cycle} ({wave})" for cycle in cycles for wave in ("sine", "cosine"))
    assert features.shape == (3, 2 * len(cycles))
    assert has_calendar(clock) == bool(cycles)


@pytest.mark.parametrize(
    ("clock", "cycle", "text", "share"),
    [
        (Clock("fixed", HOUR), "hour of day", "2024-03-05T00:00", 0),
        (Clock("fixed", HOUR), "hour of day", "1969-03-05T18:00", 3 / 4),
        (Clock("fixed", HOUR), "weekday", "2024-01-01T23:00", 0),  # a Monday to its last hour
        (Clock("fixed", DAY), "weekday", "2024-01-07", 6 / 7),
        (Clock("trading"), "weekday", "2024-01-05", 4 / 7),
        (Clock("fixed", DAY), YEAR, "2023-01-01", 0),
        (Clock("fixed", DAY), YEAR, "2023-12-31", 364 / 365),
        (Clock("fixed", DAY), YEAR, "2024-12-31", 365 / 366),
        (Clock("fixed", DAY), YEAR, "1968-12-31", 365 / 366),
        (Clock("months", 1), "month of year", "2024-04-30", 3 / 12),
        (Clock("months", 3), "month of year", "1969-10-01", 9 / 12),
    ],
)
def test_a_time_stands_where_the_calendar_has_it(
    clock: Clock, cycle: str, text: str, share: float
) -> None:
    assert angle(clock, cycle, text) == pytest.approx(share, abs=1e-9)


@given(st.lists(st.integers(-(10**15), 4 * 10**15), min_size=1, max_size=9))
def test_each_time_is_read_by_itself(times: list[int]) -> None:
    clock = Clock("fixed", HOUR)
    _, together = calendar_features(clock, np.array(times))
    alone = [calendar_features(clock, np.array([time]))[1][0] for time in times]
    np.testing.assert_array_equal(together, alone)
    np.testing.assert_allclose(together[:, ::2] ** 2 + together[:, 1::2] ** 2, 1)
