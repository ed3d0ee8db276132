"""Counting n-grams: naive Bayes by a loop, and a regression at the bottom of its valley."""

from __future__ import annotations

from collections import Counter
from typing import Any
from zlib import crc32

import numpy as np
import pytest

from recur.errors import SettingsError
from recur.judge.classify import ngrams
from recur.judge.classify.calibration import log_loss
from recur.judge.classify.ngrams import NgramCounter, best_strength, fit_ngrams

TEXTS = [["a", "b"], ["b", "a", "a"], ["a", "c"], ["c", "b"], ["c", "c", "b"]]
LABELS = np.array([0, 0, 0, 1, 1])


def grams(text: list[str]) -> set[tuple[str, ...]]:
    edged = ["<", *text, ">"]
    return {tuple(edged[i : i + n]) for n in (1, 2) for i in range(len(edged) - n + 1)}


def test_naive_bayes_is_what_a_loop_over_counts_gives() -> None:
    counter = fit_ngrams(TEXTS, LABELS, 2, (1, 2), strength=1.0)
    held = [Counter(g for t, y in zip(TEXTS, LABELS, strict=True) if y == k for g in grams(t))
            for k in range(2)]  # fmt: skip
    known = set(held[0]) | set(held[1])
    asked = ["b", "a", "z"]
    odds = []
    for k in range(2):
        total = sum(held[k].values()) + len(known)
        prior = (np.count_nonzero(k == LABELS) + 1) / (len(LABELS) + 2)
        seen = [g for g in grams(asked) if g in known]
        odds.append(np.log(prior) + sum(np.log((held[k][g] + 1) / total) for g in seen))
    expected = np.exp(odds) / np.exp(odds).sum()
    found = counter.answers([asked])["naive_bayes"][0]
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_pieces_of_a_text_are_those_between_its_edges() -> None:
    def known(pieces: set[str], beyond: int = 0) -> set[int]:
        return {beyond + crc32(piece.encode()) for piece in pieces}

    words = {"a", "bc", "\x02", "\x03", "\x02\x1fa", "a\x1fbc", "bc\x1f\x03"}
    assert ngrams._numbers(["a", "bc"], (1, 2), ()) == known(words)
    letters = {"\x02a ", "a b", " bc", "bc\x03", "\x02a bc\x03"}
    found = ngrams._numbers(["a", "bc"], (1, 2), (3, 6))
    assert found == known(words) | known(letters, 1 << 32)
    assert ngrams._numbers([], (1, 3), (3,)) == known({"\x02", "\x03"})


def test_the_strength_that_others_are_best_told_with_is_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    numbers = np.random.default_rng(4)
    labels = numbers.integers(0, 2, 90)
    texts = [[*numbers.choice(list("pqrs"), 3), "xy"[label ^ (numbers.random() < 0.25)]]
             for label in labels]  # fmt: skip
    given = (texts[:60], labels[:60], 2, (1, 2))
    losses = {}
    for strength in ngrams._STRENGTHS:
        answers = fit_ngrams(*given, strength=strength).answers(texts[60:])["ngram_logistic"]
        losses[strength] = log_loss(answers, labels[60:])
    best = best_strength(texts[:60], labels[:60], texts[60:], labels[60:], 2, (1, 2))
    assert losses[best.strength] == min(losses.values())
    assert len({round(loss, 6) for loss in losses.values()}) == len(losses)
    monkeypatch.setattr(ngrams, "_STEPS", 1)
    assert fit_ngrams(*given, strength=best.strength).weights.tolist() != best.weights.tolist()


DAMAGED: list[tuple[str, Any, str]] = [
    ("keys", lambda kept: kept.astype(np.int32), "numbers that rise"),
    ("keys", lambda kept: kept[None], "numbers that rise"),
    ("keys", lambda kept: np.concatenate([kept[:1], kept[:-1]]), "numbers that rise"),
    *(
        (name, damage, "not of its classes")
        for name in ("bayes", "weights")
        for damage in (
            lambda kept: kept[:-1],
            lambda kept: kept.astype(np.float64),
            lambda kept: kept * np.float32(np.nan),
        )
    ),
]


