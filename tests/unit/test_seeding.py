"""Random numbers as a function of their key: published vectors, ranges, permutations, masks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from recur.seeding import Purpose, Stream, philox

ONES = 0xFFFFFFFF
seeds = st.integers(0, 2**64 - 1)
steps = st.integers(0, 2**40)


@pytest.mark.parametrize(
    ("counter", "key", "words"),
    [
        ((0, 0, 0, 0), (0, 0), "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        ((ONES,) * 4, (ONES,) * 2, "408f276d 41c83b0e a20bc7c6 6d5451fd"),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            "d16cfe09 94fdcceb 5001e420 24126ea1",
        ),
    ],
)
def test_philox_gives_the_published_words(
    counter: tuple[int, int, int, int], key: tuple[int, int], words: str
) -> None:
    a, b, c, d = (np.array([word], np.int64) for word in counter)
    assert [f"{int(word[0]):08x}" for word in philox((a, b, c, d), key)] == words.split()


@given(seeds, steps, st.integers(0, 99), st.integers(0, 99))
def test_fewer_numbers_are_the_first_of_more(seed: int, step: int, few: int, more: int) -> None:
    stream = Stream(seed, Purpose.DATA, step=step)
    for draw in (stream.words, stream.uniform, stream.normal):
        np.testing.assert_array_equal(draw(few), draw(few + more)[:few])


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 8},
        {"seed": 7 + 2**32},
        {"purpose": Purpose.ORDER},
        {"attempt": 1},
        {"step": 4},
        {"step": 3 + 2**32},
    ],
)
def test_every_part_of_the_key_changes_every_number(change: dict[str, int]) -> None:
    stream = Stream(7, Purpose.DATA, attempt=0, step=3)
    other = replace(stream, **change)  # type: ignore[arg-type]
    assert (stream.words(100) != other.words(100)).all()


def test_the_stream_of_another_step_differs_in_the_step_alone() -> None:
    assert Stream(7, Purpose.DATA, 2, 3).at(9) == Stream(7, Purpose.DATA, 2, 9)


class Extremes(Stream):
    """The least and the greatest word that can be drawn."""

    def words(self, count: int) -> NDArray[np.int64]:
        return np.resize(np.array([0, ONES], np.int64), count)


def test_uniform_numbers_never_reach_0_or_1_and_normal_ones_are_finite() -> None:
    extremes = Extremes(0, Purpose.DATA)
    least, greatest = extremes.uniform(2)
    assert 0 < least < 1e-9
    assert 1 - 1e-9 < greatest < 1
    assert np.isfinite(extremes.normal(4)).all()


def test_uniform_numbers_fill_every_tenth_alike() -> None:
    counts, _ = np.histogram(Stream(1, Purpose.DATA).uniform(100_000), 10, (0, 1))
    assert abs(counts - 10_000).max() < 5 * np.sqrt(10_000)


def test_normal_numbers_have_the_moments_of_a_standard_normal() -> None:
    x = Stream(2, Purpose.DATA).normal(100_001)
    assert abs(x.mean()) < 0.015
    assert abs(x.var() - 1) < 0.03
    assert abs((x**3).mean()) < 0.05
    assert abs((x**4).mean() - 3) < 0.2
    assert abs((x[:-1:2] * x[1::2]).mean()) < 0.03  # the two of a pair are uncorrelated


@given(size=st.integers(1, 3000), seed=seeds, step=steps)
def test_a_permutation_reaches_every_place_once(size: int, seed: int, step: int) -> None:
    stream = Stream(seed, Purpose.ORDER, step=step)
    assert sorted(stream.permuted(np.arange(size), size).tolist()) == list(range(size))


@given(st.data())
def test_any_part_of_a_permutation_can_be_asked_for_alone(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 3000))
    stream = Stream(data.draw(seeds), Purpose.ORDER)
    part = np.array(data.draw(st.lists(st.integers(0, size - 1))), np.int64)
    given_part = part.copy()
    whole = stream.permuted(np.arange(size), size)
    np.testing.assert_array_equal(stream.permuted(part, size), whole[part])
    np.testing.assert_array_equal(part, given_part)


def test_a_permutation_sends_each_index_everywhere_alike() -> None:
    size, draws = 5, 2000
    landed = np.zeros((size, size))
    for seed in range(draws):
        landed[np.arange(size), Stream(seed, Purpose.ORDER).permuted(np.arange(size), size)] += 1
    assert abs(landed - draws / size).max() < 5 * np.sqrt(draws / size)


def test_a_large_permutation_is_not_near_the_identity() -> None:
    size = 100_000
    order = Stream(3, Purpose.ORDER).permuted(np.arange(size), size)
    assert (order == np.arange(size)).sum() < 20
    assert abs(np.corrcoef(order, np.arange(size))[0, 1]) < 0.02
    assert (abs(np.diff(order)) == 1).sum() < 20


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_dropout_drops_its_share_and_keeps_the_mean(rate: float) -> None:
    mask = Stream(4, Purpose.DROPOUT).dropout(0, (20, 50, 100), rate)
    assert mask.shape == (20, 50, 100)
    assert mask.dtype == np.float32
    assert set(np.unique(mask).tolist()) == {0.0, float(np.float32(1 / (1 - rate)))}
    deviation = np.sqrt(rate * (1 - rate) / mask.size)
    assert abs((mask == 0).mean() - rate) < 5 * deviation
    assert abs(mask.mean() - 1) < 5 * deviation / (1 - rate)


@given(
    shape=st.tuples(st.integers(1, 5), st.integers(1, 9), st.integers(1, 6)),
    site=st.integers(0, 255),
    seed=seeds,
)
def test_the_place_in_the_shape_alone_decides_what_is_dropped(
    shape: tuple[int, int, int], site: int, seed: int
) -> None:
    stream = Stream(seed, Purpose.DROPOUT, attempt=2, step=5)
    steps_, features, lanes = shape
    expected = np.zeros(shape, np.float32)
    for t, f, lane in np.ndindex(*shape):
        place = np.array([(t * -(-features // 4) + f // 4) * lanes + lane], np.int64)
        words = philox(
            (place, place * 0 + 5, place * 0, place * 0 + (2 | 2 << 8 | site << 24)), stream.key
        )
        expected[t, f, lane] = 0 if words[f % 4][0] < 0.3 * 2**32 else np.float32(1 / 0.7)
    np.testing.assert_array_equal(stream.dropout(site, shape, 0.3), expected)
    longer = stream.dropout(site, (steps_ + 3, features, lanes), 0.3)
    np.testing.assert_array_equal(longer[:steps_], expected)


@pytest.mark.parametrize("change", [{"seed": 2}, {"attempt": 1}, {"step": 1}])
def test_masks_of_other_keys_and_sites_are_independent(change: dict[str, int]) -> None:
    stream = Stream(1, Purpose.DROPOUT)
    mask = stream.dropout(1, (10, 20, 30), 0.5)
    others = [
        replace(stream, **change).dropout(1, mask.shape, 0.5),  # type: ignore[arg-type]
        stream.dropout(2, mask.shape, 0.5),
    ]
    for other in others:
        assert abs(np.corrcoef(mask.ravel(), other.ravel())[0, 1]) < 0.06
