"""First weights: ranges, orthogonality, and what they depend on."""

from __future__ import annotations

from zlib import crc32

import numpy as np
import pytest

from recur.networks.cells import CELLS
from recur.networks.cells import cell as cell_of
from recur.networks.initial import initial_values
from recur.networks.spec import Cell, Convolution, NetworkSpec

CONVOLUTION = Convolution(filters=30, kernel=5)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("initialisation", ["pytorch", "orthogonal"])
def test_the_same_seed_gives_the_same_bits_and_another_seed_others(
    cell: Cell, initialisation: str
) -> None:
    spec = NetworkSpec.from_dict({"cell": cell, "hidden": 5, "initialisation": initialisation})
    first = initial_values(spec, 3)
    assert first.dtype == np.float32
    assert np.isfinite(first).all()
    assert first.tobytes() == initial_values(spec, 3).tobytes()
    assert first.tobytes() != initial_values(spec, 4).tobytes()


@pytest.mark.parametrize("initialisation", ["pytorch", "orthogonal"])
@pytest.mark.parametrize("wider", [{"layers": 3}, {"layers": 2, "bidirectional": True}])
def test_a_layer_or_a_direction_more_leaves_the_other_blocks_unchanged(
    initialisation: str, wider: dict[str, int]
) -> None:
    small = NetworkSpec.from_dict({"hidden": 4, "layers": 2, "initialisation": initialisation})
    large = small.but(**wider)
    before = small.named(initial_values(small, 1))
    after = large.named(initial_values(large, 1))
    # A second direction widens what layer 1 and the head read, and changes them with it.
    kept = [n for n in before if not large.bidirectional or n.endswith("l0") or "_hh_l1" in n]
    assert len(kept) == (10 if not large.bidirectional else 6)
    for name in kept:
        np.testing.assert_array_equal(before[name], after[name])


def test_no_two_blocks_of_the_largest_network_share_their_numbers() -> None:
    spec = NetworkSpec(layers=100, bidirectional=True, hidden=1)
    decoding = NetworkSpec(layers=100, decoder=True, hidden=1, convolution=CONVOLUTION)
    dense = NetworkSpec(cell="mlp", steps=4, layers=100, symbols=3, hidden=1)
    names = {p.name for s in (spec, decoding, dense) for p in s.parameters}
    assert len({crc32(name.encode()) for name in names}) == len(names) == 802 + 400 + 2 + 200 + 1


@pytest.mark.parametrize("cell", CELLS)
def test_pytorch_values_are_uniform_up_to_the_bound_of_each_module(cell: Cell) -> None:
    spec = NetworkSpec(cell=cell, inputs=3, hidden=50, layers=2, bidirectional=True, outputs=40)
    for name, block in spec.named(initial_values(spec, 2)).items():
        bound = 1 / np.sqrt(100 if name.startswith("head.") else 50)
        assert abs(block).max() <= bound, name
        assert abs(block).max() > 0.8 * bound, name
        assert abs(block.std() - bound / np.sqrt(3)) < 0.25 * bound, name


def test_dense_layers_and_convolutions_have_pytorchs_bounds_too() -> None:
    spec = NetworkSpec(
        cell="mlp", inputs=4, steps=9, hidden=60, layers=2, outputs=40, convolution=CONVOLUTION
    )
    incoming = {"convolution": 4 * 5, "mlp.0": 30 * 5, "mlp.1": 60, "head": 60}
    for name, block in spec.named(initial_values(spec, 2)).items():
        bound = 1 / np.sqrt(incoming[name.rpartition(".")[0]])
        assert 0.8 * bound < abs(block).max() <= bound, name


@pytest.mark.parametrize("initialisation", ["pytorch", "orthogonal"])
def test_symbols_begin_as_standard_normal_vectors(initialisation: str) -> None:
    spec = NetworkSpec.from_dict({"symbols": 80, "inputs": 50, "initialisation": initialisation})
    table = spec.named(initial_values(spec, 3))["embedding.weight"]
    assert abs(table.mean()) < 0.06
    assert abs(table.std() - 1) < 0.05
    assert 3 < abs(table).max() < 6


