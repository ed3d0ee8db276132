"""Parameters as scikit-learn users expect them, saving and loading."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import recur
from recur.errors import ModelFileError, SettingsError
from recur.files.modelfile import read_file, write_file
from recur.tasks.forecast.forecaster import Forecaster


@pytest.fixture(scope="module")
def fitted() -> Forecaster:
    values = recur.synthetic.sine(160, period=12, noise=0.1).values
    return Forecaster(horizon=2, hidden=4, epochs=2).fit(values, test=40)


def test_parameters_go_in_and_out_unchanged() -> None:
    model = Forecaster(horizon=3, cell="lstm", dropout=0.1)
    parameters = model.get_params()
    assert parameters["horizon"] == 3
    assert parameters["lookback"] is None
    assert Forecaster(**parameters).get_params() == parameters
    assert model.set_params(hidden=7) is model
    assert model.get_params() == {**parameters, "hidden": 7}


def test_unknown_parameters_are_refused_with_the_nearest() -> None:
    with pytest.raises(SettingsError, match="unknown parameter `hiden`; the nearest is `hidden`"):
        Forecaster().set_params(hiden=3)


def test_a_clone_has_the_parameters_and_nothing_learnt(fitted: Forecaster) -> None:
    clone = fitted.clone()
    assert clone.get_params() == fitted.get_params()
    assert fitted.is_fitted
    assert not clone.is_fitted


def test_values_out_of_range_are_refused_by_name() -> None:
    with pytest.raises(SettingsError, match=r"`dropout` is 1\.5"):
        Forecaster(dropout=1.5).fit(np.arange(100.0))


def test_an_unfitted_model_says_so(tmp_path: Path) -> None:
    for use in (
        lambda m: m.predict(),
        lambda m: m.judge(),
        lambda m: m.plot(),
        lambda m: m.save(tmp_path / "x"),
        recur.torch_module,
    ):
        with pytest.raises(SettingsError, match="has not learnt anything yet"):
            use(Forecaster())
    assert not list(tmp_path.iterdir())


def test_a_saved_model_forecasts_the_same_bits(fitted: Forecaster, tmp_path: Path) -> None:
    path = fitted.save(tmp_path / "model.recur")
    loaded = recur.load(path)
    assert isinstance(loaded, Forecaster)
    assert loaded.get_params() == {**fitted.get_params(), "network": "trained"}
    again = loaded.predict(fitted.panel_)
    expected = fitted.predict()
    assert again.values.tobytes() == expected.values.tobytes()
    assert again.times.tolist() == expected.times.tolist()
    for name in ("lookback_", "season_", "history_", "network_", "clock_", "ids_", "engine_"):
        assert getattr(loaded, name) == getattr(fitted, name)
    with pytest.raises(SettingsError, match="does not hold the data"):
        loaded.predict()


def test_a_file_that_does_not_fit_together_is_refused(fitted: Forecaster, tmp_path: Path) -> None:
    contents = read_file(fitted.save(tmp_path / "good"))
    learned = contents.header["learned"]
    wrong_headers: dict[str, dict[str, object]] = {
        "settings unknown": {"settings": {**contents.header["settings"], "hiden": 3}},
        "settings out of range": {"settings": {**contents.header["settings"], "hidden": -1}},
        "another network": {"learned": {**learned, "network": {**learned["network"], "hidden": 5}}},
        "a huge network": {
            "settings": {**contents.header["settings"], "hidden": 60000},
            "learned": {**learned, "network": {**learned["network"], "hidden": 60000}},
        },
        "no lookback": {"learned": {k: v for k, v in learned.items() if k != "lookback"}},
        "ids missing": {"learned": {**learned, "ids": []}},
        "learned is text": {"learned": "x"},
        "a strange clock": {"learned": {**learned, "clock": {"kind": "moon", "step": 1}}},
        "a strange scaling": {"learned": {**learned, "scaling": "magic"}},
        "another task": {"task": "cook"},
    }
    for name, change in wrong_headers.items():
        path = tmp_path / "bad"
        write_file(path, "model", {**contents.header, **change}, contents.tensors)
        with pytest.raises(ModelFileError) as caught:
            recur.load(path)
        assert "\n" not in str(caught.value), name
    short = {**contents.tensors, "head.bias": np.zeros(3, np.float32)}
    write_file(tmp_path / "bad", "model", contents.header, short)
    with pytest.raises(ModelFileError, match=r"`head.bias` has the shape \(3,\)"):
        recur.load(tmp_path / "bad")


def test_fit_and_score_take_the_y_of_scikit_learn_where_it_is_none(fitted: Forecaster) -> None:
    values = recur.synthetic.sine(160, period=12, noise=0.1).values
    model = fitted.clone().fit(values, None, test=40)
    again = fitted.clone().fit(values, y=None, test=40)
    assert again.weights_.tobytes() == model.weights_.tobytes()
    assert model.score() == model.score(None, None) == model.judge().verdict.skill
    assert model.score(values, y=None, test=20) == model.judge(values, test=20).verdict.skill
    uses: list[Callable[[Any, Any], Any]] = [fitted.clone().fit, model.score, recur.Writer().fit]
    for use in uses:
        with pytest.raises(SettingsError, match="`y` is a ndarray, and can only be None"):
            use(values, values)


def test_a_model_scores_minus_infinity_where_a_simple_answer_is_exact() -> None:
    values = np.tile([1.0, 2.0, 4.0, 3.0], 40)
    model = Forecaster(hidden=2, epochs=1).fit(values, test=20)
    assert model.judge().verdict.skill is None
    assert model.score() == -np.inf


def test_weights_go_to_pytorch_and_back(fitted: Forecaster) -> None:
    module = recur.torch_module(fitted)
    clone = fitted.clone().set_params(seed=9).fit(fitted.panel_, test=40)
    assert clone.weights_.tobytes() != fitted.weights_.tobytes()
    clone.load_state_dict(module.state_dict())
    assert clone.weights_.tobytes() == fitted.weights_.tobytes()
    assert clone.predict().values.tobytes() == fitted.predict().values.tobytes()


def test_without_pytorch_one_sentence_says_how_to_install_it(
    fitted: Forecaster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(SettingsError, match=r"not installed \(pip install 'recurnets\[torch\]'\)"):
        recur.torch_module(fitted)
