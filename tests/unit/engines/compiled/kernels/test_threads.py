"""Threads that work together: they wait for each other, and leave the processor as it was."""

from __future__ import annotations

import threading
from typing import Any

import numba
import numpy as np
import pytest

from recur.data.sources.sequences import Sequences
from recur.engines.base import Chunk, Snapshot, StepRecipe
from recur.engines.compiled.engine import CompiledEngine
from recur.engines.compiled.kernels.threads import barrier, partition, run_threads
from recur.networks.initial import initial_values
from recur.networks.reference import zero_state
from recur.networks.spec import NetworkSpec

SPEC = NetworkSpec(hidden=5, reads="every")


@numba.njit(nogil=True)  # type: ignore[untyped-decorator]
def met(place: int, size: int) -> None:
    barrier(place, size)


@numba.njit  # type: ignore[untyped-decorator]
def shared(count: int, block: int, blocks: int) -> tuple[int, int]:
    return partition(count, block, blocks)


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_nobody_goes_on_before_all_have_come(size: int) -> None:
    rounds = np.zeros((50, size), np.int64)
    seen = []

    def work(rank: int, place: int) -> None:
        for turn in range(len(rounds)):
            rounds[turn, rank] = 1
            met(place, size)
            seen.append(int(rounds[turn].sum()))
            met(place, size)

    run_threads(size, work)
    assert seen == [size] * len(rounds) * size


@pytest.mark.parametrize("failing", [0, 1])
def test_an_error_of_one_thread_frees_the_others_and_is_raised(failing: int) -> None:
    ended = []

    def work(rank: int, place: int) -> None:
        if rank == failing:
            raise MemoryError("no room")
        met(place, 3)
        ended.append(rank)

    before = threading.active_count()
    with pytest.raises(MemoryError, match="no room"):
        run_threads(3, work)
    assert len(ended) == 2
    assert threading.active_count() == before


@pytest.mark.parametrize(("count", "blocks"), [(1, 4), (3, 4), (4, 4), (513, 4), (7, 1)])
def test_shares_cover_a_range_without_a_gap(count: int, blocks: int) -> None:
    ends = [shared(count, block, blocks) for block in range(blocks)]
    assert [low for low, _ in ends] == [0, *(high for _, high in ends[:-1])]
    assert ends[-1][1] == count


def denormals_are_kept() -> bool:
    """Return whether this thread computes with numbers too small for full precision."""
    tiny = np.full(64, 1e-30, np.float32)
    product = tiny * np.float32(1e-10)
    return bool((product > 0).all())


def trained(engine: CompiledEngine) -> None:
    rows = np.zeros((400, 1), np.float32)
    source = Sequences(rows, rows, np.arange(300), 20)
    first = Snapshot.first(initial_values(SPEC, 1))
    trainer = engine.trainer(SPEC, StepRecipe(), source, first)
    trainer.run(Chunk(np.arange(300)[None], np.array([0.1]), np.array([0]), seed=1))
    assert denormals_are_kept()
    trainer.evaluate(np.arange(300))


def run(engine: CompiledEngine) -> None:
    inputs = np.zeros((20, 300, 1), np.float32)
    engine.forward(SPEC, initial_values(SPEC, 1), inputs)


def stepped(engine: CompiledEngine) -> None:
    stepper = engine.stepper(SPEC, initial_values(SPEC, 1))
    stepper.step(np.zeros((3, 1), np.float32), zero_state(SPEC, 3))


@pytest.mark.parametrize("call", [trained, run, stepped])
@pytest.mark.parametrize("threads", [1, 2])
def test_denormals_are_flushed_during_a_call_alone(call: Any, threads: int) -> None:
    assert denormals_are_kept()
    call(CompiledEngine(threads))
    assert denormals_are_kept()


def test_a_state_that_fades_away_is_flushed_to_zero() -> None:
    spec = NetworkSpec(cell="rnn", nonlinearity="relu", hidden=3, head="none", outputs=3)
    named = spec.named(np.zeros(spec.size, np.float32))
    named["rnn.weight_hh_l0"][:] = 0.25 * np.eye(3)
    weights = spec.flat(named)
    state = (np.full((1, 2, 3), 1e-36, np.float32),)
    outputs, _ = CompiledEngine().forward(spec, weights, np.zeros((6, 2, 1), np.float32), state)
    assert 0 < 1e-36 * 0.25**6 < np.finfo(np.float32).tiny
    assert (outputs == 0).all()
