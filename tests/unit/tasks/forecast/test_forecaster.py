"""The forecaster: choices, prediction, judging, many series, exactness."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

import recur
from recur.data.panel.panel import Panel
from recur.data.tables.readers import read_panel
from recur.errors import DataError, DataWarning, SettingsError
from recur.tasks.forecast.forecaster import Forecaster
from recur.tasks.forecast.prepare import prepare


def waves(series: int = 3, points: int = 150) -> Panel:
    """Return series of different lengths and levels, of one period."""
    made = [
        1000 * i + (i + 1) * recur.synthetic.sine(points + 7 * i, 12, noise=0.1, seed=i).values
        for i in range(series)
    ]
    return read_panel(made)


def quick(**parameters: object) -> Forecaster:
    return Forecaster(**{"horizon": 4, "hidden": 4, "epochs": 2, **parameters})  # type: ignore[arg-type]


def test_choices_come_from_the_data_and_are_kept() -> None:
    model = quick(epochs=None).fit(recur.synthetic.sine(400, period=20, noise=0.1).values)
    assert model.season_ == 20
    assert model.lookback_ == 30
    assert model.epochs_ == 125
    assert model.engine_ in ("compiled", "torch:cuda")
    assert model.get_params()["lookback"] is None
    assert model.chosen()["lookback"] == 30


@pytest.mark.parametrize("strategy", ["direct", "recursive"])
def test_a_forecast_has_a_value_for_every_step_of_every_series(strategy: str) -> None:
    panel = waves()
    model = quick(strategy=strategy).fit(panel, test=20)
    forecast = model.predict()
    assert forecast.values.shape == (3, 4)
    assert forecast.ids == panel.ids
    levels = forecast.values.mean(axis=1)
    assert levels == pytest.approx([0, 1000, 2000], abs=10)
    assert [row["time"] for row in forecast.rows()][:4] == ["150", "151", "152", "153"]
    assert forecast.frame().columns == ["unique_id", "ds", "y"]
    assert forecast.csv().splitlines()[0] == "unique_id,ds,y"


def test_recursive_feeds_its_own_forecasts_back() -> None:
    panel = waves(1)
    model = quick(strategy="recursive").fit(panel, test=20)
    step_by_step = []
    values = panel.series(0).tolist()
    one = quick(strategy="recursive", horizon=1)
    one.__dict__.update({k: v for k, v in vars(model).items() if k.endswith("_")})
    for _ in range(4):
        step = one.predict(np.array(values)).values[0, 0]
        step_by_step.append(step)
        values.append(step)
    assert model.predict().values[0] == pytest.approx(step_by_step, abs=1e-9)


def test_judging_walks_forward_with_the_true_past_known() -> None:
    panel = waves(1)
    model = quick(horizon=1, refit=False).fit(panel, test=20)
    judgement = model.judge()
    assert judgement.forecasts["network"][0].shape == (20, 1)
    for back in (20, 7, 1):
        known = panel.series(0)[: len(panel.series(0)) - back]
        assert model.predict(known).values[0] == pytest.approx(
            judgement.forecasts["network"][0][20 - back], abs=1e-6
        )


def test_scaling_does_not_see_the_validation_part() -> None:
    values = waves(1).series(0)  # 150 values: 130 of history, the last 26 of them to choose by
    changed = values.copy()
    changed[104:130] += 50
    for scaling in ("window", "series", "minmax"):
        first = quick(scaling=scaling, season=12, refit=False).fit(values, test=20)
        second = quick(scaling=scaling, season=12, refit=False).fit(changed, test=20)
        assert first.scaler_.centre.tobytes() == second.scaler_.centre.tobytes()
        assert first.scaler_.spread.tobytes() == second.scaler_.spread.tobytes()
        assert [e.training for e in first.history_] == [e.training for e in second.history_]
        assert [e.validation for e in first.history_] != [e.validation for e in second.history_]


def test_a_series_unseen_in_training_can_be_forecast() -> None:
    for scaling in ("window", "series"):
        model = quick(scaling=scaling).fit(waves(), test=20)
        frame = pl.DataFrame(
            {
                "unique_id": ["new"] * 80 + ["1"] * 80,
                "ds": [*range(80), *range(80)],
                "y": np.concatenate([5e5 + waves(1).series(0)[:80], waves().series(1)[:80]]),
            }
        )
        forecast = model.predict(frame)
        assert dict(zip(forecast.ids, forecast.values[:, 0], strict=True)) == pytest.approx(
            {"new": 5e5, "1": 1000}, abs=10
        )


def test_without_a_test_nothing_is_judged() -> None:
    model = quick().fit(waves(1), test=0)
    assert model.judgement_ is None
    with pytest.raises(SettingsError, match="`fit` held out 0"):
        model.judge(test=10)
    assert model.judge(waves(1), test=30).verdict.claim in ("skill", "none", "too_little")


def test_a_model_cannot_be_judged_on_what_it_has_learnt_from() -> None:
    model = quick().fit(waves(1), test=20)
    assert model.judge() is model.judgement_
    assert model.judge(test=10).walk.starts == (140,)
    with pytest.raises(SettingsError, match="`test` is 21, but `fit` held out 20"):
        model.judge(test=21)


def test_a_failed_fit_leaves_the_model_as_it_was() -> None:
    model = quick().fit(waves(1), test=20)
    before = model.predict().values.tobytes()
    with pytest.raises(DataError):
        model.fit(np.arange(5.0))
    assert model.predict().values.tobytes() == before


def test_too_short_a_series_says_what_is_needed() -> None:
    with pytest.raises(DataError) as caught:
        quick(lookback=40, least_history=40).fit([np.arange(45.0), np.arange(40.0)], test=10)
    assert str(caught.value) == (
        "array: series `0` has 45 values (and 1 more is too short), but a lookback of 40, a "
        "horizon of 4 and the end held out to judge by takes at least 54; lower them, or give "
        "more data."
    )


def test_a_lookback_of_one_needs_another_scaling() -> None:
    assert quick(lookback=1).fit(waves(1)).scaler_.kind == "series"
    with pytest.raises(SettingsError, match="nothing to see of a lookback of 1"):
        quick(lookback=1, scaling="window").fit(waves(1))


def test_constant_series_are_forecast_as_they_are() -> None:
    for scaling in ("window", "series", "minmax"):
        with pytest.warns(DataWarning, match="Every value of `y` is the same"):
            model = quick(scaling=scaling).fit(np.full(120, 7.0))
        assert model.predict().values == pytest.approx(np.full((1, 4), 7.0), abs=1.0)
        assert model.judgement_ is not None


def test_a_network_without_a_head_gives_its_hidden_state() -> None:
    model = quick(cell="rnn", horizon=1, hidden=1, head="none").fit(waves(1), test=20)
    assert model.network_.size == 4
    with pytest.raises(SettingsError, match="`outputs` is 1 and must be 4"):
        quick(horizon=1, head="none").fit(waves(1))


def test_frames_in_frames_out(tmp_path: Path) -> None:
    import pandas as pd

    frame = pd.DataFrame(
        {"day": pd.date_range("2024-01-01", periods=120), "sold": waves(1).series(0)[:120]}
    )
    model = quick().fit(frame, target="sold")
    rows = model.predict().rows()
    assert rows[0]["time"] == "2024-04-30"
    out = model.predict().frame("pandas")
    assert out["ds"].iloc[0] == pd.Timestamp("2024-04-30")
    assert list(out["unique_id"]) == ["sold"] * 4


def test_the_picture_is_of_the_held_out_stretch() -> None:
    model = quick().fit(waves(), test=20)
    assert model.plot().axes
    assert model.plot("1").axes
    with pytest.raises(SettingsError, match="nothing to plot"):
        quick().fit(waves(1), test=0).plot()


@pytest.mark.realdata
@pytest.mark.parametrize(("network", "most"), [("trained", 1.02), ("pretrained", 1.03)])
@pytest.mark.parametrize("name", ["TSLA", "GOOGL", "DJI"])
def test_no_skill_is_claimed_on_stock_prices(
    realdata: Path, name: str, network: str, most: float
) -> None:
    model = Forecaster(horizon=1, network=network)  # type: ignore[arg-type]
    model.fit(realdata / "stocks" / f"{name}.csv", target="close", test=100)
    judgement = model.judgement_
    assert judgement is not None
    assert judgement.verdict.claim in ("none", "worse")
    assert judgement.verdict.lag == 1
    judged = judgement.errors["network"]
    assert judged["mse"] <= most * judgement.errors["last_value"]["mse"]  # type: ignore[operator]


def test_parameters_are_used_as_they_were_validated() -> None:
    model = quick(horizon="3", keep_best="no").fit(waves(1), test=20)
    assert model.predict().values.shape == (1, 3)
    assert model.settings_["keep_best"] is False
    assert model.get_params()["horizon"] == "3"


def test_changed_parameters_wait_for_the_next_fit(tmp_path: Path) -> None:
    model = quick().fit(waves(1), test=20)
    before = model.predict().values.tobytes()
    model.set_params(horizon=9, hidden=7)
    assert model.predict().values.tobytes() == before
    loaded = recur.load(model.save(tmp_path / "model"))
    assert loaded.get_params()["horizon"] == 4
    assert loaded.predict(waves(1)).values.tobytes() == before


def test_a_fit_that_cannot_be_judged_is_refused_before_training(tmp_path: Path) -> None:
    for model, points in (
        (quick(horizon=20, strategy="recursive"), 30),
        (quick(horizon=30, lookback=50, strategy="recursive"), 60),
    ):
        with pytest.raises(DataError):
            model.fit(np.arange(float(points)) % 7, test=30, checkpoint=tmp_path / "run")
        assert not model.is_fitted
        assert not list(tmp_path.iterdir())


def test_given_weights_are_judged_anew() -> None:
    model = quick().fit(waves(1), test=20)
    old = model.judgement_
    zeros = {
        name: np.zeros_like(block) for name, block in model.network_.named(model.weights_).items()
    }
    model.load_state_dict(zeros)
    assert model.judgement_ is not None
    assert old is not None
    assert model.judgement_.errors["network"] != old.errors["network"]
    assert model.judgement_.errors["linear"] == old.errors["linear"]
    assert model.history_ == ()


def test_what_is_noticed_in_the_data_reaches_users_of_python(tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"
    days = np.datetime64("2024-01-01") + np.arange(119, -1, -1)
    rows = [f"{day},{value}" for day, value in zip(days, waves(1).series(0), strict=False)]
    path.write_text("\n".join(["day,price", *rows]), encoding="utf-8")
    with pytest.warns(DataWarning, match="newest"):
        model = quick().fit(path)
    assert model.predict().rows()[0]["time"] == "2024-04-30"


def test_a_scaling_learnt_elsewhere_is_noticed() -> None:
    model = quick(scaling="series").fit(waves(1), test=20)
    with pytest.warns(DataWarning, match="its mean is 500.*, not near"):
        model.predict(500 + waves(1).series(0))
    model.predict(waves(1).series(0) + 1)


def test_another_clock_is_noticed() -> None:
    def every(hours: int) -> pl.DataFrame:
        times = np.datetime64("2024-01-01T00", "h") + hours * np.arange(120)
        return pl.DataFrame({"ds": times.astype("M8[us]"), "y": waves(1).series(0)[:120]})

    model = quick().fit(every(1), test=20)
    with pytest.warns(DataWarning, match="hourly, this is one of daily"):
        model.judge(every(24), test=20)
    with pytest.warns(DataWarning, match="a season of 12 steps may mean nothing here"):
        model.predict(every(24))
    with pytest.warns(DataWarning, match="hourly, this is one of rows in order"):
        model.predict(waves(1).series(0))
    with pytest.warns(DataWarning, match="nothing of what is judged here was held out"):
        model.judge(every(1), test=30)


def test_each_series_is_judged_on_its_own_last_fifth() -> None:
    model = quick(lookback=8).fit([waves(1).series(0), waves(1).series(0)[:60]])
    assert model.judge().walk.starts == (110, 42)


def test_a_sigmoid_head_can_forecast_a_fall() -> None:
    model = quick(head="sigmoid").fit(waves(1), test=20)
    assert model.scaler_.kind == "minmax"
    with pytest.raises(SettingsError, match="no fall could be forecast"):
        quick(head="sigmoid", scaling="window").fit(waves(1))


def test_a_level_that_was_left_in_the_held_out_end_is_not_forecast() -> None:
    random = np.random.default_rng(0)
    values = np.concatenate([34 + random.normal(size=160), random.uniform(0, 0.33, 25)])
    model = Forecaster(horizon=1, hidden=8).fit(values)
    assert model.scaler_.kind == "series"  # all that was to choose by is at the old level
    assert abs(model.predict().values[0, 0]) < 2
    assert model.judgement_ is not None
    assert "its mean squared error is" in model.judgement_.verdict.sentence
    assert "times as large" in model.judgement_.verdict.sentence


def test_a_users_subclass_does_not_take_over_files(tmp_path: Path) -> None:
    class Mine(Forecaster):
        pass

    path = quick().fit(waves(1), test=20).save(tmp_path / "model")
    assert type(recur.load(path)) is Forecaster


def test_the_last_time_that_training_has_seen_is_the_latest_of_all_series() -> None:
    times = np.datetime64("2024-01-01") + np.arange(200)
    frame = pl.DataFrame(
        {
            "unique_id": ["long"] * 200 + ["short"] * 100,
            "ds": np.concatenate([times, times[:100]]),
            "y": np.concatenate([waves(1, 200).series(0), waves(1).series(0)[:100]]),
        }
    )
    model = quick(lookback=8, refit=False).fit(frame, test=20)
    assert model.clock_.text(model.seen_until_) == str(times[179])
    again = quick(lookback=8).fit(frame, test=20)
    assert again.clock_.text(again.seen_until_) == str(times[199])


def test_a_small_share_of_validation_still_holds_a_horizon() -> None:
    panel = waves(1)
    model = quick(horizon=10, validation=0.01, lookback=8)
    job = prepare(model, panel, panel.lengths, learning=len(panel)).job
    assert len(job.validation) == 1


def test_weights_are_not_given_to_intervals_that_were_calibrated_on_others() -> None:
    blocks = quick().fit(waves(1), test=20)
    named = blocks.network_.named(blocks.weights_)
    model = quick(intervals=(80,)).fit(waves(1), test=20)
    before = model.predict().values.tobytes()
    with pytest.raises(SettingsError, match="calibrated on the weights it has learnt"):
        model.load_state_dict(named)
    assert model.predict().values.tobytes() == before


def test_every_series_may_be_shorter_than_the_lookback() -> None:
    series = [recur.synthetic.sine(30 + i, 12, seed=i).values for i in range(3)]
    model = quick(lookback=40, least_history=4, season=1).fit(series, test=8)
    assert model.predict().values.shape == (3, 4)
    assert model.judgement_ is not None
