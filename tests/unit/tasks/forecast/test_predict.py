"""What a fitted forecaster expects: intervals, samples, decoders that are fed the truth."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import recur
from recur.data.panel.panel import Panel
from recur.data.synthetic import sine
from recur.data.tables.readers import read_panel
from recur.engines.registry import open_engine
from recur.errors import DataError, SettingsError
from recur.judge.forecast.intervals import quantiles_for
from recur.networks.reference import forward
from recur.tasks.forecast.forecaster import Forecaster
from recur.tasks.forecast.predict import predict_at, windows_of

HORIZON = 3


def waves(series: int = 2) -> Panel:
    return read_panel(
        [100 * i + (i + 1) * sine(140 + 9 * i, 12, noise=0.2, seed=i).values for i in range(series)]
    )


def quick(**parameters: Any) -> Forecaster:
    settings = {"horizon": HORIZON, "hidden": 4, "epochs": 3, "lookback": 12, "season": 12}
    return Forecaster(**{**settings, **parameters})


def fit(panel: Panel | None = None, **parameters: Any) -> Forecaster:
    return quick(**parameters).fit(panel or waves(), test=20, progress=False)


def held_out(model: Forecaster) -> tuple[Panel, Any, Any]:
    """Return a model's panel, and the series and origins of its held-out stretch."""
    panel = model.panel_
    assert panel is not None
    count = 20 - HORIZON + 1
    series = np.repeat(np.arange(len(panel)), count)
    return panel, series, np.concatenate([n - 20 + np.arange(count) for n in panel.lengths])


METHODS = ("conformal", "dropout", "quantiles", "conformal_dropout", "conformal_quantiles")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("scaling", ["window", "series"])
def test_intervals_hold_their_centre_and_lie_in_each_other(method: str, scaling: str) -> None:
    model = fit(
        intervals=(50, 80, 90), interval_method=method, scaling=scaling, dropout=0.3, samples=20
    )
    found = predict_at(model.fitted_, *held_out(model))
    assert found.low.shape == found.high.shape == (3, *found.centre.shape)
    ends = np.concatenate([found.low[::-1], found.centre[None], found.high])
    assert (np.diff(ends, axis=0) >= 0).all()
    assert (found.high[-1] > found.low[-1]).all()


def test_quantiles_that_cross_are_sorted() -> None:
    model = fit(intervals=(50, 80), interval_method="quantiles", scaling="series")
    blocks = model.network_.named(model.weights_)
    bias = np.tile([5.0, 1, 4, 2, 3], HORIZON)  # of step i and level q, i * levels + q
    zeros = {name: np.zeros_like(block) for name, block in blocks.items()}
    model.load_state_dict({**zeros, "head.bias": bias})
    panel, series, origins = held_out(model)
    found = predict_at(model.fitted_, panel, series, origins)
    windows = windows_of(model._trained(), panel, series, origins)
    outlook = windows.model_inputs(windows.known(np.arange(len(windows))), np.arange(len(windows)))
    scaled = [(x - outlook.bases) / outlook.spread for x in (*found.low, found.centre, *found.high)]
    for values, expected in zip(scaled, (2, 1, 3, 4, 5), strict=True):
        np.testing.assert_allclose(values, expected, rtol=1e-6)


def test_with_dropout_the_forecast_is_the_average_of_samples_and_ends_are_their_quantiles() -> None:
    model = fit(intervals=(50, 80), interval_method="dropout", dropout=0.4, samples=31, seed=4)
    panel, series, origins = held_out(model)
    samples = open_engine("compiled").forecast(
        model.network_, model.weights_,
        windows_of(model._trained(), panel, series, origins), HORIZON,
        samples=31, seed=4,
    )  # fmt: skip
    found = predict_at(model.fitted_, panel, series, origins)
    mean, ends = samples.mean(axis=0), np.quantile(samples, quantiles_for((50, 80)), axis=0)
    inside = (ends[1] <= mean) & (mean <= ends[3])
    assert inside.mean() > 0.9
    np.testing.assert_allclose(found.centre[inside], mean[inside], rtol=1e-12)
    np.testing.assert_array_equal(found.low, ends[[1, 0]])
    np.testing.assert_array_equal(found.high, ends[[3, 4]])


