"""From parameters and a panel to a training: what is learnt from, chosen by and kept apart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from recur.data.panel.panel import Panel
from recur.data.synthetic import random_walk, sine
from recur.data.tables.readers import read_panel
from recur.errors import DataError, DataWarning, SettingsError
from recur.tasks.forecast.defaults import loss_kind
from recur.tasks.forecast.forecaster import Forecaster
from recur.tasks.forecast.prepare import Prepared, newest_targets, prepare

HORIZON = 3


def quick(**parameters: Any) -> Forecaster:
    settings = {"horizon": HORIZON, "hidden": 4, "epochs": 1, "lookback": 12, "season": 12}
    return Forecaster(**{**settings, **parameters})


def waves(*lengths: int) -> Panel:
    return read_panel(
        [1e6 * i + sine(length, 12, noise=0.1, seed=i).values for i, length in enumerate(lengths)]
    )


def laid_out(panel: Panel, learning: int | None = None, **parameters: Any) -> Prepared:
    return prepare(quick(**parameters), panel, panel.lengths - 10, learning or len(panel))


def rows(found: Prepared, part: range) -> list[tuple[int, int, int]]:
    """Return of each series that a part has windows of: itself, the first and last row aimed at."""
    windows, index = found.windows, np.array(part)
    origins, series = windows.places(index)
    into = origins - windows.begins[series]
    return [
        (int(i), int(into[series == i].min()), int(into[series == i].max()) + windows.horizon - 1)
        for i in np.unique(series)
    ]


def test_each_series_is_cut_by_its_own_length() -> None:
    found = laid_out(waves(110, 60))
    assert rows(found, found.job.training) == [(0, 12, 79), (1, 12, 39)]
    assert rows(found, found.job.validation) == [(0, 80, 99), (1, 40, 49)]


def test_the_part_to_choose_by_chooses_the_scaling_too() -> None:
    around = 34 + np.random.default_rng(0).normal(size=400)
    steady, gone = around.copy(), around.copy()
    gone[-30:-10] = 0.1  # before the held-out end
    steady[-10:] = 0.1  # inside of it
    kinds = [laid_out(read_panel(each)).windows.scaler.kind for each in (steady, gone)]
    assert kinds == ["series", "window"]


def test_series_shorter_than_the_lookback_are_learnt_from_with_a_least_history() -> None:
    panel = waves(110, 26)
    assert laid_out(panel, lookback=20, season=1).windows.least == 3
    assert laid_out(panel, lookback=20, season=1, cell="mlp").windows.least == 20
    found = laid_out(panel, lookback=20, least_history=2, season=1)
    assert rows(found, found.job.training)[1] == (1, 2, 11)
    assert found.windows.masked
    model = quick(lookback=20, least_history=2, season=1).fit(panel, test=10, progress=False)
    assert model.predict().values[1] == pytest.approx(1e6, abs=10)
    assert model.predict([np.arange(2.0) + 5]).values == pytest.approx(5, abs=20)
    with pytest.raises(DataError, match="has 1 value, but one lookback takes at least 2"):
        model.predict([[5.0]])


def test_series_to_choose_by_take_the_place_of_the_validation_part() -> None:
    panel = waves(60, 70).joined(waves(40))
    found = prepare(quick(), panel, np.array([50, 60, 40]), learning=2)
    assert rows(found, found.job.training) == [(0, 12, 49), (1, 12, 59)]
    assert rows(found, found.job.validation) == [(2, 37, 39)]
    decoder = quick(strategy="encoder_decoder", decoder_length=5)
    found = prepare(decoder, panel, np.array([50, 60, 40]), learning=2)
    assert rows(found, found.job.validation) == [(2, 35, 39)]


def test_series_to_choose_by_change_which_weights_are_kept_and_nothing_else() -> None:
    panel, others = waves(80), [random_walk(40, seed=i).values for i in range(2)]
    first, second = (
        quick(epochs=6, rate=0.05).fit(panel, test=10, choose_by=given, progress=False)
        for given in (others, [1e3 * values**2 for values in others])
    )
    for one, two in zip(first.history_, second.history_, strict=False):
        assert one.training == two.training
        assert one.validation != two.validation
    assert first.scaler_.spread.tobytes() == second.scaler_.spread.tobytes()
    assert first.ids_ == second.ids_ == ("y",)
    assert len(first.scaler_.spread) == len(first.error_scale_.spread) == 1
    days = pl.DataFrame({"ds": np.datetime64("2024-01-01") + np.arange(40), "y": others[0]})
    with pytest.raises(DataError, match="series that are used together need one"):
        quick().fit(panel, choose_by=days, progress=False)


def test_series_to_choose_by_do_not_take_from_the_calibration() -> None:
    others = [sine(30, 12, seed=i).values for i in range(20)]
    model = quick(intervals=(95,), calibration=0.05)
    model.fit(waves(120), test=10, choose_by=others, progress=False)
    assert model.interval_margins_.shape == (1, HORIZON)


def loss_of(found: Prepared) -> str:
    """Return the loss that the targets of the training would take if they were of one series."""
    return loss_kind(newest_targets(found.windows, np.array(found.job.training)), 1)


@pytest.mark.parametrize("strategy", ["direct", "all_steps"])
def test_the_loss_is_chosen_by_targets_that_count(strategy: str) -> None:
    """Neither steps before a series begins, of which another series lies, nor filled values do."""
    panel = waves(110, 60, 40)
    more: dict[str, Any] = {"strategy": strategy, "least_history": 2}
    more |= {"scaling": "window", "residual": "last"}
    assert loss_of(laid_out(panel, **more)) == "mse"
    values, filled = panel.values.copy(), np.zeros(panel.rows, bool)
    filled[[5, 30]] = True
    wild = np.where(filled, 1e7, values)
    gaps = replace(panel, values=wild, filled=filled)
    more = {**more, "scaling": "none", "residual": "none"}
    level = replace(gaps, values=np.where(filled, 1e9, values % 1e6), filled=filled)
    assert loss_of(laid_out(level, **more)) == "mse"
    observed = replace(panel, values=np.where(filled, 1e9, values % 1e6))
    assert loss_of(laid_out(observed, **more)) == "mae"


def test_several_targets_are_forecast_by_one_network_that_knows_which_is_which() -> None:
    frame = pl.DataFrame(
        {
            "ds": range(80),
            "a": sine(80, 12, noise=0.1).values,
            "b": 50 + sine(80, 12, noise=0.1, seed=1).values,
        }
    )
    model = quick(scaling="series").fit(frame, target=["a", "b"], test=10, progress=False)
    assert model.network_.inputs == 3
    forecast = model.predict()
    assert len(forecast.ids) == 2
    assert forecast.values.mean(axis=1) == pytest.approx([0, 50], abs=5)
    again = model.predict(frame)
    assert again.values.tobytes() == forecast.values.tobytes()


def test_a_static_column_named_target_is_a_column_like_others() -> None:
    values = np.concatenate([sine(80, 12).values, sine(80, 12, seed=1).values])
    frame = pl.DataFrame(
        {
            "unique_id": ["p"] * 80 + ["q"] * 80,
            "ds": [*range(80), *range(80)],
            "y": values,
            "target": ["red"] * 80 + ["blue"] * 80,
        }
    )
    model = quick().fit(frame, target="y", static="target", test=10, progress=False)
    assert model.predict(frame).values.tobytes() == model.predict().values.tobytes()


def test_a_hidden_state_is_sized_by_the_training_values_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("recur.tasks.forecast.defaults._SIZES", ((5, 101), (7, 10**9)))
    for learning, expected in ((1, 5), (2, 7)):  # 80 training values of the first series
        panel = waves(110, 110)
        found = prepare(quick(hidden=None), panel, panel.lengths - 10, learning)
        assert found.job.spec.hidden == expected


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"least_history": 13}, "`least_history` is 13, more than the lookback of 12"),
        ({"residual": "seasonal", "season": 13}, "a lookback that holds it"),
        ({"residual": "seasonal", "season": 1}, "name a season above 1"),
        ({"calendar": True}, "which has no days, weeks or years to read"),
        ({"cell": "mlp", "least_history": 3}, "none can be masked"),
        ({"filters": 2, "least_history": 3}, "none can be masked"),
        ({"filters": 2, "kernel": 13}, "kernel of 13 is longer than the 12"),
        ({"cell": "mlp", "bidirectional": True}, "takes in the whole window at once"),
    ],
    ids=str,
)
def test_what_the_data_or_the_network_cannot_do_is_refused(
    parameters: dict[str, Any], reason: str
) -> None:
    with pytest.raises(SettingsError, match=reason):
        quick(**parameters).fit(waves(110), test=10, progress=False)


def shop(**beside: Any) -> Panel:
    """Return 80 values and prices, and three prices more."""
    sold = [*sine(80, 12).values, None, None, None]
    price = np.random.default_rng(0).normal(size=83)
    frame = pl.DataFrame({"ds": range(83), "sold": sold, "price": price})
    return read_panel(frame if "known" in beside else frame[:80], target="sold", **beside)


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"lookback": 2}, "it must be at least 3"),
        ({"strategy": "encoder_decoder", "decoder_length": 5}, "`decoder_length` is 5"),
    ],
)
def test_what_is_known_ahead_has_to_be_read_in_time(
    parameters: dict[str, Any], reason: str
) -> None:
    with pytest.raises(SettingsError, match=reason):
        quick(**parameters).fit(shop(known="price"), test=10, progress=False)


def test_past_covariates_cannot_be_fed_back() -> None:
    told = shop(past="price")
    with pytest.raises(SettingsError, match="past covariates of steps still to come"):
        quick(strategy="recursive").fit(told, progress=False)
    model = quick(strategy="recursive", horizon=1)
    assert model.fit(told, progress=False).network_.inputs == 2


def test_a_season_beyond_what_a_default_window_holds_is_noticed() -> None:
    panel = read_panel(sine(4000, 700, noise=0.1).values)
    ends = panel.lengths - 10
    with pytest.warns(DataWarning, match="season of 700 steps is longer than the 384"):
        found = prepare(quick(lookback=None, season=700), panel, ends, 1)
    assert found.windows.lookback == 384
    assert prepare(quick(lookback=700, season=700), panel, ends, 1).windows.lookback == 700
