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
from recur.networks.cells import CELLS
from recur.networks.spec import Cell, Convolution, NetworkSpec

convolutions = st.builds(
    Convolution, filters=st.integers(1, 4), kernel=st.integers(1, 5), stride=st.integers(1, 3)
)
recurrent = st.builds(
    NetworkSpec,
    cell=st.sampled_from(CELLS),
    inputs=st.integers(1, 4),
    outputs=st.integers(1, 5),
    hidden=st.integers(1, 6),
    layers=st.integers(1, 4),
    bidirectional=st.booleans(),
    head=st.sampled_from(["linear", "tanh", "sigmoid"]),
    symbols=st.integers(0, 5),
    convolution=st.none() | convolutions,
)
dense = st.builds(
    NetworkSpec,
    cell=st.just("mlp"),
    inputs=st.integers(1, 4),
    steps=st.integers(5, 9),
    hidden=st.integers(1, 6),
    layers=st.integers(1, 4),
    convolution=st.none() | convolutions,
)
decoding = st.builds(
    NetworkSpec,
    cell=st.sampled_from(CELLS),
    decoder=st.just(True),
    inputs=st.integers(1, 4),
    outputs=st.integers(1, 5),
    hidden=st.integers(1, 6),
    layers=st.integers(1, 4),
    convolution=st.none() | convolutions,
)
specs = recurrent | dense | decoding


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


def table(**settings: Any) -> list[tuple[str, tuple[int, ...]]]:
    return [(p.name, p.shape) for p in NetworkSpec(**settings).parameters]


def test_what_stands_in_front_of_the_layers_comes_first_in_the_table() -> None:
    settings = {"symbols": 9, "inputs": 4, "hidden": 3, "convolution": {"filters": 5, "kernel": 2}}
    assert table(**settings)[:4] == [
        ("embedding.weight", (9, 4)),
        ("convolution.weight", (5, 4, 2)),
        ("convolution.bias", (5,)),
        ("rnn.weight_ih_l0", (9, 5)),
    ]


def test_an_mlp_has_dense_layers_over_the_whole_window() -> None:
    settings = {"cell": "mlp", "steps": 7, "inputs": 2, "hidden": 3, "layers": 2}
    assert table(**settings) == [
        ("mlp.0.weight", (3, 14)),
        ("mlp.0.bias", (3,)),
        ("mlp.1.weight", (3, 3)),
        ("mlp.1.bias", (3,)),
        ("head.weight", (1, 3)),
        ("head.bias", (1,)),
    ]
    convolution = {"filters": 5, "kernel": 3, "stride": 2}  # gives 3 steps of 5 values
    assert ("mlp.0.weight", (3, 15)) in table(**settings, convolution=convolution)


def test_a_decoder_has_a_stack_of_its_own_that_takes_in_outputs() -> None:
    names = table(cell="lstm", inputs=4, hidden=3, layers=2, outputs=2, decoder=True)
    assert [name for name, _ in names[8:]] == [
        *(name.replace("rnn.", "decoder.") for name, _ in names[:8]),
        "head.weight",
        "head.bias",
    ]
    shapes = dict(names)
    assert shapes["rnn.weight_ih_l0"] == (12, 4)
    assert shapes["decoder.weight_ih_l0"] == (12, 2)
    assert shapes["decoder.weight_ih_l1"] == (12, 3)


def test_a_decoder_of_symbols_has_vectors_and_attention_of_its_own() -> None:
    spec = NetworkSpec(
        symbols=9, inputs=4, outputs=7, hidden=3, bidirectional=True, decoder=True,
        attention="additive",
    )  # fmt: skip
    shapes = {p.name: p.shape for p in spec.parameters}
    assert shapes["target.weight"] == (7, 4)
    assert shapes["decoder.weight_ih_l0"] == (9, 4)
    assert shapes["attention.key.weight"] == (3, 6)
    assert shapes["attention.query.weight"] == (3, 3)
    assert shapes["combine.weight"] == (3, 9)
    assert shapes["head.weight"] == (7, 3)


@given(convolutions, st.integers(1, 30))
def test_a_convolution_gives_as_many_steps_as_fit(convolution: Convolution, steps: int) -> None:
    kernel, stride = convolution.kernel, convolution.stride
    ends = range(steps, kernel - 1, -stride)  # counted back from the newest
    assert convolution.steps(steps) == len(ends) or steps < kernel


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"cell": "mlp"}, "`steps`, its time steps, must be at least 1"),
        ({"steps": 4}, "`steps` is 4, which only the cell 'mlp' needs"),
        ({"cell": "mlp", "steps": 4, "bidirectional": True}, "`bidirectional` is True, which"),
        ({"cell": "mlp", "steps": 4, "decoder": True}, "`decoder` is True, which the cell 'mlp'"),
        ({"cell": "mlp", "steps": 4, "reads": "every"}, "`reads` is 'every', which the cell"),
        (
            {"cell": "mlp", "steps": 4, "convolution": {"filters": 1, "kernel": 5}},
            "kernel of 5 is longer than the 4 `steps`",
        ),
        (
            {"cell": "mlp", "steps": 4, "head": "none", "outputs": 3},
            "`outputs` is 3 and must be 32",
        ),
        ({"decoder": True, "reads": "every"}, "`reads` must be 'last'"),
        ({"decoder": True, "symbols": 4, "head": "tanh"}, "a linear head with weights of its own"),
        ({"attention": "dot"}, "`decoder` is False and `symbols` is 0"),
        ({"decoder": True, "attention": "dot"}, "which only a decoder of symbols can have"),
        ({"decoder": True, "head": "none", "outputs": 32}, "`head` must not be 'none'"),
        ({"convolution": {"filters": 0, "kernel": 1}}, "`filters` is 0; it must be at least 1"),
    ],
)
def test_settings_that_do_not_go_together_say_so(settings: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(sentence)):
        NetworkSpec(**settings)


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
def test_only_a_vanilla_rnn_and_an_mlp_take_relu(cell: Cell) -> None:
    assert NetworkSpec(cell="rnn", nonlinearity="relu").nonlinearity == "relu"
    assert NetworkSpec(cell="mlp", steps=3, nonlinearity="relu").nonlinearity == "relu"
    with pytest.raises(SettingsError, match=f"'rnn' and 'mlp' have; the cell is '{cell}'"):
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
