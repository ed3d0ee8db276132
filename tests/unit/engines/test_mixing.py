"""Two that say what comes next, mixed: evenly the root of the product of their chances."""

from __future__ import annotations

import numpy as np
import pytest

from recur.data.text.counts import Counts
from recur.data.text.ngram import NGram
from recur.engines.mixing import CENTRES, EVEN, Experts, Mixture, contexts_before, nats

TEXT = np.array([0, 1, 2, 0, 1, 2, 0, 1, 3, 0, 1, 2] * 5)
COUNTS = Counts.of(NGram.fit(TEXT, 3, 4))


def chances(logits: np.ndarray) -> np.ndarray:
    shares = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=-1, keepdims=True))


def test_mixed_evenly_the_chances_are_the_root_of_the_product() -> None:
    logits = np.random.default_rng(0).normal(size=(1, 4)).astype(np.float32)
    known = contexts_before(Mixture(COUNTS, EVEN), np.array([[0], [1]], np.int32), 1)
    own, counted = chances(logits.astype(np.float64)), chances(COUNTS.logs(known))
    product = np.sqrt(own * counted)
    mixed = chances(Mixture(COUNTS, EVEN).logits(logits, known))
    np.testing.assert_allclose(mixed, product / product.sum(), rtol=1e-6)
    assert counted.argmax() == 2  # what stands behind 0 and 1, as a rule


def test_either_can_be_the_whole() -> None:
    logits = np.random.default_rng(1).normal(size=(3, 4)).astype(np.float32)
    known = COUNTS.start(3)
    alone = np.zeros_like(EVEN)
    alone[0, 0] = 1
    np.testing.assert_allclose(
        chances(Mixture(COUNTS, alone).logits(logits, known)), chances(logits), rtol=1e-5
    )
    np.testing.assert_allclose(
        chances(Mixture(COUNTS, alone[::-1].copy()).logits(logits, known)),
        chances(COUNTS.logs(known)),
        rtol=1e-9,
    )


def test_the_signs_are_entropies_and_the_length_of_what_is_known() -> None:
    even = np.zeros((1, 4), np.float32)
    found = Experts.of(COUNTS, even, COUNTS.contexts(np.array([[0], [1]]), COUNTS.start(1))[-1])
    one, own, other, known = (found.signs + CENTRES)[0]
    counted = chances(found.counted)
    assert one == 1
    assert own == pytest.approx(np.log(4))
    assert other == pytest.approx(-(counted * np.log(counted)).sum())
    assert known == 1
    start = Experts.of(COUNTS, even, COUNTS.start(1))
    assert (start.signs + CENTRES)[0, 3] == 0


def test_nats_are_of_chances_that_add_up() -> None:
    logits = np.array([[[0.0, 1, 2]], [[5, 5, 5]]])
    symbols = np.array([[2], [0]], np.int32)
    expected = -np.log([chances(logits[0, 0])[2], 1 / 3])
    np.testing.assert_allclose(nats(logits, symbols)[:, 0], expected)


def test_without_counts_nothing_is_remembered() -> None:
    assert contexts_before(None, np.zeros((3, 2), np.int32), 2).shape == (2, 0)
