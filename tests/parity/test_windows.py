"""What windows can hold, on both engines: losses, gradients, validation and forecasts agree."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from recur.data.clock import Clock
from recur.data.panel.panel import Panel
from recur.data.panel.scaling import Scaler
from recur.data.sources.covariates import CovariateInputs
from recur.data.sources.windows import Windows
from recur.engines.base import Chunk, Decoding, Snapshot, StepRecipe
from recur.engines.registry import open_engine
from recur.networks.cells import CELLS
from recur.networks.initial import initial_values
from recur.networks.reference import forward
from recur.networks.spec import NetworkSpec

LOOKBACK, HORIZON = 8, 3
SPARE = 2 * HORIZON
CONVOLUTION = {"filters": 4, "kernel": 3, "stride": 2}


def panel(*, missing: bool = False) -> Panel:
    """Return three series, of which one is shorter than a lookback and a horizon."""
    random = np.random.default_rng(0)
    lengths = np.array([40, 9, 31])
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    values = 5 + np.cumsum(random.normal(size=80))
    filled = random.random(80) < 0.2 if missing else None
    ids = ("a", "b", "c")
    return Panel(values, np.arange(80), offsets, ids, Clock(), filled=filled)


def covariates(past: int = 1) -> CovariateInputs:
    random = np.random.default_rng(1)
    steps = random.normal(size=(80 + 3 * SPARE, past + 2)).astype(np.float32)
    constants = random.normal(size=(3, 2)).astype(np.float32)
    return CovariateInputs(steps, past, HORIZON, SPARE, constants)


def windows(
    kind: Any = "window",
    *,
    horizon: int = HORIZON,
    missing: bool = False,
    seen: int | None = None,
    **more: Any,
) -> Windows:
    some = panel(missing=missing)
    scaler = Scaler.fit(kind, [values[:seen] for values in some])
    return Windows.over(some, scaler, LOOKBACK, horizon, **more)


EVERY: dict[str, Any] = {"reads": "every", "outputs": HORIZON}
DECODER: dict[str, Any] = {"decoder": True}
CASES: dict[str, tuple[dict[str, Any], dict[str, Any], Windows]] = {
    "direct, seasonal": ({}, {}, windows(residual="seasonal", season=2)),
    "direct, window mean": ({}, {}, windows(residual="none")),
    "direct, series, last": ({}, {}, windows("series", residual="last")),
    "direct, series, gone to another level": ({}, {}, windows("series", seen=8, least=3)),
    "direct, masked": ({}, {}, windows(least=1)),
    "direct, masked, lstm, seasonal": (
        {"cell": "lstm"},
        {"loss": "mae"},
        windows(least=2, residual="seasonal", season=5),
    ),
    "direct, masked, both ways": ({"bidirectional": True}, {}, windows("minmax", least=2)),
    "direct, missing": ({"inputs": 2}, {}, windows(missing=True)),
    "direct, missing, quantiles": (
        {"inputs": 2, "outputs": 2 * HORIZON},
        {"loss": "quantile", "quantiles": (0.2, 0.9)},
        windows(missing=True),
    ),
    "direct, covariates": ({"inputs": 8}, {}, windows(covariates=covariates())),
    "direct, covariates, missing, masked": (
        {"inputs": 9},
        {},
        windows("none", covariates=covariates(), missing=True, least=1),
    ),
    "mlp, covariates": (
        {"cell": "mlp", "steps": LOOKBACK, "inputs": 8},
        {},
        windows(covariates=covariates()),
    ),
    "all steps": (EVERY, {}, windows(every=True)),
    "all steps, none": (EVERY, {}, windows("series", every=True)),
    "all steps, seasonal, rnn": (
        EVERY | {"cell": "rnn", "layers": 2},
        {},
        windows(every=True, residual="seasonal", season=4),
    ),
    "all steps, convolution": (EVERY | {"convolution": CONVOLUTION}, {}, windows(every=True)),
    "all steps, masked": (EVERY, {"loss": "mae"}, windows(every=True, least=1)),
    "all steps, missing, masked, quantiles": (
        EVERY | {"inputs": 2, "outputs": 2 * HORIZON},
        {"loss": "quantile", "quantiles": (0.2, 0.9)},
        windows(every=True, least=2, missing=True),
    ),
    "all steps, convolution, missing": (
        EVERY | {"inputs": 2, "convolution": CONVOLUTION},
        {},
        windows(every=True, missing=True),
    ),
    "decoder, seasonal": (DECODER, {}, windows(residual="seasonal", season=3)),
    "decoder, missing": (DECODER | {"inputs": 2}, {}, windows(missing=True)),
    **{
        f"decoder, masked, {cell}": (DECODER | {"cell": cell}, {}, windows("series", least=2))
        for cell in CELLS
    },
    **{
        f"decoder, bridge, {cell}": (
            DECODER | {"bidirectional": True, "cell": cell, "layers": 2},
            {},
            windows(),
        )
        for cell in CELLS
    },
    "decoder, bridge, rnn, dropout": (
        DECODER
        | {"bidirectional": True, "cell": "rnn", "nonlinearity": "relu"}
        | {"layers": 2, "dropout": 0.3},
        {},
        windows(),
    ),
    "decoder, bridge, masked, covariates": (
        DECODER | {"bidirectional": True, "inputs": 8},
        {},
        windows(covariates=covariates(), least=2),
    ),
}


def problem(name: str) -> tuple[NetworkSpec, StepRecipe, Windows]:
    settings, recipe, source = CASES[name]
    outputs = 1 if settings.get("decoder") else HORIZON
    spec = NetworkSpec(**{"hidden": 5, "outputs": outputs, **settings})
    return spec, StepRecipe(**recipe), source


@pytest.mark.parametrize("name", CASES)
def test_training_steps_agree(name: str) -> None:
    spec, recipe, source = problem(name)
    row = np.array([[0, 5, -1, 3, len(source) - 1, 11], [9, 1, 2, 4, 6, -1]])
    ends = []
    for engine in ("torch", "compiled"):
        first = Snapshot.first(initial_values(spec, 2))
        trainer = open_engine(engine).trainer(spec, recipe, source, first)
        chunk = Chunk(row, np.full(2, 0.01), np.arange(2), 9, forcing=np.array([1.0, 0.5]))
        before = trainer.evaluate(np.arange(len(source)))
        result = trainer.run(chunk)
        assert result.finite
        ends.append((before, result, trainer.snapshot(), trainer.evaluate(np.arange(7))))
    (before, one, state, after), (before_too, two, other, after_too) = ends
    np.testing.assert_allclose(two.losses, one.losses, rtol=1e-5)
    np.testing.assert_allclose(two.norms, one.norms, rtol=1e-4)
    assert before_too == pytest.approx(before, rel=1e-5)
    assert after_too == pytest.approx(after, rel=1e-4)
    for part, block in spec.named(state.mean).items():
        np.testing.assert_allclose(
            spec.named(other.mean)[part], block, rtol=1e-4, atol=1e-6, err_msg=part
        )


@pytest.mark.parametrize("name", CASES)
def test_forecasts_agree(name: str) -> None:
    spec, recipe, source = problem(name)
    weights = initial_values(spec, 3)
    levels = max(1, len(recipe.quantiles))
    made = [
        open_engine(engine).forecast(
            spec, weights, source, HORIZON, levels=levels, samples=samples, seed=1
        )
        for samples in (0, 2)
        for engine in ("torch", "compiled")
    ]
    assert made[0].shape == (1, len(source), HORIZON * levels)
    np.testing.assert_allclose(made[1], made[0], rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(made[3], made[2], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("known", [0, 2])
def test_a_network_that_moves_on_sees_what_is_known_ahead(known: int) -> None:
    random = np.random.default_rng(5)
    steps = random.normal(size=(80 + 3 * SPARE, known)).astype(np.float32)
    one = CovariateInputs(steps, 0, 1, SPARE, np.ones((3, 1), np.float32))
    source = windows(horizon=1, covariates=one, missing=True, least=2)
    spec = NetworkSpec(hidden=4, inputs=source.inputs)
    weights = initial_values(spec, 1)
    made = [open_engine(e).forecast(spec, weights, source, 4) for e in ("torch", "compiled")]
    np.testing.assert_allclose(made[1], made[0], rtol=1e-5, atol=1e-6)
    # What was observed after the origin is no business of a forecast from it.
    blind = replace(source, observed=np.ones(80, np.bool_))
    last = len(source) - 1
    only = [s.from_origins(s.origins[[last]], s.series[[last]]) for s in (source, blind)]
    early = [s.from_origins(np.array([30]), np.array([0])) for s in only]
    seen = np.array(source.observed)
    seen[30:] = False
    after = replace(early[0], observed=seen)
    for engine in ("torch", "compiled"):
        run = open_engine(engine)
        first = run.forecast(spec, weights, early[0], 4)
        assert run.forecast(spec, weights, after, 4).tobytes() == first.tobytes()


@pytest.mark.parametrize("engine", ["torch", "compiled"])
@pytest.mark.parametrize("cell", CELLS)
def test_a_bridge_is_the_equation(engine: str, cell: Any) -> None:
    spec = NetworkSpec(cell=cell, decoder=True, bidirectional=True, layers=2, hidden=4)
    weights = initial_values(spec, 1)
    random = np.random.default_rng(2)
    inputs = random.normal(size=(6, 3, 1)).astype(np.float32)
    start = random.normal(size=(3, 1)).astype(np.float32)
    outputs, end = open_engine(engine).forward(spec, weights, inputs, decoding=Decoding(start, 4))
    exact = weights.astype(np.float64)
    expected, state = forward(spec, exact, inputs, start=start, steps=4)
    np.testing.assert_allclose(outputs, expected, rtol=1e-4, atol=1e-6)
    for part, true in zip(end, state, strict=True):
        np.testing.assert_allclose(part, true, rtol=1e-4, atol=1e-6)
