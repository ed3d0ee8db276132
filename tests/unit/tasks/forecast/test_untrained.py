"""Methods without a training: fitted, judged, saved and used as every forecaster is."""

from __future__ import annotations

import sys
import warnings
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import numpy as np
import pytest

import recur
from recur.arrays import Float64s
from recur.data.panel.panel import Panel
from recur.data.synthetic import sine
from recur.data.tables.readers import read_panel
from recur.errors import DataError, DataWarning, ModelFileError, SettingsError
from recur.files.modelfile import read_file, write_file
from recur.judge import SIMPLE, Judgement
from recur.tasks.forecast.checks import check_parameters
from recur.tasks.forecast.classical import available
from recur.tasks.forecast.forecaster import Forecaster
from recur.tasks.forecast.known import Known, Prediction
from recur.tasks.forecast.methods import TRAINED, UNTRAINED, Untrained
from recur.tasks.forecast.predict import own_prediction, predict_at
from recur.tasks.forecast.tuning import tune

SEASON = 6
CLASSICAL = ("ets", "arima", "theta", "blend")
needs_extra = pytest.mark.skipif(
    available() is not None, reason="statsforecast, of the extra `classical`, is not installed"
)
EVERY = [*SIMPLE, *(pytest.param(name, marks=needs_extra) for name in CLASSICAL)]


def wave(points: int = 120, seed: int = 0, level: float = 50.0) -> Float64s:
    return level + 5 * sine(points, SEASON, noise=0.1, seed=seed).values


def fitted(method: str, data: Any = None, **options: Any) -> Forecaster:
    given = {"horizon": 3, "season": SEASON, **options}
    test = given.pop("test", 40)
    model = Forecaster(method=method, **given)
    return model.fit(wave() if data is None else data, test=test, progress=False)


def test_the_table_holds_every_simple_answer_and_the_classical_methods() -> None:
    assert tuple(UNTRAINED) == ("pretrained", *SIMPLE, *CLASSICAL)
    assert Forecaster().method == TRAINED


@pytest.mark.parametrize("method", EVERY)
def test_a_method_is_judged_and_forecasts_what_follows(method: str) -> None:
    model = fitted(method)
    judgement = model.judgement_
    assert isinstance(judgement, Judgement)
    assert judgement.walk.starts == (80,)
    assert judgement.verdict.judged == method
    assert model.season_ == SEASON
    assert model.predict().values.shape == (1, 3)
    errors = judgement.to_dict()["errors"]
    assert next(iter(errors)) == method
    if method in SIMPLE:  # the very answer that a network is judged against
        assert judgement.errors["network"] == judgement.errors[method]
        assert set(errors) == set(SIMPLE)
    if method in ("seasonal_naive", "linear", *CLASSICAL):
        assert errors[method]["mse"] < 0.1 * errors["last_value"]["mse"]


def test_the_forecasts_are_the_answers_by_hand() -> None:
    values = np.array([1.0, 4.0, 2.0, 5.0, 3.0, 6.0])
    by_hand = {
        "last_value": [6.0, 6.0, 6.0],
        "seasonal_naive": [3.0, 6.0, 3.0],
        "drift": [7.0, 8.0, 9.0],
        "mean": [3.5, 3.5, 3.5],
        "window_mean": [4.5, 4.5, 4.5],
        "seasonal_mean": [2.0, 5.0, 2.0],
    }
    for name, expected in by_hand.items():
        more = {"lookback": 2} if name == "window_mean" else {}
        model = fitted(name, values, season=2, test=0, **more)
        assert model.judgement_ is None
        assert model.predict().values[0] == pytest.approx(expected)


