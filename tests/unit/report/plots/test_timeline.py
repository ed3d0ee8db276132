"""Each value stands above the month, the day and the year that it belongs to."""

from __future__ import annotations

import locale
import subprocess
from pathlib import Path

import numpy as np
import pytest

from recur.data.clock import DAY, HOUR, SECOND, Clock
from recur.report.plots.style import figure
from recur.report.plots.timeline import mark_time, positions

MONTHS = Clock("months", 1, day=31)
HOURS = Clock("fixed", HOUR)


def day(date: str) -> float:
    """Return a date in days since 1970."""
    return float((np.datetime64(date, "us") - np.datetime64("1970-01-01")) / np.timedelta64(1, "D"))


def stamps(first: str, clock: Clock, count: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return times from the first one on."""
    begin = np.datetime64(first, "us").astype(np.int64)
    return np.concatenate([[begin], clock.after(int(begin), count - 1)])


def marks(first: str, clock: Clock, count: int) -> dict[str, float]:
    """Return where the labels of a drawn picture stand."""
    x, dated = positions(stamps(first, clock, count), clock)
    picture, axes = figure()
    axes.plot(x, x)
    mark_time(axes, clock, dated=dated)
    picture.draw_without_rendering()
    low, high = axes.get_xlim()
    ticks = zip(axes.get_xticklabels(), axes.get_xticks(), strict=True)
    return {label.get_text(): at for label, at in ticks if low <= at <= high}


@pytest.mark.parametrize("first", ["2020-12-01", "2020-12-15", "2020-12-31", "2020-12-31T23:59"])
def test_a_value_of_december_stands_above_december(first: str) -> None:
    x, _ = positions(stamps(first, MONTHS, 3), MONTHS)
    assert x.tolist() == [day("2020-12-01"), day("2021-01-01"), day("2021-02-01")]


@pytest.mark.parametrize(
    ("clock", "first", "stands"),
    [
        (Clock("months", 12, day=31), "2020-12-31", "2020-01-01"),
        (Clock("months", 3, day=31), "2020-12-31T23:59", "2020-12-01"),
        (Clock("fixed", DAY), "2020-10-31T23:59", "2020-10-31"),
        (Clock("trading"), "2020-10-30T16:00", "2020-10-30"),
        (HOURS, "2020-10-31T23:00", "2020-10-31T23:00"),
    ],
)
def test_a_value_stands_where_its_year_its_month_or_its_day_begins(
    clock: Clock, first: str, stands: str
) -> None:
    x, _ = positions(stamps(first, clock, 2), clock)
    assert x[0] == day(stands)


def test_ticks_of_months_name_the_year_where_it_changes() -> None:
    told = marks("2016-11-30", MONTHS, 16)
    assert list(told) == ["Nov\n2016", "Jan\n2017", "Mar\n", "May\n", "Jul\n", "Sep\n", "Nov\n", "Jan\n2018"]  # fmt: skip  # noqa: E501
    assert told["Jan\n2018"] == day("2018-01-01")


def test_months_are_named_in_the_language_of_the_rest_whatever_is_spoken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = marks("2016-11-30", MONTHS, 16)
    made = ["localedef", "-i", "de_DE", "-f", "UTF-8", str(tmp_path / "de_DE.UTF-8")]
    try:
        subprocess.run(made, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no German can be made here (localedef)")
    monkeypatch.setenv("LOCPATH", str(tmp_path))
    before = locale.setlocale(locale.LC_TIME)
    locale.setlocale(locale.LC_TIME, "de_DE.UTF-8")
    try:
        assert f"{np.datetime64('2017-03-01').item():%b}" != "Mar"
        assert marks("2016-11-30", MONTHS, 16) == told
    finally:
        locale.setlocale(locale.LC_TIME, before)


def test_ticks_of_hours_name_the_day_where_it_changes() -> None:
    told = list(marks("2020-12-30T22:00", HOURS, 40))
    assert told[0].split("\n")[1:] == ["Dec 31", "2020"]
    assert "00:00\nJan 1\n2021" in told
    assert sum("Jan" in label for label in told) == 1


def test_ticks_of_days_and_of_seconds_are_named_as_fine_as_they_are() -> None:
    days = list(marks("2020-10-20", Clock("fixed", DAY), 40))
    assert days[0].endswith("\n2020")
    assert {"Nov 1\n", "Nov 15\n"} <= set(days)
    seconds = list(marks("2020-12-31T23:59:30", Clock("fixed", SECOND), 60))
    assert "00:00:00\nJan 1\n2021" in seconds
    assert "00:00:10\n\n" in seconds


def test_no_tick_stands_close_to_the_first_of_a_month() -> None:
    told = marks("2020-12-20", Clock("fixed", 6 * HOUR), 50)
    assert "Jan 1\n2021" in told
    assert "Dec 31\n" not in told
    assert "Dec 29\n" in told
