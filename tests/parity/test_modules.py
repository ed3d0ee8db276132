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
from recur.networks.initial import initial_values
from recur.networks.reference import State, forward
from recur.networks.spec import NetworkSpec
from recur.seeding import Purpose, Stream, philox

CELLS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}
BENDS = {"linear": nn.Identity(), "tanh": nn.Tanh(), "sigmoid": nn.Sigmoid()}


class Plain(nn.Module):
    """A network as one would write it by hand."""

    def __init__(self, spec: NetworkSpec) -> None:
        super().__init__()
        options: dict[str, Any] = {"bidirectional": spec.bidirectional}
        if spec.cell == "rnn":
            options["nonlinearity"] = spec.nonlinearity
        self.rnn = CELLS[spec.cell](spec.inputs, spec.hidden, spec.layers, **options)
        width = spec.hidden * (2 if spec.bidirectional else 1)
        self.head = None if spec.head == "none" else nn.Linear(width, spec.outputs)
        self.spec = spec

    def forward(self, inputs: Tensor, state: Any = None) -> tuple[Tensor, tuple[Tensor, ...]]:
        outputs, end = self.rnn(inputs, state)
        end = end if isinstance(end, tuple) else (end,)
        if self.spec.reads == "every":
            read = outputs
        elif self.spec.bidirectional:
            read = torch.cat([end[0][-2], end[0][-1]], dim=1)
        else:
            read = outputs[-1]
        return (read if self.head is None else BENDS[self.spec.head](self.head(read))), end


def plain(spec: NetworkSpec, values: NDArray[Any]) -> Plain:
    """Return the network with the weights of a flat vector, in its precision."""
    module = Plain(spec).to(torch.float64 if values.dtype == np.float64 else torch.float32)
    named = {p.name: torch.from_numpy(p.of(values).copy()) for p in spec.parameters}
    module.load_state_dict(named)
    return module


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
    for cell in CELLS
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


def random_state(spec: NetworkSpec, batch: int) -> tuple[NDArray[Any], ...]:
    random = np.random.default_rng(7)
    shape = (spec.layers * spec.directions, batch, spec.hidden)
    return tuple(random.normal(size=shape) for _ in range(2 if spec.cell == "lstm" else 1))


def as_module_state(state: State) -> Any:
    tensors = tuple(torch.from_numpy(part) for part in state)
    return tensors if len(tensors) == 2 else tensors[0]


@pytest.mark.parametrize("text", SHAPES + HEADS)
@pytest.mark.parametrize("batch", [1, 7])
@pytest.mark.parametrize("carried", [False, True], ids=["from zeros", "from a state"])
def test_outputs_and_final_states_are_those_of_plain_modules(
    engine: Engine, text: str, batch: int, carried: bool
) -> None:
    spec = network(text, inputs=2)
    random = np.random.default_rng(3)
    values = random.normal(0, 0.4, spec.size)
    inputs = random.normal(size=(6, batch, 2))
    state = random_state(spec, batch) if carried else None
    with torch.no_grad():
        expected, ends = plain(spec, values)(
            torch.from_numpy(inputs), as_module_state(state) if state else None
        )

    ours, our_ends = forward(spec, values, inputs, state)
    np.testing.assert_allclose(ours, expected.numpy(), rtol=0, atol=1e-13)
    for our_end, end in zip(our_ends, ends, strict=True):
        np.testing.assert_allclose(our_end, end.numpy(), rtol=0, atol=1e-13)

    singles = None if state is None else tuple(part.astype(np.float32) for part in state)
    ours, our_ends = engine.forward(
        spec, values.astype(np.float32), inputs.astype(np.float32), singles
    )
    assert ours.dtype == np.float32
    np.testing.assert_allclose(ours, expected.numpy(), rtol=1e-5, atol=2e-5)
    for our_end, end in zip(our_ends, ends, strict=True):
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


def optimiser(
    spec: NetworkSpec, module: nn.Module, recipe: StepRecipe, snapshot: Snapshot
) -> torch.optim.Optimizer:
    """Return PyTorch's own optimiser over single parameters, in the snapshot's state."""
    betas = (recipe.beta1, recipe.beta2)
    adam: torch.optim.Optimizer = torch.optim.Adam(module.parameters(), 0.0, betas, recipe.epsilon)
    if recipe.decay:
        adam = torch.optim.AdamW(
            module.parameters(), 0.0, betas, recipe.epsilon, weight_decay=recipe.decay
        )
    if snapshot.steps:
        mean, square = spec.named(snapshot.mean), spec.named(snapshot.square)
        for name, parameter in module.named_parameters():
            adam.state[parameter] = {
                "step": torch.tensor(float(snapshot.steps)),
                "exp_avg": torch.from_numpy(mean[name].copy()),
                "exp_avg_sq": torch.from_numpy(square[name].copy()),
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
    engine: Engine, windows: Windows, text: str, recipe: StepRecipe, first: bool
) -> None:
    spec = network(text)
    snapshot = Snapshot.first(initial_values(spec, 2)) if first else warm(spec)
    check_steps(engine, windows, spec, recipe, snapshot)


def test_without_a_head_the_hidden_state_is_trained(engine: Engine, windows: Windows) -> None:
    spec = network("gru 1 none", hidden=3, outputs=3)
    check_steps(engine, windows, spec, StepRecipe(), warm(spec))


