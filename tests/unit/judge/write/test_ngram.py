"""The n-gram baseline: against a slow model written from the definition, and at the edges."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recur.arrays import AnySymbols
from recur.data.text.ngram import SINGLES
from recur.errors import DataError, SettingsError
from recur.judge import NGram, best_order, uniform, unigram

Gram = tuple[int, ...]


def discounts_by_hand(counts: Counter[Gram]) -> Callable[[int], float]:
    n = Counter(counts.values())
    found = [0.5, 1.0, 1.5]
    if n[1] and n[2] and n[3]:
        y = n[1] / (n[1] + 2 * n[2])
        own = [1 - 2 * y * n[2] / n[1], 2 - 3 * y * n[3] / n[2], 3 - 4 * y * n[4] / n[3]]
        if min(own) > 0:
            found = own
    return lambda count: found[min(count, 3) - 1]


def slow_losses(
    training: AnySymbols, order: int, vocabulary: int, symbols: AnySymbols
) -> list[float]:
    """Modified Kneser-Ney with dictionaries, one symbol at a time, from its definition."""
    text = [int(symbol) for symbol in training]
    order = longest_repeated(text, order)
    counts: list[Counter[Gram]] = [Counter()]
    for k in range(1, min(order, len(text)) + 1):
        starts = range(len(text) - k + 1)
        if k == min(order, len(text)):
            counts.append(Counter(tuple(text[i : i + k]) for i in starts))
        else:
            before: defaultdict[Gram, set[int]] = defaultdict(set)
            for i in starts:
                before[tuple(text[i : i + k])].add(text[i - 1] if i else -1)
            counts.append(Counter({gram: len(left) for gram, left in before.items()}))
    once = {
        gram
        for k in range(SINGLES, len(text) + 1)
        for gram, count in Counter(tuple(text[i : i + k]) for i in range(len(text) - k + 1)).items()
        if count == 1
    }

    def taken_of(gram: Gram) -> float:
        own = counts[len(gram)][gram]
        return own if gram in once else discounts_by_hand(counts[len(gram)])(own)

    def chance(symbol: int, context: Gram) -> float:
        k = len(context) + 1
        lower = chance(symbol, context[1:]) if context else 1.0 / vocabulary
        followers = [gram for gram in counts[k] if gram[:-1] == context]
        if not followers:
            return lower
        own = counts[k][(*context, symbol)]
        kept = own - taken_of((*context, symbol)) if own else 0.0
        taken = math.fsum(map(taken_of, followers))
        return (kept + taken * lower) / sum(counts[k][gram] for gram in followers)

    seen = [int(symbol) for symbol in symbols]
    longest = len(counts) - 2
    return [
        -math.log(chance(symbol, tuple(seen[max(0, i - longest) : i])))
        for i, symbol in enumerate(seen)
    ]


def longest_repeated(text: list[int], order: int) -> int:
    """Return the length up to `order` of the longest n-grams that are kept."""
    for k in range(min(order, len(text)), 0, -1):
        grams = Counter(tuple(text[i : i + k]) for i in range(len(text) - k + 1))
        if k < SINGLES or max(grams.values()) > 1:
            return k
    return 1


def some_text(seed: int, length: int, vocabulary: int) -> AnySymbols:
    """Return symbols of which a few are common, so that contexts come again."""
    chances = np.random.default_rng(seed).dirichlet(np.full(vocabulary, 0.5))
    return np.random.default_rng(seed + 1).choice(vocabulary, length, p=chances)


@given(
    seed=st.integers(0, 2**32 - 2),
    length=st.integers(1, 120),
    order=st.integers(1, 9),
    vocabulary=st.integers(1, 7),
)
def test_it_is_the_model_of_the_definition(
    seed: int, length: int, order: int, vocabulary: int
) -> None:
    training = some_text(seed, length, vocabulary)
    symbols = np.random.default_rng(seed).integers(0, vocabulary, 15)
    found = NGram.fit(training, order, vocabulary).losses(symbols)
    np.testing.assert_allclose(
        found, slow_losses(training, order, vocabulary, symbols), rtol=0, atol=1e-12
    )


def test_it_is_the_model_of_the_definition_where_the_discounts_come_from_the_text() -> None:
    rng = np.random.default_rng(0)
    training = (rng.geometric(0.08, 600) - 1).clip(max=39)
    assert discounts_by_hand(Counter((int(s),) for s in training))(1) != 0.5
    symbols = rng.integers(0, 40, 60)
    for order in (1, 2, 3):
        np.testing.assert_allclose(
            NGram.fit(training, order, 40).losses(symbols),
            slow_losses(training, order, 40, symbols),
            rtol=0,
            atol=1e-12,
        )


@pytest.mark.parametrize("seed", [0, 1])
def test_it_is_the_model_of_the_definition_where_long_n_grams_occur_once(seed: int) -> None:
    training, symbols = (np.random.default_rng(seed).integers(0, 2, n) for n in (200, 30))
    found = NGram.fit(training, 8, 2).losses(symbols)
    np.testing.assert_allclose(found, slow_losses(training, 8, 2, symbols), rtol=0, atol=1e-12)


@pytest.mark.parametrize("order", [1, 2, 4])
@pytest.mark.parametrize("length", [1, 2, 3, 60])
def test_the_chances_add_up_to_one_after_any_context(order: int, length: int) -> None:
    model = NGram.fit(some_text(length, length, 3), order, vocabulary=4)  # 3 is never seen
    for before in product(range(4), repeat=4):
        context = np.array(before)
        losses = [model.losses(np.array([symbol]), context)[0] for symbol in range(4)]
        assert np.exp(-np.array(losses)).sum() == pytest.approx(1.0, abs=1e-12)
        assert np.isfinite(losses).all()


def test_a_context_before_the_text_is_as_if_it_were_part_of_it() -> None:
    model = NGram.fit(some_text(3, 400, 5), 4, vocabulary=5)
    text = some_text(4, 50, 5)
    for cut in (0, 1, 2, 20):
        found = model.losses(text[cut:], context=text[:cut])
        np.testing.assert_array_equal(found, model.losses(text)[cut:])


def test_an_unseen_symbol_is_possible_and_less_likely_than_any_seen_one() -> None:
    training = np.random.default_rng(0).integers(0, 6, 500)
    model = NGram.fit(training, 3, vocabulary=8)
    first = np.array([model.losses(np.array([symbol]))[0] for symbol in range(8)])
    assert np.isfinite(first).all()
    assert first[6:].min() > first[:6].max()


def test_a_text_of_one_symbol_is_soon_expected_to_go_on() -> None:
    alike = np.zeros(1_000, np.uint8)
    losses = NGram.fit(alike, 3, vocabulary=2).losses(alike[:10])
    assert losses[2:].max() < 0.005
    np.testing.assert_array_equal(
        NGram.fit(alike, 3, vocabulary=1).losses(alike[:10]), np.zeros(10)
    )


def test_a_text_shorter_than_the_order_lowers_the_order() -> None:
    model = NGram.fit(np.array([1, 0]), order=7, vocabulary=3)
    assert model.order == 2
    assert len(model.losses(np.array([0, 1, 2, 0, 1]))) == 5


def test_nothing_to_predict_gives_no_losses() -> None:
    model = NGram.fit(np.array([1, 0, 1]), order=2, vocabulary=2)
    assert model.losses(np.zeros(0, np.uint8)).shape == (0,)
    assert model.losses(np.zeros(0, np.uint8), context=np.array([1, 0])).shape == (0,)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.int32, np.int64])
def test_the_type_of_the_symbols_does_not_matter(kind: type[np.integer[Any]]) -> None:
    text = some_text(5, 300, 200)
    expected = NGram.fit(text, 4, vocabulary=200).losses(text)
    np.testing.assert_array_equal(
        NGram.fit(text.astype(kind), 4, vocabulary=200).losses(text.astype(kind)), expected
    )


@pytest.mark.parametrize("vocabulary", [5_000, 70_000])
def test_large_vocabularies_are_counted_as_small_ones_are(vocabulary: int) -> None:
    training = some_text(6, 300, 4) * (vocabulary // 4)
    symbols = np.append(some_text(7, 12, 4) * (vocabulary // 4), vocabulary - 1)
    np.testing.assert_allclose(
        NGram.fit(training, 3, vocabulary).losses(symbols),
        slow_losses(training, 3, vocabulary, symbols),
        rtol=0,
        atol=1e-12,
    )


def test_large_vocabularies_lend_no_context_to_another() -> None:
    text = np.random.default_rng(8).permutation(5_000)  # everything is seen once
    model = NGram.fit(text, 3, vocabulary=5_000)
    losses = model.losses(text)
    assert losses[2:].max() < losses[0]
    assert model.losses(text[::-1])[2:].min() > losses[2:].max()


def test_the_best_order_is_the_one_with_the_least_loss_on_the_validation_part() -> None:
    rng = np.random.default_rng(9)
    word = rng.integers(0, 4, 3)
    text = np.concatenate([np.append(word, rng.integers(0, 4)) for _ in range(400)])
    training, validation = text[:1_400], text[1_400:]
    orders = range(1, 7)
    losses = {
        order: float(NGram.fit(training, order, 4).losses(validation).mean()) for order in orders
    }
    model, nats = best_order(training, validation, orders, vocabulary=4)
    assert model.order == min(losses, key=losses.__getitem__)
    assert 1 < model.order < 6
    assert nats == losses[model.order]
    for order in orders:
        assert best_order(training, validation, [order], vocabulary=4)[1] == losses[order]


def test_what_is_long_and_occurs_once_is_not_kept() -> None:
    text = np.tile(some_text(3, 50, 30), 2)  # every n-gram but those over the seam comes twice
    model = NGram.fit(text, 9, 30)
    lengths = [len(level.keys) for level in model.levels]
    assert [
        len(NGram.fit(text, k, 30)) - len(NGram.fit(text, k - 1, 30)) for k in range(2, 10)
    ] == (lengths[1:])
    assert lengths[5] > lengths[6] == 50 - 6
    fresh = np.random.default_rng(0).permutation(200)
    assert NGram.fit(fresh, 9, 200).order == 6
    found, _ = best_order(fresh, fresh, [8], vocabulary=200)
    assert found.order == 6


def test_the_best_order_of_a_very_short_text_is_one_it_has() -> None:
    model, nats = best_order(np.array([1]), np.array([0, 1]), vocabulary=3)
    assert model.order == 1
    assert math.isfinite(nats)


def test_the_floors_agree_with_their_definitions() -> None:
    training, symbols = np.array([0, 0, 1, 2, 0]), np.array([0, 1, 3])
    expected = -(math.log(4 / 9) + math.log(2 / 9) + math.log(1 / 9)) / 3
    assert unigram(training, symbols, vocabulary=4) == pytest.approx(expected, rel=1e-12)
    assert uniform(4) == pytest.approx(math.log(4), rel=1e-12)


@pytest.mark.parametrize("wrong", [-1, 4])
def test_symbols_outside_the_vocabulary_are_refused(wrong: int) -> None:
    fine, bad = np.array([0, 1, 2, 3]), np.array([0, wrong, 2])
    with pytest.raises(DataError, match=rf"from 0 to 3.*one is {wrong}\."):
        NGram.fit(bad, 2, vocabulary=4)
    with pytest.raises(DataError, match=f"one is {wrong}"):
        NGram.fit(fine, 2, vocabulary=4).losses(bad)


def test_what_cannot_be_counted_is_refused() -> None:
    with pytest.raises(DataError, match="this one is empty"):
        NGram.fit(np.zeros(0, np.uint8), 2, vocabulary=4)
    with pytest.raises(SettingsError, match="`order` is 0"):
        NGram.fit(np.array([0]), 0, vocabulary=4)
    with pytest.raises(DataError, match="at least 1 order"):
        best_order(np.array([0]), np.array([0]), [], vocabulary=4)
    with pytest.raises(DataError, match="1 symbol of validation"):
        best_order(np.array([0]), np.zeros(0, np.uint8), vocabulary=4)


@pytest.mark.realdata
def test_tiny_shakespeare_is_counted_to_its_known_loss(realdata: Path) -> None:
    text = np.frombuffer((realdata / "text" / "tinyshakespeare.txt").read_bytes(), np.uint8)
    distinct, symbols = np.unique(text, return_inverse=True)
    held_out = int(0.9 * len(symbols))
    model, nats = best_order(symbols[:held_out], symbols[held_out:], vocabulary=len(distinct))
    assert model.order == 8
    assert nats == pytest.approx(1.5063, abs=0.001)
    assert len(model) < 800_000
