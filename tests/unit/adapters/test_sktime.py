"""A forecaster keeps the contract that sktime holds its own to."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

import recur

pytest.importorskip("sktime", reason="sktime is not installed")
from sktime.utils.estimator_checks import check_estimator

from recur.adapters.sktime import RecurForecaster

pytestmark = pytest.mark.filterwarnings("ignore")  # those of sktime itself

MONTHS = pd.period_range("2020-01", periods=60, freq="M")
AIR = pd.Series(100 + np.arange(60) + 10 * np.sin(np.arange(60) * np.pi / 6), index=MONTHS)


@pytest.mark.slow
def test_it_keeps_the_contract_of_sktime() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        checked = check_estimator(RecurForecaster, raise_exceptions=False, verbose=False)
    assert len(checked) > 500
    assert {name: found for name, found in checked.items() if found != "PASSED"} == {}


def test_it_forecasts_what_a_forecaster_does() -> None:
    made = RecurForecaster({"season": 12}).fit(AIR, fh=[1, 3]).predict()
    frame = pd.DataFrame({"ds": MONTHS.to_timestamp(), "y": AIR.to_numpy()})
    own = recur.Forecaster(horizon=3, season=12).fit(frame, test=0, progress=False).predict()
    assert made.tolist() == own.values[0, [0, 2]].tolist()
    assert [str(time) for time in made.index] == ["2025-01", "2025-03"]


def test_newer_values_are_taken_up() -> None:
    forecaster = RecurForecaster({"method": "last_value"}).fit(AIR[:50], fh=[1])
    made = forecaster.update(AIR[50:]).predict()
    assert made.tolist() == [AIR.iloc[-1]]
    assert str(made.index[0]) == "2025-01"
