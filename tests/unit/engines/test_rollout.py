"""Forecasts: the window that moves on, the decoder that goes on, and samples with dropout."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from recur.data.clock import Clock
from recur.data.panel.panel import Panel
from recur.data.panel.scaling import Scaler, ScalingKind
from recur.data.sources.windows import Windows
from recur.engines.base import Decoding, DropoutSamples, Engine
from recur.engines.registry import open_engine
from recur.engines.rollout import roll_out
from recur.errors import SettingsError
from recur.networks.initial import initial_values
from recur.networks.reference import forward
from recur.networks.spec import NetworkSpec

pytestmark = pytest.mark.parametrize("engine", ["torch", "compiled"], indirect=True)

NETWORKS: dict[str, dict[str, Any]] = {
    "one step": {"cell": "gru"},
    "two steps": {"cell": "lstm", "layers": 2, "outputs": 2},
    "more than asked for": {"outputs": 9},
    "mlp": {"cell": "mlp", "steps": 6, "layers": 2},
    "convolution": {"outputs": 5, "convolution": {"filters": 3, "kernel": 2, "stride": 2}},
    "decoder": {"decoder": True, "cell": "lstm"},
}


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    return open_engine(request.param)


def windows(kind: ScalingKind = "window") -> Windows:
    values = 50 + np.cumsum(np.random.default_rng(0).normal(size=40))
    panel = Panel(values, np.arange(40), np.array([0, 25, 40]), ("a", "b"), Clock())
    return Windows.over(panel, Scaler.fit(kind, list(panel)), 6, 1)


def network(name: str, **more: Any) -> NetworkSpec:
    return NetworkSpec(**{"hidden": 5, **NETWORKS[name], **more})


@pytest.mark.parametrize("kind", ["window", "series"])
@pytest.mark.parametrize("name", NETWORKS)
def test_forecasts_are_the_equations_fed_what_they_gave(
    engine: Engine, name: str, kind: Any
) -> None:
    spec, source, horizon = network(name), windows(kind), 5
    weights = initial_values(spec, 1)
    made = engine.forecast(spec, weights, source, horizon)
    assert made.shape == (1, len(source), horizon)
    assert made.dtype == np.float64
    exact = weights.astype(np.float64)
    for window in range(len(source)):
        series, past = source.series[[window]], source.known(np.array([window]))
        while past.shape[1] < 6 + horizon:
            inputs, centre, spread = source.scaler.scaled(past[:, -6:], series)
            if spec.decoder:
                start = (past[:, -1:] - centre) / spread
                outputs, _ = forward(spec, exact, inputs, start=start, steps=horizon)
                outputs = outputs[:, :, 0].T
            else:
                outputs, _ = forward(spec, exact, inputs)
            past = np.concatenate([past, outputs * spread + centre], axis=1)
        np.testing.assert_allclose(made[0, window], past[0, 6 : 6 + horizon], rtol=1e-5)


@pytest.mark.parametrize("samples", [0, 3])
@pytest.mark.parametrize("name", NETWORKS)
def test_portions_change_nothing(engine: Engine, name: str, samples: int) -> None:
    spec, source = network(name, dropout=0.3), windows()
    weights = initial_values(spec, 1)
    whole = engine.forecast(spec, weights, source, 5, samples=samples, seed=4)
    assert whole.shape == (max(1, samples), len(source), 5)
    many = source.from_origins(np.tile(source.origins, 4), np.tile(source.series, 4))
    few_lanes = roll_out(engine, spec, weights, many, 5, samples=samples, seed=4, most=7)
    parts = engine.forecast(spec, weights, many, 5, samples=samples, seed=4)  # 64 at once, or all
    for taken in (few_lanes, parts):
        np.testing.assert_allclose(taken[:, : len(source)], whole, rtol=1e-5)
        if not samples:
            np.testing.assert_allclose(taken, np.tile(whole, (1, 4, 1)), rtol=1e-5)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_sample_follows_its_seed_and_its_number_alone(engine: Engine, name: str) -> None:
    spec, source = network(name, dropout=0.3), windows()
    weights = initial_values(spec, 1)
    made = engine.forecast(spec, weights, source, 5, samples=3, seed=4)
    again = engine.forecast(spec, weights, source, 5, samples=3, seed=4)
    assert again.tobytes() == made.tobytes()
    fewer = source.from_origins(source.origins[:4], source.series[:4])
    few = engine.forecast(spec, weights, fewer, 5, samples=3, seed=4)
    np.testing.assert_allclose(few, made[:, :4], rtol=1e-5)
    other = engine.forecast(spec, weights, source, 5, samples=3, seed=5)
    still = engine.forecast(spec, weights, source, 5)
    for a in (*made[1:], *other, *still):
        assert not np.allclose(a, made[0], rtol=1e-4)


@pytest.mark.parametrize("number", [7, 17])  # lanes up to 31, and from 68 on
def test_samples_are_those_of_forward_with_the_same_draws(engine: Engine, number: int) -> None:
    spec, source = network("one step", dropout=0.3), windows("none")
    weights, window = initial_values(spec, 1), np.array([number])
    made = engine.forecast(spec, weights, source, 3, samples=4, seed=9)[:, number]
    past = np.repeat(source.known(window), 4, axis=0)
    for again in range(3):
        inputs = past[:, -6:].T.astype(np.float32)[:, :, None]
        draws = DropoutSamples(9, window, 4, again)
        outputs, _ = engine.forward(spec, weights, inputs, draws=draws)
        past = np.concatenate([past, outputs], axis=1)
    np.testing.assert_allclose(made, past[:, 6:], rtol=1e-5)
    spec = network("decoder", dropout=0.3)
    weights = initial_values(spec, 1)
    made = engine.forecast(spec, weights, source, 3, samples=4, seed=9)[:, number]
    known = np.repeat(source.known(window), 4, axis=0).astype(np.float32)
    outputs, _ = engine.forward(
        spec,
        weights,
        np.ascontiguousarray(known.T)[:, :, None],
        decoding=Decoding(known[:, -1:], 3),
        draws=DropoutSamples(9, window, 4),
    )
    np.testing.assert_allclose(made, outputs[:, :, 0].T, rtol=1e-5)


def test_the_future_is_not_looked_at_and_need_not_be_there(engine: Engine) -> None:
    source = windows("series")
    spec = network("two steps")
    ends = source.from_origins(np.array([25, 40]), np.array([0, 1]))
    values = source.values.copy()
    values[25:34] = np.nan  # after the one origin, and before the lookback of the other
    made = engine.forecast(spec, initial_values(spec, 1), replace(ends, values=values), 8)
    assert np.isfinite(made).all()


def test_no_windows_have_no_forecasts(engine: Engine) -> None:
    none = windows().from_origins(np.arange(0), np.arange(0))
    spec = network("one step")
    assert engine.forecast(spec, initial_values(spec, 1), none, 4).shape == (1, 0, 4)


def test_a_network_that_cannot_look_at_windows_is_refused(engine: Engine) -> None:
    for settings in ({"inputs": 2}, {"symbols": 3}, {"cell": "mlp", "steps": 7}):
        spec = NetworkSpec.from_dict(settings)
        with pytest.raises(SettingsError):
            engine.forecast(spec, initial_values(spec, 1), windows(), 4)
