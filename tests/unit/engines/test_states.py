"""The hidden state between batches and between steps, asked of every engine that runs here."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from recur.data.sources.sequences import Sequences
from recur.engines.base import Chunk, Engine, Snapshot, StepRecipe
from recur.engines.registry import open_engine
from recur.errors import SettingsError
from recur.networks.initial import initial_values
from recur.networks.reference import zero_state
from recur.networks.spec import NetworkSpec

RECIPE = StepRecipe(decay=0.01)

pytestmark = pytest.mark.parametrize("engine", ["torch", "compiled"], indirect=True)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    return open_engine(request.param)


def bits(snapshot: Snapshot) -> list[bytes]:
    arrays = (snapshot.weights, snapshot.mean, snapshot.square, *snapshot.carried)
    return [array.tobytes() for array in arrays]


CARRYING = NetworkSpec(cell="lstm", inputs=2, outputs=2, hidden=4, layers=2, reads="every")


def streams(*, masked: bool = False) -> Sequences:
    """Return three streams of six stretches of 5 steps: stream i has 6 i to 6 i + 5."""
    rows = np.random.default_rng(1).normal(size=(90, 2)).astype(np.float32)
    lengths = 1 + np.arange(18) % 5 if masked else None
    return Sequences(rows, np.roll(rows, -1, axis=0), np.arange(18) * 5, 5, lengths, carried=True)


def stretch(first: int, steps: int, fresh: np.ndarray[Any, Any] | None = None) -> Chunk:
    counters = np.arange(first, first + steps)
    indices = counters[:, None] % 6 + 6 * np.arange(3)
    return Chunk(indices, np.full(steps, 0.01), counters, 1, fresh=fresh)


@pytest.mark.parametrize("masked", [False, True])
def test_a_snapshot_holds_the_carried_state_and_resumes_to_the_same_bits(
    engine: Engine, masked: bool
) -> None:
    source, first = streams(masked=masked), Snapshot.first(initial_values(CARRYING, 5))
    whole = engine.trainer(CARRYING, RECIPE, source, first)
    whole.run(stretch(0, 5))
    cut = engine.trainer(CARRYING, RECIPE, source, first)
    cut.run(stretch(0, 3))
    middle = cut.snapshot()
    assert first.carried == ()
    assert [part.shape for part in middle.carried] == [(2, 3, 4), (2, 3, 4)]
    cut.evaluate(stretch(0, 6).indices)  # leaves the state as it is
    cut.run(stretch(3, 2))
    resumed = engine.trainer(CARRYING, RECIPE, source, middle)
    resumed.run(stretch(3, 2))
    for trainer in (cut, resumed):
        assert bits(trainer.snapshot()) == bits(whole.snapshot())
    forgetful = Snapshot(middle.weights, middle.mean, middle.square, middle.steps)
    resumed.restore(forgetful)
    resumed.run(stretch(3, 2))
    assert bits(resumed.snapshot()) != bits(whole.snapshot())


def test_every_real_step_counts_alike_in_the_mean_over_masked_sequences(engine: Engine) -> None:
    first = Snapshot.first(initial_values(CARRYING, 5))
    carrying = streams(masked=True)
    source = replace(carrying, carried=False)
    trainer = engine.trainer(CARRYING, RECIPE, source, first)
    # More than an engine takes at once, and the longer ones in front.
    many = np.argsort(-(1 + np.arange(18) % 5), kind="stable").repeat(200)
    alone = np.array([trainer.evaluate(np.array([i])) for i in range(18)])
    assert source.lengths is not None
    expected = np.average(alone[many], weights=source.lengths[many])
    assert trainer.evaluate(many) == pytest.approx(expected, rel=1e-5)
    # Two streams carried over three batches, whose real steps are not as many.
    rows = np.array([[0, 9], [1, 10], [2, 11]])
    whole = engine.trainer(CARRYING, RECIPE, carrying, first).evaluate(rows)
    state, total, count = zero_state(CARRYING, 2), 0.0, 0
    for row in rows:
        batch = carrying.gather(row)
        outputs, state = engine.forward(
            CARRYING, first.weights, batch.inputs, state, mask=batch.mask
        )
        assert batch.mask is not None
        total += float(((outputs - batch.targets) ** 2).mean(axis=2)[batch.mask].sum())
        count += int(batch.mask.sum())
    assert whole == pytest.approx(total / count, rel=1e-5)


def test_fresh_lanes_start_from_zeros(engine: Engine) -> None:
    source, first = streams(), Snapshot.first(initial_values(CARRYING, 5))
    trainer = engine.trainer(CARRYING, RECIPE, source, first)
    trainer.run(stretch(0, 2))
    warm = trainer.snapshot()
    losses = []
    for lanes in ([True] * 3, [False] * 3, [False, True, False]):
        trainer.restore(warm)
        losses.append(trainer.run(stretch(2, 1, np.array([lanes]))).losses[0])
    trainer.restore(Snapshot(warm.weights, warm.mean, warm.square, warm.steps))
    assert trainer.run(stretch(2, 1)).losses[0] == losses[0]
    assert len(set(losses)) == 3


def test_the_carried_state_is_not_shared(engine: Engine) -> None:
    trainer = engine.trainer(
        CARRYING, RECIPE, streams(), Snapshot.first(initial_values(CARRYING, 5))
    )
    trainer.run(stretch(0, 2))
    taken = trainer.snapshot()
    kept = [part.tobytes() for part in taken.carried]
    trainer.restore(taken)
    for part in taken.carried:
        part[:] = np.nan
    assert [part.tobytes() for part in trainer.snapshot().carried] == kept


def test_batches_that_cannot_carry_on_are_refused(engine: Engine) -> None:
    first = Snapshot.first(initial_values(CARRYING, 5))
    for rows in (np.array([[0, -1]]), np.array([[0, 6, 12], [1, 7, -1]])):
        trainer = engine.trainer(CARRYING, RECIPE, streams(), first)
        with pytest.raises(SettingsError, match="every batch must be full"):
            trainer.run(Chunk(rows, np.full(len(rows), 0.01), np.arange(len(rows)), 1))
    trainer = engine.trainer(CARRYING, RECIPE, streams(), first)
    trainer.run(stretch(0, 1))
    with pytest.raises(SettingsError, match="as many lanes"):
        trainer.run(Chunk(np.array([[1, 7]]), np.array([0.01]), np.array([1]), 1))


STEPPED = {
    "values": NetworkSpec(cell="lstm", inputs=2, hidden=4, layers=2, outputs=3, reads="every"),
    "symbols": NetworkSpec(symbols=5, inputs=3, hidden=4, outputs=5, reads="every", dropout=0.5),
    "no head": NetworkSpec(cell="rnn", inputs=2, hidden=4, outputs=4, head="none", reads="every"),
}


@pytest.mark.parametrize("reads", ["every", "last"])
@pytest.mark.parametrize("name", STEPPED)
def test_step_by_step_is_the_whole_sequence(engine: Engine, name: str, reads: str) -> None:
    whole = STEPPED[name]
    spec, weights = whole.but(reads=reads), initial_values(whole, 5)
    random = np.random.default_rng(3)
    inputs: Any = random.normal(size=(6, 3, 2)).astype(np.float32)
    if spec.symbols:
        inputs = random.integers(0, 5, (6, 3)).astype(np.int32)
    expected, end = engine.forward(whole, weights, inputs)
    stepper, state = engine.stepper(spec, weights), zero_state(spec, 3)
    weights[:] = np.nan
    for t in range(6):
        before = [part.tobytes() for part in state]
        outputs, new = stepper.step(inputs[t], state)
        assert outputs.shape == (3, spec.outputs)
        np.testing.assert_allclose(outputs, expected[t], rtol=1e-5, atol=1e-6)
        assert [part.tobytes() for part in state] == before
        assert not any(np.shares_memory(part, old) for part in new for old in (*state, outputs))
        state = new
    for part, last in zip(state, end, strict=True):
        np.testing.assert_allclose(part, last, rtol=1e-5, atol=1e-6)
