"""The pretrained network learns on: from what it may see, as long as it helps, whole or again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import recur
from recur.arrays import Float64s
from recur.data.panel.panel import Panel
from recur.errors import DataError, ModelFileError, SettingsError
from recur.tasks.forecast import fine_tuning, network_choice
from recur.tasks.forecast.facts import model_facts
from recur.tasks.forecast.forecaster import Forecaster
from recur.tasks.forecast.pretrained import shipped, untaught


@pytest.fixture(autouse=True)
def _few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fine_tuning, "_STEPS", 6)
    monkeypatch.setattr(fine_tuning, "_FEW", 4)
    monkeypatch.setattr(fine_tuning, "_FROM_NOTHING", 6)


def logistic(count: int, length: int = 120, seed: int = 0) -> list[Float64s]:
    """Return chaotic series, whose law no simulated one has and all of them share."""
    value, steps = np.random.default_rng(seed).uniform(0.1, 0.9, count), []
    for _ in range(length):
        value = 3.8 * value * (1 - value)
        steps.append(value)
    return list(np.array(steps).T)


def tuned(**parameters: Any) -> Any:
    return Forecaster(**{"horizon": 1, "season": 1, "network": "tuned", **parameters})


def test_it_forecasts_as_the_mean_of_what_it_was_and_what_it_became() -> None:
    series = logistic(3)
    model = tuned().fit(series, progress=False)
    assert model.fitted_.learned.tuning.helps
    both = model.fitted_.network
    assert both.encoder.shape[0] == 2
    np.testing.assert_array_equal(both.encoder[0], shipped().encoder[0])
    assert (both.encoder[1] != both.encoder[0]).any()
    assert (both.decoder[1] != both.decoder[0]).any()
    assert "in a mean with itself tuned" in model_facts(model.fitted_)["model"]


def test_what_was_judged_has_seen_nothing_of_the_end_and_what_forecasts_has() -> None:
    one, other = logistic(3), logistic(3)
    for series in other:
        series[-24:] = 1 - series[-24:]
    first, second = (tuned().fit(series, test=24, progress=False) for series in (one, other))
    twins = [model.fitted_.twin.network.weights.tobytes() for model in (first, second)]
    assert twins[0] == twins[1]
    weights = [model.fitted_.network.weights.tobytes() for model in (first, second)]
    assert weights[0] != weights[1]
    kept = tuned(refit=False).fit(one, test=24, progress=False)
    assert kept.fitted_.network.weights.tobytes() == twins[0]
    assert first.judge(test=12).to_dict() == kept.judge(test=12).to_dict()


def test_what_learning_on_makes_worse_forecasts_as_it_came(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fine_tuning, "_RATE", 3.0)  # which no weights survive
    series = logistic(3)
    model = tuned().fit(series, progress=False)
    assert not model.fitted_.learned.tuning.helps
    before = Forecaster(horizon=1, season=1, network="pretrained").fit(series, progress=False)
    np.testing.assert_array_equal(model.predict().values, before.predict().values)
    assert "did not help" in model_facts(model.fitted_)["model"]


def test_a_file_forecasts_with_the_same_bits_and_a_damaged_one_is_refused(tmp_path: Path) -> None:
    series = logistic(3)
    model = tuned().fit(series, progress=False)
    loaded = recur.load(model.save(tmp_path / "tuned.recur"))
    np.testing.assert_array_equal(loaded.predict(series).values, model.predict().values)
    fitted = model.fitted_
    for encoder in (fitted.network.encoder[:, :-1], fitted.network.encoder[:1]):
        model.fitted_ = replace(fitted, network=replace(fitted.network, encoder=encoder))
        path = model.save(tmp_path / "broken.recur")
        with pytest.raises(ModelFileError, match=r"its (weights have the shape|encoders)"):
            recur.load(path)


def test_threads_and_a_checkpoint_change_no_bit(tmp_path: Path) -> None:
    series, path = logistic(3), tmp_path / "run.recur"
    first = tuned(threads=1).fit(series, progress=False, checkpoint=path)
    assert path.exists()
    others = [
        tuned(threads=1).fit(series, progress=False, checkpoint=path),
        tuned(threads=2).fit(series, progress=False),
    ]
    for other in others:
        assert other.fitted_.network.weights.tobytes() == first.fitted_.network.weights.tobytes()


def test_one_short_series_has_nothing_to_learn_from_and_is_forecast() -> None:
    with pytest.warns(recur.DataWarning, match="has 6 values, .*: nothing is judged"):
        model = tuned(horizon=4).fit(np.array([3.0, 4.0, 5.0, 4.5, 5.5, 6.0]), progress=False)
    assert model.fitted_.learned.tuning.epochs == 0
    assert np.isfinite(model.predict().values).all()


def test_of_many_series_it_learns_on_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_choice, "_VALUES", 1_000)
    model: Any = Forecaster(horizon=1, season=1)
    assert model.fit(logistic(10), progress=False).fitted_.learned.tuning.epochs
    assert model.settings_["network"] == "tuned"
    assert model.fit(logistic(9), progress=False).fitted_.learned.tuning is None


def test_missing_values_are_no_targets_and_seen_as_missing() -> None:
    series = logistic(3)
    for values in series:
        values[40:50] = np.nan
    read = recur.read_panel(series)
    assert read.filled is not None
    wild = Panel(**{**vars(read), "values": np.where(read.filled, 1e6, read.values)})
    models = [tuned(refit=False).fit(each, progress=False) for each in (read, wild)]
    assert (
        models[0].fitted_.network.weights.tobytes() == models[1].fitted_.network.weights.tobytes()
    )


@pytest.mark.parametrize("name", ["hidden", "epochs", "lookback"])
def test_what_describes_a_network_of_ones_own_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match=f"`{name}` is for the training of a network of one's"):
        tuned(**{name: 3}).fit(logistic(2), progress=False)
    with pytest.raises(SettingsError, match="'aligned', which is laid out as the one that comes"):
        tuned(**{name: 3, "network": "aligned"}).fit(logistic(2), progress=False)


def test_columns_beside_the_values_are_refused_before_anything_is_learnt() -> None:
    import polars as pl

    values, beside = (logistic(1, seed=seed)[0] for seed in (0, 1))
    frame = pl.DataFrame({"t": range(120), "y": values, "x": beside})
    with pytest.raises(SettingsError, match="column `x` stands beside the values"):
        tuned().fit(frame, target="y", time="t", known="x", progress=False)


def test_intervals_are_as_wide_as_the_validation_part_has_them_and_the_forecast_stays() -> None:
    random = np.random.default_rng(0)
    calm = [np.concatenate([random.normal(size=150), 5 * random.normal(size=50)]) for _ in range(6)]
    told: dict[str, Any] = {"intervals": (50.0, 80.0), "refit": False}
    wide, own = (
        tuned(interval_method=method, **told).fit(calm, test=20, progress=False)
        for method in ("conformal_quantiles", "quantiles")
    )
    by = wide.fitted_.interval_margins
    assert by.min() > 1.2  # the validation part is the wilder one
    made, plain = wide.predict(), own.predict()
    np.testing.assert_array_equal(made.values, plain.values)
    for i in range(2):
        reach = plain.high[i] - plain.values
        np.testing.assert_allclose(made.high[i] - made.values, by[i] * reach)
    assert (made.high[1] >= made.high[0]).all()


def test_few_origins_say_nothing_of_how_wide_intervals_have_to_be() -> None:
    model = tuned().fit(logistic(1), progress=False)
    assert model.settings_["interval_method"] == "quantiles"


def test_constants_zeros_and_a_late_step_are_learnt_from_without_a_number_going_wrong() -> None:
    odd = [np.zeros(120), np.full(120, 7.0), np.where(np.arange(120) < 115, 1.0, 1e9)]
    with pytest.warns(recur.DataWarning, match="never change"):
        model = tuned(horizon=3).fit([*odd, *logistic(3)], progress=False)
    made = model.predict().values
    assert np.isfinite(made).all()
    np.testing.assert_allclose(made[:2], [[0.0] * 3, [7.0] * 3], atol=1e-6)
    with pytest.warns(recur.DataWarning, match="never change"):
        alone = tuned(horizon=3).fit(odd[:2], progress=False)
    assert not alone.fitted_.learned.tuning.helps


def test_an_end_below_zero_changes_nothing_that_was_learnt_before_it() -> None:
    one, other = ([5 + np.sin(np.arange(120) / 2) + v for v in logistic(3)] for _ in range(2))
    for series in other:
        series[-24:] = -1.0
    twins = [
        tuned(season=12, refit=False).fit(series, test=24, progress=False).fitted_.network
        for series in (one, other)
    ]
    assert twins[0].weights.tobytes() == twins[1].weights.tobytes()


def test_one_that_starts_from_nothing_has_nothing_of_the_pretrained_one(tmp_path: Path) -> None:
    series, path = logistic(3), tmp_path / "run.recur"
    model = tuned(network="aligned").fit(series, test=24, progress=False, checkpoint=path)
    fitted = model.fitted_
    assert fitted.network.encoder.shape[0] == fitted.twin.network.encoder.shape[0] == 1
    first = untaught(0)
    apart = np.abs(fitted.twin.network.weights - first.weights).max()
    assert 0 < apart < np.abs(shipped().weights[: first.encoder.size] - first.encoder[0]).max() / 2
    assert "trained on these data alone" in model_facts(fitted)["model"]
    assert "than the pretrained one's" in model_facts(fitted)["chosen"]
    assert fitted.judgement.verdict.judged == "aligned"
    loaded = recur.load(model.save(tmp_path / "aligned.recur"))
    np.testing.assert_array_equal(loaded.predict(series).values, model.predict().values)
    again = tuned(network="aligned").fit(series, test=24, progress=False, checkpoint=path)
    assert again.fitted_.network.weights.tobytes() == fitted.network.weights.tobytes()


def test_it_ends_with_the_weights_that_the_validation_part_finds_best(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fine_tuning, "_FROM_NOTHING", 40)
    monkeypatch.setattr(fine_tuning, "_FULL_RATE", 3.0)  # with which every epoch is a worse one
    model = tuned(network="aligned", refit=False).fit(logistic(1), progress=False)
    assert model.fitted_.learned.tuning.epochs < 10


def test_what_came_of_nothing_is_handed_out_though_the_pretrained_one_is_better(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fine_tuning, "_FROM_NOTHING", 1)
    ahead = np.arange(140)
    seasons = [10 + np.sin(ahead * np.pi / 6 + k) + 0.01 * ahead for k in range(3)]
    model = tuned(network="aligned", season=12, refit=False).fit(seasons, progress=False)
    assert model.fitted_.learned.trained_over_pretrained > 1
    assert model.fitted_.network.encoder.shape[0] == 1


def test_nothing_to_learn_from_is_refused_where_nothing_was_learnt_before() -> None:
    with pytest.raises(DataError, match="no series has a history and a horizon of 4 after it"):
        tuned(horizon=4, network="aligned").fit(np.arange(6.0), progress=False)


def test_an_update_takes_the_newer_values_and_leaves_what_was_learnt() -> None:
    whole = logistic(3, 160)
    model = tuned(network="aligned").fit([one[:120] for one in whole], progress=False)
    before = model.fitted_.network.weights.tobytes()
    done = model.update(whole, progress=False)
    assert "What the network has learnt stays as it is" in done.sentence
    assert done.fitted.network.weights.tobytes() == before