@pytest.mark.parametrize("method", EVERY)
def test_nothing_from_an_origin_on_is_seen(method: str) -> None:
    model = fitted(method, intervals=(80,))
    first = fitted(method, np.concatenate([wave()[:80], wave(40, seed=9, level=900)]))
    assert model.season_ == first.season_
    origins = np.arange(80, 100)
    values, changed = wave(), wave()
    changed[95:] += 30
    made = [
        predict_at(replace(model.fitted_, panel=None), read_panel(v), np.zeros(20, int), origins)
        for v in (values, changed)
    ]
    for one, two in zip(*made, strict=True):
        np.testing.assert_array_equal(one[..., :16, :], two[..., :16, :])
        assert (one[..., 16:, :] != two[..., 16:, :]).any()


@pytest.mark.parametrize("method", ["last_value", "linear"])
def test_margins_are_found_before_the_held_out_end(method: str) -> None:
    other = np.concatenate([wave()[:80], wave(40, seed=9, level=900)])
    one, two = (fitted(method, v, intervals=(80, 90)).fitted_ for v in (wave(), other))
    np.testing.assert_array_equal(one.interval_margins, two.interval_margins)
    assert one.interval_margins.shape == (2, 3)
    assert (one.interval_margins[1] >= one.interval_margins[0]).all()


def test_conformal_intervals_hold_about_what_they_say() -> None:
    noise = [np.random.default_rng(seed).normal(size=300) for seed in range(20)]
    model = fitted("mean", noise, season=1, horizon=2, intervals=(80,), test=100)
    intervals = model.judgement_.intervals  # type: ignore[union-attr]
    assert intervals is not None
    assert intervals.measures[80].coverage == pytest.approx(0.8, abs=0.04)
    forecast = model.predict()
    assert forecast.low is not None
    assert (forecast.low[0] < forecast.values).all()


def test_several_series_of_several_lengths_and_targets(tmp_path: Path) -> None:
    panel = read_panel([wave(), wave(60, seed=1), wave(30, seed=2)])
    assert fitted("drift", panel, test=None).predict().values.shape == (3, 3)
    frame = {"t": np.arange(120), "a": wave(), "b": wave(seed=3, level=1)}
    import polars as pl

    model = Forecaster(method="seasonal_naive", horizon=2, season=SEASON)
    model.fit(pl.DataFrame(frame), target=["a", "b"], time="t", test=20)
    again = recur.load(model.save(tmp_path / "model.recur"))
    made = again.predict(pl.DataFrame(frame), time="t")
    assert made.ids == ("a", "b")
    assert made.values.tolist() == [wave()[-6:-4].tolist(), wave(seed=3, level=1)[-6:-4].tolist()]


def test_a_series_too_short_to_judge_on_is_forecast() -> None:
    short = np.array([1.0, 2.0, 3.0])
    with pytest.warns(DataWarning, match=r"3 values, too few to hold out 5 .* nothing is judged"):
        assert fitted("drift", short, season=1, horizon=5, test=None).judgement_ is None
    with pytest.warns(DataWarning, match=r"`0` has 3 values, too few .*: it is not judged"):
        model = fitted("drift", [short, wave(60)], horizon=5, test=None)
    assert model.predict().values[0].tolist() == [4.0, 5.0, 6.0, 7.0, 8.0]
    one = fitted("seasonal_naive", np.array([7.0]), season=None, horizon=2, test=0)
    assert one.predict().values.tolist() == [[7.0, 7.0]]
    with pytest.warns(DataWarning, match="too few to hold out 10 of them: it is not judged"):
        assert fitted("drift", [short, wave(60)], test=10).judgement_ is not None
    with pytest.raises(DataError, match="3 values, but 4 known values and 10 values to judge on"):
        fitted("drift", short, season=1, test=10)


