"""The verdict on a classifier: McNemar's exact test, its interval, and what is said of them."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recur.judge.classify.judgement import MIXTURE, ClassJudgement, judge_classifier
from recur.judge.classify.verdict import FEWEST, FREQUENT, judge_classes, mcnemar
from recur.judge.comparison import SIZE


def pair(won: int, lost: int, both: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return where a method is right and where another one is."""
    first = np.array([True] * won + [False] * lost + [True] * both)
    return first, np.array([False] * won + [True] * lost + [True] * both)


@given(won=st.integers(0, 30), lost=st.integers(0, 30))
def test_the_p_value_is_that_of_a_fair_coin(won: int, lost: int) -> None:
    found = mcnemar("other", *pair(won, lost, 5))
    tail = sum(comb(won + lost, k) for k in range(won, won + lost + 1)) / 2 ** (won + lost)
    assert found.p_value == pytest.approx(tail, rel=1e-9)
    assert found.difference == pytest.approx((won - lost) / (won + lost + 5))


@given(won=st.integers(0, 60), lost=st.integers(0, 60))
def test_the_interval_excludes_zero_exactly_where_the_test_finds_a_difference(
    won: int, lost: int
) -> None:
    found, turned = (mcnemar("other", *pair(*counts, 3)) for counts in ((won, lost), (lost, won)))
    assert (found.low > 1e-12) == (found.p_value <= SIZE)
    assert found.low <= found.difference + 1e-12
    assert found.difference <= found.high + 1e-12
    assert found.high == pytest.approx(-turned.low)


def test_skill_is_claimed_only_over_every_simple_answer() -> None:
    right, weak = pair(60, 20, 20)
    strong = right.copy()
    strong[:3] = False  # three fewer: no evidence
    assert judge_classes(right, {FREQUENT: weak}).claim == "skill"
    verdict = judge_classes(right, {FREQUENT: weak, "naive_bayes": strong})
    assert verdict.claim == "none"
    assert verdict.strongest == "naive_bayes"
    assert verdict.sentence == (
        "No evidence that the network is better than naive Bayes on n-grams: it is right on 80.0 % "
        "of 100 held-out texts, naive Bayes on n-grams 77.0 % (difference +3.0 points, 96 % "
        f"interval {100 * verdict.low:+.1f} to {100 * verdict.high:+.1f})."
    )


def test_counting_that_wins_is_said_to_win() -> None:
    right, counting = pair(10, 50, 40)
    verdict = judge_classes(right, {"naive_bayes": counting})
    assert verdict.worse
    assert "is worse than naive Bayes on n-grams, use that instead" in verdict.sentence


def test_too_few_examples_are_no_evidence_whatever_they_say() -> None:
    right = np.ones(FEWEST - 1, bool)
    verdict = judge_classes(right, {FREQUENT: ~right}, "series")
    assert verdict.claim == "too_little"
    assert f"{FEWEST - 1} held-out series, and at least {FEWEST} are needed" in verdict.sentence
    assert judge_classes(np.ones(FEWEST, bool), {FREQUENT: np.zeros(FEWEST, bool)}).claim == "skill"


def test_labels_without_information_are_claimed_to_be_known_no_oftener_than_declared() -> None:
    numbers, claims = np.random.default_rng(0), 0
    for _ in range(500):
        labels = numbers.integers(0, 2, 80)
        right = numbers.integers(0, 2, 80) == labels
        claims += judge_classes(right, {FREQUENT: labels == 0}).claim == "skill"
    assert claims <= 15


def test_a_judgement_goes_to_json_and_back() -> None:
    numbers = np.random.default_rng(1)
    labels = numbers.integers(0, 3, 40)
    answers = {name: numbers.dirichlet(np.ones(3), 40) for name in ("network", MIXTURE, "other")}
    judgement = judge_classifier(answers, labels, ("a", "b", "c"), "text", "other")
    assert ClassJudgement.from_dict(judgement.to_dict()) == judgement
    assert np.sum(judgement.confusion) == 40
    assert len(judgement.sentences) == 2
    assert judgement.answer == judgement.scores[MIXTURE]
