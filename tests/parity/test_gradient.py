"""Grads that come from elsewhere, taken back through a network by both engines and by PyTorch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from recur.engines.base import Engine
from recur.engines.registry import open_engine
from recur.errors import SettingsError
from recur.networks import reference
from recur.networks.cells import CELLS
from recur.networks.spec import NetworkSpec

TIME = 7
NETWORKS: dict[str, dict[str, Any]] = {
    **{cell: {"cell": cell} for cell in CELLS},
    "last state alone": {"cell": "gru", "head": "none", "outputs": 6},
    "both directions": {"cell": "lstm", "bidirectional": True, "layers": 2},
    "every step": {"cell": "gru", "reads": "every"},
    "convolution": {"cell": "gru", "convolution": {"filters": 4, "kernel": 3, "stride": 2}},
    "mlp": {"cell": "mlp", "steps": TIME, "layers": 2, "nonlinearity": "relu"},
    "few lanes, rows shared": {"cell": "gru", "hidden": 128, "lanes": 3},
}


def given(name: str) -> tuple[NetworkSpec, Any, Any, Any]:
    chosen = {"hidden": 6, "outputs": 3, "inputs": 2, "lanes": 70, **NETWORKS[name]}
    lanes = chosen.pop("lanes")
    spec, random = NetworkSpec(**chosen), np.random.default_rng(3)
    weights = random.normal(0, 0.3, spec.size).astype(np.float32)
    inputs = random.normal(size=(TIME, lanes, 2)).astype(np.float32)
    shape = (TIME, lanes, spec.outputs) if spec.reads == "every" else (lanes, spec.outputs)
    return spec, weights, inputs, random.normal(size=shape).astype(np.float32)


def differences(spec: NetworkSpec, weights: Any, inputs: Any, grad: Any, *, mask: Any) -> Any:
    """Return how the loss changes along some directions of weights and inputs, measured."""
    random, step = np.random.default_rng(5), 1e-6

    def loss(moved: Any, seen: Any) -> float:
        return float((reference.forward(spec, moved, seen, mask=mask)[0] * grad).sum())

    found = []
    for _ in range(4):
        of_weights, of_inputs = random.normal(size=spec.size), random.normal(size=inputs.shape)
        ends = [
            loss(weights + side * step * of_weights, inputs + side * step * of_inputs)
            for side in (-1, 1)
        ]
        found.append((of_weights, of_inputs, (ends[1] - ends[0]) / (2 * step)))
    return found


@pytest.mark.parametrize(
    ("name", "masked"),
    [*((name, False) for name in NETWORKS), *((name, True) for name in (*CELLS, "every step"))],
)
def test_grads_are_those_of_the_equations(engine: Engine, name: str, masked: bool) -> None:
    spec, weights, inputs, grad = given(name)
    mask = np.arange(TIME)[:, None] >= np.arange(inputs.shape[1]) % 4 if masked else None
    found = engine.gradient(spec, weights, inputs, grad, mask=mask)
    assert (found[0].shape, found[1].shape) == (weights.shape, inputs.shape)
    doubles = (part.astype(np.float64) for part in (weights, inputs, grad))
    for of_weights, of_inputs, true in differences(spec, *doubles, mask=mask):
        made = (found[0] * of_weights).sum() + (found[1] * of_inputs).sum()
        assert made == pytest.approx(true, rel=2e-4, abs=2e-3)


@pytest.mark.parametrize("name", ["gru", "few lanes, rows shared"])
def test_threads_change_no_bit(name: str) -> None:
    one, three = (open_engine("compiled", threads).gradient(*given(name)) for threads in (1, 3))
    assert all(np.array_equal(*pair) for pair in zip(one, three, strict=True))


def test_networks_of_symbols_and_other_shapes_are_refused(engine: Engine) -> None:
    spec, weights, inputs, grad = given("gru")
    with pytest.raises(SettingsError, match="output_grad"):
        engine.gradient(spec, weights, inputs, grad[:-1])
    symbols = NetworkSpec(cell="gru", symbols=5, inputs=2)
    with pytest.raises(SettingsError, match="takes symbols"):
        engine.gradient(symbols, weights, inputs, grad)


def test_the_torch_engine_leaves_what_it_is_given_alone() -> None:
    spec, weights, inputs, grad = given("gru")
    kept = weights.copy(), inputs.copy()
    open_engine("torch", 1).gradient(spec, weights, inputs, grad)
    assert np.array_equal(kept[0], weights)
    assert np.array_equal(kept[1], inputs)
