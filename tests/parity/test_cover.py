"""Engines against plain PyTorch over a cover of everything that a network can be.

Every two settings that can stand together do so in several of the cases, whatever the others are.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from tests.parity.pairwise import Case, Pair, Pairwise
from torch import Tensor

from recur.data.sources.sequences import Sequences
from recur.engines.base import Chunk, Engine, Snapshot, StepRecipe
from recur.engines.registry import open_engine
from recur.networks.initial import initial_values
from recur.networks.reference import State, forward
from recur.networks.spec import NetworkSpec
from recur.seeding import Purpose, Stream

FACTORS: dict[str, tuple[Any, ...]] = {
    "cell": ("rnn", "relu", "gru", "lstm", "mingru", "slstm", "mlp"),
    "layers": (1, 2, 3),
    "both": (False, True),
    "hidden": (1, 3, 15, 30, 64, 257),
    "time": (1, 2, 7, 50, 200),
    "batch": (1, 2, 5, 17, 300),
    "inputs": (1, 2, 3, 4),
    "symbols": (0, 6),
    "spelt": (False, True),
    "filter": ((), (3, 1), (2, 2)),  # kernel and stride of a convolution
    "dropout": ("", "step", "sequence", "inputs"),
    "head": ("linear", "tanh", "sigmoid", "none"),
    "reads": ("last", "every", "mean", "max"),
    "loss": ("mse", "mae", "quantile", "cross_entropy", "smoothed", "weighted", "chain"),
    "masked": (False, True),
    "carried": (False, True),
    "clip": (None, 0.02),
    "decay": (0.0, 0.1),
}
_POOLED = [("reads", "mean"), ("reads", "max")]
_ONE_WAY = [("both", True), ("reads", "every"), ("masked", True), ("carried", True), *_POOLED]
_ALIGNED = [("reads", "every"), ("masked", True), ("carried", True)]
IMPOSSIBLE: list[Pair] = [
    *((("cell", "mlp"), other) for other in (*_ONE_WAY, ("dropout", "inputs"))),
    *((("filter", kind), other) for kind in FACTORS["filter"][1:] for other in _ALIGNED),
    *((("filter", (3, 1)), ("time", time)) for time in (1, 2)),
    (("filter", (2, 2)), ("time", 1)),
    (("both", True), ("carried", True)),
    *(
        (("spelt", True), other)
        for other in (("symbols", 0), ("filter", (3, 1)), ("filter", (2, 2)))
    ),
    *((("loss", "chain"), ("reads", reads)) for reads in ("last", "mean", "max")),
    *((("loss", "chain"), ("head", head)) for head in ("tanh", "sigmoid", "none")),
    *((("loss", "chain"), ("filter", kind)) for kind in FACTORS["filter"][1:]),
    (("loss", "chain"), ("cell", "mlp")),
]
SPELLING = {"symbols": 6, "longest": 6, "embedding": 3, "filters": 4, "kernel": 2}
_MOST = 80_000  # time steps times lanes times hidden units: what a test can wait for


def lessen(case: Case, fixed: Case, draw: random.Random) -> None:
    """Make a case one that a test can wait for."""
    for name in draw.sample(("hidden", "batch"), 2):
        while name not in fixed and case["time"] * case["batch"] * case["hidden"] > _MOST:
            case[name] = FACTORS[name][FACTORS[name].index(case[name]) - 1]
    if case["time"] * case["batch"] * case["hidden"] > _MOST:
        case["time"] = 7


PAIRWISE = Pairwise(FACTORS, IMPOSSIBLE, times=6, lessen=lessen)
CASES = PAIRWISE.cover()


def test_the_cover_holds_every_pair_that_can_be() -> None:
    PAIRWISE.check(CASES)


@dataclass(frozen=True)
class Problem:
    """A case made flesh."""

    spec: NetworkSpec
    recipe: StepRecipe
    source: Sequences
    weights: NDArray[np.float32]
    row: NDArray[np.int64]
    fresh: NDArray[np.bool_]
    state: tuple[NDArray[np.float32], ...]

    @property
    def lengths(self) -> NDArray[np.int64] | None:
        lengths = self.source.lengths
        return None if lengths is None else lengths[self.row]


def problem(case: Case, seed: int) -> Problem:
    numbers = np.random.default_rng(seed)
    width, batch, time = case["hidden"] * (1 + case["both"]), case["batch"], case["time"]
    classes = case["loss"] in ("cross_entropy", "smoothed", "weighted", "chain")
    levels = {"quantile": 3}.get(case["loss"], 1)
    if case["head"] == "none" and width % 3:
        levels = 1
    outputs = width if case["head"] == "none" else 2 * levels + classes
    kernel = dict(zip(("kernel", "stride"), case["filter"], strict=False))
    spec = NetworkSpec(
        cell={"relu": "rnn"}.get(case["cell"], case["cell"]),
        nonlinearity="relu" if case["cell"] == "relu" else "tanh",
        convolution={"filters": 3, **kernel} if kernel else None,
        spelling=SPELLING if case["spelt"] else None,
        chain=case["loss"] == "chain",
        steps=time if case["cell"] == "mlp" else 0,
        bidirectional=case["both"],
        outputs=outputs,
        dropout=0.3 if case["dropout"] else 0.0,
        mask="sequence" if case["dropout"] == "sequence" else "step",
        drops_inputs=case["dropout"] == "inputs",
        **{name: case[name] for name in ("layers", "hidden", "inputs", "symbols", "head", "reads")},
    )
    levels_of = {1: (0.3,), 3: (0.1, 0.5, 0.8)}
    recipe = StepRecipe(
        loss="cross_entropy" if classes and case["loss"] != "chain" else case["loss"],
        quantiles=levels_of[levels] if case["loss"] == "quantile" else (),
        smoothing=0.2 if case["loss"] == "smoothed" else 0.0,
        weights=tuple(1 + 0.5 * i for i in range(outputs)) if case["loss"] == "weighted" else (),
        clip=case["clip"],
        decay=case["decay"],
    )
    rows = 3 * batch + time
    inputs: Any = numbers.normal(size=(rows, spec.inputs)).astype(np.float32)
    if spec.symbols:
        inputs = numbers.integers(0, spec.symbols, (rows, *spec.step_shape)).astype(np.int32)
    targets: Any = numbers.normal(size=(rows, outputs // levels)).astype(np.float32)
    if classes:
        targets = numbers.integers(0, outputs, rows).astype(np.int32)
    lengths = numbers.integers(1, time + 1, batch) if case["masked"] else None
    starts = 3 * numbers.permutation(batch)
    source = Sequences(inputs, targets, starts, time, lengths, case["carried"])
    weights = initial_values(spec, seed) * np.float32(1 if case["cell"] == "relu" else 1.5)
    state: State = ()
    if spec.recurrent:  # in which something has been read
        _, state = forward(spec, weights, inputs[numbers.integers(0, rows, (6, batch))])
    fresh = np.asarray(numbers.random(batch) < 0.3)
    return Problem(spec, recipe, source, weights, numbers.permutation(batch), fresh, state)


def mean_loss(problem: Problem, outputs: Tensor, chain: Tensor | None = None) -> Tensor:
    """Return the mean over real steps, from outputs [time, batch, ...] or [batch, ...]."""
    recipe, batch = problem.recipe, problem.source.gather(problem.row)
    targets = torch.from_numpy(batch.targets)  # [time, batch, ...]
    time, lanes = targets.shape[:2]
    lengths = torch.full((lanes,), time)
    if problem.lengths is not None:
        lengths = torch.from_numpy(problem.lengths)
    if recipe.loss == "chain":
        assert chain is not None
        return chain_loss(outputs, targets.long(), lengths, chain)
    if problem.spec.reads == "every":
        real = torch.arange(time)[:, None] < lengths
        outputs, targets = outputs[real], targets[real]
    else:
        targets = targets[lengths - 1, torch.arange(lanes)]
    if recipe.loss == "cross_entropy":
        weights = torch.tensor(recipe.weights or [1.0] * problem.spec.outputs).double()
        odds = torch.log_softmax(outputs, -1)
        true = odds.gather(-1, targets.long()[..., None])[..., 0]
        losses = (1 - recipe.smoothing) * true + recipe.smoothing * odds.mean(-1)
        return -(weights[targets.long()] * losses).mean()
    levels = torch.tensor(recipe.quantiles or (0.5,), dtype=torch.float64)
    errors = targets.double()[..., None] - outputs.reshape(*targets.shape, len(levels))
    if recipe.loss == "quantile":
        errors = torch.maximum(levels * errors, (levels - 1) * errors)
    return (errors.square() if recipe.loss == "mse" else errors.abs()).mean()


def chain_loss(outputs: Tensor, targets: Tensor, lengths: Tensor, chain: Tensor) -> Tensor:
    """Return the mean over real steps of how unlikely sequences are, from products of matrices."""
    time, lanes = targets.shape
    moves = (chain[:-2] + outputs[:, :, None, :])[1:]  # [time - 1, batch, from, to]
    real = (torch.arange(time)[:, None] < lengths).double()
    ahead = [chain[-2] + outputs[0]]
    for move in moves:
        ahead.append(torch.logsumexp(ahead[-1][:, :, None] + move, 1))
    every = torch.arange(lanes)
    total = torch.logsumexp(torch.stack(ahead)[lengths - 1, every] + chain[-1], 1)
    before, after = targets[:-1], targets[1:]
    steps = torch.arange(time - 1)[:, None]
    score = (moves[steps, every, before, after] * real[1:]).sum(0)
    score = score + (chain[-2] + outputs[0])[every, targets[0]]
    return (total - score - chain[-1][targets[lengths - 1, every]]).sum() / real.sum()


def drop_of(problem: Problem) -> Any:
    """Return where the masks of step 6 of seed 9 come from."""
    spec, stream = problem.spec, Stream(9, Purpose.DROPOUT, attempt=2, step=6)

    def drop(site: int, shape: tuple[int, ...]) -> Tensor:
        time, batch, features = shape
        drawn = (1 if spec.mask == "sequence" else time, features, batch)
        return torch.from_numpy(stream.dropout(site, drawn, spec.dropout)).transpose(1, 2)

    return drop


def close(ours: Any, theirs: Any, what: str, tolerance: float, least: float = 0.0) -> None:
    """Hold two blocks against each other, relative to the largest value."""
    largest = max(np.abs(theirs).max(initial=0.0), least)
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=tolerance * largest, err_msg=what)


def name_of(case: Case) -> str:
    return " ".join(f"{name[0]}{value}" for name, value in case.items() if value).replace(" c", " ")


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda i: f"{i}-{name_of(CASES[i])}")
def test_outputs_states_gradients_and_steps_are_those_of_autograd(number: int, hand: Any) -> None:
    at = problem(CASES[number], number)
    own = at.spec.recurrent and not at.spec.recurrent_cell.torch
    # What PyTorch has a module for, its own engine is held to elsewhere.
    engines = [open_engine(name) for name in (("compiled", "torch") if own else ("compiled",))]
    check_forward(engines, at, hand)
    check_training(engines, at, hand)


def check_forward(engines: list[Engine], at: Problem, hand: Any) -> None:
    batch = at.source.gather(at.row)
    with torch.no_grad():
        expected, ends = hand(at.spec, at.weights)(batch.inputs, at.state, lengths=at.lengths)
    for engine in engines:
        compare_forward(engine, at, expected, ends)


def compare_forward(engine: Engine, at: Problem, expected: Tensor, ends: Any) -> None:
    batch = at.source.gather(at.row)
    outputs, state = engine.forward(at.spec, at.weights, batch.inputs, at.state, mask=batch.mask)
    real = np.ones(outputs.shape[:-1], bool)
    if at.spec.reads == "every" and batch.mask is not None:
        real = batch.mask
    close(outputs[real], expected.numpy()[real], "outputs", 1e-5)
    for ours, end in zip(state, ends, strict=True):
        close(ours, end.numpy(), "final states", 1e-5)


def check_training(engines: list[Engine], at: Problem, hand: Any) -> None:
    state: Any = None
    if at.source.carried:
        state = [np.where(at.fresh[:, None], np.float32(0), part) for part in at.state]
    network = hand(at.spec, at.weights)
    drop = {"drop": drop_of(at)} if at.spec.dropout else {}
    inputs = at.source.gather(at.row).inputs
    outputs, ends = network(inputs, state, lengths=at.lengths, **drop)
    loss = mean_loss(at, outputs, network.p.get("chain.weight"))
    flat = np.concatenate([g.reshape(-1) for g in network.gradient(loss).values()])
    for engine in engines:
        compare_training(engine, at, loss.item(), flat, ends)


def compare_training(
    engine: Engine, at: Problem, loss: float, flat: NDArray[np.float64], ends: Any
) -> None:
    ours, result = after_one_step(engine, at, at.recipe.but(clip=None, decay=0.0), warm=False)
    assert result.losses[0] == pytest.approx(loss, rel=2e-5, abs=1e-6)
    assert result.norms[0] == pytest.approx(np.linalg.norm(flat), rel=2e-4, abs=1e-7)
    largest = float(np.abs(flat).max())
    for parameter in at.spec.parameters:
        # Adam's first mean is the gradient, less what its memory keeps of the zeros before.
        gradient = parameter.of(ours.mean) / np.float32(1 - at.recipe.beta1)
        theirs = parameter.of(flat)
        # A relu or a loss may stand at its bend, on one side here and on the other there.
        bent = at.spec.nonlinearity == "relu" or at.recipe.loss in ("mae", "quantile")
        tolerance = 1e-3 if bent else 1e-4
        close(gradient, theirs, parameter.name, tolerance, largest * 0.05)
    if at.source.carried:
        for part, end in zip(ours.carried, ends, strict=True):
            close(part, end.detach().numpy(), "carried states", 1e-5)

    before, (ours, result) = start(at, warm=True), after_one_step(engine, at, at.recipe, warm=True)
    after = stepped(at, before, flat)
    close(ours.weights - before.weights, after.weights - before.weights, "weights", 1e-4)
    close(ours.mean, after.mean, "first moments", 1e-5)
    close(ours.square, after.square, "second moments", 1e-5)
    assert ours.steps == before.steps + 1


def start(at: Problem, *, warm: bool) -> Snapshot:
    """Return the state before the first step, or one in the middle of a run."""
    numbers, zeros = np.random.default_rng(11), np.zeros_like(at.weights)
    carried = at.state if at.source.carried else ()
    if not warm:
        return Snapshot(at.weights, zeros, zeros, 0, carried)
    mean = numbers.normal(0, 0.01, at.spec.size).astype(np.float32)
    square = (numbers.uniform(0.5, 2, at.spec.size) * 1e-4).astype(np.float32)
    return Snapshot(at.weights, mean, square, 17, carried)


def after_one_step(
    engine: Engine, at: Problem, recipe: StepRecipe, *, warm: bool
) -> tuple[Snapshot, Any]:
    trainer = engine.trainer(at.spec, recipe, at.source, start(at, warm=warm))
    row = at.row if at.source.carried else np.insert(at.row, 1, -1)
    fresh = at.fresh[None] if at.source.carried else None
    result = trainer.run(
        Chunk(row[None], np.array([0.01]), np.array([6]), seed=9, attempt=2, fresh=fresh)
    )
    assert result.finite
    return trainer.snapshot(), result


def stepped(at: Problem, before: Snapshot, gradient: NDArray[np.float64]) -> Snapshot:
    """Return the state after a step of PyTorch's own optimiser in double precision."""
    weights = torch.from_numpy(before.weights.astype(np.float64)).requires_grad_()
    weights.grad = torch.from_numpy(gradient.copy())
    if at.recipe.clip is not None:
        torch.nn.utils.clip_grad_norm_([weights], at.recipe.clip)
    adam = torch.optim.AdamW([weights], 0.01, weight_decay=at.recipe.decay)
    adam.state[weights] = {
        "step": torch.tensor(float(before.steps)),
        "exp_avg": torch.from_numpy(before.mean.astype(np.float64)),
        "exp_avg_sq": torch.from_numpy(before.square.astype(np.float64)),
    }
    adam.step()
    mean, square = (adam.state[weights][name].numpy() for name in ("exp_avg", "exp_avg_sq"))
    return Snapshot(weights.detach().numpy(), mean, square, before.steps + 1)
