"""What one step is: detection, future times, words."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recur.arrays import Indices
from recur.data.clock import DAY, HOUR, MINUTE, WEEK, Clock, neighbours


def micros(*texts: str) -> Indices:
    return np.array(texts, dtype="M8[us]").astype(np.int64)


def every(freq: str, periods: int, start: str = "2019-01-31") -> Indices:
    times = pd.date_range(start, periods=periods, freq=freq)
    return times.to_numpy().astype("M8[us]").astype(np.int64)


@pytest.mark.parametrize(
    ("freq", "clock", "words"),
    [
        ("h", Clock("fixed", HOUR), "hourly"),
        ("30min", Clock("fixed", 30 * MINUTE), "every 30 minutes"),
        ("min", Clock("fixed", MINUTE), "every minute"),
        ("D", Clock("fixed", DAY), "daily"),
        ("W", Clock("fixed", WEEK), "weekly"),
        ("2W", Clock("fixed", 2 * WEEK), "every 2 weeks"),
        ("MS", Clock("months", 1), "monthly"),
        ("ME", Clock("months", 1, day=31), "monthly"),
        ("2MS", Clock("months", 2), "every 2 months"),
        ("QS", Clock("months", 3), "quarterly"),
        ("QE", Clock("months", 3, day=31), "quarterly"),
        ("YS", Clock("months", 12), "yearly"),
        ("2YS", Clock("months", 24), "every 2 years"),
        ("B", Clock("trading"), "trading days"),
        ("28D", Clock("fixed", 28 * DAY), "every 4 weeks"),
    ],
)
def test_calendars_are_recognised_and_continued(freq: str, clock: Clock, words: str) -> None:
    times = every(freq, 40)
    assert Clock.detect(times[:20]) == clock
    assert clock.describe() == words
    np.testing.assert_array_equal(clock.after(int(times[19]), 20), times[20:])


def test_months_that_fall_on_a_late_day_keep_it_where_the_month_is_long_enough() -> None:
    times = micros("2019-01-30", "2019-02-28", "2019-03-30")
    clock = Clock.detect(times)
    assert clock == Clock("months", 1, day=30)
    np.testing.assert_array_equal(clock.after(int(times[1]), 1), times[2:])


def test_the_28th_of_each_month_does_not_become_a_month_end() -> None:
    clock = Clock.detect(micros("2020-01-28", "2020-02-28", "2020-03-28"))
    assert clock is not None
    assert clock.text(int(clock.after(int(micros("2021-02-28")[0]), 1)[0])) == "2021-03-28"


def test_the_last_working_day_of_each_month_is_monthly() -> None:
    clock = Clock.detect(every("BME", 24))
    assert clock is not None
    assert clock.describe() == "monthly"


def test_holidays_do_not_break_a_trading_calendar_and_forecasts_take_the_next_weekday() -> None:
    times = np.delete(every("B", 60, "2019-01-01"), [5, 17, 18, 19, 20])
    clock = Clock.detect(times)
    assert clock == Clock("trading")
    friday = int(micros("2019-05-03")[0])
    np.testing.assert_array_equal(clock.after(friday, 2), micros("2019-05-06", "2019-05-07"))


def test_one_week_without_a_weekend_is_daily() -> None:
    assert Clock.detect(every("D", 5, "2019-04-29")) == Clock("fixed", DAY)


def test_the_common_step_wins_over_a_hole() -> None:
    assert Clock.detect(np.delete(every("h", 50), 20)) == Clock("fixed", HOUR)
    assert Clock.detect(np.delete(every("D", 50), 20)) == Clock("fixed", DAY)
    assert Clock.detect(np.delete(every("MS", 50), 20)) == Clock("months", 1)


def test_steps_across_two_series_are_not_counted() -> None:
    times = np.concatenate([every("h", 2, "2020-01-01"), every("h", 2, "2021-01-01")])
    assert Clock.detect(times, np.array([0, 2, 4])) == Clock("fixed", HOUR)


def test_neighbours_stand_within_a_series() -> None:
    times = np.array([1, 3, 4, 9, 11, 12])
    for offsets, expected in (
        (None, [2, 1, 5, 2, 1]),
        ([0, 6], [2, 1, 5, 2, 1]),
        ([0, 2, 6], [2, 5, 2, 1]),
        ([0, 0, 1, 3, 3, 6], [1, 2, 1]),
        ([0, 6, 6], [2, 1, 5, 2, 1]),
    ):
        before, after = neighbours(times, None if offsets is None else np.array(offsets))
        assert (after - before).tolist() == expected, offsets
    assert neighbours(times[:0], np.array([0, 0, 0]))[0].tolist() == []


def test_no_step_for_half_of_the_times_is_no_clock() -> None:
    assert Clock.detect(micros("2020-01-01", "2020-01-02", "2020-01-05", "2020-01-14")) is None
    assert Clock.detect(np.array([1, 2, 4, 8]), counted=True) is None


def test_whole_numbers_count() -> None:
    clock = Clock.detect(np.array([10, 15, 20]), counted=True)
    assert clock == Clock("integer", 5)
    assert clock.after(20, 2).tolist() == [25, 30]
    assert clock.text(20) == "20"


def test_single_values_have_a_clock() -> None:
    assert Clock.detect(micros("2020-01-01")) == Clock("fixed", DAY)
    assert Clock.detect(np.array([3]), counted=True) == Clock("integer", 1)


@pytest.mark.parametrize(
    ("time", "text"),
    [
        ("2019-05-03", "2019-05-03"),
        ("2019-05-03T13:30", "2019-05-03 13:30"),
        ("2019-05-03T13:30:05", "2019-05-03 13:30:05"),
        ("2019-05-03T00:00:00.250", "2019-05-03 00:00:00.250000"),
    ],
)
def test_times_are_written_as_iso(time: str, text: str) -> None:
    assert Clock("fixed", DAY).text(int(micros(time)[0])) == text


@pytest.mark.parametrize(
    ("clock", "seasons"),
    [
        (Clock("fixed", HOUR), (24, 168)),
        (Clock("fixed", 30 * MINUTE), (48, 336)),
        (Clock("fixed", MINUTE), (60, 1440)),
        (Clock("fixed", DAY), (7, 365)),
        (Clock("fixed", WEEK), (52,)),
        (Clock("months", 1), (12,)),
        (Clock("months", 3), (4,)),
        (Clock("months", 12), ()),
        (Clock("trading"), (5, 252)),
        (Clock("rows"), ()),
        (Clock("integer", 2), ()),
    ],
)
def test_seasons_follow_from_the_clock(clock: Clock, seasons: tuple[int, ...]) -> None:
    assert clock.seasons() == seasons


CLOCKS = st.one_of(
    st.builds(Clock, st.just("fixed"), st.integers(1, 10 * WEEK)),
    st.builds(Clock, st.just("integer"), st.integers(1, 1000)),
    st.builds(Clock, st.just("months"), st.integers(1, 24), st.integers(1, 31)),
    st.builds(Clock, st.sampled_from(["rows", "trading"])),
)


@given(CLOCKS, st.integers(0, 20_000), st.integers(2, 40))
def test_future_times_are_consecutive_steps_of_the_clock(clock: Clock, day: int, n: int) -> None:
    if clock.kind == "trading" and (day + 3) % 7 > 4:
        day += 2
    if clock.kind == "months":
        start = pd.Timestamp(day * DAY, unit="us").replace(day=1)
        day = int((start.value // 1000) // DAY) + min(clock.day, start.days_in_month) - 1
    times = np.concatenate([[day * DAY], clock.after(day * DAY, n)])
    assert (np.diff(times) > 0).all()
    assert (clock.steps(times[:-1], times[1:]) == 1).all()
    np.testing.assert_array_equal(clock.after(int(times[1]), n - 1), times[2:])


@given(CLOCKS)
def test_a_clock_survives_json(clock: Clock) -> None:
    values: dict[str, Any] = json.loads(json.dumps(clock.to_dict()))
    assert Clock.from_dict(values) == clock


def test_every_series_counts_for_the_clock_also_where_many_have_the_same_times() -> None:
    daily, other = every("D", 5), every("3D", 5)
    for many, few, step in ((9, 2, DAY), (2, 9, 3 * DAY)):
        times = np.concatenate([daily] * many + [other] * few)
        assert Clock.detect(times, np.arange(many + few + 1) * 5) == Clock("fixed", step)


def test_times_after_several_are_those_after_each() -> None:
    clock = Clock("months", 1, day=31)
    newest = micros("2019-01-31", "2020-01-31")
    expected = [clock.after(int(time), 3).tolist() for time in newest]
    assert clock.after(newest, 3).tolist() == expected
