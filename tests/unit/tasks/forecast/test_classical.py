"""The classical methods on a walk: what they know at each origin, their limits, their absence."""

from __future__ import annotations

import sys
import warnings
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import recur
from recur.data.panel.panel import Panel
from recur.data.tables.readers import read_panel
from recur.errors import DataWarning, SettingsError
from recur.judge import Walk, judge, references
from recur.judge.forecast.walk import Forecasts
from recur.tasks.forecast import classical
from recur.tasks.forecast.classical import classical_methods

NAMES = ["ets", "arima", "theta"]

installed = pytest.mark.skipif(
    classical.available() is not None,
    reason="statsforecast, of the extra `classical`, is not installed",
)


def season_of(period: int, cycles: int = 10, **options: Any) -> NDArray[np.float64]:
    return 10 + recur.synthetic.sine(period * cycles, period, noise=0.05, **options).values


def walked(panel: Panel, held_out: int, season: int, **options: Any) -> dict[str, Forecasts]:
    return classical_methods(panel, panel.lengths - held_out, 4, season, **options)


@installed
def test_every_method_forecasts_from_every_origin_of_the_walk() -> None:
    panel = read_panel([season_of(12), season_of(12, cycles=8, seed=1)])
    made = walked(panel, 24, season=12, stride=3)
    assert list(made) == NAMES
    walk = Walk(tuple(panel), (96, 72), 4, season=12, stride=3)
    simple = references(walk, lookback=12)
    errors = judge(walk, {"network": simple["last_value"], **simple, **made}).errors
    for name in NAMES:
        assert errors[name]["mse"] < 0.5 * errors["last_value"]["mse"]  # type: ignore[operator]


@installed
def test_a_forecast_knows_all_before_its_origin_and_nothing_from_there_on() -> None:
    values = np.cumsum(np.random.default_rng(5).normal(size=80)) + 50
    later, newest = values.copy(), values.copy()
    later[70:] += 20
    newest[69] += 5
    first, unchanged, changed = (
        walked(read_panel(each), 20, season=1) for each in (values, later, newest)
    )
    for name in NAMES:  # the origin at row 70 is the 11th
        np.testing.assert_array_equal(first[name][0][:11], unchanged[name][0][:11])
        np.testing.assert_array_equal(first[name][0][:10], changed[name][0][:10])
        assert (first[name][0][10] != changed[name][0][10]).all()


@installed
def test_a_season_too_long_for_the_methods_is_taken_out_and_added_again() -> None:
    values = season_of(30)
    with pytest.warns(DataWarning, match="a season of 30 steps is too long"):
        made = walked(read_panel(values), 30, season=30)
    truth = Walk((values,), (270,), 4).truth(0)
    for name in NAMES:
        assert np.abs(made[name][0] - truth).mean() < 0.1
    pattern = classical._pattern(np.tile(np.arange(30.0), 5) + 0.5 * np.arange(150), 30)
    assert pattern == pytest.approx(np.arange(30) - 14.5, abs=1e-9)


@installed
def test_limits_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classical, "_MOST_SERIES", {"arima": 1})
    monkeypatch.setattr(classical, "_MOST_VALUES", {**classical._MOST_VALUES, "theta": 40})
    panel = read_panel([season_of(4, cycles=20), season_of(4, cycles=20, seed=1)])
    with pytest.warns(DataWarning) as told:
        made = walked(panel, 8, season=4)
    assert [str(one.message) for one in told] == [
        "AutoARIMA takes seconds a series and is left out for 2.",
        "Theta sees no more than the last 40 known values.",
    ]
    assert list(made) == ["ets", "theta"]


@installed
def test_where_a_method_gives_nothing_the_last_value_stands_in() -> None:
    values = np.array([1.0, 2.0, 4.0, 3.0, 5.0, 7.0, 6.0])
    with pytest.warns(DataWarning, match="there the last value stands in"):
        made = walked(read_panel(values), 4, season=1)
    for forecasts in made.values():
        assert np.isfinite(forecasts[0]).all()
    assert made["theta"][0].tolist() == [[4.0] * 4]


@installed
def test_a_constant_history_gives_finite_forecasts() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        made = walked(read_panel(np.full(60, 7.0)), 10, season=1)
    for name in NAMES:
        assert made[name][0] == pytest.approx(np.full((7, 4), 7.0), abs=1e-6)


def test_without_statsforecast_one_sentence_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "statsforecast", None)
    assert "pip install 'recurnets[classical]'" in (classical.available() or "")
    with pytest.raises(SettingsError, match="statsforecast is not installed"):
        walked(read_panel(season_of(12)), 24, season=12)
