"""Lanes go through long recordings stretch by stretch, and start anew where one begins."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recur.data.sources.sequences import Sequences
from recur.engines.registry import open_engine
from recur.networks.spec import NetworkSpec
from recur.training.jobs import Job, LengthJob, RecordingJob, StreamJob, lanes_for
from recur.training.plan import TrainingPlan


def job(training: int, validation: int, batch: int, begins: tuple[int, ...] = (0,)) -> RecordingJob:
    count = training + validation
    rows = np.zeros((2 * count, 1), np.float32)
    return RecordingJob(
        spec=NetworkSpec(reads="every"),
        engine=open_engine("compiled", 1),
        windows=Sequences(rows, rows, 2 * np.arange(count), 2, carried=True),
        training=range(training),
        validation=range(training, count),
        plan=TrainingPlan(epochs=1, batch=batch, rate=0.005, schedule="constant"),
        begins=np.isin(np.arange(count), begins),
    )


@given(training=st.integers(1, 200), batch=st.integers(1, 40))
def test_an_epoch_takes_every_stretch_in_full_lanes_of_consecutive_ones(
    training: int, batch: int
) -> None:
    one = job(training, 5, batch)
    rows = one.batches(0, 0, 0, one.steps)
    assert rows.shape == (one.steps, batch)
    assert set(rows.ravel().tolist()) == set(range(training))
    assert (np.diff(rows, axis=0) == 1).all()
    assert one.steps == -(-training // batch)


def test_lanes_start_anew_where_an_epoch_or_a_recording_begins() -> None:
    one = job(12, 4, 3, begins=(0, 5, 12))
    assert one.batches(0, 0, 0, 4).T.tolist() == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]
    assert one.fresh(0, 4).T.tolist() == [
        [True, False, False, False],
        [True, True, False, False],
        [True, False, False, False],
    ]


def test_steps_of_an_epoch_are_the_same_in_whatever_chunks() -> None:
    one = job(23, 4, 3, begins=(0, 7, 9))
    for made in (lambda first, count: one.batches(1, 0, first, count), one.fresh):
        parts = [made(0, 3), made(3, 1), made(4, one.steps - 4)]
        assert np.array_equal(np.concatenate(parts), made(0, one.steps))


@pytest.mark.parametrize("validation", [1, 4, 9, 63, 64, 200])
def test_validation_takes_every_stretch_in_up_to_sixteen_lanes(validation: int) -> None:
    held = job(10, validation, 2).held
    assert set(held.ravel().tolist()) == set(range(10, 10 + validation))
    assert held.shape[1] == lanes_for(validation, 16)


def text_job(
    symbols: int, batch: int, length: int, offset: int = 1, portion: float = 1.0
) -> StreamJob:
    rows = np.zeros((1, 1), np.float32)
    return StreamJob(
        spec=NetworkSpec(reads="every"),
        engine=open_engine("compiled", 1),
        windows=Sequences(rows, rows, np.zeros(1, np.int64), 1, carried=True),
        training=range(100, 100 + symbols),
        validation=range(1000, 1200),
        plan=TrainingPlan(epochs=3, batch=batch, rate=0.005, schedule="constant"),
        length=length,
        offset=offset,
        portion=portion,
    )


@given(symbols=st.integers(41, 400), batch=st.integers(1, 4), length=st.integers(1, 10))
def test_streams_of_a_text_are_stretches_end_to_end_each_with_its_next_symbol(
    symbols: int, batch: int, length: int
) -> None:
    one = text_job(symbols, batch, length)
    rows = one.batches(0, 0, 0, one.steps)
    assert rows.shape == (one.steps, batch)
    assert rows.T.ravel().tolist() == [100 + length * i for i in range(one.steps * batch)]
    assert rows.max() + length < 100 + symbols  # the last symbol is only to be told
    assert 100 + symbols - (rows.max() + length) <= batch * length


@given(epoch=st.integers(0, 50))
def test_an_epoch_of_a_text_begins_within_its_offset_and_walks_a_portion(epoch: int) -> None:
    one = text_job(301, 3, 5, offset=5, portion=0.4)
    rows = one.batches(epoch, 0, 0, one.steps)
    assert one.steps == 8  # of 19, for which 296 - 4 symbols are enough
    assert (np.diff(rows, axis=0) == 5).all()
    assert rows.min() >= 100
    assert rows.max() + 5 < 401
    assert np.array_equal(rows[3:6], one.batches(epoch, 0, 3, 3))


def test_all_streams_of_a_text_start_anew_with_an_epoch_alone() -> None:
    one = text_job(301, 3, 5)
    first, later = one.fresh(0, 3), one.fresh(3, 2)
    assert first is not None
    assert later is not None
    assert first.tolist() == [[True] * 3, [False] * 3, [False] * 3]
    assert not later.any()
    assert replace(one, characters=(2.0, 3.0)).divisors == (2.0, 3.0)


def test_epochs_of_a_text_begin_at_each_place_of_their_offset_and_walk_each_portion() -> None:
    one = text_job(301, 3, 5, offset=5, portion=0.4)
    begins = {int(one.batches(epoch, 0, 0, 1)[0, 0]) - 100 for epoch in range(400)}
    assert begins == set(range(12 * 5))  # of twelve beginnings of eight stretches of nineteen
    again = [one.batches(epoch, 1, 0, 1)[0, 0] for epoch in range(9)]
    assert again != [one.batches(epoch, 0, 0, 1)[0, 0] for epoch in range(9)]


@pytest.mark.parametrize("length", [1, 3, 5, 40, 199])
def test_what_is_held_out_of_a_text_is_streams_of_its_own(length: int) -> None:
    held = text_job(1001, 3, length).held
    assert held.T.ravel().tolist() == [1000 + length * i for i in range(held.size)]
    left = 1200 - 1 - (held.max() + length)  # the last symbol is only to be told
    assert 0 <= left < length * held.shape[1]


def test_a_run_is_known_by_where_its_recordings_begin() -> None:
    one, same, other = (job(8, 2, 2, begins=begins) for begins in ((0, 5), (0, 5), (0, 4)))
    assert one.digest() == same.digest()
    assert one.digest() != other.digest()


@given(count=st.integers(1, 200), batch=st.integers(1, 40), seed=st.integers(0, 5))
def test_sequences_of_like_lengths_stand_in_a_batch_and_each_is_visited_once(
    count: int, batch: int, seed: int
) -> None:
    lengths = np.random.default_rng(seed).integers(1, 30, count + 3)
    rows = np.zeros((int(lengths.sum()), 1), np.float32)
    one = LengthJob(
        spec=NetworkSpec(),
        engine=open_engine("compiled", 1),
        windows=Sequences(rows, rows, np.cumsum(lengths) - lengths, 30, lengths),
        training=range(count),
        validation=range(count, count + 3),
        plan=TrainingPlan(epochs=1, batch=batch, rate=0.005, schedule="constant", seed=seed),
    )
    visits = one.batches(0, 0, 0, one.steps)
    real = visits[visits >= 0]
    assert sorted(real.tolist()) == list(range(count))
    spans = sorted((lengths[row[row >= 0]].min(), lengths[row[row >= 0]].max()) for row in visits)
    if one.steps <= 16:  # one pool: what is in a batch is in no other's range
        assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))
    parts = [one.batches(0, 0, i, 1) for i in range(one.steps)]
    assert np.array_equal(np.concatenate(parts), visits)
    assert np.array_equal(np.diff(lengths[one.held]) >= 0, np.ones(2, bool))
    assert sorted(one.held.tolist()) == list(range(count, count + 3))
    if one.steps > 1:  # shuffled anew, and after a rescue too
        others = [one.batches(*place, 0, one.steps).tolist() for place in ((1, 0), (0, 1))]
        assert count < 10 or visits.tolist() not in others


def test_sequences_of_one_length_are_visited_in_the_order_of_any_others() -> None:
    rows = np.zeros((40, 1), np.float32)
    given = (
        NetworkSpec(), open_engine("compiled", 1), Sequences(rows, rows, np.arange(20) * 2, 2),
        range(15), range(15, 20),
        TrainingPlan(epochs=1, batch=4, rate=0.005, schedule="constant"),
    )  # fmt: skip
    one, plain = LengthJob(*given), Job(*given)
    assert one.batches(2, 1, 1, 3).tolist() == plain.batches(2, 1, 1, 3).tolist()
    assert one.held.tolist() == list(plain.held)
    assert plain.divisors == (1.0, 1.0)
    assert plain.fresh(0, 2) is None
