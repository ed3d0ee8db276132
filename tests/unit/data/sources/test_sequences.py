"""Aligned sequences: what is gathered, and what is never read."""

from __future__ import annotations

import numpy as np
import pytest

from recur.data.sources.sequences import Sequences

INPUTS = np.arange(24, dtype=np.float32).reshape(12, 2)
TARGETS = 100 + np.arange(12, dtype=np.float32)[:, None]


def test_inputs_and_targets_stand_beside_each_other() -> None:
    sequences = Sequences(INPUTS, TARGETS, np.array([0, 3, 8]), steps=4)
    batch = sequences.gather(np.array([2, 0, 2]))
    assert len(sequences) == 3
    assert batch.mask is None
    assert batch.start is None
    assert batch.inputs.shape == (4, 3, 2)
    assert batch.inputs[:, :, 0].T.tolist() == [[16, 18, 20, 22], [0, 2, 4, 6], [16, 18, 20, 22]]
    np.testing.assert_array_equal(batch.targets[:, :, 0], 100 + batch.inputs[:, :, 0] / 2)
    np.testing.assert_array_equal(batch.last_targets()[:, 0], [111, 103, 111])


def test_symbols_stay_whole_numbers() -> None:
    text = np.arange(10, dtype=np.int32)
    batch = Sequences(text[:-1], text[1:], np.array([0, 5]), steps=4).gather(np.array([1, 0]))
    assert batch.inputs.dtype == batch.targets.dtype == np.int32
    assert batch.inputs.T.tolist() == [[5, 6, 7, 8], [0, 1, 2, 3]]
    assert batch.last_targets().tolist() == [9, 4]


def test_rows_of_masked_steps_are_not_read_even_past_the_end() -> None:
    inputs = INPUTS.copy()
    inputs[7:10] = np.nan
    sequences = Sequences(
        inputs, TARGETS, np.array([4, 10, 11]), steps=5, lengths=np.array([3, 2, 1])
    )
    batch = sequences.gather(np.array([0, 1, 2]))
    assert batch.mask is not None
    assert batch.mask.dtype == np.bool_
    assert batch.mask.sum(axis=0).tolist() == [3, 2, 1]
    assert batch.mask[:3, 0].all()
    assert np.isfinite(batch.inputs).all()
    assert batch.inputs[:2, 1, 0].tolist() == [20, 22]
    assert batch.last_targets()[:, 0].tolist() == [106, 111, 111]


@pytest.mark.parametrize("lengths", [None, np.array([4, 4])])
def test_a_gathered_batch_is_a_copy(lengths: np.ndarray[tuple[int], np.dtype[np.int64]]) -> None:
    sequences = Sequences(INPUTS, TARGETS, np.array([0, 1]), steps=4, lengths=lengths)
    batch = sequences.gather(np.array([0, 1]))
    assert not np.shares_memory(batch.inputs, INPUTS)
    assert not np.shares_memory(batch.targets, TARGETS)
