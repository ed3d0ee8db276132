"""What stands around the recurrent layers: equations and engines against plain PyTorch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from recur.engines.base import Decoding, DropoutSamples, Engine
from recur.engines.pytorch.modules import EncoderDecoder, torch_module
from recur.engines.registry import open_engine
from recur.networks.cells import CELLS
from recur.networks.initial import initial_values
from recur.networks.reference import forward
from recur.networks.spec import NetworkSpec
from recur.seeding import Purpose, Stream

SMALL: dict[str, Any] = {"hidden": 5, "outputs": 2}
CONVOLUTION = {"filters": 4, "kernel": 3, "stride": 2}
NETWORKS: dict[str, dict[str, Any]] = {
    "convolution": {"cell": "gru", "inputs": 2, "convolution": CONVOLUTION},
    "convolution over all": {"cell": "rnn", "convolution": {"filters": 2, "kernel": 8}},
    "convolution, both": {"cell": "lstm", "bidirectional": True, "convolution": CONVOLUTION},
    "mlp": {"cell": "mlp", "steps": 8, "inputs": 3},
    "mlp of three": {"cell": "mlp", "steps": 8, "layers": 3, "nonlinearity": "relu"},
    "mlp, convolution": {"cell": "mlp", "steps": 8, "inputs": 2, "convolution": CONVOLUTION},
    "mlp, no head": {"cell": "mlp", "steps": 8, "head": "none", "outputs": 5},
    "symbols": {"cell": "lstm", "symbols": 7, "inputs": 3, "layers": 2, "reads": "every"},
    "symbols, mlp": {"cell": "mlp", "steps": 8, "symbols": 7, "inputs": 3},
    "symbols, convolution": {"symbols": 7, "inputs": 3, "convolution": CONVOLUTION},
}
STACKS = [
    {"cell": cell, "layers": layers, "bidirectional": both, "reads": reads}
    for cell in CELLS
    for layers in (1, 2)
    for both in (False, True)
    for reads in ("last", "every")
]


def inputs_of(spec: NetworkSpec, batch: int = 4, time: int = 8) -> NDArray[Any]:
    random = np.random.default_rng(1)
    if spec.symbols:
        return random.integers(0, spec.symbols, (time, batch)).astype(np.int32)
    return random.normal(size=(time, batch, spec.inputs)).astype(np.float32)


def values_of(spec: NetworkSpec) -> NDArray[np.float32]:
    return np.random.default_rng(2).normal(0, 0.4, spec.size).astype(np.float32)


def agree(ours: Any, theirs: Any, tolerance: float) -> None:
    np.testing.assert_allclose(ours, theirs.detach().numpy(), rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", NETWORKS)
def test_outputs_and_final_states_are_those_of_plain_functions(name: str, hand: Any) -> None:
    """The compiled engine is held to the same in `test_cover`."""
    spec = NetworkSpec(**{**SMALL, **NETWORKS[name]})
    values, inputs = values_of(spec), inputs_of(spec)
    expected, ends = hand(spec, values)(inputs)
    exact, exact_ends = forward(spec, values.astype(np.float64), inputs)
    ours, our_ends = open_engine("torch").forward(spec, values, inputs)
    agree(exact, expected, 1e-12)
    agree(ours, expected, 2e-5)
    assert len(exact_ends) == len(our_ends) == len(ends)
    for a, b, end in zip(exact_ends, our_ends, ends, strict=True):
        agree(a, end, 1e-12)
        agree(b, end, 2e-5)


@pytest.mark.parametrize("fed", ["its own", "the truth"])
@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(
    "more",
    [
        {},
        {"layers": 2, "head": "tanh"},
        {"inputs": 3, "convolution": CONVOLUTION},
        {"hidden": 1, "outputs": 3},
    ],
    ids=str,
)
def test_a_decoder_goes_on_from_the_final_state(
    cell: str, more: dict[str, Any], fed: str, hand: Any
) -> None:
    spec = NetworkSpec(**{**SMALL, "cell": cell, "decoder": True, **more})
    values, inputs = values_of(spec), inputs_of(spec)
    random = np.random.default_rng(4)
    start = random.normal(size=(4, spec.outputs)).astype(np.float32)
    truth = random.normal(size=(6, 4, spec.outputs)).astype(np.float32)
    true = truth if fed == "the truth" else None
    expected, ends = hand(spec, values).decoded(inputs, start, 6, true)
    exact, exact_ends = forward(
        spec, values.astype(np.float64), inputs, start=start, steps=6, truth=true
    )
    agree(exact, expected, 1e-12)
    for a, end in zip(exact_ends, ends, strict=True):
        agree(a, end, 1e-12)
    for name in ("torch", "compiled"):
        engine, decoding = open_engine(name), Decoding(start, 6, true)
        ours, our_ends = engine.forward(spec, values, inputs, decoding=decoding)
        assert ours.shape == (6, 4, spec.outputs)
        agree(ours, expected, 2e-5)
        for b, end in zip(our_ends, ends, strict=True):
            agree(b, end, 2e-5)


@pytest.mark.parametrize("settings", STACKS, ids=lambda s: " ".join(map(str, s.values())))
def test_a_masked_step_is_as_if_it_were_not_there(settings: dict[str, Any], hand: Any) -> None:
    """Holes in the middle, too, which the cover does not have."""
    spec = NetworkSpec(**{**SMALL, "inputs": 2, **settings})
    values, inputs = values_of(spec), inputs_of(spec, batch=5)
    mask = np.random.default_rng(5).random((8, 5)) < 0.6
    mask[:, 0] = True
    mask[:, 1] = np.arange(8) < 3
    mask[:, 2] = np.arange(8) == 7
    exact, exact_ends = forward(spec, values.astype(np.float64), inputs, mask=mask)
    engines = [open_engine(name) for name in ("torch", "compiled")]
    runs = [engine.forward(spec, values, inputs, mask=mask) for engine in engines]
    for lane in range(5):
        real = mask[:, lane]
        expected, ends = hand(spec, values)(inputs[real, lane][:, None])
        every = spec.reads == "every"
        agree(
            exact[real, lane] if every else exact[lane],
            expected[:, 0] if every else expected[0],
            1e-12,
        )
        for a, end in zip(exact_ends, ends, strict=True):
            agree(a[:, lane], end[:, 0], 1e-12)
        for ours, our_ends in runs:
            agree(
                ours[real, lane] if every else ours[lane],
                expected[:, 0] if every else expected[0],
                2e-5,
            )
            for b, end in zip(our_ends, ends, strict=True):
                agree(b[:, lane], end[:, 0], 2e-5)


def test_at_a_masked_step_the_state_carried_over_is_the_output(engine: Engine) -> None:
    spec = NetworkSpec(hidden=3, head="none", outputs=6, reads="every", bidirectional=True)
    values, inputs = values_of(spec), inputs_of(spec, batch=1, time=4)
    mask = np.array([[True], [False], [True], [False]])
    state = (np.full((2, 1, 3), 0.5, np.float32),)
    for outputs, _ in (
        forward(spec, values, inputs, state, mask=mask),
        engine.forward(spec, values, inputs, state, mask=mask),
    ):
        np.testing.assert_array_equal(outputs[1, :, :3], outputs[0, :, :3])
        np.testing.assert_array_equal(outputs[3, :, :3], outputs[2, :, :3])
        np.testing.assert_array_equal(outputs[1, :, 3:], outputs[2, :, 3:])
        np.testing.assert_array_equal(outputs[3, :, 3:], state[0][1])


@pytest.mark.parametrize("mask", ["step", "sequence"])
@pytest.mark.parametrize(
    "more",
    [
        {"layers": 1},
        {"layers": 3},
        {"layers": 1, "reads": "every"},
        {"layers": 2, "bidirectional": True},
        {"layers": 3, "cell": "mlp", "steps": 8},
        {"layers": 1, "cell": "mlp", "steps": 8},
        {"layers": 1, "decoder": True},
        {"layers": 2, "decoder": True},
    ],
    ids=str,
)
def test_dropout_at_prediction_is_keyed_by_window_and_lane(
    more: dict[str, Any], mask: Any, engine: Engine, hand: Any
) -> None:
    spec = NetworkSpec(**{**SMALL, "dropout": 0.4, "mask": mask, **more})
    values, inputs = values_of(spec), inputs_of(spec, batch=6)
    draws = DropoutSamples(seed=3, windows=np.array([40, 2]), samples=3, again=1)

    def drop(site: int, shape: tuple[int, int, int]) -> torch.Tensor:
        time, _, features = shape
        drawn = [
            Stream(3, Purpose.SAMPLES, attempt=1, step=window).dropout(
                site, (1 if mask == "sequence" else time, features, 3), 0.4
            )
            for window in (40, 2)
        ]
        return torch.from_numpy(np.concatenate(drawn, axis=2)).transpose(1, 2)

    start = np.ones((6, 2), np.float32)
    plain, decoding = hand(spec, values), Decoding(start, 4) if spec.decoder else None
    expected, _ = (
        plain.decoded(inputs, start, 4, drop=drop) if decoding else plain(inputs, drop=drop)
    )
    ours, _ = engine.forward(spec, values, inputs, decoding=decoding, draws=draws)
    agree(ours, expected, 2e-5)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_plain_module_has_the_names_and_the_outputs(name: str, engine: Engine) -> None:
    spec = NetworkSpec(**{**SMALL, **NETWORKS[name]})
    values, inputs = initial_values(spec, 4), inputs_of(spec)
    module = torch_module(spec, values)
    assert list(module.state_dict()) == [parameter.name for parameter in spec.parameters]
    with torch.no_grad():
        outputs, _ = module(torch.from_numpy(inputs))
    ours, _ = engine.forward(spec, values, inputs)
    agree(ours, outputs, 1e-5)
    assert spec.flat(module.state_dict()).tobytes() == values.tobytes()


@pytest.mark.parametrize("forced", [False, True])
def test_a_plain_decoder_has_the_names_and_the_outputs(forced: bool, engine: Engine) -> None:
    spec = NetworkSpec(cell="lstm", hidden=4, layers=2, outputs=3, decoder=True, head="sigmoid")
    values, inputs = initial_values(spec, 4), inputs_of(spec)
    module = torch_module(spec, values)
    assert isinstance(module, EncoderDecoder)
    assert list(module.state_dict()) == [parameter.name for parameter in spec.parameters]
    random = np.random.default_rng(6)
    start = random.normal(size=(4, 3)).astype(np.float32)
    truth = random.normal(size=(5, 4, 3)).astype(np.float32) if forced else None
    with torch.no_grad():
        outputs, _ = module(
            torch.from_numpy(inputs),
            torch.from_numpy(start),
            5,
            None if truth is None else torch.from_numpy(truth),
        )
    ours, _ = engine.forward(spec, values, inputs, decoding=Decoding(start, 5, truth))
    agree(ours, outputs, 1e-5)
