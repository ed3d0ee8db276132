"""What the protocol promises, asked of every engine that runs here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from recur.data.clock import Clock
from recur.data.panel.panel import Panel
from recur.data.panel.scaling import Scaler
from recur.data.sources.windows import Windows
from recur.engines.base import (
    Chunk,
    Decoding,
    DropoutSamples,
    Engine,
    Snapshot,
    StepRecipe,
    Trainer,
)
from recur.engines.registry import open_engine
from recur.errors import SettingsError
from recur.networks.initial import initial_values
from recur.networks.reference import zero_state
from recur.networks.spec import NetworkSpec

SPEC = NetworkSpec(cell="lstm", hidden=4, layers=2, outputs=2, dropout=0.4)
RECIPE = StepRecipe(decay=0.01)

pytestmark = pytest.mark.parametrize("engine", ["torch", "compiled"], indirect=True)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    return open_engine(request.param)


@pytest.fixture(scope="module")
def windows() -> Windows:
    values = np.cumsum(np.random.default_rng(0).normal(size=80))
    panel = Panel(values, np.arange(80), np.array([0, 80]), ("a",), Clock())
    return Windows.over(panel, Scaler.fit("series", list(panel)), 7, 2)


def chunk(start: int = 0, steps: int = 4, seed: int = 1, attempt: int = 0) -> Chunk:
    counters = np.arange(start, start + steps)
    indices = (counters[:, None] * 9 + np.arange(9)) % 70
    return Chunk(indices, np.full(steps, 0.01), counters, seed, attempt)


def start(spec: NetworkSpec = SPEC) -> Snapshot:
    return Snapshot.first(initial_values(spec, 5))


def bits(snapshot: Snapshot) -> tuple[bytes, bytes, bytes, int]:
    arrays = (snapshot.weights, snapshot.mean, snapshot.square)
    a, b, c = (array.tobytes() for array in arrays)
    return a, b, c, snapshot.steps


def trained(engine: Engine, windows: Windows, *chunks: Chunk) -> tuple[bytes, bytes, bytes, int]:
    trainer = engine.trainer(SPEC, RECIPE, windows, start())
    for part in chunks:
        assert trainer.run(part).finite
    return bits(trainer.snapshot())


def test_the_same_chunk_ends_in_the_same_bits(engine: Engine, windows: Windows) -> None:
    assert trained(engine, windows, chunk()) == trained(engine, windows, chunk())


def test_how_steps_are_cut_into_chunks_changes_no_bit(engine: Engine, windows: Windows) -> None:
    whole = trained(engine, windows, chunk(0, 6))
    assert trained(engine, windows, chunk(0, 1), chunk(1, 3), chunk(4, 2)) == whole


def test_a_snapshot_carries_a_run_to_another_trainer_and_back(
    engine: Engine, windows: Windows
) -> None:
    whole = trained(engine, windows, chunk(0, 6))
    first = engine.trainer(SPEC, RECIPE, windows, start())
    first.run(chunk(0, 3))
    middle = first.snapshot()
    second = engine.trainer(SPEC, RECIPE, windows, middle)
    second.run(chunk(3, 3))
    assert bits(second.snapshot()) == whole
    first.run(chunk(9, 2))
    first.restore(middle)
    first.run(chunk(3, 3))
    assert bits(first.snapshot()) == whole


def test_dropout_follows_seed_attempt_and_counter_alone(engine: Engine, windows: Windows) -> None:
    def losses(trainer: Trainer, part: Chunk) -> bytes:
        trainer.restore(start())
        return trainer.run(part).losses.tobytes()

    trainer = engine.trainer(SPEC, RECIPE, windows, start())
    one = chunk(0, 1)
    usual = losses(trainer, one)
    torch.manual_seed(99)
    assert losses(trainer, one) == usual
    others = [
        Chunk(one.indices, one.rates, one.counters, seed=2),
        Chunk(one.indices, one.rates, one.counters, seed=1, attempt=1),
        Chunk(one.indices, one.rates, one.counters + 1, seed=1),
    ]
    assert len({usual, *(losses(trainer, other) for other in others)}) == 4


def test_places_of_minus_1_are_no_windows(engine: Engine, windows: Windows) -> None:
    short = np.array([[4, 8, 15, 16, 23]])
    filled = np.full((1, 9), -1)
    filled[0, :5] = short
    ends = [
        trained(engine, windows, Chunk(rows, np.array([0.01]), np.array([3]), seed=1))
        for rows in (short, filled)
    ]
    assert ends[0] == ends[1]


def test_nothing_that_was_handed_in_or_out_is_shared(engine: Engine, windows: Windows) -> None:
    given = start()
    before = bits(given)
    trainer = engine.trainer(SPEC, RECIPE, windows, given)
    trainer.run(chunk())
    assert bits(given) == before
    given.weights[:] = np.nan
    taken = trainer.snapshot()
    kept = bits(taken)
    for array in (taken.weights, taken.mean, taken.square):
        array[:] = np.nan
    assert bits(trainer.snapshot()) == kept


def test_arrays_that_may_not_be_written_are_taken(engine: Engine, windows: Windows) -> None:
    given = start()
    inputs, state = np.zeros((3, 2, 1), np.float32), zero_state(SPEC, 2)
    for array in (given.weights, given.mean, given.square, inputs, *state):
        array.flags.writeable = False
    assert engine.trainer(SPEC, RECIPE, windows, given).run(chunk()).finite
    outputs, end = engine.forward(SPEC, given.weights, inputs, state)
    assert not any(np.shares_memory(outputs, array) for array in (given.weights, *end))


def test_a_step_that_is_not_finite_ends_the_chunk_and_can_be_undone(
    engine: Engine, windows: Windows
) -> None:
    trainer = engine.trainer(SPEC, RECIPE, windows, start())
    bad = chunk(0, 5)
    bad.rates[2] = np.inf
    result = trainer.run(bad)
    assert not result.finite
    assert len(result.losses) == len(result.norms) == 3
    trainer.restore(start())
    assert trainer.run(chunk(0, 5)).finite
    assert bits(trainer.snapshot()) == trained(engine, windows, chunk(0, 5))


def test_evaluation_and_prediction_drop_nothing_out(engine: Engine, windows: Windows) -> None:
    plain = SPEC.but(dropout=0.0)
    some = np.arange(60)
    losses = {
        engine.trainer(spec, RECIPE, windows, start()).evaluate(some) for spec in (SPEC, plain)
    }
    assert len(losses) == 1
    inputs = windows.gather(some).inputs
    dropping, _ = engine.forward(SPEC, start().weights, inputs)
    keeping, _ = engine.forward(plain, start().weights, inputs)
    np.testing.assert_array_equal(dropping, keeping)


def test_evaluation_changes_nothing(engine: Engine, windows: Windows) -> None:
    trainer = engine.trainer(SPEC, RECIPE, windows, start())
    trainer.run(chunk(0, 2))
    before = bits(trainer.snapshot())
    first = trainer.evaluate(np.arange(50))
    assert trainer.evaluate(np.arange(50)) == first
    assert bits(trainer.snapshot()) == before
    trainer.run(chunk(2, 2))
    assert bits(trainer.snapshot()) == trained(engine, windows, chunk(0, 4))


def test_the_mean_over_many_windows_weighs_each_alike(engine: Engine, windows: Windows) -> None:
    trainer = engine.trainer(SPEC, RECIPE, windows, start())
    many = np.arange(2500) % 70  # more than an engine takes at once, and not a multiple of it
    alone = np.array([trainer.evaluate(np.array([i])) for i in range(70)])
    assert trainer.evaluate(many) == pytest.approx(alone[many].mean(), rel=1e-5)


def test_training_leaves_pytorchs_own_state_alone(engine: Engine, windows: Windows) -> None:
    threads, numbers = torch.get_num_threads(), torch.get_rng_state()
    trained(open_engine(engine.name, threads=2), windows, chunk())
    assert torch.get_num_threads() == threads
    assert torch.equal(torch.get_rng_state(), numbers)


def test_learning_takes_place(engine: Engine, windows: Windows) -> None:
    trainer = engine.trainer(SPEC.but(dropout=0.0), RECIPE, windows, start())
    before = trainer.evaluate(np.arange(70))
    trainer.run(chunk(0, 60))
    assert trainer.evaluate(np.arange(70)) < before / 2


def test_draws_depend_on_window_and_sample_whatever_the_batch(engine: Engine) -> None:
    for spec in (
        SPEC,
        SPEC.but(layers=1, mask="sequence", reads="every"),
        SPEC.but(cell="gru", decoder=True, layers=1),
        SPEC.but(cell="mlp", steps=7),
    ):
        weights = initial_values(spec, 5)
        inputs = np.random.default_rng(4).normal(size=(7, 3, 1)).astype(np.float32)

        def run(
            numbers: list[int],
            places: list[int],
            samples: int,
            again: int = 0,
            spec: NetworkSpec = spec,
            weights: Any = weights,
            inputs: Any = inputs,
        ) -> Any:
            lanes = np.repeat(inputs[:, places], samples, axis=1)
            decoding = Decoding(np.ones((lanes.shape[1], 2), np.float32), 3)
            outputs, _ = engine.forward(
                spec,
                weights,
                lanes,
                decoding=decoding if spec.decoder else None,
                draws=DropoutSamples(6, np.array(numbers), samples, again),
            )
            lane_axis = outputs.ndim - 2
            shape = outputs.shape
            return np.moveaxis(
                outputs.reshape(*shape[:lane_axis], len(places), samples, shape[-1]), lane_axis, 0
            )

        three = run([8, 3, 5], [0, 1, 2], 4)
        np.testing.assert_allclose(run([5, 8], [2, 0], 4), three[[2, 0]], rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(run([3], [1], 4)[0], three[1], rtol=1e-5, atol=1e-6)
        assert not np.allclose(run([3], [1], 4, again=1)[0], three[1], atol=1e-4)
        assert not np.allclose(run([4], [1], 4)[0], three[1], atol=1e-4)


def test_forcing_follows_seed_attempt_and_counter_alone(engine: Engine, windows: Windows) -> None:
    spec = SPEC.but(cell="gru", outputs=1, decoder=True, dropout=0.0)
    trainer = engine.trainer(spec, RECIPE, windows, start(spec))

    def loss(counter: int, seed: int, attempt: int, chance: float) -> float:
        trainer.restore(start(spec))
        row, rate, forcing = np.arange(30)[None], np.array([0.01]), np.array([chance])
        chunk = Chunk(row, rate, np.array([counter]), seed, attempt, forcing=forcing)
        return float(trainer.run(chunk).losses[0])

    usual = loss(0, 1, 0, 0.5)
    assert loss(0, 1, 0, 0.5) == usual
    others = [loss(1, 1, 0, 0.5), loss(0, 2, 0, 0.5), loss(0, 1, 1, 0.5)]
    assert len({usual, *others, loss(0, 1, 0, 0.0), loss(0, 1, 0, 1.0)}) == 6


Build = Callable[[], StepRecipe]


@pytest.mark.parametrize(
    ("build", "name"),
    [
        (lambda: StepRecipe(clip=0), "clip"),
        (lambda: StepRecipe(decay=-1), "decay"),
        (lambda: StepRecipe(beta1=1), "beta1"),
        (lambda: StepRecipe(epsilon=0), "epsilon"),
    ],
)
def test_a_recipe_out_of_range_is_refused(engine: Engine, build: Build, name: str) -> None:
    with pytest.raises(SettingsError, match=f"^`{name}` is "):
        build()
