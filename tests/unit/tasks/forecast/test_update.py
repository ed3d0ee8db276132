"""A forecaster that goes on with newer data: from what it was, judged beside it, or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import recur
from recur.judge.forecast.verdict import NETWORK
from recur.tasks.forecast.fitted import FittedForecaster

TIMES = pd.date_range("2024-01-01", periods=700, freq="h")
SMALL: dict[str, Any] = {
    "refit": False,
    "horizon": 2, "hidden": 8, "lookback": 12, "season": 12, "epochs": 15, "seed": 3,
}  # fmt: skip


def _wave(period: float, count: int, seed: int = 0) -> Any:
    noise = np.random.default_rng(seed).normal(0, 0.1, count)
    return 5 + np.sin(2 * np.pi * np.arange(count) / period) + noise


# What the newer values are like: a faster wave, which the first 300 do not show.
VALUES = np.concatenate([_wave(24, 300), _wave(9, 400)])


def _frame(first: int = 0, last: int = 700, **columns: Any) -> pd.DataFrame:
    frame = pd.DataFrame({"time": TIMES, "load": VALUES, **columns})
    return frame[first:last]


@pytest.fixture
def model() -> recur.Forecaster:
    return recur.Forecaster(**SMALL).fit(_frame(0, 300), target="load", progress=False)


def test_training_goes_on_from_the_weights_and_the_better_one_is_kept(
    model: recur.Forecaster,
) -> None:
    first = model.weights_
    done = model.update(_frame(), progress=False)
    assert done.updated
    assert isinstance(done.fitted, FittedForecaster)
    assert model.fitted_ is done.fitted
    assert not np.array_equal(model.weights_, first)
    before, after = (one.errors[NETWORK]["mse"] for one in (done.before, done.after))
    assert before is not None
    assert after is not None
    assert after < 0.8 * before
    assert "updated model is kept" in done.sentence
    assert model.judgement_ is done.after


def test_no_epoch_at_no_rate_leaves_the_weights_as_they_were(model: recur.Forecaster) -> None:
    first = model.weights_
    model.fitted_.settings.rate = 1e-30
    done = model.update(_frame(), progress=False)
    assert done.updated
    assert done.comparison.skill == pytest.approx(0, abs=1e-5)
    np.testing.assert_allclose(model.weights_, first, atol=1e-6)


def test_the_worse_one_is_not_kept() -> None:
    model = recur.Forecaster(**{**SMALL, "epochs": 40}).fit(
        _frame(300, 600), target="load", progress=False
    )
    saved = model.fitted_
    model.fitted_.settings.rate = 3.0  # which learns nothing
    model.fitted_.settings.keep_best = False
    done = model.update(_frame(300), progress=False)
    assert not done.updated
    assert model.fitted_ is saved
    assert "the model is kept as it was" in done.sentence
    assert done.judgement is done.before


def test_nothing_of_the_judged_end_is_learnt(
    model: recur.Forecaster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recur.tasks.forecast.update.Update.updated", True)
    frame = _frame()
    frame.loc[frame.index[-50:], "load"] = -100.0
    fitted = model.fitted_
    done = model.update(_frame(), test=50, progress=False)
    model.fitted_ = fitted
    changed = model.update(frame, test=50, progress=False)
    assert done.after.walk.held_out == 50
    one, other = (
        each.fitted for each in (done, changed) if isinstance(each.fitted, FittedForecaster)
    )
    assert np.array_equal(one.weights, other.weights)
    assert one.learned.history == other.learned.history


def test_the_judged_end_is_newer_than_what_the_model_has_seen(model: recur.Forecaster) -> None:
    done = model.update(_frame(0, 400), progress=False)  # of 160 newer values
    assert done.newer == 160
    assert done.after.walk.held_out == 32
    with pytest.raises(recur.SettingsError, match=r"`test` is 500; of the 460 newer values"):
        model.update(_frame(), test=500, progress=False)


def test_newer_values_alone_will_do(model: recur.Forecaster) -> None:
    scale = model.scaler_
    done = model.update(_frame(300), progress=False)
    assert done.newer == 400
    assert model.scaler_.spread == pytest.approx(scale.spread)


@pytest.mark.parametrize("method", ["pretrained", "seasonal_naive"])
def test_a_method_needs_the_newer_values_alone(method: str) -> None:
    model = recur.Forecaster(horizon=2, method=method).fit(
        _frame(0, 300), target="load", test=50, progress=False
    )
    done = model.update(_frame(300), progress=False)
    assert "has nothing to train" in done.sentence
    assert done.updated == (done.comparison.skill is not None and done.comparison.skill >= 0)


def test_what_was_updated_is_saved_and_updated_again(
    model: recur.Forecaster, tmp_path: Path
) -> None:
    model.update(_frame(0, 500), progress=False)
    again = recur.load(model.save(tmp_path / "model.recur"))
    assert again.predict(_frame()).values.tolist() == model.predict(_frame()).values.tolist()
    assert again.update(_frame(), progress=False).newer == 200 + 52  # those it was judged on too


@pytest.mark.parametrize(
    ("frame", "sentence"),
    [
        (_frame(0, 200), r"series `load` has 0 values newer than what the model has seen"),
        (_frame(0, 242), r"has 2 values newer .* an update takes at least 5"),
        (
            _frame().assign(time=pd.date_range("2025", periods=700, freq="D")),
            r"has a clock of daily, and the model learnt series on a clock of hourly",
        ),
    ],
    ids=["nothing newer", "too little", "other clock"],
)
def test_what_does_not_continue_the_series_is_refused(
    model: recur.Forecaster, frame: pd.DataFrame, sentence: str
) -> None:
    fitted = model.fitted_
    with pytest.raises(recur.DataError, match=sentence):
        model.update(frame, progress=False)
    assert model.fitted_ is fitted


def test_series_that_were_not_learnt_are_refused_and_missing_ones_told() -> None:
    two = pd.concat([_frame(0, 300, shop="north"), _frame(0, 300, shop="south")], ignore_index=True)
    model = recur.Forecaster(**SMALL).fit(two, target="load", id="shop", progress=False)
    with pytest.raises(recur.DataError, match=r"series `west` is none that the model has learnt"):
        model.update(_frame(shop="west"), id="shop", progress=False)
    with pytest.warns(recur.DataWarning, match="is without series `north` of the model"):
        model.update(_frame(shop="south"), id="shop", progress=False)
    assert model.ids_ == ("south",)


def test_an_update_takes_other_data_than_those_of_the_fit(model: recur.Forecaster) -> None:
    with pytest.raises(recur.SettingsError, match="newer data than those of the fit"):
        model.update(None)
