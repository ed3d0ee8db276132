"""The chain rule written out by hand agrees with central differences, for each cell and weight."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from recur.arrays import Float64s
from recur.labs.gradients.by_hand import (
    backwards,
    doubled,
    fading,
    first_state,
    forwards,
    gates,
    through_time,
    weights_of,
)
from recur.networks.initial import initial_values
from recur.networks.spec import NetworkSpec

CELLS: dict[str, dict[str, Any]] = {
    "tanh": {"cell": "rnn"},
    "relu": {"cell": "rnn", "nonlinearity": "relu"},
    "gru": {"cell": "gru"},
    "lstm": {"cell": "lstm"},
}
STEP = 1e-5


def network(kind: str) -> NetworkSpec:
    return NetworkSpec(hidden=5, inputs=2, **CELLS[kind])


def random(*shape: int) -> Float64s:
    return np.random.default_rng(7).normal(size=shape)


def differences(loss: Callable[[Float64s], float], at: Float64s) -> Float64s:
    """Return the gradient of a loss by moving each value a little up and down."""
    grads = np.empty_like(at)
    for place in np.ndindex(at.shape):
        moved = at.copy()
        moved[place] = at[place] + STEP
        up = loss(moved)
        moved[place] = at[place] - STEP
        grads[place] = (up - loss(moved)) / (2 * STEP)
    return grads


@pytest.mark.parametrize("kind", CELLS)
def test_a_step_taken_back_has_the_gradient_of_central_differences(kind: str) -> None:
    spec = network(kind)
    w = weights_of(doubled(spec, initial_values(spec, 1)))
    parts = len(first_state(spec))
    x, state, pull = random(3, 2), random(parts, 3, 5), random(parts, 3, 5)[::-1]

    def loss(old: Float64s) -> float:
        new = forwards(spec, x, tuple(old), w)
        return float(sum(np.sum(a * b) for a, b in zip(new, pull, strict=True)))

    by_hand = backwards(spec, x, tuple(state), w, tuple(pull))
    assert np.allclose(np.stack(by_hand), differences(loss, state), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("kind", CELLS)
def test_a_gradient_is_followed_through_many_steps(kind: str) -> None:
    spec = network(kind)
    blocks = doubled(spec, initial_values(spec, 1))
    w, inputs, grads = weights_of(blocks), random(4, 2), []
    first = np.asarray(np.stack(first_state(spec)), np.float64)
    for unit in range(5):

        def last(start: Float64s, unit: int = unit) -> float:
            state = tuple(start)
            for x in inputs:
                state = forwards(spec, x[None], state, w)
            return float(state[0][0, unit])

        grads.append(differences(last, first))
    size = np.sqrt(np.sum(np.square(grads)) / 5)
    found = fading(spec, blocks, inputs).size
    assert found[0] == 1
    assert found[-1] == pytest.approx(size, rel=1e-6)


def test_the_product_is_exact_where_every_step_multiplies_by_the_same_turn() -> None:
    spec = NetworkSpec(cell="rnn", nonlinearity="relu", hidden=4)
    blocks = doubled(spec, initial_values(spec, 0))
    blocks |= {name: np.zeros_like(block) for name, block in blocks.items()}
    blocks["rnn.weight_hh_l0"] = 0.9 * np.roll(np.eye(4), 1, axis=0)
    blocks["rnn.bias_ih_l0"] += 1.0  # all units stay open
    one = fading(spec, blocks, np.zeros((20, 1)))
    assert np.allclose(one.size, 0.9 ** np.arange(21))
    assert np.allclose(one.product, one.size)


def test_the_gradient_in_all_weights_is_that_of_central_differences() -> None:
    spec = NetworkSpec(cell="rnn", hidden=4, inputs=2)
    blocks = doubled(spec, initial_values(spec, 3))
    inputs, wanted = random(6, 3, 2), random(3, 1)
    loss, grads = through_time(blocks, inputs, wanted)
    assert loss > 0
    assert grads.keys() == blocks.keys()
    for name, block in blocks.items():

        def moved(value: Float64s, name: str = name) -> float:
            return through_time({**blocks, name: value}, inputs, wanted)[0]

        expected = differences(moved, np.asarray(block, np.float64))
        assert np.allclose(grads[name], expected, rtol=1e-6, atol=1e-8), name


def test_gates_explain_the_step_that_they_are_of() -> None:
    spec = network("lstm")
    w, x = weights_of(doubled(spec, initial_values(spec, 1))), random(3, 2)
    h, c = random(2, 3, 5)
    opened = gates(spec, x, (h, c), w)
    new_h, new_c = forwards(spec, x, (h, c), w)
    assert list(opened) == ["forget", "input", "output"]
    assert np.allclose(new_h, opened["output"] * np.tanh(new_c))
    fresh = (new_c - opened["forget"] * c) / opened["input"]
    assert (np.abs(fresh) < 1).all()
    spec = network("gru")
    w = weights_of(doubled(spec, initial_values(spec, 1)))
    opened = gates(spec, x, (h,), w)
    (new_h,) = forwards(spec, x, (h,), w)
    assert list(opened) == ["update", "reset"]
    fresh = (new_h - opened["update"] * h) / (1 - opened["update"])
    assert (np.abs(fresh) < 1).all()


def test_a_network_without_gates_has_none() -> None:
    spec = network("tanh")
    w = weights_of(doubled(spec, initial_values(spec, 1)))
    assert gates(spec, random(3, 2), (random(3, 5),), w) == {}
