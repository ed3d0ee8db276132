"""The pretrained network: what it forecasts without a training, and when it is taken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import recur
from recur.data.simulated.noise import standardised
from recur.data.simulated.series import simulate
from recur.data.synthetic import mackey_glass, random_walk, sine
from recur.data.tables.readers import read_panel
from recur.engines.registry import open_engine
from recur.errors import ModelFileError, SettingsError
from recur.files.modelfile import read_file
from recur.judge import Judgement
from recur.tasks.forecast import pretrained
from recur.tasks.forecast.fitted import FittedMethod
from recur.tasks.forecast.folder import write_folder
from recur.tasks.forecast.forecaster import Forecaster
from recur.tasks.forecast.pretrained import Pretrained, periods, shipped
from recur.tasks.forecast.walking import bounded_walk

ENGINE = open_engine("compiled", 1)


def _quantiles(histories: list[Any], horizon: int, period: int, second: int = 0) -> np.ndarray:
    return shipped().quantiles(ENGINE, histories, horizon, period, second)


def wave(points: int = 120) -> np.ndarray:
    return 50 + 0.2 * np.arange(points) + 8 * sine(points, 12, noise=0.1).values


def test_it_beats_the_naive_answers_on_trend_and_season_it_has_never_seen() -> None:
    model = Forecaster(horizon=6, season=12).fit(wave())
    assert model.judgement_ is not None
    assert model.judgement_.verdict.over_naive.claim == "skill"
    assert model.settings_["network"] == "pretrained"
    future = 50 + 0.2 * np.arange(120, 126) + 8 * np.sin(2 * np.pi * np.arange(120, 126) / 12)
    assert np.abs(model.predict().values[0] - future).max() < 3


def test_histories_together_are_forecast_as_each_alone() -> None:
    lengths = (3, 5, 11, 30, 47, 200, 900)
    histories = [simulate(1, n, 12, seed=n)[0] for n in lengths]
    together = _quantiles(histories, 20, 12)
    for history, made in zip(histories, together, strict=True):
        alone = _quantiles([history], 20, 12)[0]
        np.testing.assert_allclose(made, alone, rtol=1e-4, atol=1e-4 * np.abs(alone).max())


def test_threads_change_no_bit() -> None:
    histories = list(simulate(300, 80, 12, seed=1))
    one, two = (
        shipped().quantiles(open_engine("compiled", threads), histories, 12, 12)
        for threads in (1, 2)
    )
    assert np.array_equal(one, two)


@pytest.mark.parametrize("period", [1, 4, 7, 12])
def test_units_are_those_of_the_data(period: int) -> None:
    histories = list(np.exp(0.3 * standardised(simulate(20, 60, period, seed=3))))
    made = _quantiles(histories, 8, period)
    scaled = _quantiles([1000 * history for history in histories], 8, period)
    np.testing.assert_allclose(scaled, 1000 * made, rtol=1e-3)


def test_quantiles_are_in_order_and_any_level_lies_between_or_beyond() -> None:
    made = _quantiles(list(simulate(50, 60, 12, seed=3)), 12, 12)
    assert (np.diff(made, axis=2) >= 0).all()
    network = shipped()
    for k, level in enumerate(network.card.levels):
        np.testing.assert_allclose(network.at(made, level), made[..., k])
    wider, widest = network.at(made, 0.99), network.at(made, 0.999)
    assert (made[..., -1] <= wider).all()
    assert (wider <= widest).all()


def test_beyond_what_it_looks_at_once_it_goes_on_by_itself() -> None:
    history = 10 + np.sin(2 * np.pi * np.arange(96) / 12)
    made = _quantiles([history], 300, 12)[0]
    future = 10 + np.sin(2 * np.pi * np.arange(96, 396) / 12)
    assert np.isfinite(made).all()
    assert np.abs(made[:, shipped().middle] - future).mean() < 0.4
    width = made[:, -1] - made[:, 0]
    assert width[-12:].mean() >= width[:12].mean()


@pytest.mark.parametrize(
    "values",
    [np.zeros(30), np.full(30, -4.5), np.full(4, 7.0)],
)
def test_what_never_changes_is_forecast_to_stay(values: np.ndarray) -> None:
    made = _quantiles([values], 5, 4)
    assert np.array_equal(made, np.full_like(made, values[0]))


def test_one_and_two_values_are_repeated_with_a_walk_around_them() -> None:
    for values in ([5.0], [4.0, 5.0]):
        made = _quantiles([np.array(values)], 3, 1)[0]
        assert made[:, shipped().middle].tolist() == [5, 5, 5]
        assert (np.diff(made[:, -1] - made[:, 0]) > 0).all()


def test_missing_values_are_not_read() -> None:
    values = wave()
    values[40] = np.nan
    missing = _quantiles([values], 12, 12)
    values[40] = 1e6
    assert not np.allclose(_quantiles([values], 12, 12), missing)
    values[40] = wave()[40]
    np.testing.assert_allclose(_quantiles([values], 12, 12), missing, atol=1.5)


def test_the_season_of_the_clock_is_told_where_none_was_found() -> None:
    assert periods(1, (12,), 30) == (12, 0)
    assert periods(1, (12,), 9) == (1, 0)
    assert periods(24, (24, 168), 1000) == (24, 168)
    assert periods(24, (24, 168), 100) == (24, 0)
    assert periods(48, (), 5000) == (48, 336)
    assert periods(1, (), 5000) == (1, 0)


# When it is taken


@pytest.mark.parametrize(
    ("parameters", "network"),
    [
        ({}, "pretrained"),
        ({"network": "pretrained"}, "pretrained"),
        ({"method": "pretrained"}, "pretrained"),
        ({"season": 12, "intervals": (50.0,)}, "pretrained"),
        ({"hidden": 4, "epochs": 2}, "trained"),
        ({"network": "trained"}, "trained"),
        ({"cell": "rnn"}, "trained"),
    ],
)
def test_any_option_that_describes_a_network_trains_one(
    parameters: dict[str, Any], network: str
) -> None:
    model = Forecaster(horizon=3, **parameters).fit(wave(), progress=False)
    assert model.settings_["network"] == network
    assert isinstance(model.fitted_, FittedMethod) == (network == "pretrained")


def test_a_column_beside_the_values_trains_a_network(tmp_path: Path) -> None:
    path = tmp_path / "two.csv"
    path.write_text("row,y,x\n" + "\n".join(f"{i},{v:.4f},{i % 5}" for i, v in enumerate(wave())))
    model = Forecaster(horizon=2).fit(path, target="y", time="row", past="x", progress=False)
    assert model.settings_["network"] == "trained"


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"network": "pretrained", "hidden": 8}, "`hidden` is for the training of a network"),
        ({"method": "pretrained", "network": "trained"}, "leave one of them out"),
        ({"network": "pretrained", "intervals": (80.0,), "interval_method": "dropout"}, "dropout"),
    ],
)
def test_what_contradicts_it_is_refused(parameters: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        Forecaster(**parameters).fit(wave())


def test_long_series_get_the_better_of_both() -> None:
    law = mackey_glass(900).values
    trained = Forecaster(horizon=3).fit(law, progress=False)
    assert trained.settings_["network"] == "trained"
    assert (trained.fitted_.learned.trained_over_pretrained or 1) < 0.9
    asked = Forecaster(horizon=3, network="trained", intervals=(80.0, 95.0))
    asked.fit(law, progress=False)  # the very intervals that one gets by asking
    np.testing.assert_array_equal(trained.interval_margins_, asked.interval_margins_)
    np.testing.assert_array_equal(trained.predict().high, asked.predict().high)
    assert isinstance(trained.judgement_, Judgement)
    assert isinstance(asked.judgement_, Judgement)
    assert trained.judgement_.to_dict() == asked.judgement_.to_dict()
    assert trained.judgement_.intervals is not None
    walk = Forecaster(horizon=3).fit(random_walk(600).values, progress=False)
    assert walk.settings_["network"] == "pretrained"
    assert (walk.fitted_.learned.trained_over_pretrained or 0) > 0.9
    judgement = walk.judgement_
    assert isinstance(judgement, Judgement)
    assert judgement.walk.starts == (480,)  # what the choice has looked at is not judged on


def test_the_choice_does_not_look_at_what_is_judged() -> None:
    values = mackey_glass(700).values
    other = values.copy()
    other[560:] = np.random.default_rng(0).standard_normal(140)
    one, two = (Forecaster(horizon=2).fit(v, test=140, progress=False) for v in (values, other))
    shares = [model.fitted_.learned.trained_over_pretrained for model in (one, two)]
    assert shares[0] == shares[1] is not None


# How it is judged


def test_it_is_judged_over_all_that_nothing_was_learnt_from() -> None:
    judgement = Forecaster(horizon=12, season=12).fit(wave(144)).judgement_
    assert isinstance(judgement, Judgement)
    assert judgement.walk.starts == (24,)
    assert judgement.verdict.independent_origins == 10


def test_a_season_that_was_found_keeps_the_walk_to_the_newest_part() -> None:
    values = sine(130, 13, noise=0.05).values
    judgement = Forecaster(horizon=4).fit(values).judgement_
    assert isinstance(judgement, Judgement)
    assert judgement.walk.season == 13
    assert judgement.walk.starts[0] > 80


def test_a_walk_has_a_bounded_number_of_origins() -> None:
    long = read_panel(random_walk(9000).values)
    starts, stride = bounded_walk(long, np.array([20]), 1, 1)
    assert (9000 - starts[0], stride) == (1000, 1)
    starts, stride = bounded_walk(long, np.array([20]), 100, 1)
    assert 9000 - starts[0] == 3099
    assert stride == 6
    many = read_panel([random_walk(60, seed=i).values for i in range(200)])
    starts, stride = bounded_walk(many, np.full(200, 20), 4, 1)
    assert set(60 - starts) == {40}
    assert stride == 4
    _, stride = bounded_walk(many, np.full(200, 20), 4, 12)
    assert stride == 5  # every month has its turn


def test_short_series_stop_no_panel() -> None:
    series = [wave(60), np.array([3.0, 4, 6, 5]), wave(61), np.array([7.0])]
    with pytest.warns(
        recur.DataWarning, match=r"2 of 4 .* \(`1` 4, `3` 1\), .* they are not judged"
    ):
        model = Forecaster(horizon=3).fit(series)
    alone = Forecaster(horizon=3).fit([wave(60), wave(61)]).judgement_
    judgement = model.judgement_
    assert isinstance(judgement, Judgement)
    assert isinstance(alone, Judgement)
    assert judgement.walk.left_out == ("1", "3")
    assert judgement.errors == alone.errors
    assert judgement.to_dict()["walk"]["left_out"] == ("1", "3")
    assert model.fitted_.held_out.tolist() == [40, 0, 41, 0]
    with pytest.warns(recur.DataWarning, match=r"`3` has 1 value: its last value is repeated"):
        assert model.predict().values[3].tolist() == [7.0, 7.0, 7.0]


def test_pictures_and_pages_show_the_judged_series_by_their_own_names(tmp_path: Path) -> None:
    frame = {"id": ["a"] * 2 + ["b"] * 60, "y": [1.0, 2.0, *wave(60)]}
    frame["t"] = [*range(2), *range(60)]
    import polars as pl

    with pytest.warns(recur.DataWarning, match="`a` has 2 values"):
        model = Forecaster(horizon=3).fit(pl.DataFrame(frame), target="y", time="t", id="id")
    with pytest.warns(recur.DataWarning, match="`a` has 2 values: its last value"):
        forecast = model.predict()
    files = write_folder(model, forecast, tmp_path)
    axes = model.plot("b").axes[0]
    assert model.panel_ is not None
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), model.panel_.series(1)[-60:])
    with pytest.raises(recur.SettingsError, match="no series `a` was judged"):
        model.plot("a")
    page = files["report"].read_text("utf-8")
    assert "each of 1 of 2 series" in page
    assert "Too short for that, and not judged: `a`" in page
    again = recur.load(files["model"]).judgement_
    assert again.walk.left_out == ("a",)


def test_where_no_series_can_be_judged_none_is_and_all_are_forecast() -> None:
    with pytest.warns(
        recur.DataWarning, match=r"8 values, too few to hold out 6 .* nothing is judg"
    ):
        model = Forecaster(horizon=6).fit(wave(8))
    assert model.judgement_ is None
    assert model.predict().values.shape == (1, 6)


def test_future_values_change_nothing_before_them() -> None:
    values = wave(100)
    first = Forecaster(horizon=4, season=12).fit(values).judge().forecasts["network"][0]
    other = values.copy()
    other[60:] += 1000
    second = Forecaster(horizon=4, season=12).fit(other).judge().forecasts["network"][0]
    begin = Forecaster(horizon=4, season=12).fit(values).judge().walk.starts[0]
    assert np.array_equal(first[: 60 - begin + 1], second[: 60 - begin + 1])
    assert not np.array_equal(first[60 - begin + 1], second[60 - begin + 1])


# Its file


def test_a_saved_forecaster_holds_no_weights_and_forecasts_the_same(tmp_path: Path) -> None:
    model = Forecaster(horizon=5).fit(wave())
    path = model.save(tmp_path / "model.recur")
    assert path.stat().st_size < 50_000
    loaded = recur.load(path)
    assert loaded.settings_["network"] == "pretrained"
    again, expected = loaded.predict(wave()), model.predict()
    assert np.array_equal(again.values, expected.values)
    assert again.rows() == expected.rows()
    longer = loaded.predict(wave(), horizon=9)
    np.testing.assert_allclose(longer.values[:, :5], expected.values)


def test_the_shipped_file_is_small_and_says_what_it_is() -> None:
    path = Path(pretrained.__file__).with_name("pretrained.recur")
    assert path.stat().st_size < 4 * 2**20
    card = shipped().card
    assert "none real" in card.data
    assert "benchmarks.pretraining.train" in card.made
    assert card.levels == tuple(sorted(card.levels))


def test_a_missing_or_altered_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "pretrained.recur"
    shipped().save(path)
    assert np.array_equal(Pretrained.read(read_file(path, "pretrained")).encoder, shipped().encoder)
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match="damaged"):
        read_file(path, "pretrained")
    path.unlink()
    with pytest.raises(ModelFileError, match="no such file"):
        read_file(path, "pretrained")