def test_a_horizon_further_than_fitted_is_forecast_where_no_interval_forbids_it() -> None:
    values = fitted("seasonal_naive").predict(horizon=9).values[0]
    assert values.tolist() == np.tile(wave()[-6:], 2)[:9].tolist()
    with pytest.raises(SettingsError, match="calibrated on so many steps"):
        fitted("seasonal_naive", intervals=(80,)).predict(horizon=9)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"hidden": 64}, "`hidden` is for networks, and `method` is 'theta'"),
        ({"lookback": 24}, r"`lookback` is for networks.* \(theta takes horizon, season, interv"),
        ({"minutes": 1.0}, "`minutes` is for networks"),
        ({"intervals": (80,), "interval_method": "quantiles"}, "intervals of the `method` 'theta'"),
        ({"intervals": (80,), "calibration": 0}, "`calibration` is 0"),
    ],
    ids=str,
)
def test_what_only_networks_have_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        fitted("theta", **options)


def test_training_and_covariates_are_refused() -> None:
    model = Forecaster(method="mean", season=1)
    for more in ({"checkpoint": "run.ckpt"}, {"choose_by": wave()}):
        with pytest.raises(SettingsError, match=f"`{next(iter(more))}` is for the training"):
            model.fit(wave(), progress=False, **more)
    import polars as pl

    frame = pl.DataFrame({"t": np.arange(60), "y": wave(60), "price": wave(60, seed=1)})
    for role in ({"past": "price"}, {"known": "price"}):
        with pytest.raises(SettingsError, match="column `price` stands beside the values"):
            model.fit(frame, time="t", target="y", **role)  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="`tune` searches settings of a network"):
        tune(model, wave(), trials=2)


def test_what_a_network_alone_can_do_is_refused_in_a_sentence() -> None:
    model = fitted("mean")
    for attempt in (
        lambda: model.follow(steps=3),
        lambda: model.load_state_dict({}),
        lambda: recur.torch_module(model),
    ):
        with pytest.raises(SettingsError, match="network"):
            attempt()
    assert not hasattr(model, "network_")
    assert not hasattr(model, "history_")
    assert model.chosen() == {
        "method": "mean", "horizon": 3, "season": SEASON, "intervals": (),
        "interval_method": "conformal", "calibration": 0.15,
    }  # fmt: skip


@needs_extra
def test_a_history_too_short_for_a_classical_method_gets_the_last_value() -> None:
    with pytest.warns(DataWarning, match="there the last value stands in"):
        made = fitted("theta", np.array([1.0, 2.0]), season=1, test=0).predict()
    assert made.values.tolist() == [[2.0, 2.0, 2.0]]


def test_without_the_extra_one_sentence_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "statsforecast", None)
    with pytest.raises(SettingsError, match=r"pip install 'recurnets\[classical\]'"):
        fitted("theta")


def saved(path: Path, **options: Any) -> Path:
    return fitted("linear", intervals=(80,), **options).save(path / "model.recur")


def test_a_model_comes_back_and_forecasts_the_same(tmp_path: Path) -> None:
    model = fitted("linear", intervals=(80,))
    again = recur.load(model.save(tmp_path / "model.recur"))
    assert again.settings_ == model.settings_
    assert again.fitted_.learned == model.fitted_.learned
    here, there = model.predict(), again.predict(wave())
    assert here.rows() == there.rows()
    judged = again.judge(wave(), test=40)
    assert judged.to_dict() == model.judgement_.to_dict()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("settings", "learned", "tensors"),
    [
        ({"method": "oracle"}, {}, {}),
        ({"method": 7}, {}, {}),
        ({"season": 5}, {}, {}),
        ({}, {"season": 0}, {}),
        ({}, {"lookback": None}, {}),
        ({}, {"ids": ["a", "b"]}, {}),
        ({}, {"hidden": 4}, {}),
        ({}, {}, {"scaling.unit": None}),
        ({}, {}, {"scaling.unit": np.ones(2)}),
        ({}, {}, {"scaling.unit": np.ones(1, np.float32)}),
        ({}, {}, {"scaling.reach": np.zeros((2, 3))}),
        ({}, {}, {"scaling.reach": np.full((1, 3), np.nan)}),
        ({}, {}, {"head.bias": np.zeros(3)}),
    ],
    ids=str,
)
def test_a_file_that_does_not_fit_together_is_refused(
    settings: dict[str, Any], learned: dict[str, Any], tensors: dict[str, Any], tmp_path: Path
) -> None:
    contents = read_file(saved(tmp_path), "model")
    header = {name: contents.header[name] for name in ("task", "settings", "learned", "judgement")}
    header["settings"] = {**header["settings"], **settings}
    header["learned"] = {**header["learned"], **learned}
    blocks = {n: b for n, b in {**contents.tensors, **tensors}.items() if b is not None}
    write_file(tmp_path / "broken", "model", header, blocks)
    with pytest.raises(ModelFileError, match="does not fit together"):
        recur.load(tmp_path / "broken")


