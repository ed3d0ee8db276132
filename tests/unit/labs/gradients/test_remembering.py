"""The task that needs a memory asks for what it says, and its networks are seen as they are."""

from __future__ import annotations

import numpy as np
import pytest

from recur.engines.registry import open_engine
from recur.labs.gradients.remembering import LENGTH, Memory, marked_values, remember
from recur.networks.reference import forward
from recur.networks.spec import NetworkSpec


@pytest.fixture(scope="module")
def memory() -> Memory:
    return remember(NetworkSpec(cell="gru"), learnt=64, epochs=2, seed=0)


def test_at_each_step_the_value_that_was_marked_last_is_wanted() -> None:
    sequences = marked_values(50, seed=3)
    some_later = 0
    for start in sequences.starts:
        inputs = sequences.inputs[start : start + LENGTH]
        assert inputs[0, 1] == 1
        kept = np.float32(np.nan)
        for (value, mark), wanted in zip(inputs, sequences.targets[start:], strict=False):
            kept = value if mark else kept
            assert wanted[0] == kept
        some_later += int(inputs[1:, 1].sum())
    assert some_later > 20


def test_what_is_watched_is_what_the_network_does(memory: Memory) -> None:
    inputs = marked_values(1, seed=5).inputs.astype(np.float64)
    answers, gates = memory.watch(inputs)
    values = np.concatenate([memory.blocks[p.name].reshape(-1) for p in memory.spec.parameters])
    expected, _ = forward(memory.spec, values, inputs[:, None])
    assert np.allclose(answers, expected[:, 0, 0])
    assert {name: gate.shape for name, gate in gates.items()} == {
        "update": (LENGTH, memory.spec.hidden), "reset": (LENGTH, memory.spec.hidden),
    }  # fmt: skip


def test_its_error_is_that_on_sequences_it_has_not_seen(memory: Memory) -> None:
    unseen = marked_values(80, seed=0).gather(np.arange(64, 80))
    weights = np.concatenate([memory.blocks[p.name].reshape(-1) for p in memory.spec.parameters])
    made, _ = open_engine("compiled").forward(
        memory.spec, weights.astype(np.float32), np.asarray(unseen.inputs, np.float32)
    )
    assert memory.error == pytest.approx(float(np.mean((made - unseen.targets) ** 2)), rel=1e-4)


def test_openness_tells_marked_steps_from_the_others(memory: Memory) -> None:
    sequences = marked_values(3, seed=5).inputs.astype(np.float64).reshape(3, LENGTH, 2)
    plain, marked = memory.openness("reset", sequences)
    gates = np.concatenate([memory.watch(inputs)[1]["reset"] for inputs in sequences])
    where = sequences.reshape(-1, 2)[:, 1] == 1
    assert plain == pytest.approx(gates[~where].mean())
    assert marked == pytest.approx(gates[where].mean())
