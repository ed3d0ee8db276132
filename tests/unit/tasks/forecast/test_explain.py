"""What is hidden, and how the error grows: measured, on values that were held out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import recur
from recur.judge import Judgement
from recur.judge.forecast.losses import loss_sequence
from recur.judge.forecast.verdict import NETWORK
from recur.notices import listening
from recur.tasks.forecast import explain as module
from recur.tasks.forecast.hiding import without_values

COUNT = 420
SMALL: dict[str, Any] = {"hidden": 12, "lookback": 12, "epochs": 25, "rate": 0.02}


def _noise(size: float, count: int) -> Any:
    return np.random.default_rng(1).normal(0, size, count)


def _frame() -> pd.DataFrame:
    """Return a series that follows what is known ahead, and nothing else of what is beside it."""
    noise = np.random.default_rng(0)
    hours = pd.date_range("2024-01-01", periods=COUNT + 2, freq="h")
    price = noise.normal(size=COUNT + 2)
    load = 3 * price + noise.normal(0, 0.2, COUNT + 2)
    load[COUNT:] = np.nan
    other = noise.normal(size=COUNT + 2)
    return pd.DataFrame({"time": hours, "load": load, "price": price, "other": other})


@pytest.fixture(scope="module")
def model() -> recur.Forecaster:
    columns: dict[str, Any] = {"known": "price", "past": "other"}
    with listening():  # the rows at the end are its future
        return recur.Forecaster(
            horizon=2,
            season=6,
            hidden=16,
            lookback=12,
            epochs=60,
            rate=0.01,
            residual="none",
            scaling="series",
        ).fit(_frame(), target="load", **columns, test=120, progress=False)


def _spied(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return a list that fills with the forecasts whose losses are taken."""
    made: list[Any] = []

    def spy(walk: Any, forecasts: Any) -> Any:
        made.append(forecasts)
        return loss_sequence(walk, forecasts)

    monkeypatch.setattr(module, "loss_sequence", spy)
    return made


def _parts(explained: module.Explanation) -> dict[str, module.Hidden]:
    return {part.name: part for part in explained.hidden}


def test_what_a_series_follows_matters_and_noise_does_not(model: recur.Forecaster) -> None:
    explained = model.explain()
    parts = _parts(explained)
    price, other = parts["price (known)"], parts["other (past)"]
    assert explained.ordered[0] == price
    assert price.finding == "matters"
    assert price.growth is not None
    assert price.growth > 5
    assert price.low is not None
    assert price.low > 0
    assert other.finding in ("none", "harms")
    assert (price.how, parts["the newest value"].how) == ("at its mean", "as missing")
    assert explained.sentence.startswith("The forecast rests on price (known)")
    assert {"the newest 2 values", "the newest 6 values", "a season before"} <= parts.keys()


def test_with_nothing_hidden_it_is_what_the_judge_found(
    model: recur.Forecaster, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = _spied(monkeypatch)
    explained = model.explain()
    judgement = model.judgement_
    assert isinstance(judgement, Judgement)
    np.testing.assert_allclose(made[0][0], judgement.forecasts[NETWORK][0], rtol=1e-5, atol=1e-5)
    assert len(made) == 1 + len(explained.hidden)


@pytest.mark.parametrize(
    "parameters",
    [
        {"method": "pretrained"},
        {"method": "last_value"},
        {"strategy": "recursive", **SMALL},
        {"strategy": "encoder_decoder", "calendar": True, **SMALL},
        {"scaling": "minmax", "residual": "seasonal", **SMALL},
        {"intervals": (80.0,), **SMALL},
    ],
    ids=lambda parameters: " ".join(str(value) for value in parameters.values())[:20],
)
def test_every_kind_of_forecaster_is_explained_from_what_the_judge_saw(
    parameters: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    hours = pd.date_range("2024-01-01", periods=300, freq="h")
    wave = 20 + np.sin(2 * np.pi * np.arange(300) / 12) + _noise(0.2, 300)
    frame = pd.DataFrame({"ds": hours, "y": wave})
    parameters = {"epochs": 2, **parameters} if "method" not in parameters else parameters
    parameters = {**parameters, **({"epochs": 2} if "epochs" in parameters else {})}
    model = recur.Forecaster(horizon=2, season=12, **parameters).fit(frame, test=60, progress=False)
    made = _spied(monkeypatch)
    explained = model.explain()
    judgement = model.judgement_
    assert isinstance(judgement, Judgement)
    expected = judgement.forecasts[NETWORK][0][:: explained.walk.stride]
    np.testing.assert_allclose(made[0][0], expected, rtol=1e-5)


def test_repeating_the_last_value_rests_on_it_alone() -> None:
    walk = np.cumsum(_noise(1.0, 400))
    model = recur.Forecaster(horizon=1, method="last_value").fit(walk, test=200, progress=False)
    parts = _parts(model.explain())
    assert parts["the newest value"].finding == "matters"
    assert 0.5 < (parts["the newest value"].growth or 0) < 2  # twice the squared step


def test_many_series_are_explained_in_their_own_scales() -> None:
    rows = [
        pd.DataFrame(
            {
                "unique_id": name,
                "ds": pd.date_range("2024-01-01", periods=200, freq="D"),
                "y": size * (10 + np.sin(np.arange(200) / 3) + _noise(0.1, 200)),
                "kind": kind,
            }
        )
        for name, size, kind in (("a", 1.0, "x"), ("b", 1000.0, "y"))
    ]
    model = recur.Forecaster(horizon=2, **SMALL, scaling="series").fit(
        pd.concat(rows), static="kind", progress=False
    )
    parts = _parts(model.explain())
    assert parts["kind (static)"].how == "of another series"


def test_values_are_hidden_as_a_gap_is_filled() -> None:
    panel = recur.read_panel(np.array([1.0, 2.0, 3.0, 4.0, 5.0]))
    hidden = without_values(panel, np.array([1, 2, 4]))
    assert hidden.values.tolist() == [1, 1, 3, 3, 3]
    assert hidden.filled is not None
    assert hidden.filled.tolist() == [False, True, False, True, True]
    assert panel.values.tolist() == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("method", ["linear", "theta"])
def test_what_is_fitted_to_each_history_is_not_explained(method: str) -> None:
    pytest.importorskip("statsforecast", reason="the extra classical is not installed")
    model = recur.Forecaster(method=method).fit(np.sin(np.arange(60.0)), progress=False)
    with pytest.raises(recur.SettingsError, match="is fitted anew to every history"):
        model.explain()


def test_too_few_values_say_so() -> None:
    model = recur.Forecaster(horizon=4, method="pretrained").fit(
        np.sin(np.arange(80.0)), test=20, progress=False
    )
    explained = model.explain()
    assert explained.hidden[0].finding == "too_little"
    assert explained.hidden[0].low is None
    assert "too few to tell" in explained.sentence


def test_a_file_is_read_as_it_was_for_the_fit(tmp_path: Path) -> None:
    file = tmp_path / "comma.csv"
    rows = (f"2020-{1 + day // 28:02d}-{1 + day % 28:02d};{day % 7},125" for day in range(28))
    file.write_text("\n".join(["day;load", *rows]))
    model = recur.Forecaster(horizon=2, method="last_value").fit(file, test=8, decimal=",")
    given = model.explain(file, test=8, decimal=",")
    assert [part.growth for part in given.hidden] == [
        pytest.approx(part.growth) for part in model.explain(test=8).hidden
    ]
