"""The table of parameters: what settings make of it, and weights by name."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from recur.errors import SettingsError
from recur.networks.spec import Cell, NetworkSpec

specs = st.builds(
    NetworkSpec,
    cell=st.sampled_from(["rnn", "gru", "lstm"]),
    inputs=st.integers(1, 4),
    outputs=st.integers(1, 5),
    hidden=st.integers(1, 6),
    layers=st.integers(1, 4),
    bidirectional=st.booleans(),
    head=st.sampled_from(["linear", "tanh", "sigmoid"]),
)


@given(specs)
def test_the_blocks_fill_the_flat_vector_without_gap_or_overlap(spec: NetworkSpec) -> None:
    end = 0
    for parameter in spec.parameters:
        assert parameter.offset == end
        end += parameter.size
    assert spec.size == end
    assert len({p.name for p in spec.parameters}) == len(spec.parameters)


@given(specs)
def test_weights_go_by_name_and_back_bit_for_bit(spec: NetworkSpec) -> None:
    values = np.random.default_rng(0).normal(size=spec.size).astype(np.float32)
    named = spec.named(values)
    assert [block.shape for block in named.values()] == [p.shape for p in spec.parameters]
    back = spec.flat(dict(reversed(named.items())))
    assert back.tobytes() == values.tobytes()
    assert not np.shares_memory(back, values)


@pytest.mark.parametrize(
    ("settings", "size"),
    [
        ({"cell": "rnn", "hidden": 3}, 3 * (1 + 3 + 2) + 4),
        ({"cell": "gru", "hidden": 3}, 9 * (1 + 3 + 2) + 4),
        ({"cell": "lstm", "hidden": 3}, 12 * (1 + 3 + 2) + 4),
        ({"cell": "rnn", "hidden": 3, "layers": 2}, 3 * 6 + 3 * 8 + 4),
        ({"cell": "rnn", "hidden": 3, "bidirectional": True, "outputs": 2}, 2 * 3 * 6 + 14),
        ({"cell": "rnn", "hidden": 3, "head": "none", "outputs": 3}, 3 * 6),
    ],
)
def test_sizes_are_those_of_the_textbook(settings: dict[str, Any], size: int) -> None:
    assert NetworkSpec(**settings).size == size


def test_named_blocks_are_views() -> None:
    spec = NetworkSpec(hidden=2)
    values = np.zeros(spec.size, np.float32)
    spec.named(values)["head.bias"][0] = 5
    assert values[-1] == 5


def test_blocks_of_a_bare_recurrent_module_are_taken() -> None:
    spec = NetworkSpec(hidden=2, outputs=2, head="none")
    values = np.arange(spec.size, dtype=np.float32)
    bare = {name.removeprefix("rnn."): block for name, block in spec.named(values).items()}
    np.testing.assert_array_equal(spec.flat(bare), values)


def test_missing_foreign_and_misshapen_weights_are_named() -> None:
    spec = NetworkSpec(cell="gru", hidden=2)
    named = spec.named(np.zeros(spec.size, np.float32))
    missing = {name: block for name, block in named.items() if name != "head.bias"}
    with pytest.raises(SettingsError, match=r"head\.bias is missing or not part of it"):
        spec.flat(missing)
    with pytest.raises(SettingsError, match=r"rnn\.extra is missing or not part of it"):
        spec.flat({**named, "rnn.extra": np.zeros(1, np.float32)})
    wrong = {**named, "rnn.weight_hh_l0": np.zeros((2, 6), np.float32)}
    sentence = "`rnn.weight_hh_l0` has the shape (2, 6); this network needs (6, 2)"
    with pytest.raises(SettingsError, match=re.escape(sentence)):
        spec.flat(wrong)


def test_a_network_of_absurd_size_costs_nothing_until_its_weights_are_made() -> None:
    spec = NetworkSpec(inputs=10**15, hidden=65536, layers=100)
    assert spec.size > 10**18
    with pytest.raises(SettingsError, match="has the shape"):
        spec.flat({p.name: np.zeros(1, np.float32) for p in spec.parameters})


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_only_a_vanilla_rnn_takes_relu(cell: Cell) -> None:
    assert NetworkSpec(cell="rnn", nonlinearity="relu").nonlinearity == "relu"
    with pytest.raises(SettingsError, match=f"only the cell 'rnn' has; the cell is '{cell}'"):
        NetworkSpec(cell=cell, nonlinearity="relu")


def test_without_a_head_the_outputs_are_the_width() -> None:
    assert NetworkSpec(hidden=3, bidirectional=True, head="none", outputs=6).width == 6
    with pytest.raises(SettingsError, match="`outputs` is 3 and must be 6"):
        NetworkSpec(hidden=3, bidirectional=True, head="none", outputs=3)


@pytest.mark.parametrize(
    "bad",
    [
        {"hidden": 0},
        {"layers": 0},
        {"layers": 101},
        {"inputs": 0},
        {"outputs": -1},
        {"dropout": 1.0},
        {"dropout": -0.1},
        {"dropout": float("nan")},
        {"cell": "gruu"},
        {"head": "softmax"},
        {"reads": "first"},
    ],
)
def test_settings_out_of_range_name_themselves(bad: dict[str, Any]) -> None:
    (name,) = bad
    with pytest.raises(SettingsError, match=rf"^`{name}` is "):
        NetworkSpec(**bad)


@given(specs)
def test_a_spec_goes_to_json_and_back(spec: NetworkSpec) -> None:
    assert NetworkSpec.from_dict(spec.to_dict()) == spec


def test_a_spec_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        NetworkSpec().hidden = 3  # type: ignore[misc]
