"""The equations in NumPy: single steps by hand, and what a whole network must obey."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recur.networks.cells import (
    Array,
    Weights,
    forward,
    gru_step,
    lstm_step,
    rnn_step,
    sigmoid,
    zero_state,
)
from recur.networks.spec import Cell, NetworkSpec

CELLS: list[Cell] = ["rnn", "gru", "lstm"]


def scalar(*rows: tuple[float, float, float, float]) -> Weights:
    """Return one unit's weights; a row for each gate: input, recurrent, and the two biases."""
    table = np.array(rows, np.float64)
    return Weights(table[:, :1], table[:, 1:2], table[:, 2], table[:, 3])


def random_values(spec: NetworkSpec, seed: int = 0) -> Array:
    return np.random.default_rng(seed).normal(0, 0.5, spec.size)


def s(x: float) -> float:
    return float(1 / (1 + np.exp(-x)))


def one(x: float) -> Array:
    return np.array([[x]])


@given(st.floats(-1e300, 1e300))
def test_the_sigmoid_never_overflows_and_stays_between_0_and_1(x: float) -> None:
    value = sigmoid(np.array([x]))[0]
    assert 0 <= value <= 1
    if abs(x) < 30:
        assert value == pytest.approx(s(x), abs=1e-15)


def test_one_step_of_a_vanilla_rnn_is_its_formula() -> None:
    w = scalar((2.0, 3.0, 0.1, 0.2))
    assert rnn_step(one(0.5), (one(-0.4),), w)[0][0, 0] == pytest.approx(np.tanh(1.0 - 1.2 + 0.3))
    assert rnn_step(one(0.5), (one(-0.4),), w, "relu")[0][0, 0] == pytest.approx(0.1)
    assert rnn_step(one(-5.0), (one(0.0),), w, "relu")[0][0, 0] == 0


def test_one_step_of_a_gru_applies_the_reset_gate_after_the_product() -> None:
    w = scalar((1.0, 0.5, 0.1, 0.2), (-1.0, 0.3, 0.0, 0.4), (0.7, 2.0, 0.3, -0.6))
    x, h = 0.5, 0.8
    r = s(1.0 * x + 0.1 + 0.5 * h + 0.2)
    z = s(-1.0 * x + 0.3 * h + 0.4)
    n = np.tanh(0.7 * x + 0.3 + r * (2.0 * h - 0.6))
    assert gru_step(one(x), (one(h),), w)[0][0, 0] == pytest.approx((1 - z) * n + z * h)


def test_one_step_of_an_lstm_is_its_formula() -> None:
    w = scalar((1.0, 0.5, 0, 0), (-1.0, 0.3, 0, 1.0), (0.7, 2.0, 0.3, 0), (0.2, -0.4, 0, 0.1))
    x, h, c = 0.5, 0.8, -1.5
    i, f = s(x + 0.5 * h), s(-x + 0.3 * h + 1)
    g, o = np.tanh(0.7 * x + 2 * h + 0.3), s(0.2 * x - 0.4 * h + 0.1)
    new_h, new_c = lstm_step(one(x), (one(h), one(c)), w)
    assert new_c[0, 0] == pytest.approx(f * c + i * g)
    assert new_h[0, 0] == pytest.approx(o * np.tanh(f * c + i * g))


@pytest.mark.parametrize("cell", CELLS)
def test_a_state_handed_on_is_the_same_as_one_long_sequence(cell: Cell) -> None:
    spec = NetworkSpec(cell=cell, inputs=2, hidden=3, layers=2, outputs=2, reads="every")
    values, inputs = random_values(spec), np.random.default_rng(1).normal(size=(7, 4, 2))
    whole, end = forward(spec, values, inputs)
    first, state = forward(spec, values, inputs[:3])
    second, final = forward(spec, values, inputs[3:], state)
    np.testing.assert_allclose(np.concatenate([first, second]), whole, atol=1e-14)
    for ours, expected in zip(final, end, strict=True):
        np.testing.assert_allclose(ours, expected, atol=1e-14)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("bidirectional", [False, True])
