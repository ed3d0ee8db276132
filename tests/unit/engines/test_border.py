"""Nothing of a wrong size, type or range reaches what computes, which would not look."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from recur.data.panel.scaling import Scaler
from recur.data.sources.sequences import Sequences
from recur.data.sources.windows import Windows
from recur.data.tables.readers import read_panel
from recur.engines.base import Chunk, Decoding, DropoutSamples, Engine, Snapshot, StepRecipe
from recur.engines.registry import open_engine
from recur.engines.sampling import SamplingSettings
from recur.errors import SettingsError
from recur.networks.initial import initial_values
from recur.networks.reference import zero_state
from recur.networks.spec import NetworkSpec

pytestmark = pytest.mark.parametrize("engine", ["torch", "compiled"], indirect=True)

SPEC = NetworkSpec(cell="lstm", inputs=2, outputs=2, hidden=4, layers=2, reads="every")
SYMBOLS = NetworkSpec(symbols=5, inputs=3, hidden=4, outputs=5, reads="every")
SIZE = SPEC.size


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    return open_engine(request.param)


def source(*, carried: bool = True) -> Sequences:
    rows = np.random.default_rng(0).normal(size=(60, 2)).astype(np.float32)
    return Sequences(rows, rows, np.arange(10) * 6, 6, carried=carried)


def snapshot(**changes: Any) -> Snapshot:
    return replace(Snapshot.first(initial_values(SPEC, 1)), **changes)


def floats(*shape: int) -> Any:
    return np.zeros(shape, np.float32)


def windows_of(values: Any) -> Windows:
    return Windows.over(read_panel(values), Scaler.fit("window", [values]), 6, 2)


STATE, DOUBLE = zero_state(SPEC, 3), zero_state(SPEC, 3, np.float64)
PARTS = ("weights", "mean", "square")
WRONG: list[tuple[dict[str, Any], str]] = [
    *(
        ({part: floats(SIZE - 1)}, f"{part} has the shape")
        for part in ("weights", "mean", "square")
    ),
    *(({part: floats(SIZE, 1)}, f"{part} has the shape") for part in ("weights", "mean", "square")),
    *(({part: np.zeros(SIZE)}, f"{part} is float64") for part in ("weights", "mean", "square")),
    ({"mean": np.full(SIZE, np.nan, np.float32)}, "mean must be finite"),
    ({"square": -np.ones(SIZE, np.float32)}, "square must be at least 0"),
    ({"steps": -1}, "steps are -1"),
    ({"steps": 2**53}, "steps are 9007199254740992"),
    ({"carried": STATE[:1]}, "the state has the shapes"),
    ({"carried": (*STATE, STATE[0])}, "the state has the shapes"),
    ({"carried": (STATE[0], floats(2, 2, 4))}, "the state has the shapes"),
    ({"carried": (floats(2, 3, 5), floats(2, 3, 5))}, "the state has the shapes"),
    ({"carried": (floats(6), floats(6))}, "the state has the shapes"),
    ({"carried": DOUBLE}, "the state is float64"),
    ({"carried": tuple(part + np.float32(np.inf) for part in STATE)}, "state must be finite"),
]


@pytest.mark.parametrize(("changes", "sentence"), WRONG, ids=lambda given: str(given)[:40])
def test_a_state_of_training_that_is_not_the_networks_is_refused(
    engine: Engine, changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(SettingsError, match=sentence):
        engine.trainer(SPEC, StepRecipe(), source(), snapshot(**changes))
    trainer = engine.trainer(SPEC, StepRecipe(), source(), snapshot())
    with pytest.raises(SettingsError, match=sentence):
        trainer.restore(snapshot(**changes))
    assert trainer.run(chunk()).finite  # it is still what it was


def test_steps_that_are_no_number_are_refused(engine: Engine) -> None:
    for steps in (1.5, "3", None):
        with pytest.raises(SettingsError, match="must be 0 to"):
            engine.trainer(SPEC, StepRecipe(), source(), snapshot(steps=steps))


def test_a_state_carried_into_a_source_that_carries_none_is_refused(engine: Engine) -> None:
    with pytest.raises(SettingsError, match="this source carries none"):
        engine.trainer(SPEC, StepRecipe(), source(carried=False), snapshot(carried=STATE))


def chunk(**changes: Any) -> Chunk:
    steps = np.arange(2)
    plain = Chunk(np.array([[0, 3, 6], [1, 4, 7]]), np.full(2, 0.01), steps, seed=1)
    return replace(plain, **changes)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"indices": np.arange(3)}, r"expected \[steps, batch\]"),
        ({"rates": np.zeros(1)}, r"rates has the shape \(1,\)"),
        ({"counters": np.arange(3)}, r"counters has the shape \(3,\)"),
        ({"forcing": np.zeros((2, 1))}, r"forcing has the shape \(2, 1\)"),
        ({"fresh": np.zeros((2, 2), bool)}, r"fresh has the shape \(2, 2\)"),
    ],
    ids=str,
)
def test_training_steps_whose_parts_do_not_fit_are_refused(
    engine: Engine, changes: dict[str, Any], sentence: str
) -> None:
    trainer = engine.trainer(SPEC, StepRecipe(), source(), snapshot())
    with pytest.raises(SettingsError, match=sentence):
        trainer.run(chunk(**changes))


@pytest.mark.parametrize("wrong", [10, -2])
def test_what_is_not_there_cannot_be_asked_for(engine: Engine, wrong: int) -> None:
    trainer = engine.trainer(SPEC, StepRecipe(), source(carried=False), snapshot())
    with pytest.raises(IndexError, match="but there are 10"):
        trainer.run(chunk(indices=np.array([[0, wrong, 1], [1, 2, 3]])))
    with pytest.raises(IndexError, match="but there are 10"):
        trainer.evaluate(np.array([0, wrong]))


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("more", [-1, 0, 1])
def test_weights_of_another_network_are_refused(engine: Engine, more: int, kind: Any) -> None:
    weights = np.zeros(SIZE + (more or (kind is np.float32)), kind)
    inputs = floats(4, 3, 2)
    with pytest.raises(SettingsError, match="the weights "):
        engine.forward(SPEC, weights, inputs)
    with pytest.raises(SettingsError, match="the weights "):
        engine.stepper(SPEC, weights).step(inputs[0], STATE)
    with pytest.raises(SettingsError, match="the weights "):
        engine.writer(SYMBOLS, weights)
    windows = Windows.over(
        read_panel(np.arange(30.0)), Scaler.fit("window", [np.arange(30.0)]), 6, 2
    )
    with pytest.raises(SettingsError, match="the weights "):
        engine.forecast(NetworkSpec(outputs=2), weights, windows, 2)


@pytest.mark.parametrize(
    ("inputs", "state"),
    [
        (floats(3, 1), STATE),
        (floats(3), STATE),
        (floats(3, 2, 1), STATE),
        (np.zeros((3, 2)), STATE),
        (floats(2, 2), STATE),
        (floats(3, 2), STATE[:1]),
        (floats(3, 2), (STATE[0], floats(2, 3, 5))),
        (floats(3, 2), (STATE[0], np.zeros((2, 3, 4)))),
    ],
    ids=lambda given: str(np.shape(given[0]) if isinstance(given, tuple) else np.shape(given)),
)
def test_a_single_step_is_given_what_the_network_takes(
    engine: Engine, inputs: Any, state: Any
) -> None:
    stepper = engine.stepper(SPEC, initial_values(SPEC, 1))
    with pytest.raises(SettingsError):
        stepper.step(inputs, state)


@pytest.mark.parametrize("wrong", [5, -1])
def test_a_symbol_that_the_network_does_not_know_is_refused(engine: Engine, wrong: int) -> None:
    weights, state = initial_values(SYMBOLS, 1), zero_state(SYMBOLS, 2)
    symbols = np.array([0, wrong], np.int32)
    with pytest.raises(SettingsError, match="knows 0 to 4"):
        engine.stepper(SYMBOLS, weights).step(symbols, state)
    with pytest.raises(SettingsError, match="knows 0 to 4"):
        engine.writer(SYMBOLS, weights).write(symbols, state, 3, SamplingSettings())


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"mask": np.ones((4, 2), bool)}, "mask has the shape"),
        ({"state": STATE[:1]}, "the state has the shapes"),
        ({"state": DOUBLE}, "the state is float64"),
        ({"decoding": Decoding(DOUBLE[0][0, :, :2], 2)}, "`start` is float64"),
        ({"decoding": Decoding(floats(3, 2), 2, floats(1, 3, 2))}, "`truth` has the shape"),
        ({"draws": DropoutSamples(0, np.arange(2), 3)}, "but the batch has 3 lanes"),
    ],
    ids=lambda given: str(given)[:40],
)
def test_arguments_of_forward_fit(engine: Engine, more: dict[str, Any], sentence: str) -> None:
    spec = SPEC.but(decoder=True, reads="last") if "decoding" in more else SPEC
    with pytest.raises(SettingsError, match=sentence):
        engine.forward(spec, initial_values(spec, 1), floats(4, 3, 2), **more)
