"""How far to look ahead where nobody has said is what is usual for the clock of the data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import recur
from recur import Forecaster
from recur.data.clock import DAY, HOUR, MINUTE, SECOND, WEEK, Clock
from recur.data.panel.panel import Panel
from recur.tasks.forecast.horizon import usual_horizon
from recur.tasks.forecast.tuning import tune

ROWS = 400
LONG = np.random.default_rng(0).normal(size=ROWS)


def panel(clock: Clock, values: np.ndarray = LONG) -> Panel:
    times = clock.after(0, len(values))
    return Panel(values, times, np.array([0, len(values)]), ("y",), clock)


@pytest.mark.parametrize(
    ("clock", "horizon"),
    [
        (Clock("months", 1), 12), (Clock("months", 3), 8), (Clock("months", 12), 6),
        (Clock("months", 6), 12), (Clock("fixed", WEEK), 13), (Clock("fixed", DAY), 14),
        (Clock("fixed", 2 * DAY), 12), (Clock("trading"), 10), (Clock("fixed", HOUR), 24),
        (Clock("fixed", HOUR // 2), 48), (Clock("fixed", 6 * HOUR), 12),
        (Clock("fixed", HOUR // 4), 12), (Clock("fixed", MINUTE), 60), (Clock("fixed", SECOND), 60),
        (Clock("fixed", 1000), 60), (Clock(), 12), (Clock("integer"), 12),
    ],
    ids=lambda case: case.describe() if isinstance(case, Clock) else str(case),
)  # fmt: skip
def test_a_clock_has_its_usual_horizon(clock: Clock, horizon: int) -> None:
    assert usual_horizon(panel(clock)) == horizon


def test_it_is_at_most_a_quarter_of_the_series() -> None:
    assert usual_horizon(panel(Clock("months", 1), LONG[:24])) == 6
    assert usual_horizon(panel(Clock("months", 1), LONG[:3])) == 1


def test_without_a_clock_it_is_the_season_of_what_no_judge_looks_at() -> None:
    wave = np.sin(2 * np.pi * np.arange(ROWS) / 20) + 0.1 * LONG
    assert usual_horizon(panel(Clock(), wave)) == 20
    only_at_the_end = np.where(np.arange(ROWS) < 0.7 * ROWS, LONG, 20 * wave)
    assert usual_horizon(panel(Clock(), only_at_the_end)) == 12


def test_a_file_alone_is_forecast_and_what_was_guessed_is_kept(tmp_path: Path) -> None:
    months = np.datetime64("2001-01") + np.arange(96)
    values = 50 + 10 * np.sin(np.arange(96) / 6 * np.pi) + LONG[:96]
    file = tmp_path / "milk.csv"
    rows = (f"{month},{value:.2f}" for month, value in zip(months, values, strict=True))
    file.write_text("\n".join(["month,litres", *rows]))
    model = Forecaster().fit(file)
    assert model.get_params()["horizon"] == 0
    assert model.horizon_ == model.chosen()["horizon"] == model.predict().values.shape[1] == 12
    assert model.guessed_ == {"target": "litres", "time": "month", "horizon": "12"}
    again = recur.load(model.save(tmp_path / "milk.recur"))
    assert (again.horizon, again.guessed_) == (12, model.guessed_)
    said = Forecaster(horizon=3).fit(file, target="litres", time="month")
    assert (said.horizon_, said.guessed_) == (3, {})


@pytest.mark.parametrize("what", ["compare", "backtest", "tune"])
def test_whatever_fits_looks_as_far_ahead(what: str) -> None:
    daily = panel(Clock("fixed", DAY), LONG[:120])
    small = Forecaster(hidden=2, epochs=1, lookback=4, batch=32)
    if what == "compare":
        found = recur.compare(daily, methods=["gru"], base=small, progress=False)
        assert found.judgement.walk.horizon == 14
    elif what == "backtest":
        walked = recur.backtest(small, daily, refit=True, folds=2, progress=False)
        assert walked.walk.horizon == 14
    else:
        pytest.importorskip("optuna")
        assert tune(small, daily, trials=1, progress=False).model.horizon == 14
