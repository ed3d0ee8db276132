"""The lab `signal`: what it promises to show, and that its limits are limits."""

from __future__ import annotations

import numpy as np
import pytest

from recur.data.synthetic import two_waves
from recur.labs.experiment import Setting
from recur.labs.signal import limit as signal_limit
from recur.labs.signal import models
from recur.report.findings import Findings


def error(findings: Findings, name: str) -> float:
    (row,) = [row for row in findings.rows if row.name == name and row.metric == "MSE, fresh noise"]
    assert row.ours is not None
    return row.ours


def test_each_way_of_training_is_judged_on_the_test_stretch_and_in_fresh_noise(
    findings: Findings,
) -> None:
    models = [row for row in findings.rows if row.seconds is not None]
    assert [row.metric for row in models] == ["MSE, last 50", "MSE, fresh noise"] * 5
    assert len({row.name for row in models}) == 5
    assert all(row.ours and row.limit and row.ours > row.limit for row in models)


def test_a_longer_lookback_beats_what_anybody_could_do_with_five_values(findings: Findings) -> None:
    assert error(findings, "our training, lookback 50") < error(
        findings, "best possible, lookback 5"
    )


def test_no_network_beats_the_best_guess_from_as_many_values(findings: Findings) -> None:
    for name, lookback in (("course's recipe", 5), ("our training, lookback 50", 50)):
        assert error(findings, name) > error(findings, f"best possible, lookback {lookback}")


def test_the_best_guess_comes_near_the_noise_and_not_below_it(findings: Findings) -> None:
    noise = findings.rows[1].limit or 0.0
    assert noise < error(findings, "best possible, lookback 50") < 1.1 * noise
    assert noise == pytest.approx(signal_limit.NOISE**2, rel=0.05)


def test_the_shapes_of_the_windows_are_those_of_the_slides(findings: Findings) -> None:
    assert any("(1944, 5, 1) and (1944, 2, 1)" in word for word in findings.words)


def test_every_point_of_a_stretch_is_forecast_once_from_what_came_before_it() -> None:
    known = two_waves(signal_limit.POINTS, signal_limit.NOISE)
    model = models.course("course", known.values, 5, 0.6, Setting(quick=True))
    values = known.values[None, -60:].copy()
    made = model.forecasts(signal_limit.Stretch(values, values, 50))
    assert made.shape == (1, 10)
    values[0, 54:] += 1.0
    later = model.forecasts(signal_limit.Stretch(values, values, 50))
    assert np.array_equal(made[0, :4], later[0, :4])
    assert np.array_equal(made[0, 4:6], later[0, 4:6])
    assert not np.isclose(made[0, 6:], later[0, 6:]).any()


def test_the_losses_of_all_whole_batches_are_noted() -> None:
    known = two_waves(signal_limit.POINTS, signal_limit.NOISE)
    model = models.course("course", known.values, 5, 0.6, Setting(quick=True))
    assert len(model.losses) == 5 * 388


def test_the_best_guess_finds_its_place_in_a_signal_without_noise() -> None:
    clean = two_waves(signal_limit.POINTS, 0.0).answer[None]
    made = signal_limit.best_guess(signal_limit.Stretch(clean, clean, 1900), 100)
    assert np.abs(made - clean[:, 1900:]).max() < 0.05
