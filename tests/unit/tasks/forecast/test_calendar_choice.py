"""The calendar is seen where it tells what the values do not, and only there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import recur
from recur.arrays import Float64s
from recur.data.clock import DAY, HOUR
from recur.data.panel.panel import Panel
from recur.data.tables.readers import read_panel
from recur.errors import SettingsError
from recur.tasks.forecast.defaults import test_lengths as held_out
from recur.tasks.forecast.prepare import prepare
from recur.tasks.forecast.settings import ForecasterParameters

START = int(np.datetime64("2021-03-01", "us").astype(np.int64))  # a Monday


def series(values: Float64s, step: int = DAY, column: str = "y") -> Panel:
    times = (START + step * np.arange(len(values))).astype("M8[us]")
    return read_panel(pl.DataFrame({"ds": times, column: values}))


def walk(rows: int = 800) -> Float64s:
    return np.asarray(np.random.default_rng(0).normal(size=rows).cumsum())


def weekends(rows: int = 800) -> Float64s:
    """Return a walk that falls on every weekend, more than a season of 7 steps can follow."""
    days = np.arange(rows)
    return walk(rows) + 6.0 * (days % 7 >= 5)


def seen(panel: Panel, **settings: Any) -> tuple[str, ...]:
    """Return the cycles that a forecaster of a panel would see."""
    parameters = ForecasterParameters(**{"horizon": 3, "season": 1, **settings})
    ends = panel.lengths - held_out(panel, parameters.horizon, None)
    names = prepare(parameters, panel, ends, len(panel)).encoding.calendar
    return tuple(dict.fromkeys(name.split(" (")[0] for name in names))


def test_weekends_that_the_values_do_not_foretell_are_seen_by_the_calendar() -> None:
    assert "weekday" in seen(series(weekends()))
    assert seen(series(weekends()), calendar=False) == ()


def test_a_walk_is_not_given_a_calendar_unless_it_is_asked_for() -> None:
    assert seen(series(walk())) == ()
    assert seen(series(walk()), calendar=True) == ("weekday",)


def test_what_helps_in_training_has_to_help_in_validation_too() -> None:
    values, rows = weekends(), np.arange(800)
    cut = int(0.8 * 0.8 * 800)
    values[cut:] -= 6.0 * (rows[cut:] % 7 >= 5)  # the weekends end where training does
    assert seen(series(values)) == ()
    values = walk()
    values[2 * cut // 3 :] = weekends()[2 * cut // 3 :]  # and here they begin late in it
    assert seen(series(values)) == ()


def test_nothing_held_out_has_a_say() -> None:
    panel, values = series(weekends()), weekends()
    values[-int(held_out(panel, 3, None)[0]) :] = 0.0
    assert seen(series(values)) == seen(panel) != ()


@pytest.mark.parametrize("step", [7 * DAY, 2 * DAY])
def test_clocks_of_more_than_a_day_are_not_tried(step: int) -> None:
    assert seen(series(weekends(), step)) == ()


def test_hours_of_a_day_are_seen_and_said(tmp_path: Path) -> None:
    rng, hours = np.random.default_rng(1), np.arange(900)
    values = rng.normal(size=900) + 8.0 * (hours % 24 >= 12)
    model = recur.Forecaster(horizon=2, season=1, lookback=4, hidden=3, epochs=1)
    model.fit(series(values, HOUR), progress=False)
    assert model.encoding_.calendar[0] == "hour of day (sine)"
    assert model.chosen()["calendar"] is True
    assert recur.load(model.save(tmp_path / "model")).encoding_ == model.encoding_


def test_a_window_that_is_too_short_for_what_is_known_ahead_has_no_calendar() -> None:
    assert seen(series(weekends()), horizon=7, lookback=3) == ()
    with pytest.raises(SettingsError, match="`lookback` is 3, but covariates known over 7 steps"):
        seen(series(weekends()), horizon=7, lookback=3, calendar=True)


def test_values_that_were_filled_in_are_no_evidence() -> None:
    values = 5.0 + np.random.default_rng(0).normal(size=800)
    values[np.arange(800) % 7 >= 5] = np.nan  # no weekend was ever observed
    times = (START + DAY * np.arange(800)).astype("M8[us]")
    frame = pl.DataFrame({"ds": times, "y": values}).with_columns(pl.col("y").fill_nan(None))
    assert seen(read_panel(frame, fill="previous"), lookback=3) == ()
