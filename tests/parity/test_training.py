"""Training steps of every engine against losses written out by hand and autograd."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from recur.data.clock import Clock
from recur.data.panel.panel import Panel
from recur.data.panel.scaling import Scaler
from recur.data.sources.batch import Batch
from recur.data.sources.sequences import Sequences
from recur.data.sources.windows import Windows
from recur.engines.base import Chunk, Engine, Snapshot, Source, StepRecipe
from recur.networks.cells import CELLS
from recur.networks.initial import initial_values
from recur.networks.spec import NetworkSpec
from recur.seeding import Purpose, Stream

LEVELS = (0.1, 0.5, 0.8)
COUNTER, SEED, ATTEMPT = 6, 9, 2
ROW = np.array([[0, 5, 3, 11]])


def windows(horizon: int = 3) -> Windows:
    values = np.cumsum(np.random.default_rng(0).normal(size=60))
    panel = Panel(values, np.arange(60), np.array([0, 60]), ("a",), Clock())
    return Windows.over(panel, Scaler.fit("series", list(panel)), 8, horizon)


def sequences(kind: str = "values", *, masked: bool = False, carried: bool = False) -> Sequences:
    """Return twelve sequences of 7 steps: of two values, or of symbols from 0 to 5."""
    random, rows = np.random.default_rng(1), 90
    lengths = 1 + np.arange(12) % 7 if masked else None
    starts = np.arange(12) * 7
    if kind == "symbols":
        text = random.integers(0, 6, rows + 1).astype(np.int32)
        return Sequences(text[:-1], text[1:], starts, 7, lengths, carried)
    inputs = random.normal(size=(rows, 2)).astype(np.float32)
    targets = random.normal(size=(rows, 2)).astype(np.float32)
    return Sequences(inputs, targets, starts, 7, lengths, carried)


def taken(
    engine: Engine, spec: NetworkSpec, recipe: StepRecipe, source: Source, **more: Any
) -> tuple[float, dict[str, NDArray[Any]]]:
    """Return the loss of one step from fresh moments, and its gradient."""
    first = Snapshot.first(initial_values(spec, 2))
    trainer = engine.trainer(spec, recipe, source, first)
    chunk = Chunk(ROW, np.array([0.01]), np.array([COUNTER]), SEED, ATTEMPT, **more)
    result = trainer.run(chunk)
    assert result.finite
    # Adam's first mean is the gradient, less what its memory keeps of the zeros before.
    gradient = trainer.snapshot().mean / np.float32(1 - recipe.beta1)
    return float(result.losses[0]), spec.named(gradient)


def hold(ours: tuple[float, dict[str, NDArray[Any]]], network: Any, loss: Tensor) -> None:
    assert ours[0] == pytest.approx(loss.item(), rel=1e-5)
    for name, gradient in network.gradient(loss).items():
        np.testing.assert_allclose(ours[1][name], gradient, rtol=1e-4, atol=2e-6, err_msg=name)


def singles(outputs: Tensor, batch: Batch, spec: NetworkSpec, recipe: StepRecipe) -> Tensor:
    """Return the loss of each real step and output, written out one by one."""
    losses = []
    time, lanes = batch.inputs.shape[:2]
    for b in range(lanes):
        real = time if batch.mask is None else int(batch.mask[:, b].sum())
        for t in range(real) if spec.reads == "every" else [real - 1]:
            output = outputs[t, b] if spec.reads == "every" else outputs[b]
            target = batch.targets[b] if batch.start is not None else batch.targets[t, b]
            losses += of_one(output, target, recipe)
    return torch.stack(losses).mean()


def of_one(output: Tensor, target: Any, recipe: StepRecipe) -> list[Tensor]:
    if recipe.loss == "cross_entropy":
        return [torch.logsumexp(output, 0) - output[int(target)]]
    losses = []
    for i, y in enumerate(np.asarray(target, np.float64)):
        if recipe.loss == "quantile":
            for q, level in enumerate(recipe.quantiles):
                error = y - output[i * len(recipe.quantiles) + q]
                losses.append(level * error if error > 0 else (level - 1) * error)
        else:
            error = y - output[i]
            losses.append(error**2 if recipe.loss == "mse" else error.abs())
    return losses


CASES: dict[str, tuple[dict[str, Any], dict[str, Any], Source]] = {
    "convolution": (
        {"convolution": {"filters": 3, "kernel": 3, "stride": 2}, "outputs": 3},
        {},
        windows(),
    ),
    "mlp": (
        {"cell": "mlp", "steps": 8, "layers": 2, "outputs": 3},
        {"loss": "mae"},
        windows(),
    ),
    "mlp, convolution, relu": (
        {"cell": "mlp", "steps": 8, "nonlinearity": "relu", "outputs": 3}
        | {"convolution": {"filters": 3, "kernel": 2, "stride": 3}},
        {},
        windows(),
    ),
    "quantiles": ({"outputs": 9}, {"loss": "quantile", "quantiles": LEVELS}, windows()),
    "quantiles of each step": (
        {"inputs": 2, "outputs": 6, "reads": "every"},
        {"loss": "quantile", "quantiles": LEVELS},
        sequences(masked=True),
    ),
    "values of each step": ({"inputs": 2, "outputs": 2, "reads": "every"}, {}, sequences()),
    "masked values": (
        {"inputs": 2, "outputs": 2, "reads": "every", "bidirectional": True, "layers": 2},
        {"loss": "mae"},
        sequences(masked=True),
    ),
    "the last value": ({"inputs": 2, "outputs": 2}, {}, sequences()),
    "the last real value": (
        {"inputs": 2, "outputs": 2, "cell": "lstm", "bidirectional": True},
        {},
        sequences(masked=True),
    ),
    "symbols": (
        {"symbols": 6, "inputs": 3, "outputs": 6, "reads": "every", "layers": 2, "cell": "lstm"},
        {"loss": "cross_entropy"},
        sequences("symbols"),
    ),
    "masked symbols": (
        {"symbols": 6, "inputs": 3, "outputs": 6, "reads": "every", "cell": "rnn"},
        {"loss": "cross_entropy"},
        sequences("symbols", masked=True),
    ),
    "the last symbol": (
        {"symbols": 6, "inputs": 3, "outputs": 6},
        {"loss": "cross_entropy"},
        sequences("symbols", masked=True),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_losses_and_gradients_are_those_written_out_by_hand(
    name: str, engine: Engine, hand: Any
) -> None:
    settings, what, source = CASES[name]
    spec = NetworkSpec(**{"hidden": 4, **settings})
    recipe = StepRecipe(clip=None, **what)
    batch = source.gather(ROW[0])
    network = hand(spec, initial_values(spec, 2))
    if batch.mask is None:
        outputs, _ = network(batch.inputs)
    else:  # lane by lane over the real steps, so that no mask is needed
        lanes = [network(batch.inputs[: m.sum(), b : b + 1])[0] for b, m in enumerate(batch.mask.T)]
        if spec.reads == "every":
            rest = [torch.zeros(7 - len(lane), 1, spec.outputs) for lane in lanes]
            lanes = [torch.cat(both) for both in zip(lanes, rest, strict=True)]
        outputs = torch.cat(lanes, dim=1 if spec.reads == "every" else 0)
    loss = singles(outputs, batch, spec, recipe)
    hold(taken(engine, spec, recipe, source), network, loss)

    first = Snapshot.first(initial_values(spec, 2))
    trainer = engine.trainer(spec, recipe, source, first)
    assert trainer.evaluate(ROW[0]) == pytest.approx(loss.item(), rel=1e-5)


def dropped(spec: NetworkSpec) -> Any:
    """Return where the masks of the step come from."""
    stream = Stream(SEED, Purpose.DROPOUT, ATTEMPT, COUNTER)

    def drop(site: int, shape: tuple[int, ...]) -> Tensor:
        time, batch, features = shape
        time = 1 if spec.mask == "sequence" else time
        mask = stream.dropout(site, (time, features, batch), spec.dropout)
        return torch.from_numpy(mask).transpose(1, 2)

    return drop


@pytest.mark.parametrize("mask", ["step", "sequence"])
@pytest.mark.parametrize(
    "settings",
    [
        {"layers": 1, "reads": "every"},
        {"layers": 2, "reads": "every"},
        {"layers": 3, "bidirectional": True},
        {"layers": 1},
        {"layers": 2, "cell": "mlp", "steps": 7},
        {"layers": 1, "cell": "mlp", "steps": 7},
    ],
    ids=str,
)
def test_dropout_is_drawn_for_each_step_or_once(
    settings: dict[str, Any], mask: Any, engine: Engine, hand: Any
) -> None:
    base = {"inputs": 2, "outputs": 2, "hidden": 6, "dropout": 0.4, "mask": mask}
    spec, source = NetworkSpec(**{**base, **settings}), sequences()
    recipe, batch = StepRecipe(clip=None), source.gather(ROW[0])
    network = hand(spec, initial_values(spec, 2))
    outputs, _ = network(batch.inputs, drop=dropped(spec))
    hold(taken(engine, spec, recipe, source), network, singles(outputs, batch, spec, recipe))


@pytest.mark.parametrize("chance", [None, 0.0, 0.5, 1.0])
@pytest.mark.parametrize(
    "settings",
    [
        {"cell": "gru"},
        {"cell": "lstm", "layers": 2},
        {"cell": "rnn", "dropout": 0.3},
        {"cell": "gru", "layers": 2, "dropout": 0.3},
        {"cell": "lstm", "dropout": 0.3, "mask": "sequence", "head": "tanh"},
        {"cell": "gru", "convolution": {"filters": 3, "kernel": 4}},
        {"cell": "lstm", "hidden": 130},  # more rows of weights than lanes, which are then shared
    ],
    ids=str,
)
def test_a_decoder_learns_from_the_truth_or_through_its_own_outputs(
    settings: dict[str, Any], chance: float | None, engine: Engine, hand: Any
) -> None:
    spec = NetworkSpec(**{"hidden": 4, "decoder": True, **settings})
    recipe, source = StepRecipe(clip=None), windows(horizon=5)
    batch = source.gather(ROW[0])
    assert batch.start is not None
    drawn = Stream(SEED, Purpose.FORCING, ATTEMPT, COUNTER).uniform(5 * 4).reshape(5, 4)
    forced = drawn < (1.0 if chance is None else chance)
    if chance == 0.5:
        assert 0 < forced[1:].sum() < 16
    network = hand(spec, initial_values(spec, 2))
    outputs, _ = network.decoded(
        batch.inputs, batch.start, 5, batch.targets.T[:, :, None], forced, dropped(spec)
    )
    errors = outputs[:, :, 0].T - torch.from_numpy(batch.targets.astype(np.float64))
    more = {} if chance is None else {"forcing": np.array([chance])}
    hold(taken(engine, spec, recipe, source, **more), network, (errors**2).mean())


def test_a_decoder_is_evaluated_on_its_own_outputs(engine: Engine, hand: Any) -> None:
    spec, source = NetworkSpec(hidden=4, decoder=True, dropout=0.5), windows(horizon=5)
    batch = source.gather(ROW[0])
    assert batch.start is not None
    outputs, _ = hand(spec, initial_values(spec, 2)).decoded(batch.inputs, batch.start, 5)
    errors = outputs[:, :, 0].T - torch.from_numpy(batch.targets.astype(np.float64))
    first = Snapshot.first(initial_values(spec, 2))
    trainer = engine.trainer(spec, StepRecipe(), source, first)
    assert trainer.evaluate(ROW[0]) == pytest.approx((errors**2).mean().item(), rel=1e-5)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_a_carried_state_starts_the_next_batch_but_in_fresh_lanes(
    cell: Any, masked: bool, engine: Engine, hand: Any
) -> None:
    spec = NetworkSpec(cell=cell, inputs=2, outputs=2, hidden=4, layers=2, reads="every")
    recipe, source = StepRecipe(clip=None), sequences(masked=masked, carried=True)
    first = Snapshot.first(initial_values(spec, 2))
    trainer = engine.trainer(spec, recipe, source, first)
    rows = np.array([[0, 4, 8], [1, 5, 9]])
    fresh = np.array([[False] * 3, [False, True, False]])
    # A rate of next to nothing leaves the weights, so that both steps share a reference.
    result = trainer.run(Chunk(rows, np.full(2, 1e-30), np.arange(2), seed=1, fresh=fresh))
    network = hand(spec, first.weights)
    state: Any = None
    gradients, losses = [], []
    for row, new in zip(rows, fresh, strict=True):
        batch = source.gather(row)
        parts = []
        for b in range(3):
            own = None if state is None or new[b] else [part[:, b : b + 1] for part in state]
            real = 7 if batch.mask is None else int(batch.mask[:, b].sum())
            parts.append(network(batch.inputs[:real, b : b + 1], own))
        padded = [torch.cat([o, torch.zeros(7 - len(o), 1, 2)]) for o, _ in parts]
        loss = singles(torch.cat(padded, dim=1), batch, spec, recipe)
        losses.append(loss.item())
        gradients.append(network.gradient(loss))
        ends = [end for _, end in parts]
        state = [torch.cat(lane, dim=1).detach() for lane in zip(*ends, strict=True)]
    np.testing.assert_allclose(result.losses, losses, rtol=1e-5)
    after = trainer.snapshot()
    assert len(after.carried) == len(state)
    for ours, theirs in zip(after.carried, state, strict=True):
        np.testing.assert_allclose(ours, theirs.numpy(), rtol=1e-4, atol=1e-5)
    for name, mean in spec.named(after.mean).items():
        expected = 0.1 * (0.9 * gradients[0][name] + gradients[1][name])
        np.testing.assert_allclose(mean, expected, rtol=1e-4, atol=2e-6, err_msg=name)


def test_a_carried_evaluation_goes_from_zeros_row_by_row(engine: Engine, hand: Any) -> None:
    spec = NetworkSpec(inputs=2, outputs=2, hidden=4, reads="every")
    source, recipe = sequences(carried=True), StepRecipe()
    first = Snapshot.first(initial_values(spec, 2))
    trainer = engine.trainer(spec, recipe, source, first)
    rows = np.array([[0, 4], [1, 5], [2, 6]])
    network, state, losses = hand(spec, first.weights), None, []
    for row in rows:
        batch = source.gather(row)
        outputs, state = network(batch.inputs, state)
        losses.append(singles(outputs, batch, spec, recipe).item())
    assert trainer.evaluate(rows) == pytest.approx(np.mean(losses), rel=1e-5)
