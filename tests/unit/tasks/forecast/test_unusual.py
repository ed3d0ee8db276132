"""What a forecaster calls unusual: what lies outside of what its own forecasts allowed."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from recur import Forecaster, Panel, SettingsError
from recur.data.clock import Clock
from recur.judge.forecast.alarms import Alarms
from recur.tasks.forecast.predict import predict_at


def series(seed: int, steps: int = 900) -> Any:
    """Return a season and noise."""
    noise = np.random.default_rng(seed).normal(size=steps)
    return 10 + 3 * np.sin(np.arange(steps) * 2 * np.pi / 12) + 0.3 * noise


def panel(*values: Any) -> Panel:
    """Return series of their own lengths, NaN where a value is missing."""
    lengths = [len(each) for each in values]
    flat = np.concatenate(values)
    return Panel(
        values=flat.copy(),
        times=np.concatenate([np.arange(length) for length in lengths]),
        offsets=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        ids=tuple("abcdef"[: len(values)]),
        clock=Clock(),
        filled=np.isnan(flat) if np.isnan(flat).any() else None,
    )


@cache
def model() -> Forecaster:
    """Return a small network that has learnt two series."""
    given = Forecaster(
        horizon=2, network="trained", lookback=13, hidden=8, epochs=12, season=12, calendar=False
    )
    return given.fit(panel(series(0), series(1)), test=0, progress=False)


def test_planted_spikes_are_found_and_little_else() -> None:
    one, two = series(2), series(3, 700)
    one[500] += 3
    two[600] -= 3
    found = model().unusual(panel(one, two), rate=0.001)
    told = {(row["id"], row["time"]) for row in found.rows()}
    assert {("a", "500"), ("b", "600")} <= told
    assert len(told) <= 6
    row = next(row for row in found.rows() if row["time"] == "600")
    assert row["value"] < row["low"] < row["expected"] < row["high"]
    assert found.judged == 900 + 700 - 2 * (13 + 101)
    assert found.sentence.startswith(f"{len(told)} values of 1,372 are unusual")
    assert found.to_dict()["unusual"] == found.rows()


def test_each_value_is_held_against_its_own_forecast_in_order() -> None:
    values = series(4, 300)
    values[150:155] = np.nan
    data = panel(values, series(5, 260))
    found = model().unusual(data, rate=0.02)
    origins = np.arange(13, 300)
    made = predict_at(model().fitted_, data, np.zeros(287, np.int64), origins).centre[:, 0]
    assert np.array_equal(found.expected[13:300], made)
    alarms, one = Alarms(1, 0.02), np.zeros(1, np.int64)
    for step, expected in zip(origins, made, strict=True):
        told = alarms.take(one, values[step : step + 1], np.array([expected]))
        assert told[0] == found.unusual[step]
    assert not found.unusual[150:155].any()


def test_short_series_have_nothing_unusual() -> None:
    found = model().unusual(panel(series(6, 80)), rate=0.01)
    assert not found.unusual.any()
    assert found.sentence.startswith("No series has 100 forecasts")


def test_a_picture_marks_what_is_unusual() -> None:
    values = series(2)
    values[700] += 4
    found = model().unusual(panel(values, series(3)), rate=0.001)
    axes = found.plot("a").axes[0]
    marked = next(line for line in axes.get_lines() if line.get_label() == "unusual")
    assert 700 in np.asarray(marked.get_xdata())
    assert found._repr_png_().startswith(b"\x89PNG")
    with pytest.raises(SettingsError, match="there is no series `z`"):
        found.plot("z")


def test_a_rate_that_is_none_is_refused() -> None:
    with pytest.raises(SettingsError, match="a share above 0"):
        model().unusual(panel(series(0)), rate=1.5)
