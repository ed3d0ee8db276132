"""What is not finite is noticed wherever it comes from, on every engine that runs here."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from recur.data.panel.scaling import Scaler
from recur.data.sources.sequences import Sequences
from recur.data.sources.windows import Windows
from recur.data.tables.readers import read_panel
from recur.engines.base import Chunk, ChunkResult, Engine, Snapshot, StepRecipe
from recur.engines.registry import open_engine
from recur.errors import SettingsError
from recur.networks.initial import initial_values
from recur.networks.spec import NetworkSpec

pytestmark = pytest.mark.parametrize("engine", ["torch", "compiled"], indirect=True)

NETWORKS: dict[str, dict[str, Any]] = {
    "rnn": {"cell": "rnn"},
    "relu": {"cell": "rnn", "nonlinearity": "relu", "layers": 2},
    "gru": {"cell": "gru", "bidirectional": True},
    "lstm": {"cell": "lstm", "head": "sigmoid"},
    "no head": {"cell": "lstm", "head": "none", "hidden": 2},
    "mlp": {"cell": "mlp", "steps": 6, "nonlinearity": "relu", "layers": 2},
    "convolution": {"cell": "gru", "convolution": {"filters": 3, "kernel": 2}, "head": "tanh"},
}
ROWS = np.arange(20)[None].repeat(3, axis=0)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    return open_engine(request.param)


def network(name: str) -> NetworkSpec:
    return NetworkSpec(**{"inputs": 2, "outputs": 2, "hidden": 5, **NETWORKS[name]})


def sequences() -> Sequences:
    """Return twenty sequences of 6 steps that do not overlap."""
    rows = np.random.default_rng(0).normal(size=(120, 2)).astype(np.float32)
    return Sequences(rows, np.roll(rows, 1, axis=0), np.arange(20) * 6, 6)


def taken(engine: Engine, spec: NetworkSpec, source: Any, **recipe: Any) -> ChunkResult:
    first = Snapshot.first(initial_values(spec, 1))
    trainer = engine.trainer(spec, StepRecipe(**recipe), source, first)
    return trainer.run(Chunk(ROWS, np.full(3, 0.01), np.arange(3), seed=1))


@pytest.mark.parametrize("name", NETWORKS)
def test_a_weight_of_any_block(engine: Engine, name: str) -> None:
    spec, recipe = network(name), StepRecipe()
    zeros = np.zeros(spec.size, np.float32)
    for parameter in spec.parameters:
        weights, mean = initial_values(spec, 1), zeros.copy()
        parameter.of(mean).reshape(-1)[-1] = 3e38  # a step by so much leaves all numbers
        trainer = engine.trainer(spec, recipe, sequences(), Snapshot(weights, mean, zeros, 0))
        result = trainer.run(Chunk(ROWS, np.full(3, 1e10), np.arange(3), seed=1))
        assert not result.finite, parameter.name
        assert len(result.losses) == 1


@pytest.mark.parametrize("part", ["weights", "mean", "square"])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_state_to_start_from(engine: Engine, bad: float, part: str) -> None:
    spec = network("lstm")
    first = Snapshot.first(initial_values(spec, 1))
    values = getattr(first, part).copy()
    values[-1] = bad
    with pytest.raises(SettingsError, match=f"snapshot's {part} must be finite"):
        engine.trainer(spec, StepRecipe(), sequences(), replace(first, **{part: values}))


@pytest.mark.parametrize("step", [0, 3, 5])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("name", NETWORKS)
def test_an_input_of_one_lane(engine: Engine, name: str, bad: float, step: int) -> None:
    source = sequences()
    source.inputs[7 * 6 + step, 1] = bad
    assert not taken(engine, network(name), source).finite


@pytest.mark.parametrize("loss", ["mse", "mae", "quantile"])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_target_of_one_lane(engine: Engine, bad: float, loss: str) -> None:
    source = sequences()
    source.targets[7 * 6 + 5, 1] = bad
    more = {"quantiles": (0.4,)} if loss == "quantile" else {}
    assert not taken(engine, network("gru"), source, loss=loss, **more).finite


@pytest.mark.parametrize("clip", [None, 1.0])
def test_a_loss_or_a_gradient_that_overflows(engine: Engine, clip: float | None) -> None:
    far, spec = sequences(), network("gru")
    far.targets[7 * 6 + 5, 1] = 1e38
    assert not taken(engine, spec, far, clip=clip).finite
    first = Snapshot.first(initial_values(spec, 1))
    loss = engine.trainer(spec, StepRecipe(), far, first).evaluate(ROWS[0])
    assert not np.isfinite(loss)
    steep, spec = sequences(), network("mlp")
    steep.inputs[7 * 6 + 5, 1] = 1e38
    assert not taken(engine, spec, steep, clip=clip).finite
    assert not taken(engine, spec, steep, loss="mae", clip=clip).finite


@pytest.mark.filterwarnings("ignore:overflow encountered in cast")
@pytest.mark.parametrize("decoder", [False, True])
def test_a_window_of_values_that_overflow(engine: Engine, decoder: bool) -> None:
    values = np.random.default_rng(1).normal(size=60)
    source = Windows.over(read_panel(values), Scaler.fit("none", [values]), 6, 1)
    spec = NetworkSpec(hidden=5, decoder=decoder)
    assert taken(engine, spec, source).finite
    values = source.values.copy()
    values[13] = 1e300
    assert not taken(engine, spec, replace(source, values=values)).finite


def test_weights_alone(engine: Engine) -> None:
    spec, source = network("lstm"), sequences()
    trainer = engine.trainer(spec, StepRecipe(), source, Snapshot.first(initial_values(spec, 1)))
    result = trainer.run(Chunk(ROWS, np.array([0.01, np.inf, 0.01]), np.arange(3), seed=1))
    assert np.isfinite(result.losses).all()
    assert not result.finite
    assert len(result.losses) == 2
