"""Pairs of sequences on every engine against PyTorch's functions written out by hand.

Each pair is run by itself, at its own length, so that the reference needs no mask.
"""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
import torch
from tests.parity.pairwise import Case, Pairwise
from tests.parity.test_cover import close
from torch import Tensor
from torch.nn import functional

from recur.data.sources.pairs import Pairs
from recur.engines.base import Chunk, Engine, Snapshot, StepRecipe
from recur.engines.compiled.engine import CompiledEngine
from recur.networks.attention import translate
from recur.networks.cells import CELLS
from recur.networks.initial import initial_values
from recur.networks.spec import NetworkSpec
from recur.seeding import Purpose, Stream

FACTORS: dict[str, tuple[Any, ...]] = {
    "cell": tuple(CELLS),
    "layers": (1, 2),
    "both": (False, True),
    "attention": ("none", "dot", "additive"),
    "hidden": (1, 5, 33, 130, 257),
    "longest": (1, 2, 9),
    "target": (1, 3, 8),
    "batch": (1, 2, 5, 35),
    "dropout": ("", "step", "sequence", "inputs"),
    "smoothing": (0.0, 0.2),
}


def lessen(case: Case, fixed: Case, draw: random.Random) -> None:
    """Let networks with many units have few pairs, unless both are asked for."""
    if case["hidden"] > 33 and case["batch"] > 5:
        name = draw.choice([name for name in ("hidden", "batch") if name not in fixed] or [""])
        case.update({name: 5} if name else {})


PAIRWISE = Pairwise(FACTORS, [], times=2, lessen=lessen)
CASES = PAIRWISE.cover()
SYMBOLS, ANSWERS, KEY = 7, 6, {"attempt": 2, "step": 6}


def test_the_cover_holds_every_pair_that_can_be() -> None:
    PAIRWISE.check(CASES)


def spec_of(case: Case) -> NetworkSpec:
    return NetworkSpec(
        cell=case["cell"],
        symbols=SYMBOLS,
        inputs=3,
        outputs=ANSWERS,
        decoder=True,
        attention=case["attention"],
        hidden=case["hidden"],
        layers=case["layers"],
        bidirectional=case["both"],
        dropout=0.3 if case["dropout"] else 0.0,
        mask="sequence" if case["dropout"] == "sequence" else "step",
        drops_inputs=case["dropout"] == "inputs",
    )


def pairs_of(case: Case, seed: int) -> Pairs:
    """Return twice as many pairs as a batch has, of lengths up to the longest."""
    numbers = np.random.default_rng(seed)

    def some(most: int, known: int, longest: int) -> list[Any]:
        lengths = [longest, *numbers.integers(1, longest + 1, 2 * most - 1)]
        return [numbers.integers(0, known, length).astype(np.int32) for length in lengths]

    targets = some(case["batch"], ANSWERS, case["target"])
    begun = [np.concatenate([[1], target]).astype(np.int32) for target in targets]
    return Pairs.of(some(case["batch"], SYMBOLS, case["longest"]), begun)


class Reference:
    """The losses of pairs one by one, with the masks that the engines draw."""

    def __init__(self, spec: NetworkSpec, weights: Any, hand: Any, drops: bool, lanes: int) -> None:
        self.spec, self.drops, self.lanes = spec, drops, lanes
        self.hand = hand(spec, weights)
        self.p = self.hand.p

    def masked(self, x: Tensor, site: int, lane: int) -> Tensor:
        """Return [time, 1, features] with what lane `lane` of the batch drops."""
        spec = self.spec
        if not self.drops or not spec.dropout:
            return x
        time = 1 if spec.mask == "sequence" else len(x)
        drawn = Stream(9, Purpose.DROPOUT, **KEY).dropout(
            site, (time, x.shape[-1], self.lanes), spec.dropout
        )
        return x * torch.from_numpy(drawn[:, :, lane : lane + 1]).transpose(1, 2)

    def logits(self, inputs: Any, fed: Any, lane: int) -> Tensor:
        """Return [target time, outputs] of one pair."""
        spec, p = self.spec, self.p
        x = torch.from_numpy(np.eye(SYMBOLS)[inputs])[:, None] @ p["embedding.weight"]
        x = self.masked(x, 127, lane) if spec.drops_inputs else x
        memory, end = self.hand.stack(
            "rnn",
            x,
            None,
            lambda site, _: self.masked(torch.ones(len(x), 1, spec.width), site, lane),
        )
        state = end
        if spec.bidirectional:
            made = []
            for i in range(spec.layers):
                both = torch.cat([end[0][2 * i], end[0][2 * i + 1]], -1)
                weight, bias = p[f"bridge.weight_l{i}"], p[f"bridge.bias_l{i}"]
                made.append(functional.linear(both, weight, bias))
            parts = torch.split(torch.stack(made), spec.hidden, -1)
            state = [*parts, *[torch.zeros_like(parts[0])] * (spec.states - len(parts))]
        y = torch.from_numpy(np.eye(ANSWERS)[fed])[:, None] @ p["target.weight"]
        y = self.masked(y, 255, lane) if spec.drops_inputs else y
        own = torch.ones(len(y), 1, spec.hidden)
        # A decoder reads forwards, whatever the encoder does.
        forwards = type(self.hand)(
            spec.but(bidirectional=False, decoder=False, attention="none"), np.zeros(10**6)
        )
        forwards.p = p
        y, _ = forwards.stack(
            "decoder", y, state, lambda site, _: self.masked(own, 128 + site, lane)
        )
        if spec.attention != "none":
            y = self.looked_back(y, memory)
        y = self.masked(y, 128, lane) if spec.layers == 1 else y
        return functional.linear(y[:, 0], p["head.weight"], p["head.bias"])

    def looked_back(self, states: Tensor, memory: Tensor) -> Tensor:
        p, read = self.p, []
        for s in states[:, 0]:
            scores = []
            for h in memory[:, 0]:
                key = p["attention.key.weight"] @ h
                if self.spec.attention == "dot":
                    scores.append(s @ key)
                else:
                    query = p["attention.query.weight"] @ s + p["attention.query.bias"]
                    scores.append(p["attention.score.weight"][0] @ torch.tanh(query + key))
            shares = torch.softmax(torch.stack(scores), 0)
            both = torch.cat([shares @ memory[:, 0], s])
            read.append(p["combine.weight"] @ both + p["combine.bias"])
        return torch.stack(read)[:, None]

    def loss(self, source: Pairs, row: Any, smoothing: float = 0.0) -> Tensor:
        """Return the mean over all targets of some pairs."""
        losses = []
        for lane, i in enumerate(row):
            first, steps = source.target_starts[i], source.target_lengths[i]
            rows = source.targets[first : first + steps + 1]
            inputs = source.inputs[source.starts[i] :][: source.lengths[i]]
            odds = torch.log_softmax(self.logits(inputs, rows[:-1], lane), -1)
            true = odds[torch.arange(steps), torch.from_numpy(rows[1:].astype(np.int64))]
            losses.append((1 - smoothing) * true + smoothing * odds.mean(-1))
        return -torch.cat(losses).mean()


