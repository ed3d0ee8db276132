"""The best of a comparison: chosen, told with what the choice is worth, and handed out."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import recur
from recur.arrays import Float64s
from recur.data.synthetic import sine
from recur.errors import SettingsError
from recur.judge import SIMPLE, Walk
from recur.judge.forecast.losses import loss_sequence
from recur.tasks.forecast.best_method import choose
from recur.tasks.forecast.comparison import ModelComparison
from recur.tasks.forecast.forecaster import Forecaster

WALK = Walk((np.arange(40.0),), (20,), 3)  # 18 origins, of which 2 belong to neither half


def losses(**named: Float64s) -> dict[str, Float64s]:
    return {name: np.full(18, 2.0) for name in SIMPLE} | named


def wave() -> Float64s:
    return 50 + 5 * sine(120, 6, noise=0.1).values


def base(**options: object) -> Forecaster:
    return Forecaster(horizon=3, hidden=2, epochs=1, lookback=6, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def found() -> ModelComparison:
    return recur.compare(wave(), test=40, methods=["gru", "rnn"], base=base(), progress=False)


def test_the_lowest_loss_is_the_best_and_of_equal_ones_the_first() -> None:
    assert choose(WALK, losses()).name == "last_value"
    chosen = choose(WALK, losses(gru=np.full(18, 1.0), drift=np.full(18, 1.5)))
    assert (chosen.name, chosen.among) == ("gru", 8)
    assert chosen.skill == pytest.approx(1 / 3)


def test_the_other_half_judges_what_the_first_half_has_chosen() -> None:
    lucky = np.concatenate([np.zeros(8), np.full(2, 99.0), np.full(8, 3.0)])
    sound = np.concatenate([np.full(8, 1.0), np.full(2, 1.0), np.full(8, 1.0)])
    chosen = choose(WALK, losses(lucky=lucky, sound=sound))
    assert (chosen.name, chosen.early) == ("sound", "lucky")
    assert chosen.later_skill == pytest.approx(-0.5)
    assert chosen.sentence.startswith("Handed out: sound, the lowest squared error of 9 methods")
    assert "flatters its figure" in chosen.sentence
    assert "alone it is lucky" in chosen.sentence
    assert "50 % above that of the strongest naive answer" in chosen.sentence
    assert "alone it is the same" in choose(WALK, losses(sound=sound)).sentence


def test_too_few_origins_to_halve_are_told_as_no_more_than_flattered() -> None:
    walk = Walk((np.arange(10.0),), (6,), 3)  # 2 origins, whose truths overlap
    chosen = choose(walk, {name: np.ones(2) for name in SIMPLE})
    assert (chosen.early, chosen.later_skill) == (None, None)
    assert chosen.sentence.endswith("having been chosen on it flatters its figure.")


def test_the_best_of_a_comparison_is_one_of_all_its_methods(found: ModelComparison) -> None:
    walk, forecasts = found.judgement.walk, found.judgement.forecasts
    means = {
        {"network": "gru"}.get(name, name): loss_sequence(walk, made).mean()
        for name, made in forecasts.items()
    }
    assert found.best.name == min(means, key=lambda name: means[name])
    assert found.best.among == len(means) == 9
    assert found.best.name in ("linear", "seasonal_naive", "seasonal_mean")


@pytest.mark.parametrize("name", ["gru", "rnn", "seasonal_naive", "window_mean", "linear"])
def test_what_is_handed_out_is_what_was_judged(
    name: str, found: ModelComparison, tmp_path: Path
) -> None:
    model = recur.load(found.model(name).save(tmp_path / "model.recur"))
    assert model.fitted_.judgement is None  # its figure here is flattered
    again = model.judge(wave(), test=40)
    inside = "network" if name == "gru" else name
    np.testing.assert_allclose(
        again.forecasts["network"][0], found.judgement.forecasts[inside][0], rtol=1e-6
    )
    assert model.predict(wave()).times[0, 0] == 120


def test_a_method_that_is_not_there_is_named(found: ModelComparison) -> None:
    with pytest.raises(SettingsError, match="there is no model of `lstm`"):
        found.model("lstm")


def test_columns_beside_the_values_are_left_to_the_networks() -> None:
    rng = np.random.default_rng(0)
    frame = pl.DataFrame(
        {"t": np.arange(120), "a": wave(), "b": 2 * wave(), "price": rng.normal(size=120)}
    )
    options: Any = {"target": ["a", "b"], "time": "t", "past": "price", "test": 40}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        both = recur.compare(frame, base=base(), methods=["gru"], progress=False, **options)
    model = both.model("seasonal_naive")
    made = model.predict(frame, time="t")
    assert made.values.tolist() == [wave()[-6:-3].tolist(), (2 * wave())[-6:-3].tolist()]


def test_intervals_of_the_base_go_with_what_is_handed_out() -> None:
    options = {"intervals": (80.0,), "interval_method": "conformal_quantiles"}
    both = recur.compare(wave(), test=40, base=base(**options), methods=["gru"], progress=False)
    model = both.model("linear")
    assert model.interval_method == "conformal"
    assert list(model.predict(wave()).ends()) == ["low_80", "high_80"]
