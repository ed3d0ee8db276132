"""Half of a series may be unknown: it is learnt from, forecast and judged by what was observed."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from recur.arrays import Float64s
from recur.data.panel.panel import Panel
from recur.data.synthetic import sine
from recur.data.tables.readers import read_panel
from recur.errors import DataWarning
from recur.judge import Judgement
from recur.tasks.forecast.backtest import backtest
from recur.tasks.forecast.compare import compare
from recur.tasks.forecast.forecaster import Forecaster

SEASON, HORIZON, TEST = 6, 2, 60
SMALL: dict[str, Any] = {"hidden": 4, "epochs": 2}


def forecaster(method: str, **options: Any) -> Forecaster:
    more = {**SMALL, "network": "trained"} if method == "network" else {"method": method}
    if method == "pretrained":
        more = {"network": "pretrained"}
    return Forecaster(horizon=HORIZON, season=SEASON, **more, **options)


def gappy(points: int = 240) -> Float64s:
    """Return a wave of which about a third is missing, single values and a run of twenty."""
    values = 50 + 5 * sine(points, SEASON, noise=0.1, seed=0).values
    lost = np.random.default_rng(1).random(points) < 0.3
    lost[200:220] = True
    lost[[0, -1]] = False
    return np.where(lost, np.nan, values)


def told(judgement: Any) -> dict[str, Any]:
    assert isinstance(judgement, Judgement)
    return judgement.to_dict()


def absurd(panel: Panel) -> Panel:
    assert panel.filled is not None
    return replace(panel, values=np.where(panel.filled, 1e9, panel.values))


@pytest.fixture(autouse=True)
def no_news() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        yield


@pytest.mark.parametrize("method", ["pretrained", "network", "linear", "seasonal_mean"])
def test_absurd_values_under_the_mask_change_no_figure_and_no_forecast(method: str) -> None:
    panel = read_panel(gappy())
    models = [
        forecaster(method, intervals=(80.0,)).fit(each, test=TEST, progress=False)
        for each in (panel, absurd(panel))
    ]
    one, other = (told(model.judgement_) for model in models)
    assert repr(one) == repr(other)
    np.testing.assert_array_equal(*(model.predict().values for model in models))
    assert next(iter(one["errors"].values()))["mae"] < 10


def test_what_was_not_observed_is_not_judged() -> None:
    values = gappy()
    seen = np.isfinite(values)
    model = forecaster("last_value").fit(values, test=TEST, progress=False)
    known = values[np.maximum.accumulate(np.where(seen, np.arange(240), 0))]
    missed = []
    for origin in range(240 - TEST, 240 - HORIZON + 1):
        ahead = slice(origin, origin + HORIZON)
        missed += np.abs(values[ahead] - known[origin - 1])[seen[ahead]].tolist()
    assert told(model.judgement_)["errors"]["last_value"]["mae"] == pytest.approx(np.mean(missed))


def test_how_many_are_left_out_is_said() -> None:
    with pytest.warns(DataWarning, match=r"of 60 held-out values were not observed, and are left"):
        forecaster("last_value").fit(gappy(), test=TEST, progress=False)


def test_a_backtest_and_a_comparison_leave_out_the_same() -> None:
    panel = read_panel(gappy())
    by_fit = forecaster("drift").fit(panel, test=TEST, progress=False)
    walked = backtest(forecaster("drift"), panel, test=TEST, progress=False)
    assert walked.to_dict()["errors"] == told(by_fit.judgement_)["errors"]
    folds = backtest(forecaster("drift"), panel, test=TEST, folds=3, refit=True, progress=False)
    assert folds.errors["drift"]["mae"] == pytest.approx(by_fit.judgement_.errors["drift"]["mae"])
    network = forecaster("network")
    compared = [
        compare(each, methods=("rnn",), base=network, test=TEST, progress=False).rows()
        for each in (panel, absurd(panel))
    ]
    figures = [[{**row, "seconds": 0} for row in rows] for rows in compared]
    assert repr(figures[0]) == repr(figures[1])


def test_values_said_to_be_zero_are_judged() -> None:
    values = np.where(np.isnan(gappy()), np.nan, 1.0)
    model = forecaster("mean").fit(values, test=TEST, fill="zero", progress=False)
    assert told(model.judgement_)["errors"]["last_value"]["mae"] > 0.2
