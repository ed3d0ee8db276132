"""The equations in NumPy: single steps by hand, and what a whole network must obey."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recur.errors import SettingsError
from recur.networks import layers
from recur.networks.cells import CELLS
from recur.networks.functions import sigmoid
from recur.networks.reference import (
    Array,
    Weights,
    cell_step,
    forward,
    zero_state,
)
from recur.networks.spec import Cell, Convolution, NetworkSpec

RELU = NetworkSpec(cell="rnn", nonlinearity="relu")


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
    assert cell_step(NetworkSpec(cell="rnn"), one(0.5), (one(-0.4),), w)[0][0, 0] == pytest.approx(
        np.tanh(1.0 - 1.2 + 0.3)
    )
    assert cell_step(RELU, one(0.5), (one(-0.4),), w)[0][0, 0] == pytest.approx(0.1)
    assert cell_step(RELU, one(-5.0), (one(0.0),), w)[0][0, 0] == 0


def test_one_step_of_a_gru_applies_the_reset_gate_after_the_product() -> None:
    w = scalar((1.0, 0.5, 0.1, 0.2), (-1.0, 0.3, 0.0, 0.4), (0.7, 2.0, 0.3, -0.6))
    x, h = 0.5, 0.8
    r = s(1.0 * x + 0.1 + 0.5 * h + 0.2)
    z = s(-1.0 * x + 0.3 * h + 0.4)
    n = np.tanh(0.7 * x + 0.3 + r * (2.0 * h - 0.6))
    assert cell_step(NetworkSpec(cell="gru"), one(x), (one(h),), w)[0][0, 0] == pytest.approx(
        (1 - z) * n + z * h
    )


def test_one_step_of_an_lstm_is_its_formula() -> None:
    w = scalar((1.0, 0.5, 0, 0), (-1.0, 0.3, 0, 1.0), (0.7, 2.0, 0.3, 0), (0.2, -0.4, 0, 0.1))
    x, h, c = 0.5, 0.8, -1.5
    i, f = s(x + 0.5 * h), s(-x + 0.3 * h + 1)
    g, o = np.tanh(0.7 * x + 2 * h + 0.3), s(0.2 * x - 0.4 * h + 0.1)
    new_h, new_c = cell_step(NetworkSpec(cell="lstm"), one(x), (one(h), one(c)), w)
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
    assert len(state) == spec.states
    kept = values.copy(), inputs.copy()
    a, _ = forward(spec, values, inputs)
    b, _ = forward(spec, values, inputs, state)
    np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(values, kept[0])
    np.testing.assert_array_equal(inputs, kept[1])
    assert not any(part.any() for part in state)


def test_a_convolution_is_its_sum_and_sees_the_newest_step() -> None:
    spec = NetworkSpec(
        cell="rnn", inputs=2, hidden=3, convolution=Convolution(filters=4, kernel=3, stride=2)
    )
    random = np.random.default_rng(0)
    inputs, weight, bias = random.normal(size=(8, 1, 2)), random.normal(size=(4, 2, 3)), np.ones(4)
    assert spec.convolution is not None
    outputs = layers.convolve(inputs, weight, bias, spec.convolution)
    expected = [
        [sum((weight[f, :, k] * inputs[t + k, 0]).sum() for k in range(3)) + 1 for f in range(4)]
        for t in (1, 3, 5)  # the oldest step is left out, so that the last sees steps 5, 6 and 7
    ]
    np.testing.assert_allclose(outputs[:, 0], expected, atol=1e-13)
    values = random_values(spec)
    changed = inputs.copy()
    changed[0] += 1
    np.testing.assert_array_equal(
        forward(spec, values, inputs)[0], forward(spec, values, changed)[0]
    )
    changed[-1] += 1
    assert (forward(spec, values, inputs)[0] != forward(spec, values, changed)[0]).any()


def test_an_mlp_sees_time_steps_one_after_the_other() -> None:
    spec = NetworkSpec(cell="mlp", steps=3, inputs=2, hidden=1, outputs=1, head="none")
    values = np.array([1.0, 2, 3, 4, 5, 6, 0.5])
    inputs = 0.01 * np.arange(6.0).reshape(3, 1, 2)
    outputs, end = forward(spec, values, inputs)
    assert outputs[0, 0] == pytest.approx(np.tanh(0.01 * (2 + 6 + 12 + 20 + 30) + 0.5))
    assert end == zero_state(spec, 4) == ()


def test_symbols_are_looked_up() -> None:
    spec = NetworkSpec(symbols=4, inputs=3, hidden=3)
    values = random_values(spec)
    looked_up = NetworkSpec(inputs=3, hidden=3)
    table = values[:12].reshape(4, 3)
    symbols = np.array([[0, 3], [3, 1]], np.int32)
    ours, _ = forward(spec, values, symbols)
    theirs, _ = forward(looked_up, values[12:], table[symbols])
    np.testing.assert_array_equal(ours, theirs)


def test_a_decoder_of_one_step_is_a_step_of_a_second_network() -> None:
    spec = NetworkSpec(cell="lstm", hidden=3, layers=2, outputs=2, decoder=True)
    values, inputs = random_values(spec), np.random.default_rng(1).normal(size=(5, 4, 1))
    named = {p.name: p for p in spec.parameters}
    border, head = named["decoder.weight_ih_l0"].offset, named["head.weight"].offset
    encoder = NetworkSpec(cell="lstm", hidden=3, layers=2, outputs=3, head="none")
    _, state = forward(encoder, values[:border], inputs)
    start = np.ones((4, 2))
    second = NetworkSpec(cell="lstm", inputs=2, hidden=3, layers=2, outputs=2)
    expected, end = forward(second, values[border:], start[None], state)
    outputs, final = forward(spec, values, inputs, start=start)
    assert head == border + second.size - 8
    np.testing.assert_array_equal(outputs, expected[None])
    np.testing.assert_array_equal(final, end)


def test_a_decoder_is_fed_the_truth_or_what_it_gave() -> None:
    spec = NetworkSpec(hidden=3, decoder=True, head="tanh")
    values, inputs = random_values(spec), np.random.default_rng(1).normal(size=(5, 4, 1))
    start, steps = np.ones((4, 1)), 6
    free, _ = forward(spec, values, inputs, start=start, steps=steps)
    as_free, _ = forward(spec, values, inputs, start=start, steps=steps, truth=free)
    np.testing.assert_array_equal(as_free, free)
    truth = free.copy()
    truth[2] += 1
    changed, _ = forward(spec, values, inputs, start=start, steps=steps, truth=truth)
    np.testing.assert_array_equal(changed[:3], free[:3])
    assert (changed[3:] != free[3:]).all()


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("bidirectional", [False, True])
def test_what_stands_at_masked_steps_does_not_matter(cell: Cell, bidirectional: bool) -> None:
    spec = NetworkSpec(
        cell=cell, hidden=3, layers=2, bidirectional=bidirectional, outputs=2, reads="every"
    )
    values, inputs = random_values(spec), np.random.default_rng(1).normal(size=(6, 2, 1))
    mask = np.array([[1, 1], [0, 1], [1, 1], [1, 0], [1, 0], [0, 0]], bool)
    outputs, end = forward(spec, values, inputs, mask=mask)
    changed, same_end = forward(spec, values, np.where(mask[..., None], inputs, 9.0), mask=mask)
    np.testing.assert_array_equal(changed, outputs)
    np.testing.assert_array_equal(same_end, end)
    short, short_end = forward(spec, values, inputs[:3, 1:])
    np.testing.assert_allclose(outputs[:3, 1:], short, atol=1e-14)
    np.testing.assert_allclose([part[:, 1:] for part in end], short_end, atol=1e-14)


@pytest.mark.parametrize(
    ("settings", "given", "sentence"),
    [
        ({"convolution": Convolution(filters=1, kernel=1)}, {"mask": True}, "a convolution takes"),
        ({"cell": "mlp", "steps": 4}, {"mask": True}, "the cell 'mlp' takes several time steps"),
        ({"decoder": True}, {}, "a decoder needs to be given where it starts"),
        ({}, {"start": True}, "the network has no decoder"),
    ],
)
def test_what_the_network_has_no_place_for_is_refused(
    settings: dict[str, Any], given: dict[str, Any], sentence: str
) -> None:
    spec = NetworkSpec(hidden=3, **settings)
    arguments = {"mask": np.ones((4, 2), bool), "start": np.ones((2, 1))}
    with pytest.raises(SettingsError, match=sentence):
        forward(
            spec,
            random_values(spec),
            np.ones((4, 2, 1)),
            **{name: arguments[name] for name in given},  # type: ignore[arg-type]
        )
