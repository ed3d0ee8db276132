"""A comparison: one walk for all, a verdict chosen beforehand, and methods that may be missing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import recur
from recur.data.tables.readers import read_panel
from recur.errors import SettingsError, TrainingDiverged
from recur.judge import SIMPLE
from recur.progress import told
from recur.tasks.executor import run_by
from recur.tasks.forecast import compare as module
from recur.tasks.forecast.classical import available
from recur.tasks.forecast.compare import compare
from recur.tasks.forecast.forecaster import Forecaster
from recur.tasks.forecast.methods import METHODS


def wave(points: int = 160, seed: int = 0) -> NDArray[np.float64]:
    return recur.synthetic.sine(points, 12, noise=0.1, seed=seed).values


def base(**parameters: object) -> Forecaster:
    return Forecaster(**{"horizon": 3, "hidden": 4, "epochs": 2, **parameters})  # type: ignore[arg-type]


def test_methods_stand_in_their_order_after_the_simple_answers() -> None:
    found = compare(wave(), test=40, methods=["deep", "gru", "rnn"], base=base())
    assert [row["name"] for row in found.rows()] == [*SIMPLE, "gru", "rnn", "deep"]
    assert found.judged == "gru"


def test_a_method_is_what_a_forecaster_of_its_own_would_be() -> None:
    panel = read_panel([wave(160), wave(130, seed=1)])
    found = compare(panel, methods=["gru", "lstm"], base=base())
    for name in ("gru", "lstm"):
        alone = base(cell=name).fit(panel).judge()
        inside = "network" if name == "gru" else name
        assert found.errors(name) == alone.errors["network"]
        for ours, theirs in zip(
            found.judgement.forecasts[inside], alone.forecasts["network"], strict=True
        ):
            np.testing.assert_array_equal(ours, theirs)
        if name == "gru":
            assert found.judgement.verdict == alone.verdict


def test_all_methods_see_what_was_chosen_for_the_judged_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cells, choices = [], set()
    fit = Forecaster.fit

    def watched(model: Forecaster, *args: Any, **kwargs: Any) -> Forecaster:
        fit(model, *args, **kwargs)
        cells.append(model.cell)
        choices.add((model.lookback_, model.season_))
        return model

    monkeypatch.setattr(Forecaster, "fit", watched)
    compare(wave(), test=40, methods=["rnn", "gru", "lstm"], base=base())
    assert cells == ["gru", "lstm", "rnn"]
    assert len(choices) == 1


def test_the_verdict_is_on_the_first_network_where_the_gru_is_left_out() -> None:
    found = compare(wave(), test=40, methods=["lstm", "rnn"], base=base())
    assert found.judged == "lstm"
    assert found.to_dict()["verdict"]["name"] == "lstm"


def test_nothing_fitted_depends_on_the_held_out_stretch() -> None:
    changed = wave()
    changed[-40:] = np.linspace(0, 1e3, 40)
    first = compare(wave(), test=40, methods=["rnn", "gru"], base=base()).judgement
    second = compare(changed, test=40, methods=["rnn", "gru"], base=base()).judgement
    for name in first.forecasts:  # from the first origin nothing of the stretch is known
        np.testing.assert_array_equal(first.forecasts[name][0][0], second.forecasts[name][0][0])


def test_the_base_is_left_as_it_is_and_its_horizon_can_be_changed() -> None:
    model = base()
    found = compare(wave(), horizon=5, test=40, methods=["gru"], base=model)
    assert found.judgement.walk.horizon == 5
    assert model.horizon == 3
    assert not model.is_fitted


def test_a_method_that_diverges_is_left_out_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    fit = Forecaster.fit

    def diverging(model: Forecaster, *args: Any, **kwargs: Any) -> Forecaster:
        if model.cell == "rnn":
            raise TrainingDiverged("the loss stayed non-finite.")
        return fit(model, *args, **kwargs)

    monkeypatch.setattr(Forecaster, "fit", diverging)
    found = compare(wave(), test=40, methods=["rnn", "gru"], base=base())
    assert [row["name"] for row in found.rows()] == [*SIMPLE, "gru"]
    assert found.skipped == {"rnn": "the loss stayed non-finite."}
    with pytest.raises(TrainingDiverged):
        compare(wave(), test=40, methods=["rnn"], base=base())


def test_classical_methods_stand_on_the_same_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    def exact(panel: Any, starts: Any, horizon: int, season: int, *, stride: int) -> Any:
        walk = recur.Walk(tuple(panel), tuple(starts), horizon, season, stride)
        return {"theta": tuple(walk.truth(i) for i in range(len(walk)))}

    monkeypatch.setattr(module, "available", lambda: None)
    monkeypatch.setattr(module, "classical_methods", exact)
    found = compare(wave(), test=40, methods=["gru", "classical"], base=base())
    row = found.rows()[-1]
    assert (row["name"], row["mse"], row["parameters"]) == ("theta", 0.0, None)
    assert found.to_dict()["verdict"]["best"] == "theta"


@pytest.mark.skipif(available() is not None, reason="statsforecast is not installed")
def test_the_mean_with_classical_methods_is_a_rung_and_can_be_handed_out() -> None:
    panel = read_panel([20 + wave(100), 20 + wave(100, seed=1)])
    methods = ["gru", "pretrained", "classical"]
    found = compare(panel, test=30, methods=methods, base=base(season=12))
    assert [row["name"] for row in found.rows()][-3:] == ["arima", "theta", "blend"]
    for i, made in enumerate(found.judgement.forecasts["blend"]):
        network, *classical = (
            found.judgement.forecasts[name][i] for name in ("pretrained", "ets", "theta")
        )
        np.testing.assert_allclose(made, (network + sum(classical) / 2) / 2)
    alone = Forecaster(method="blend", horizon=3, season=12).fit(panel, test=30, progress=False)
    assert found.errors("blend")["mae"] == pytest.approx(alone.judge().errors["network"]["mae"])
    assert found.model("blend").method == "blend"


def test_without_their_extra_classical_methods_are_missed_only_where_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    why = "statsforecast is not here."
    monkeypatch.setattr(module, "available", lambda: why)
    names, left_out = module._chosen(None)
    assert set(names) == {*METHODS} - {"classical"}
    assert left_out == {"classical": why}
    with pytest.raises(SettingsError, match=why):
        compare(wave(), methods=["gru", "classical"], base=base())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"methods": ["gruu"]}, "no method `gruu`; the nearest is `gru`"),
        ({"methods": ["classical"]}, "names no network"),
        ({"methods": []}, "names no network"),
        ({"methods": ["gru"], "test": 0}, "`test` is 0"),
        ({"methods": ["gru"], "horizon": -1}, "horizon"),
    ],
)
def test_what_cannot_be_compared_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        compare(wave(), base=base(), **options)


def test_settings_are_checked_before_any_network_is_trained(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Forecaster, "fit", lambda *_, **__: pytest.fail("trained"))
    with pytest.raises(SettingsError, match="dropout"):
        compare(wave(), methods=["gru", "rnn"], base=base(dropout=2.0))


def test_one_line_names_all_methods_that_are_under_way() -> None:
    def at_once(run: Any, pieces: Any, **_how: Any) -> Any:
        return map(run, list(pieces))

    heard = list[dict[str, Any]]()
    with told(heard.append), run_by(at_once):
        compare(wave(), test=40, methods=["gru", "rnn", "mlp", "lstm"], base=base())
    lines = [lines[0] for facts in heard if (lines := facts.get("progress"))]
    notes = dict.fromkeys(line["note"] for line in lines if line["what"] == "methods")
    assert [*notes] == ["", "gru", "mlp", "mlp, lstm", "mlp, lstm, rnn"]