def test_lanes_of_a_batch_do_not_touch_each_other(cell: Cell, bidirectional: bool) -> None:
    spec = NetworkSpec(cell=cell, inputs=2, hidden=3, layers=2, bidirectional=bidirectional)
    values, inputs = random_values(spec), np.random.default_rng(1).normal(size=(5, 3, 2))
    whole, _ = forward(spec, values, inputs)
    for lane in range(3):
        alone, _ = forward(spec, values, inputs[:, lane : lane + 1])
        np.testing.assert_allclose(alone[0], whole[lane], atol=1e-14)


@pytest.mark.parametrize("cell", CELLS)
def test_nothing_flows_back_in_time_unless_the_network_reads_backwards(cell: Cell) -> None:
    for bidirectional in (False, True):
        spec = NetworkSpec(cell=cell, hidden=3, bidirectional=bidirectional, reads="every")
        values, inputs = random_values(spec), np.zeros((6, 1, 1))
        changed = inputs.copy()
        changed[-1] = 1.0
        before, _ = forward(spec, values, inputs)
        after, _ = forward(spec, values, changed)
        assert (before[:-1] == after[:-1]).all() == (not bidirectional)
        assert (before[-1] != after[-1]).all()


@pytest.mark.parametrize("cell", CELLS)
def test_the_last_reading_has_both_directions_ends(cell: Cell) -> None:
    spec = NetworkSpec(cell=cell, hidden=3, layers=2, bidirectional=True, outputs=6, head="none")
    values, inputs = random_values(spec), np.random.default_rng(2).normal(size=(5, 2, 1))
    last, end = forward(spec, values, inputs)
    every, _ = forward(spec.but(reads="every"), values, inputs)
    np.testing.assert_array_equal(last, np.concatenate([every[-1, :, :3], every[0, :, 3:]], -1))
    np.testing.assert_array_equal(last, np.concatenate([end[0][2], end[0][3]], -1))


@pytest.mark.parametrize(("head", "least", "greatest"), [("tanh", -1, 1), ("sigmoid", 0, 1)])
def test_a_bounded_head_is_the_linear_one_bent(head: Any, least: float, greatest: float) -> None:
    spec = NetworkSpec(hidden=3, outputs=2)
    values, inputs = 9 * random_values(spec), np.random.default_rng(3).normal(size=(4, 50, 1))
    linear, _ = forward(spec, values, inputs)
    bounded, _ = forward(spec.but(head=head), values, inputs)
    bent = np.tanh(linear) if head == "tanh" else 1 / (1 + np.exp(-linear))
    np.testing.assert_allclose(bounded, bent, atol=1e-14)
    assert least <= bounded.min() < bounded.max() <= greatest


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_precision_that_came_in_goes_out(cell: Cell, dtype: type[np.floating[Any]]) -> None:
    spec = NetworkSpec(cell=cell, hidden=3, layers=2, bidirectional=True)
    outputs, end = forward(spec, random_values(spec).astype(dtype), np.ones((4, 2, 1), dtype))
    assert {outputs.dtype, *(part.dtype for part in end)} == {np.dtype(dtype)}


@pytest.mark.parametrize("cell", CELLS)
def test_starting_from_zeros_is_the_default_and_no_argument_is_changed(cell: Cell) -> None:
    spec = NetworkSpec(cell=cell, hidden=3, layers=2)
    values, inputs = random_values(spec), np.ones((4, 2, 1))
    state = zero_state(spec, 2, np.float64)
    assert len(state) == (2 if cell == "lstm" else 1)
    kept = values.copy(), inputs.copy()
    a, _ = forward(spec, values, inputs)
    b, _ = forward(spec, values, inputs, state)
    np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(values, kept[0])
    np.testing.assert_array_equal(inputs, kept[1])
    assert not any(part.any() for part in state)