def check_steps(
    engine: Engine, windows: Windows, spec: NetworkSpec, recipe: StepRecipe, snapshot: Snapshot
) -> None:
    """Hold every step's loss, norm, weights and moments against plain PyTorch's."""
    trainer = engine.trainer(spec, recipe, windows, snapshot)
    module = plain(spec, snapshot.weights)
    adam = optimiser(spec, module, recipe, snapshot)
    loss_of = nn.MSELoss() if recipe.loss == "mse" else nn.L1Loss()
    for step, row in enumerate(ROWS):
        chunk = Chunk(ROWS[step : step + 1], RATES[step : step + 1], np.array([step]), seed=1)
        result = trainer.run(chunk)
        batch = windows.gather(row[row >= 0])
        adam.zero_grad()
        loss = loss_of(module(torch.from_numpy(batch.inputs))[0], torch.from_numpy(batch.targets))
        loss.backward()
        limit = np.inf if recipe.clip is None else recipe.clip
        norm = nn.utils.clip_grad_norm_(module.parameters(), limit)
        adam.param_groups[0]["lr"] = RATES[step]
        adam.step()

        assert result.finite
        assert result.losses[0] == pytest.approx(loss.item(), rel=1e-5)
        assert result.norms[0] == pytest.approx(norm.item(), rel=1e-4)
        now = trainer.snapshot()
        assert now.steps == snapshot.steps + step + 1
        weights, mean, square = (spec.named(a) for a in (now.weights, now.mean, now.square))
        for name, parameter in module.named_parameters():
            state = adam.state[parameter]
            close(weights[name], parameter, 2e-6, name)
            close(mean[name], state["exp_avg"], 1e-7, name)
            close(square[name], state["exp_avg_sq"], 1e-8, name)
    everything = np.arange(len(windows))
    batch = windows.gather(everything)
    with torch.no_grad():
        outputs = module(torch.from_numpy(batch.inputs))[0]
        expected = loss_of(outputs, torch.from_numpy(batch.targets)).item()
    assert trainer.evaluate(everything) == pytest.approx(expected, rel=1e-5)


def close(ours: NDArray[Any], theirs: Tensor, atol: float, name: str) -> None:
    np.testing.assert_allclose(ours, theirs.detach().numpy(), rtol=1e-4, atol=atol, err_msg=name)


def mask(site: int, counter: int, shape: tuple[int, int, int], rate: float) -> Tensor:
    """Return a dropout mask [time, batch, features] of seed 9 and attempt 2."""
    time, batch, features = shape
    stream = Stream(9, Purpose.DROPOUT, attempt=2, step=counter)
    drawn = stream.dropout(site, (time, features, batch), rate)
    return torch.from_numpy(drawn).transpose(1, 2)


@pytest.mark.parametrize("layers", [1, 2])
def test_dropout_multiplies_by_masks_between_layers_or_before_the_head(
    engine: Engine, windows: Windows, layers: int
) -> None:
    spec = network(f"gru {layers}", dropout=0.4)
    snapshot, row, counter = warm(spec), ROWS[:1], 6
    recipe = StepRecipe(clip=None)
    trainer = engine.trainer(spec, recipe, windows, snapshot)
    result = trainer.run(Chunk(row, RATES[:1], np.array([counter]), seed=9, attempt=2))

    module = plain(spec, snapshot.weights)
    stack = [nn.GRU(spec.inputs if i == 0 else 5, 5) for i in range(layers)]
    for i, layer in enumerate(stack):
        for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
            setattr(layer, f"{name}_l0", module.rnn.get_parameter(f"{name}_l{i}"))
    batch = windows.gather(row[0])
    hidden = torch.from_numpy(batch.inputs)
    for i, layer in enumerate(stack):
        if i:
            hidden = hidden * mask(i, counter, (8, 7, 5), 0.4)
        hidden, _ = layer(hidden)
    read = hidden[-1]
    if layers == 1:
        read = read * mask(0, counter, (1, 7, 5), 0.4)[0]
    assert module.head is not None
    loss = nn.functional.mse_loss(module.head(read), torch.from_numpy(batch.targets))
    loss.backward()  # type: ignore[no-untyped-call]
    adam = optimiser(spec, module, recipe, snapshot)
    adam.param_groups[0]["lr"] = RATES[0]
    adam.step()
    assert result.losses[0] == pytest.approx(loss.item(), rel=1e-5)
    weights = spec.named(trainer.snapshot().weights)
    for name, parameter in module.named_parameters():
        close(weights[name], parameter, 2e-6, name)


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
    assert isinstance(module.rnn, CELLS[spec.cell])
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


@pytest.mark.parametrize("cell", CELLS)
def test_weights_of_a_bare_recurrent_module_are_taken(engine: Engine, cell: Any) -> None:
    spec = network(f"{cell} 2 both every none")
    bare = CELLS[cell](1, 5, 2, bidirectional=True)
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
    theirs = Plain(spec).state_dict()
    for name, block in named.items():
        assert abs(block).max() == pytest.approx(theirs[name].abs().max().item(), rel=0.2), name


def test_philox_gives_the_same_words_on_tensors() -> None:
    random = np.random.default_rng(8)
    a, b, c, d = random.integers(0, 2**32, (4, 1000))
    ours = philox((a, b, c, d), (0xDEADBEEF, 0xFFFFFFFF))
    tensors = [torch.from_numpy(part) for part in (a, b, c, d)]
    theirs = philox((tensors[0], tensors[1], tensors[2], tensors[3]), (0xDEADBEEF, 0xFFFFFFFF))
    for our_word, their_word in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(our_word, their_word.numpy())
