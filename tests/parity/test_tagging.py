"""Symbols that are spelt, and a chain of answers: prediction, threads, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from recur.data.sources.sequences import Sequences
from recur.data.sources.streams import Streams
from recur.engines.base import Chunk, Engine, Snapshot, StepRecipe
from recur.engines.pytorch.modules import torch_module
from recur.engines.registry import open_engine
from recur.errors import SettingsError
from recur.networks.chain import unlikelihood
from recur.networks.initial import initial_values
from recur.networks.reference import forward
from recur.networks.spec import NetworkSpec

SPEC = NetworkSpec(
    symbols=9,
    inputs=5,
    spelling={"symbols": 12, "longest": 7, "embedding": 4, "filters": 6, "kernel": 3},
    outputs=4,
    hidden=8,
    bidirectional=True,
    reads="every",
    chain=True,
)
LENGTHS = np.array([6, 2, 1, 5, 6, 3] * 12)


def source() -> Sequences:
    random = np.random.default_rng(0)
    rows = int(LENGTHS.sum())
    words = random.integers(0, 9, (rows, 1))
    characters = random.integers(1, 12, (rows, 7))
    characters[np.arange(7) >= random.integers(1, 8, rows)[:, None]] = 0  # some of one character
    return Sequences(
        inputs=np.hstack([words, characters]).astype(np.int32),
        targets=random.integers(0, 4, rows).astype(np.int32),
        starts=np.cumsum(LENGTHS) - LENGTHS,
        steps=6,
        lengths=LENGTHS,
    )


def test_outputs_are_those_of_the_equations(engine: Engine) -> None:
    weights, batch = initial_values(SPEC, 1), source().gather(np.arange(len(LENGTHS)))
    outputs, _ = engine.forward(SPEC, weights, batch.inputs, mask=batch.mask)
    expected, _ = forward(SPEC, weights.astype(np.float64), batch.inputs, mask=batch.mask)
    np.testing.assert_allclose(outputs[batch.mask], expected[batch.mask], rtol=1e-4, atol=1e-5)


def test_the_module_has_the_same_weights_and_outputs() -> None:
    weights = initial_values(SPEC, 1)
    inputs = source().inputs[:6][:, None]
    with torch.no_grad():
        outputs, _ = torch_module(SPEC, weights)(torch.from_numpy(inputs))
    expected, _ = forward(SPEC, weights.astype(np.float64), inputs)
    np.testing.assert_allclose(outputs.numpy(), expected, rtol=1e-4, atol=1e-5)


def test_the_loss_is_that_of_the_equations(engine: Engine) -> None:
    weights, every, given = initial_values(SPEC, 1), np.arange(len(LENGTHS)), source()
    trainer = engine.trainer(SPEC, StepRecipe(loss="chain"), given, Snapshot.first(weights))
    batch = given.gather(every)
    outputs, _ = forward(SPEC, weights.astype(np.float64), batch.inputs, mask=batch.mask)
    table = SPEC.named(weights)["chain.weight"].astype(np.float64)
    lost = (
        unlikelihood(outputs, table, np.asarray(batch.targets, np.int64), batch.mask).sum()
        / LENGTHS.sum()
    )
    assert trainer.evaluate(every) == pytest.approx(lost, rel=1e-5)


@pytest.mark.parametrize("hidden", [8, 128])  # 128: rows of weights are shared instead of lanes
def test_threads_change_no_bit(hidden: int) -> None:
    spec, ends = SPEC.but(hidden=hidden), []
    first = Snapshot.first(initial_values(spec, 1))
    for threads in (1, 3):
        engine = open_engine("compiled", threads)
        trainer = engine.trainer(spec, StepRecipe(loss="chain"), source(), first)
        rows = np.arange(64).reshape(2, 32) if hidden == 8 else np.arange(8).reshape(1, 8)
        steps = np.arange(len(rows))
        trainer.run(Chunk(rows, np.full(len(rows), 0.01), steps, seed=0))
        ends.append(trainer.snapshot().weights)
    assert np.array_equal(ends[0], ends[1])


@pytest.mark.parametrize(
    ("spec", "recipe", "given", "message"),
    [
        (SPEC, StepRecipe(loss="cross_entropy"), source(), "`chain` is on"),
        (SPEC.but(chain=False), StepRecipe(loss="chain"), source(), "`chain` is off"),
        (
            SPEC.but(chain=False, outputs=9),
            StepRecipe(loss="cross_entropy"),
            Streams(np.zeros(50, np.uint8), 5),
            "no `spelling`",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(
    engine: Engine, spec: NetworkSpec, recipe: StepRecipe, given: Any, message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        engine.trainer(spec, recipe, given, Snapshot.first(initial_values(spec, 1)))


def test_characters_that_no_network_knows_are_refused(engine: Engine) -> None:
    weights, inputs = initial_values(SPEC, 1), source().inputs[:6][:, None].copy()
    with pytest.raises(SettingsError, match="this network takes \\[time, batch, 8\\]"):
        engine.forward(SPEC, weights, inputs[..., :-1])
    inputs[0, 0, 1] = 12
    with pytest.raises(SettingsError, match="characters of the inputs hold symbols"):
        engine.forward(SPEC, weights, inputs)
    with pytest.raises(SettingsError, match="characters of its symbols"):
        engine.stepper(SPEC.but(bidirectional=False), weights)
