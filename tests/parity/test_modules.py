"""The NumPy equations and every engine against plain `torch.nn` modules and optimisers."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from recur.data.clock import Clock
from recur.data.panel.panel import Panel
from recur.data.panel.scaling import Scaler
from recur.data.sources.windows import Windows
from recur.engines.base import Chunk, Engine, Snapshot, StepRecipe
from recur.engines.pytorch.modules import torch_module
from recur.engines.registry import open_engine
from recur.networks.initial import initial_values
from recur.networks.reference import forward, zero_state
from recur.networks.spec import NetworkSpec
from recur.seeding import philox

TORCH = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


def network(text: str, **more: Any) -> NetworkSpec:
    """Return a network from a line such as `gru 2 both every tanh`."""
    words = text.split()
    settings: dict[str, Any] = {"cell": words[0], "layers": int(words[1]), "hidden": 5}
    settings["bidirectional"] = "both" in words
    settings["reads"] = "every" if "every" in words else "last"
    settings["nonlinearity"] = "relu" if "relu" in words else "tanh"
    heads = [word for word in words if word in ("tanh", "sigmoid", "none")]
    settings["head"] = heads[0] if heads else "linear"
    width = 10 if "both" in words else 5
    return NetworkSpec(**{**settings, "outputs": width if "none" in words else 3, **more})


SHAPES = [
    f"{cell} {layers} {both}{reads}{bend}"
    for (cell, bend), layers, both, reads in itertools.product(
        (("rnn", ""), ("rnn", " relu"), ("gru", ""), ("lstm", "")),
        (1, 2, 3),
        ("", "both "),
        ("last", "every"),
    )
]
HEADS = [
    f"{cell} 1 {both}{reads} {head}"
    for cell in TORCH
    for both, reads, head in [
        ("", "last", "tanh"),
        ("both ", "every", "tanh"),
        ("", "every", "sigmoid"),
        ("both ", "last", "sigmoid"),
        ("", "last", "none"),
        ("both ", "last", "none"),
        ("both ", "every", "none"),
    ]
]


@pytest.mark.parametrize("text", SHAPES + HEADS)
def test_outputs_and_final_states_are_those_of_pytorchs_modules(text: str, hand: Any) -> None:
    """The compiled engine is held to the same in `test_cover`."""
    spec, random = network(text, inputs=2), np.random.default_rng(3)
    values = random.normal(0, 0.4, spec.size).astype(np.float32)
    inputs = random.normal(size=(6, 7, 2)).astype(np.float32)
    states = [random.normal(size=part.shape) for part in zero_state(spec, 7)]
    torch_engine = open_engine("torch")
    for state in (None, tuple(part.astype(np.float32) for part in states)):
        with torch.no_grad():
            expected, ends = hand(spec, values)(inputs, state)
        exact, exact_ends = forward(spec, values.astype(np.float64), inputs, state)
        ours, our_ends = torch_engine.forward(spec, values, inputs, state)
        assert ours.dtype == np.float32
        np.testing.assert_allclose(exact, expected.numpy(), rtol=0, atol=1e-13)
        np.testing.assert_allclose(ours, expected.numpy(), rtol=1e-5, atol=2e-5)
        for exact_end, our_end, end in zip(exact_ends, our_ends, ends, strict=True):
            np.testing.assert_allclose(exact_end, end.numpy(), rtol=0, atol=1e-13)
            np.testing.assert_allclose(our_end, end.numpy(), rtol=1e-5, atol=2e-5)


@pytest.fixture(scope="module")
def windows() -> Windows:
    values = np.cumsum(np.random.default_rng(0).normal(size=120))
    panel = Panel(values, np.arange(120), np.array([0, 70, 120]), ("a", "b"), Clock())
    return Windows.over(panel, Scaler.fit("series", list(panel)), 8, 3)


def warm(spec: NetworkSpec) -> Snapshot:
    """Return a state in the middle of a run: with moments, and steps taken."""
    random = np.random.default_rng(11)
    mean = random.normal(0, 0.01, spec.size).astype(np.float32)
    square = (random.uniform(0.5, 2, spec.size) * 1e-4).astype(np.float32)
    return Snapshot(initial_values(spec, 2), mean, square, 17)


def optimiser(network: Any, recipe: StepRecipe, snapshot: Snapshot) -> torch.optim.Optimizer:
    """Return PyTorch's own optimiser over single parameters, in the snapshot's state."""
    betas, named = (recipe.beta1, recipe.beta2), network.p
    adam: torch.optim.Optimizer = torch.optim.Adam(named.values(), 0.0, betas, recipe.epsilon)
    if recipe.decay:
        adam = torch.optim.AdamW(
            named.values(), 0.0, betas, recipe.epsilon, weight_decay=recipe.decay
        )
    if snapshot.steps:
        moments = [network.spec.named(part) for part in (snapshot.mean, snapshot.square)]
        for name, parameter in named.items():
            mean, square = (torch.from_numpy(part[name].astype(np.float64)) for part in moments)
            adam.state[parameter] = {
                "step": torch.tensor(float(snapshot.steps)),
                "exp_avg": mean,
                "exp_avg_sq": square,
            }
    return adam


ROWS = np.array(
    [[0, 5, 9, 31, 62, 88, 12], [70, 2, 3, 4, -1, -1, -1], [8, -1, 50, -1, 33, 20, 1]], np.int64
)
RATES = np.array([0.01, 0.003, 0.02])


@pytest.mark.parametrize("first", [True, False], ids=["from the first step", "from a warm state"])
@pytest.mark.parametrize(
    ("text", "recipe"),
    [
        ("rnn 1", StepRecipe()),
        ("rnn 2 relu", StepRecipe(clip=0.05)),
        ("gru 1", StepRecipe(loss="mae", clip=None)),
        ("gru 2 both", StepRecipe(clip=0.05, decay=0.1)),
        ("gru 1 sigmoid", StepRecipe(clip=None, decay=0.1)),
        ("lstm 3", StepRecipe(loss="mae", clip=0.05, beta1=0.8, beta2=0.95, epsilon=1e-3)),
        ("lstm 1 both tanh", StepRecipe(decay=0.01)),
        ("lstm 2", StepRecipe(clip=1e9)),
    ],
    ids=str,
)
def test_training_steps_are_those_of_autograd_and_pytorchs_optimisers(
    engine: Engine, windows: Windows, text: str, recipe: StepRecipe, first: bool, hand: Any
) -> None:
    spec = network(text)
    snapshot = Snapshot.first(initial_values(spec, 2)) if first else warm(spec)
    check_steps(engine, windows, hand, spec, recipe, snapshot)


def test_without_a_head_the_hidden_state_is_trained(
    engine: Engine, windows: Windows, hand: Any
) -> None:
    spec = network("gru 1 none", hidden=3, outputs=3)
    check_steps(engine, windows, hand, spec, StepRecipe(), warm(spec))


def check_steps(
    engine: Engine,
    windows: Windows,
    hand: Any,
    spec: NetworkSpec,
    recipe: StepRecipe,
    snapshot: Snapshot,
) -> None:
    """Hold every step's loss, norm, weights and moments against plain PyTorch's."""
    trainer = engine.trainer(spec, recipe, windows, snapshot)
    network = hand(spec, snapshot.weights)
    adam = optimiser(network, recipe, snapshot)

    def loss_of(indices: NDArray[np.int64]) -> Tensor:
        batch = windows.gather(indices)
        outputs, _ = network(batch.inputs)
        errors = outputs - torch.from_numpy(batch.targets)
        loss: Tensor = (errors.square() if recipe.loss == "mse" else errors.abs()).mean()
        return loss

    for step, row in enumerate(ROWS):
        chunk = Chunk(ROWS[step : step + 1], RATES[step : step + 1], np.array([step]), seed=1)
        result = trainer.run(chunk)
        adam.zero_grad()
        loss = loss_of(row[row >= 0])
        loss.backward()  # type: ignore[no-untyped-call]
        limit = np.inf if recipe.clip is None else recipe.clip
        norm = nn.utils.clip_grad_norm_(network.p.values(), limit)
        adam.param_groups[0]["lr"] = RATES[step]
        adam.step()

        assert result.finite
        assert result.losses[0] == pytest.approx(loss.item(), rel=1e-5)
        assert result.norms[0] == pytest.approx(norm.item(), rel=1e-4)
        now = trainer.snapshot()
        assert now.steps == snapshot.steps + step + 1
        weights, mean, square = (spec.named(a) for a in (now.weights, now.mean, now.square))
        for name, parameter in network.p.items():
            state = adam.state[parameter]
            close(weights[name], parameter, 2e-6, name)
            close(mean[name], state["exp_avg"], 1e-7, name)
            close(square[name], state["exp_avg_sq"], 1e-8, name)
    everything = np.arange(len(windows))
    with torch.no_grad():
        expected = loss_of(everything).item()
    assert trainer.evaluate(everything) == pytest.approx(expected, rel=1e-5)


def close(ours: NDArray[Any], theirs: Tensor, atol: float, name: str) -> None:
    np.testing.assert_allclose(ours, theirs.detach().numpy(), rtol=1e-4, atol=atol, err_msg=name)


@pytest.mark.parametrize("text", SHAPES[::3] + HEADS)
def test_a_plain_module_has_the_weights_names_and_outputs_of_the_network(
    engine: Engine, text: str
) -> None:
    spec = network(text, inputs=2)
    values = initial_values(spec, 4)
    values.flags.writeable = False
    torch.manual_seed(0)
    numbers = torch.get_rng_state()
    module = torch_module(spec, values)
    assert torch.equal(torch.get_rng_state(), numbers)
    assert list(module.state_dict()) == [parameter.name for parameter in spec.parameters]
    assert isinstance(module.rnn, TORCH[spec.cell])
    assert not module.training
    inputs = np.random.default_rng(5).normal(size=(4, 3, 2)).astype(np.float32)
    with torch.no_grad():
        outputs, _ = module(torch.from_numpy(inputs))
    ours, _ = engine.forward(spec, values, inputs)
    np.testing.assert_allclose(ours, outputs.numpy(), rtol=1e-5, atol=1e-6)

    back = spec.flat(module.state_dict())
    assert back.tobytes() == values.tobytes()
    with torch.no_grad():
        module.get_parameter("rnn.weight_hh_l0").fill_(9)
    assert back.tobytes() == values.tobytes() == initial_values(spec, 4).tobytes()


@pytest.mark.parametrize("cell", TORCH)
def test_weights_of_a_bare_recurrent_module_are_taken(engine: Engine, cell: Any) -> None:
    spec = network(f"{cell} 2 both every none")
    bare = TORCH[cell](1, 5, 2, bidirectional=True)
    values = spec.flat(bare.state_dict())
    inputs = np.random.default_rng(6).normal(size=(4, 3, 1)).astype(np.float32)
    with torch.no_grad():
        outputs, _ = bare(torch.from_numpy(inputs))
    ours, _ = forward(spec, values, inputs)
    np.testing.assert_allclose(ours, outputs.numpy(), atol=1e-6)


def test_the_first_weights_have_the_ranges_of_pytorchs_own() -> None:
    spec = network("lstm 2 both", hidden=40, outputs=30)
    named = spec.named(initial_values(spec, 1))
    torch.manual_seed(1)
    theirs = {
        "rnn": nn.LSTM(1, 40, 2, bidirectional=True).state_dict(),
        "head": nn.Linear(80, 30).state_dict(),
    }
    for name, block in named.items():
        module, _, rest = name.partition(".")
        greatest = theirs[module][rest].abs().max().item()
        assert abs(block).max() == pytest.approx(greatest, rel=0.2), name


def test_philox_gives_the_same_words_on_tensors() -> None:
    random = np.random.default_rng(8)
    a, b, c, d = random.integers(0, 2**32, (4, 1000))
    ours = philox((a, b, c, d), (0xDEADBEEF, 0xFFFFFFFF))
    tensors = [torch.from_numpy(part) for part in (a, b, c, d)]
    theirs = philox((tensors[0], tensors[1], tensors[2], tensors[3]), (0xDEADBEEF, 0xFFFFFFFF))
    for our_word, their_word in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(our_word, their_word.numpy())