def test_orthogonal_convolutions_and_dense_layers_are_glorots_without_bias() -> None:
    spec = NetworkSpec(
        cell="mlp",
        inputs=4,
        steps=9,
        hidden=60,
        convolution=CONVOLUTION,
        initialisation="orthogonal",
    )
    named = spec.named(initial_values(spec, 6))
    assert not any(block.any() for name, block in named.items() if "bias" in name)
    for name, bound in [
        ("convolution.weight", np.sqrt(6 / (4 * 5 + 30 * 5))),
        ("mlp.0.weight", np.sqrt(6 / (30 * 5 + 60))),
    ]:
        assert 0.95 * bound < abs(named[name]).max() <= bound


@pytest.mark.parametrize("initialisation", ["pytorch", "orthogonal"])
def test_a_decoder_begins_like_an_encoder_with_numbers_of_its_own(initialisation: str) -> None:
    settings = {"cell": "lstm", "hidden": 30, "decoder": True, "initialisation": initialisation}
    spec = NetworkSpec.from_dict(settings)
    named = spec.named(initial_values(spec, 4))
    for block in ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"):
        ours, theirs = named[f"decoder.{block}"], named[f"rnn.{block}"]
        assert abs(ours.std() - theirs.std()) < 0.15 * theirs.std() + 1e-9
        assert (ours.tobytes() == theirs.tobytes()) == (
            "bias" in block and initialisation == "orthogonal"
        )


@pytest.mark.parametrize("cell", CELLS)
def test_each_recurrent_block_of_orthogonal_values_is_orthogonal(cell: Cell) -> None:
    spec = NetworkSpec(cell=cell, hidden=7, layers=2, initialisation="orthogonal")
    named = spec.named(initial_values(spec, 5))
    blocks = [
        gate for name in named if "weight_hh" in name for gate in named[name].reshape(-1, 7, 7)
    ]
    for block in blocks:
        np.testing.assert_allclose(block @ block.T, np.eye(7), atol=1e-6)
    assert len({block.tobytes() for block in blocks}) == len(blocks)


def test_orthogonal_values_are_not_only_rotations_nor_only_reflections() -> None:
    spec = NetworkSpec(cell="rnn", hidden=3, initialisation="orthogonal")
    blocks = [spec.named(initial_values(spec, s))["rnn.weight_hh_l0"] for s in range(40)]
    positive = sum(np.linalg.det(block) > 0 for block in blocks)
    assert 8 < positive < 32


@pytest.mark.parametrize("cell", CELLS)
def test_orthogonal_biases_are_0_but_1_on_the_forget_gate_once(cell: Cell) -> None:
    spec = NetworkSpec(
        cell=cell, hidden=3, layers=2, bidirectional=True, initialisation="orthogonal"
    )
    named = spec.named(initial_values(spec, 5))
    biases = cell_of(cell).biases
    for name, block in named.items():
        if "bias" not in name:
            continue
        expected = np.zeros(block.shape)
        if "bias_ih" in name:
            for gate, value in biases.items():
                first = 3 * cell_of(cell).gates.index(gate)
                expected[first : first + 3] = value
        np.testing.assert_array_equal(block, expected, err_msg=name)


def test_orthogonal_input_and_head_weights_are_glorots_for_each_gate() -> None:
    spec = NetworkSpec(cell="gru", inputs=10, hidden=50, outputs=30, initialisation="orthogonal")
    named = spec.named(initial_values(spec, 6))
    for name, bound in [
        ("rnn.weight_ih_l0", np.sqrt(6 / (10 + 50))),
        ("head.weight", np.sqrt(6 / (50 + 30))),
    ]:
        assert 0.95 * bound < abs(named[name]).max() <= bound