def test_how_many_other_windows_there_are_changes_no_sample() -> None:
    model = fit(intervals=(80,), interval_method="dropout", dropout=0.4, samples=9)
    panel, series, origins = held_out(model)
    whole = predict_at(model.fitted_, panel, series, origins)
    part = predict_at(model.fitted_, panel, series[:5], origins[:5])
    assert part.low.tobytes() == np.ascontiguousarray(whole.low[:, :5]).tobytes()


@pytest.mark.parametrize("scaling", ["window", "series"])
def test_conformal_intervals_reach_as_far_as_errors_on_the_calibration_stretch(
    scaling: str,
) -> None:
    model = fit(intervals=(50, 90), calibration=0.2, scaling=scaling)
    panel = model.panel_
    assert panel is not None
    ends = panel.lengths - 20
    starts = ends - np.ceil(0.2 * ends).astype(np.int64)
    twin = quick(scaling=scaling, refit=False).fit(
        panel.without_last(panel.lengths - starts), test=0
    )
    errors = []
    for i, values in enumerate(panel):
        typical = np.sqrt(np.mean(np.diff(values[: ends[i] - math.ceil(0.2 * ends[i])]) ** 2))
        for origin in range(starts[i], ends[i] - HORIZON + 1):
            made = predict_at(twin.fitted_, panel, np.array([i]), np.array([origin])).centre[0]
            errors.append(np.abs(values[origin : origin + HORIZON] - made) / typical)
    ranked = np.sort(errors, axis=0)
    ranks = [math.ceil((len(errors) + 1) * level) - 1 for level in (0.5, 0.9)]
    np.testing.assert_allclose(model.interval_margins_, ranked[ranks], rtol=1e-6)
    found = predict_at(model.fitted_, *held_out(model))
    _, series, _ = held_out(model)
    units = model.error_scale_.spread[series][:, None]
    np.testing.assert_allclose(found.high - found.centre, model.interval_margins_[:, None] * units)
    np.testing.assert_allclose(found.centre - found.low, model.interval_margins_[:, None] * units)


@pytest.mark.parametrize("given", [{}, {"scaling": "series", "lookback": None, "season": None}])
def test_asking_for_intervals_changes_no_bit_of_the_forecast(given: dict[str, Any]) -> None:
    without, asked = fit(**given), fit(**given, intervals=(80, 95))
    assert asked.predict().values.tobytes() == without.predict().values.tobytes()
    assert asked.weights_.tobytes() == without.weights_.tobytes()
    assert asked.history_ == without.history_
    assert asked.chosen() == {**without.chosen(), "intervals": (80.0, 95.0)}


def test_a_network_and_its_twins_share_the_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    given = []

    def planned(minutes: float, job: Any, *_: Any) -> Any:
        given.append(minutes)
        return job

    monkeypatch.setattr("recur.tasks.run.within", planned)
    fit(minutes=1.0, intervals=(80,))
    fit(minutes=1.0)
    fit(minutes=1.0, refit=False)
    assert given == [1 / 3, 0.5, 1.0]


def test_windows_with_gaps_are_not_calibrated_on() -> None:
    values = sine(200, 12, noise=0.2).values
    reaches, wild = [], values.copy()
    wild[150:153] += 1e6  # in the calibration stretch, and never observed
    for given in (values, wild):
        panel = read_panel(given)
        filled = np.zeros(200, bool)
        filled[150:153] = True
        panel = Panel(
            panel.values, panel.times, panel.offsets, panel.ids, panel.clock, filled=filled
        )
        model = fit(panel, intervals=(95,), calibration=0.3, scaling="series")
        reaches.append(model.interval_margins_)
    # Lookbacks hold the wild values too, but no error of them is counted as such.
    assert reaches[1].max() < 1e3