def test_a_damaged_file_is_told_as_damage(tmp_path: Path) -> None:
    path = saved(tmp_path)
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.write_bytes(data)
    with pytest.raises(ModelFileError, match="is damaged"):
        recur.load(path)


def test_a_method_with_quantiles_of_its_own_takes_a_line_in_the_table(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard: list[list[Float64s]] = []

    def forecast(name: str, known: Known, levels: tuple[float, ...] = ()) -> Prediction:
        assert name == "sure"
        heard.append(known.histories())
        centre = np.repeat([[h[-1]] for h in heard[-1]], known.horizon, axis=1)
        reach = np.array(levels)[:, None, None] / 10
        return Prediction(centre, centre - reach, centre + reach)

    home = ModuleType("home_of_sure")
    monkeypatch.setattr(home, "forecast", forecast, raising=False)
    monkeypatch.setitem(sys.modules, "home_of_sure", home)
    own = ("quantiles", "conformal_quantiles", "conformal")
    monkeypatch.setitem(cast(Any, UNTRAINED), "sure", Untrained("home_of_sure", "is sure", (), own))
    plain, at = fitted("mean").fitted_, (read_panel(wave()), np.zeros(1, int), np.array([100]))
    for how in ("quantiles", "conformal_quantiles"):
        settings = replace(
            plain.settings, method="sure", interval_method=how, intervals=(80.0, 90.0)
        )
        check_parameters(settings)
        margins = np.full((2 * (how != "quantiles"), 3), 2.0)
        model = replace(plain, settings=settings, interval_margins=margins)
        made, bare = predict_at(model, *at), own_prediction(model, *at)
        assert bare.high[:, 0, 0] == pytest.approx(wave()[99] + np.array([8, 9]))
        assert (made.high > bare.high).all() == (how != "quantiles")
    assert len(heard[0]) == 1


def test_a_method_is_told_what_was_not_observed() -> None:
    gaps = np.zeros(20, bool)
    gaps[[3, 18]] = True
    panel = replace(read_panel(np.arange(20.0)), filled=gaps)
    assert isinstance(panel, Panel)
    known = Known(panel, np.zeros(2, int), np.array([5, 20]), 2, 1, 4)
    short, whole = known.histories()
    assert len(short) == 5
    assert np.flatnonzero(np.isnan(whole)).tolist() == [3, 18]


def test_a_method_imports_no_engine(tmp_path: Path) -> None:
    import subprocess

    code = (
        "import sys, recur, numpy as np\n"
        "m = recur.Forecaster(method='seasonal_naive', horizon=2).fit(np.arange(60.0))\n"
        f"recur.load(m.save(r'{tmp_path / 'm.recur'}')).predict(np.arange(60.0))\n"
        "print([name for name in ('numba', 'torch', 'matplotlib', 'statsforecast', 'scipy.signal') "
        "if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stderr


def test_a_comparison_trains_networks_whatever_the_method_of_its_base() -> None:
    base = Forecaster(method="mean", hidden=2, epochs=1, lookback=6, season=SEASON)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = recur.compare(wave(), base=base, methods=["gru"], test=20, progress=False)
    assert found.parameters["gru"] > 0
