"""Two ways to do the same work, timed in turns: on a clock that tests move."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from recur.bench import timing
from recur.bench.cases import Case, grid, table
from recur.bench.timing import Tolerance, alternate, fastest
from recur.networks.spec import NetworkSpec


class Clock:
    """A clock that only work moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Side:
    """Work of which every step takes as long as told; it notes its calls."""

    def __init__(self, clock: Clock, seconds: float, calls: list[tuple[float, int]]) -> None:
        self.clock, self.seconds, self.calls = clock, seconds, calls
        self.collecting: set[bool] = set()

    def __call__(self, count: int) -> Sequence[Any]:
        self.clock.now += count * self.seconds
        self.calls.append((self.seconds, count))
        self.collecting.add(gc.isenabled())
        return [0] * count


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    monkeypatch.setattr(timing, "_SETTLING", 0.0)
    return Clock()


def test_the_time_of_one_step_is_told_of_each_side(clock: Clock) -> None:
    calls: list[tuple[float, int]] = []
    sides = Side(clock, 0.001, calls), Side(clock, 0.0004, calls)
    assert alternate(*sides, 1.0, clock) == pytest.approx((0.001, 0.0004))


def test_a_repetition_is_long_enough_for_the_clock_and_the_sides_take_turns(clock: Clock) -> None:
    calls: list[tuple[float, int]] = []
    alternate(Side(clock, 0.001, calls), Side(clock, 0.0004, calls), 1.0, clock)
    counted = [(seconds, count) for seconds, count in calls if seconds * count >= 0.02]
    turns = [seconds for seconds, _ in counted[2:]]  # after each has found its repetition
    assert turns[:8] == [0.001, 0.0004, 0.0004, 0.001] * 2
    assert len(turns) % 2 == 0


def test_a_step_before_every_repetition_is_not_counted(clock: Clock) -> None:
    class Cold(Side):
        """Its first step after the other's turn takes a hundred times as long."""

        def __call__(self, count: int) -> Sequence[Any]:
            if self.calls and self.calls[-1][0] != self.seconds:
                self.clock.now += 100 * self.seconds
            return super().__call__(count)

    calls: list[tuple[float, int]] = []
    sides = Cold(clock, 0.001, calls), Cold(clock, 0.0004, calls)
    assert alternate(*sides, 1.0, clock) == pytest.approx((0.001, 0.0004))


def test_one_slow_repetition_changes_nothing(clock: Clock) -> None:
    class Disturbed(Side):
        def __call__(self, count: int) -> Sequence[Any]:
            if len(self.calls) == 13:  # a repetition, not the step before it
                self.clock.now += 5.0
            return super().__call__(count)

    sides = Disturbed(clock, 0.001, []), Side(clock, 0.002, [])
    assert alternate(*sides, 1.0, clock) == pytest.approx((0.001, 0.002))


@pytest.mark.parametrize(
    ("seconds", "repetitions"),
    [(0.02, 25), (0.5, 3), (3.0, 2), (30.0, 1)],
    ids=["quick", "slow: the least", "patience ends", "huge: one"],
)
def test_the_time_is_bounded(clock: Clock, seconds: float, repetitions: int) -> None:
    calls: list[tuple[float, int]] = []
    alternate(Side(clock, seconds, calls), Side(clock, seconds, []), 2.0, clock)
    found = 2  # a step to warm up, and the repetition that showed its size
    assert len(calls) - found == repetitions


def test_garbage_is_left_alone_while_the_clock_runs(clock: Clock) -> None:
    side = Side(clock, 0.02, [])
    alternate(side, Side(clock, 0.02, []), 0.1, clock)
    assert False in side.collecting
    assert gc.isenabled()


def test_work_that_stops_early_is_not_timed(clock: Clock) -> None:
    def lazy(count: int) -> Sequence[Any]:
        clock.now += 0.02 * count
        return []

    with pytest.raises(RuntimeError, match="only 0 of 1 steps"):
        alternate(lazy, Side(clock, 0.02, []), 0.1, clock)


def test_a_limit_is_the_fastest_repetition(clock: Clock) -> None:
    class Warming(Side):
        def __call__(self, count: int) -> Sequence[Any]:
            self.seconds = max(0.02, self.seconds * 0.9)
            return super().__call__(count)

    assert fastest(Warming(clock, 0.1, []), 5.0, clock) == pytest.approx(0.02)


@pytest.mark.parametrize(
    ("first", "second", "agree"),
    [
        ([1.0, 2.0], [1.0005, 2.0], True),
        ([1.0, 2.0], [1.002, 2.0], False),
        ([1.0], [1.0, 2.0], False),
        ([np.nan], [np.nan], False),
        ([np.inf], [np.inf], False),
        ([], [1.0], False),
    ],
)
def test_results_agree_where_they_are_finite_alike_and_near(
    first: list[float], second: list[float], agree: bool
) -> None:
    assert Tolerance(relative=1e-3).allows(first, second) is agree


def test_results_of_several_values_are_compared_value_by_value() -> None:
    one, other = [np.zeros((2, 3))], [np.full((2, 3), 5e-5)]
    assert Tolerance(absolute=1e-4).allows(one, other)
    other[0][1, 2] = 2e-4
    assert not Tolerance(absolute=1e-4).allows(one, other)


def test_the_thinned_grid_holds_every_pair_of_values() -> None:
    whole, some = ([case.name.split("-") for case in grid(thinned=thin)] for thin in (False, True))
    assert (len(whole), len(some)) == (315, 35)
    for one in range(4):
        for other in range(one):
            pairs = {(name[one], name[other]) for name in whole}
            assert {(name[one], name[other]) for name in some} == pairs


def test_every_case_has_a_name_of_its_own() -> None:
    names = [case.name for case in [*table(), *grid()]]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("case", "operations"),
    [
        # 3 gates of 30 units see 1 value and 30 states; the head sees 30.
        (
            Case("", NetworkSpec(cell="gru", hidden=30, reads="every"), 300, 100),
            6 * 300 * 100 * (90 * 31 + 30),
        ),
        (Case("", NetworkSpec(cell="rnn", hidden=20), 128, 50), 6 * 128 * (50 * 20 * 21 + 20)),
        (
            Case("", NetworkSpec(cell="lstm", hidden=15, decoder=True), 5, 5),
            6 * 5 * (5 * 60 * 16 + 2 * 60 * 16 + 2 * 15),
        ),
        (Case("", NetworkSpec(cell="gru", hidden=30), work="single"), 2 * (90 * 31 + 30)),
    ],
    ids=["every step", "last step", "decoder", "one step, forward alone"],
)
def test_arithmetic_is_that_of_the_matrix_products(case: Case, operations: float) -> None:
    assert case.operations == operations


def test_a_fading_state_is_denormal_for_half_of_the_way() -> None:
    (case,) = (case for case in table() if case.work == "fading")
    weights = case.spec.named(case.weights())
    source = case.source()
    batch = source.gather(np.arange(1))
    state = np.zeros(case.spec.hidden, np.float32)
    small = 0
    for value in batch.inputs[:, 0, 0]:
        state = np.tanh(
            weights["rnn.weight_ih_l0"][:, 0] * value + weights["rnn.weight_hh_l0"] @ state
        )
        small += bool(0 < np.abs(state).max() < np.finfo(np.float32).tiny)
    assert small > case.steps / 2
