"""Recordings come in checked and go out in their form; stretches cover each step once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recur.data.signals.recordings import (
    Pairs,
    Recordings,
    Scale,
    by_length,
    each_by_length,
    overlapping,
    sequences,
    stretches,
)
from recur.errors import DataError

ONE = Scale(np.zeros(1), np.ones(1))


def pairs(*lengths: int, channels: int = 1) -> Pairs:
    """Return recordings whose clean values count up, over all of them."""
    ends = np.cumsum(lengths)
    clean = tuple(
        np.arange(end - n, end, dtype=float)[:, None] + np.zeros(channels)
        for n, end in zip(lengths, ends, strict=True)
    )
    return Pairs(tuple(-part for part in clean), clean)


@pytest.mark.parametrize(
    "data",
    [
        np.arange(5.0),
        np.arange(5.0)[:, None],
        np.arange(10.0).reshape(2, 5),
        np.arange(20.0).reshape(2, 5, 2),
        [np.arange(3.0), np.arange(5.0)],
        [np.arange(6.0).reshape(3, 2), np.arange(10.0).reshape(5, 2)],
    ],
    ids=["one", "one column", "block", "channels", "list", "list of channels"],
)
def test_recordings_go_out_in_the_form_in_which_they_came(data: Any) -> None:
    recordings = Recordings.of(data, "recordings")
    assert all(part.ndim == 2 and part.dtype == np.float64 for part in recordings.parts)
    back = recordings.like([part + 1 for part in recordings.parts])
    assert isinstance(back, list) == isinstance(data, list)
    for out, came in zip(back, data, strict=True):
        assert np.array_equal(out, np.asarray(came) + 1)
        assert np.shape(out) == np.shape(came)


def test_a_column_is_one_recording() -> None:
    (part,) = Recordings.of(np.arange(7.0)[:, None], "recordings").parts
    assert part[:, 0].tolist() == list(range(7))


@pytest.mark.parametrize(
    ("data", "doubtful"),
    [
        (np.zeros((200, 2)), True),
        (np.zeros((90, 9)), True),
        (np.zeros((89, 9)), False),
        (np.zeros((200, 10)), False),
        (np.zeros((200, 1)), False),
        (np.zeros((200, 2, 1)), False),
        ([np.zeros((200, 2))], False),
        ([np.zeros(2)] * 200, False),
    ],
)
def test_many_recordings_of_few_steps_may_be_one_of_channels(data: Any, doubtful: bool) -> None:
    doubt = Recordings.of(data, "recordings").doubt
    assert (doubt is not None) == doubtful
    if doubt is not None:
        count, steps = data.shape
        assert f"is {count} recordings of {steps} steps" in doubt
        assert f"one recording of {steps} channels give it in a list, `[x]`" in doubt


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ([], "recording 0 .* at least 1 step"),
        ("abc", "cannot be read as numbers"),
        (np.zeros((1, 2, 3, 4)), r"shape \(1, 2, 3, 4\)"),
        (5.0, r"shape \(\)"),
        (np.zeros((0, 4)), "hold no recording"),
        ([np.zeros((4, 2)), np.zeros((4, 3))], r"recording 1 of the clean has the shape \(4, 3\)"),
        ([np.zeros(4), np.zeros(0)], "recording 1 .* at least 1 step"),
        ([[[1.0, 2.0], [3.0]]], "recording 0 of the clean cannot be read as numbers"),
        ([1.0, [2.0, 3.0]], "the clean cannot be read as numbers"),
        (np.ma.masked_equal([5, 6, -1, 7], -1), "a missing .* step 2"),
        ([np.ones(3), np.ma.masked_equal([1.0, 9.0], 9)], "recording 1 .* missing .* step 1"),
        (np.array([1.0, np.nan, 2.0]), "recording 0 of the clean has a missing .* step 1"),
        (np.array([[1.0, 1.0], [1.0, np.inf]]), "recording 1 .* infinite value at step 1"),
    ],
)
def test_what_are_no_recordings_is_refused_with_its_place(data: Any, said: str) -> None:
    with pytest.raises(DataError, match=said):
        Recordings.of(data, "clean")


def test_pairs_of_different_length_or_number_are_refused() -> None:
    with pytest.raises(DataError, match="1 noisy recordings and 2 clean ones"):
        Pairs((np.zeros((3, 1)),), (np.zeros((3, 1)),) * 2)
    with pytest.raises(DataError, match="recording 0 has 3 steps and its clean one 4"):
        Pairs((np.zeros((3, 1)),), (np.zeros((4, 1)),))
    with pytest.raises(DataError, match="recording 0 has 1 channels and its clean one 2"):
        Pairs((np.zeros((3, 1)),), (np.zeros((3, 2)),))


def test_clean_recordings_that_equal_the_noisy_ones_are_refused() -> None:
    same = (np.ones((3, 1)), np.ones((4, 1)))
    with pytest.raises(DataError, match="equal the noisy ones, so there is nothing to be learnt"):
        Pairs(same, same).check_differ()
    pairs(3, 4).check_differ()


def test_the_last_recordings_or_the_end_of_a_single_one_are_held_out() -> None:
    several, held = pairs(3, 4, 5).parted(2)
    assert [len(part) for part in several.clean] == [3]
    assert [len(part) for part in held.noisy] == [4, 5]
    single, end = pairs(10).parted(3)
    assert single.clean[0][:, 0].tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert end.clean[0][:, 0].tolist() == [7, 8, 9]
    whole, nothing = pairs(10).parted(0)
    assert (len(whole), whole.steps, len(nothing)) == (1, 10, 0)


@given(lengths=st.lists(st.integers(1, 30), min_size=1, max_size=6), steps=st.integers(1, 12))
def test_stretches_cover_every_step_once_and_cross_no_border(
    lengths: list[int], steps: int
) -> None:
    starts, real = stretches(lengths, steps)
    rows = [row for first, n in zip(starts, real, strict=True) for row in range(first, first + n)]
    assert rows == list(range(sum(lengths)))
    ends = set(np.cumsum(lengths).tolist())
    for first, n in zip(starts, real, strict=True):
        assert n == steps or first + n in ends
        assert not ends & set(range(first + 1, first + n))


@given(lengths=st.lists(st.integers(1, 30), min_size=1, max_size=6), steps=st.integers(1, 12))
def test_overlapping_stretches_cover_every_step_and_are_whole_where_they_can_be(
    lengths: list[int], steps: int
) -> None:
    starts, real = overlapping(lengths, steps)
    rows = {row for first, n in zip(starts, real, strict=True) for row in range(first, first + n)}
    assert rows == set(range(sum(lengths)))
    assert (np.diff(starts) > 0).all()
    recordings = np.repeat(np.arange(len(lengths)), lengths)
    for first, n in zip(starts, real, strict=True):
        own = recordings[first]
        assert recordings[first + n - 1] == own
        assert n == min(steps, lengths[own])


def test_sequences_are_scaled_and_masked_where_a_recording_ends() -> None:
    half = Scale(np.array([1.0]), np.array([2.0]))
    source = sequences(pairs(5, 4), 3, ONE, half, carried=True)
    assert source.carried
    assert source.lengths is not None
    assert source.lengths.tolist() == [3, 2, 3, 1]
    batch = source.gather(np.array([1, 2]))
    assert batch.mask is not None
    assert batch.mask.T.tolist() == [[True, True, False], [True, True, True]]
    assert batch.inputs[:, 1, 0].tolist() == [-5, -6, -7]
    assert batch.targets[:, 1, 0].tolist() == [2, 2.5, 3]
    even = sequences(pairs(6, 3), 3, ONE, ONE, carried=True)
    assert even.lengths is None
    short = sequences(pairs(4, 2), 100, ONE, ONE)
    assert short.steps == 4
    assert not short.carried
    assert short.lengths is not None
    assert short.lengths.tolist() == [4, 2]


def test_a_scale_is_of_each_channel_and_undone() -> None:
    parts = tuple(np.random.default_rng(i).normal([5, -2], [3, 0.1], (50, 2)) for i in range(3))
    scale = Scale.fit(parts)
    values = np.concatenate([scale.scaled(part) for part in parts])
    assert values.mean(axis=0) == pytest.approx([0, 0], abs=1e-9)
    assert values.std(axis=0) == pytest.approx([1, 1])
    assert scale.restored(scale.scaled(parts[0])) == pytest.approx(parts[0])


def test_a_bounded_scale_fills_minus_one_to_one() -> None:
    scale = Scale.fit((np.array([[1.0, 4.0], [5.0, 4.0]]), np.array([[3.0, 4.0]])), bounded=True)
    assert scale.scaled(np.array([[1.0, 4.0], [5.0, 5.0]])).tolist() == [[-1, 0], [1, 1]]


def test_a_channel_that_never_changes_is_only_centred() -> None:
    scale = Scale.fit((np.full((7, 1), 0.1),))
    assert scale.spread.tolist() == [1.0]
    assert scale.scaled(np.full((7, 1), 0.1)) == pytest.approx(np.zeros((7, 1)))


def test_recordings_of_one_length_go_together_and_come_back_in_their_order() -> None:
    parts = pairs(3, 5, 3, 5, 5, 2).clean
    groups = [some.tolist() for some, _ in by_length(parts, most=10)]
    assert groups == [[5], [0, 2], [1, 3], [4]]
    shapes = [block.shape for _, block in by_length(parts, most=10)]
    assert shapes == [(2, 1, 1), (3, 2, 1), (5, 2, 1), (5, 1, 1)]
    back = each_by_length(parts, lambda block: block * 2, most=4)
    assert all(np.array_equal(out, 2 * part) for out, part in zip(back, parts, strict=True))