@pytest.mark.parametrize("method", METHODS)
def test_intervals_come_back_bit_for_bit(method: str, tmp_path: Path) -> None:
    model = fit(
        intervals=(50, 80), interval_method=method, dropout=0.2, samples=7, scaling="series"
    )
    assert model.error_scale_.spread.tobytes() != model.scaler_.spread.tobytes()
    loaded = recur.load(model.save(tmp_path / "model.recur"))
    assert loaded.interval_margins_.tobytes() == model.interval_margins_.tobytes()
    assert loaded.error_scale_.spread.tobytes() == model.error_scale_.spread.tobytes()
    first, second = model.predict(), loaded.predict(waves())
    for part in ("values", "low", "high"):
        assert getattr(first, part).tobytes() == getattr(second, part).tobytes()


def test_a_level_that_cannot_be_supported_is_refused_before_training(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("recur.tasks.run.train", None)  # whoever calls it breaks
    with pytest.raises(DataError, match=r"99\.9 % intervals need at least 999 calibration windows"):
        fit(intervals=(99.9,))


def test_strangers_have_intervals_in_the_unit_of_their_own_steps() -> None:
    model = fit(intervals=(80,), scaling="window")
    values = sine(90, 12, noise=0.2, seed=9).values
    both = read_panel([values, 1000 * values])
    made = model.predict(Panel(both.values, both.times, both.offsets, ("a", "b"), both.clock))
    assert made.low is not None
    assert made.high is not None
    width = (made.high - made.low)[0]
    np.testing.assert_allclose(width[1], 1000 * width[0], rtol=1e-9)
    np.testing.assert_allclose(made.values[1], 1000 * made.values[0], rtol=1e-4)


# A decoder that is fed the truth.


@pytest.mark.parametrize(
    "more",
    [
        {"scaling": "series", "residual": "none"},
        {"cell": "lstm", "layers": 2, "scaling": "window", "residual": "last"},
        {"bidirectional": True, "residual": "seasonal", "season": 5, "scaling": "window"},
    ],
    ids=["series", "deep lstm, last", "bridge, seasonal"],
)
def test_following_is_the_equation(more: dict[str, Any]) -> None:
    model = fit(strategy="encoder_decoder", **more)
    steps, panel = 17, model.panel_
    assert panel is not None
    made = model.follow(steps=steps)
    assert made.shape == (len(panel), steps)
    for i, values in enumerate(panel):
        windows = windows_of(
            model._trained(), panel, np.array([i]), np.array([len(values) - steps])
        )
        index = np.array([0])
        seen = windows.model_inputs(windows.known(index), index, ahead=steps)
        truth = ((values[-steps:] - seen.bases[0]) / seen.spread)[0]
        outputs, _ = forward(
            model.network_, model.weights_.astype(np.float64), seen.inputs, start=seen.start,
            steps=steps, truth=truth[:, None, None],
        )  # fmt: skip
        expected = outputs[:, 0, 0] * seen.spread[0] + seen.bases[0]
        np.testing.assert_allclose(made[i], expected, rtol=1e-4, atol=1e-3)


def test_one_step_followed_is_the_forecast_of_judging() -> None:
    model = fit(strategy="encoder_decoder", horizon=1, forcing=(1.0, 0.5), refit=False)
    newest = [part[-1, 0] for part in model.judge().forecasts["network"]]
    np.testing.assert_allclose(model.follow(steps=1)[:, 0], newest, rtol=1e-6)


def test_a_step_that_is_followed_has_seen_the_truth_before_it_and_nothing_after() -> None:
    model = fit(waves(1), strategy="encoder_decoder", hidden=8)
    values = waves(1).series(0)
    first = model.follow(values, steps=10)[0]
    changed = values.copy()
    changed[-5] += 1
    differs = model.follow(changed, steps=10)[0] != first
    assert differs.tolist() == [False] * 6 + [True] * 4


def test_only_a_decoder_can_follow() -> None:
    with pytest.raises(SettingsError, match="only the decoder of an 'encoder_decoder'"):
        fit().follow(steps=5)
    with pytest.raises(DataError, match="a lookback of 12 and 129 values to follow"):
        fit(waves(1), strategy="encoder_decoder").follow(steps=129)