@pytest.mark.parametrize(("name", "damage", "why"), DAMAGED)
def test_each_damage_to_what_a_file_has_kept_is_seen(name: str, damage: Any, why: str) -> None:
    kept = fit_ngrams(TEXTS, LABELS, 2, (1,), strength=1.0).tensors()
    assert NgramCounter.read((1,), 2, kept).strength == 0  # which no file keeps
    with pytest.raises(SettingsError, match=why):
        NgramCounter.read((1,), 2, kept | {f"simple.{name}": damage(kept[f"simple.{name}"])})


def test_the_gradient_of_the_regression_is_that_of_its_loss() -> None:
    numbers = np.random.default_rng(0)
    found = ngrams._found(TEXTS, (1, 2))
    keys = np.unique(np.concatenate(found))
    features = ngrams._features(found, keys)
    ratios = numbers.normal(size=(len(keys), 2))
    given = (features, features.T.tocsr(), np.eye(2)[LABELS], ratios, 0.3)
    at = numbers.normal(size=2 * (len(keys) + 1))
    _, gradient = ngrams._objective(*given, at)
    for i in numbers.integers(0, len(at), 8):
        step = np.zeros_like(at)
        step[i] = 1e-6
        up, down = (ngrams._objective(*given, at + sign * step)[0] for sign in (1, -1))
        assert gradient[i] == pytest.approx((up - down) / 2e-6, rel=1e-4, abs=1e-7)


def test_order_is_learnt_from_pairs_and_unknown_symbols_say_nothing() -> None:
    numbers = np.random.default_rng(1)
    texts, labels = [], []
    for _ in range(60):
        filler = list(numbers.choice(list("pqrs"), 4))
        first = bool(numbers.integers(2))
        texts.append([*filler, *("xy" if first else "yx")])
        labels.append(int(first))
    counter = best_strength(
        texts[:40], np.array(labels[:40]), texts[40:], np.array(labels[40:]), 2, (1, 2)
    )
    for answers in counter.answers(texts[40:]).values():
        assert (answers.argmax(axis=1) == labels[40:]).all()
    empty, other = counter.answers([["?"], ["!", "?"]])["naive_bayes"]
    assert abs(empty - other).max() < 0.2


def test_a_counter_comes_back_from_its_tensors_and_damage_is_refused() -> None:
    counter = fit_ngrams(TEXTS, LABELS, 2, (1, 2), strength=1.0)
    again = NgramCounter.read((1, 2), 2, counter.tensors())
    for name, answers in counter.answers(TEXTS).items():
        assert np.array_equal(again.answers(TEXTS)[name], answers)
    turned = counter.tensors() | {"simple.keys": counter.keys[::-1]}
    with pytest.raises(SettingsError, match="numbers that rise"):
        NgramCounter.read((1, 2), 2, turned)
    with pytest.raises(SettingsError, match="not of its classes"):
        NgramCounter.read((1, 2), 3, counter.tensors())


def test_characters_of_words_tell_what_no_word_does() -> None:
    numbers = np.random.default_rng(2)
    texts = [
        [f"{a}{'ing' if k % 2 else 'ous'}", f"{b}x"]  # no word twice
        for k, (a, b) in enumerate(numbers.permutation(120).reshape(60, 2) + 1000)
    ]
    labels = np.arange(60) % 2
    given = (texts[:40], labels[:40], 2, (1, 2))
    words = fit_ngrams(*given, strength=1.0).answers(texts[40:])["ngram_logistic"]
    counter = fit_ngrams(*given, strength=1.0, spelt=(3, 4))
    both = counter.answers(texts[40:])
    assert (both["ngram_logistic"].argmax(axis=1) == labels[40:]).all()
    assert abs(words[:, 1] - 0.5).max() < 0.05
    naive = fit_ngrams(*given, strength=1.0).answers(texts[40:])["naive_bayes"]
    np.testing.assert_allclose(both["naive_bayes"], naive, rtol=1e-6)  # of words alone
    again = NgramCounter.read((1, 2), 2, counter.tensors(), (3, 4))
    assert np.array_equal(
        again.answers(texts)["ngram_logistic"], counter.answers(texts)["ngram_logistic"]
    )
