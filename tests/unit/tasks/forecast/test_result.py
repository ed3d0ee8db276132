"""A forecast is written in one format of time, and its file is read again on the same clock."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recur.data.clock import Clock
from recur.data.tables.readers import read_panel
from recur.tasks.forecast.result import Forecast

STEPS = 30


def forecast_after(frame: pd.DataFrame, tmp_path: Path, name: str = "given.csv") -> Forecast:
    """Return a forecast of what follows a file, as a model would make one."""
    frame.to_csv(tmp_path / name, index=False)
    panel = read_panel(tmp_path / name)
    times = panel.clock.after(panel.times[panel.offsets[1:] - 1], STEPS)
    values = np.arange(times.size, dtype=float).reshape(times.shape)
    return Forecast(panel.ids, times, values, panel.clock)


def written(forecast: Forecast) -> list[str]:
    return [row["ds"] for row in csv.DictReader(io.StringIO(forecast.csv()))]


@pytest.mark.parametrize(
    ("start", "freq", "first", "clock"),
    [
        ("2023-01-01", "D", "2023-02-10", "daily"),
        ("2023-01-01 06:00", "D", "2023-02-10T06:00:00", "daily"),
        ("2023-01-02", "W-MON", "2023-10-09", "weekly"),
        ("2023-01-02", "B", "2023-02-27", "trading days"),
        ("2023-01-02 16:00", "B", "2023-02-27T16:00:00", "trading days"),
        ("2020-01-01", "MS", "2023-05-01", "monthly"),
        ("2020-01-31", "ME", "2023-05-31", "monthly"),
        ("2010-01-01", "QS", "2020-01-01", "quarterly"),
        ("1950-01-01", "YS", "1990-01-01", "yearly"),
        ("2023-01-01", "h", "2023-01-02T16:00:00", "hourly"),
        ("2023-01-01 08:00", "h", "2023-01-03T00:00:00", "hourly"),
        ("2023-01-01", "12h", "2023-01-21T00:00:00", "every 12 hours"),
        ("2023-01-01", "s", "2023-01-01T00:00:40", "every second"),
        ("2023-01-01", "250ms", "2023-01-01T00:00:10.000000", "every 250 milliseconds"),
    ],
)
@pytest.mark.parametrize("style", ["%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S.%fZ"])
def test_times_are_written_in_one_format_and_read_again(
    start: str, freq: str, first: str, clock: str, style: str, tmp_path: Path
) -> None:
    times = pd.date_range(start, periods=40, freq=freq)
    forecast = forecast_after(pd.DataFrame({"ds": times.strftime(style), "y": 1.5}), tmp_path)
    texts = written(forecast)
    assert (texts[0], forecast.clock.describe()) == (first, clock)
    assert len({len(text) for text in texts}) == 1
    assert texts == [row["time"] for row in forecast.rows()]
    (tmp_path / "forecast.csv").write_text(forecast.csv(), encoding="utf-8")
    again = read_panel(tmp_path / "forecast.csv", target="y")
    assert again.clock == forecast.clock
    assert again.times.tolist() == forecast.times.reshape(-1).tolist()


def test_times_of_a_zone_are_written_in_the_time_that_notices_speak_of(tmp_path: Path) -> None:
    hours = pd.date_range("2023-03-25", periods=40, freq="h", tz="Europe/Berlin")
    forecast = forecast_after(pd.DataFrame({"ds": hours, "y": 1.5}), tmp_path)
    assert written(forecast)[:2] == ["2023-03-26T15:00:00", "2023-03-26T16:00:00"]  # UTC
    days = pd.date_range("2023-03-01", periods=40, freq="D", tz="Europe/Berlin")
    assert written(forecast_after(pd.DataFrame({"ds": days, "y": 1.5}), tmp_path))[0] == (
        "2023-04-10"
    )


@pytest.mark.parametrize("step", [1, 5])
def test_counts_are_written_as_numbers_and_read_again(step: int, tmp_path: Path) -> None:
    counts = 100 + step * np.arange(40)
    forecast = forecast_after(pd.DataFrame({"ds": counts, "y": 1.5}), tmp_path)
    assert written(forecast)[0] == str(100 + 40 * step)
    (tmp_path / "forecast.csv").write_text(forecast.csv(), encoding="utf-8")
    assert read_panel(tmp_path / "forecast.csv", target="y").clock == Clock("integer", step)


def test_one_hour_at_midnight_has_its_time_of_day_too(tmp_path: Path) -> None:
    midnight = int(np.datetime64("2023-01-02", "us").astype(np.int64))
    at = Forecast(("y",), np.array([[midnight]]), np.array([[1.0]]), Clock("fixed", 3_600_000_000))
    assert written(at) == ["2023-01-02T00:00:00"]