@pytest.mark.parametrize(
    "number", range(len(CASES)), ids=lambda i: "-".join(map(str, CASES[i].values()))
)
def test_losses_and_gradients_are_those_of_each_pair_alone(
    number: int, engine: Engine, hand: Any
) -> None:
    case = CASES[number]
    spec, source = spec_of(case), pairs_of(case, number)
    weights = initial_values(spec, number) * np.float32(1.5)
    row = np.random.default_rng(number).permutation(len(source))[: case["batch"]]
    reference = Reference(spec, weights, hand, True, len(row))
    loss = reference.loss(source, row, case["smoothing"])
    expected = reference.hand.gradient(loss)
    recipe = StepRecipe(loss="cross_entropy", clip=None, smoothing=case["smoothing"])
    trainer = engine.trainer(spec, recipe, source, Snapshot.first(weights))
    chunk = Chunk(np.insert(row, 1, -1)[None], np.array([0.01]), np.array([6]), seed=9, attempt=2)
    result = trainer.run(chunk)
    assert result.finite
    assert result.losses[0] == pytest.approx(loss.item(), rel=2e-5)
    gradient = spec.named(trainer.snapshot().mean / np.float32(1 - recipe.beta1))
    largest = max(np.abs(block).max() for block in expected.values())
    for name, block in expected.items():
        close(gradient[name], block, name, 1e-4, largest * 0.05)


@pytest.mark.parametrize("attention", FACTORS["attention"])
def test_a_validation_loss_counts_every_target_alike(
    attention: str, engine: Engine, hand: Any
) -> None:
    case = {name: values[-1] for name, values in FACTORS.items()} | {"attention": attention}
    case |= {"hidden": 5, "batch": 50, "cell": "gru"}
    spec, source = spec_of(case), pairs_of(case, 3)
    weights = initial_values(spec, 3)
    trainer = engine.trainer(
        spec, StepRecipe(loss="cross_entropy"), source, Snapshot.first(weights)
    )
    row = np.arange(len(source))[::-1].copy()
    loss = Reference(spec, weights, hand, False, len(row)).loss(source, row)
    assert trainer.evaluate(row) == pytest.approx(loss.item(), rel=1e-5)


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("attention", FACTORS["attention"])
def test_the_equations_in_numpy_are_those_of_each_pair_alone(
    attention: str, both: bool, hand: Any
) -> None:
    case = {name: values[0] for name, values in FACTORS.items()}
    case |= {"attention": attention, "both": both, "hidden": 5, "longest": 9, "target": 8}
    case |= {"batch": 4, "cell": "lstm", "layers": 2}
    spec, source = spec_of(case), pairs_of(case, 5)
    weights = initial_values(spec, 5).astype(np.float64)
    batch = source.gather(np.arange(len(source)))
    assert batch.mask is not None
    assert batch.fed is not None
    inputs: Any = batch.inputs
    logits, shares = translate(spec, weights, inputs, batch.mask, batch.fed)
    reference = Reference(spec, weights, hand, False, len(source))
    for i in range(len(source)):
        steps, real = source.target_lengths[i], source.lengths[i]
        one = reference.logits(inputs[:real, i], batch.fed[:steps, i], i)
        np.testing.assert_allclose(logits[:steps, i], one.detach().numpy(), atol=1e-9)
        if attention != "none":
            np.testing.assert_allclose(shares[:, :real, i].sum(axis=1), 1)
            assert not shares[:, real:, i].any()


@pytest.mark.parametrize("hidden", [64, 257])
@pytest.mark.parametrize("attention", FACTORS["attention"])
def test_the_bits_do_not_depend_on_the_threads(attention: str, hidden: int) -> None:
    case = {name: values[-1] for name, values in FACTORS.items()} | {"attention": attention}
    spec, source = spec_of(case | {"hidden": hidden}), pairs_of(case, 8)
    ends = []
    for threads in (1, 3):
        engine = CompiledEngine(threads, worth=0)
        first = Snapshot.first(initial_values(spec, 8))
        trainer = engine.trainer(spec, StepRecipe(loss="cross_entropy"), source, first)
        rows = np.arange(2 * 35).reshape(2, 35)
        trainer.run(Chunk(rows, np.full(2, 0.01), np.arange(2), seed=1))
        ends.append(trainer.snapshot().weights)
    np.testing.assert_array_equal(ends[0], ends[1])
