"""The verdict on a classifier: McNemar's exact test, its interval, and what is said of them."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recur.judge.classify.judgement import MIXTURE, ClassJudgement, judge_classifier
from recur.judge.classify.verdict import FEWEST, FREQUENT, judge_classes, mcnemar, mixture_sentence
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


def test_scores_are_what_they_are_by_hand() -> None:
    labels = np.array([0, 0, 0, 1, 1, 2])
    sure = np.eye(3)[[0, 0, 1, 1, 2, 2]]  # ones for the answers alone
    shy = 0.6 * sure + 0.4 / 3
    found = judge_classifier({"network": shy, FREQUENT: sure}, labels, ("a", "b", "c"), "text")
    score, simple = found.scores["network"], found.scores[FREQUENT]
    f1 = [2 * 2 / (2 + 3), 2 * 1 / (2 + 2), 2 * 1 / (2 + 1)]
    assert score.accuracy == simple.accuracy == pytest.approx(4 / 6)
    assert score.macro_f1 == simple.macro_f1 == pytest.approx(np.mean(f1))
    high, low = 0.6 + 0.4 / 3, 0.4 / 3
    assert score.log_loss == pytest.approx(-(4 * np.log(high) + 2 * np.log(low)) / 6)
    assert score.calibration_error == pytest.approx(high - 4 / 6)
    assert (simple.log_loss, simple.calibration_error) == (None, None)
    assert found.confusion == ((2, 1, 0), (0, 1, 1), (0, 0, 1))
    assert found.counts == (3, 2, 1)
    assert found.reliability.counts == (0, 0, 0, 0, 0, 0, 0, 6, 0, 0)
    assert found.mixture is None
    assert found.answer == score
    assert found.sentences == (found.verdict.sentence,)
    missing = judge_classifier({"network": sure[:3], "x": sure[:3]}, labels[:3], ("a", "b"), "text")
    assert missing.scores["x"].macro_f1 == pytest.approx(4 / 5)  # over the classes there are


@pytest.mark.parametrize(
    ("won", "lost", "share", "said"),
    [
        (30, 5, 0.4, "right on 80.0 %, which is better than that alone (difference +25.0 points"),
        (6, 5, 0.4, "right on 80.0 %, no evidence of more than that alone (difference +1.0 points"),
        (0, 0, 0.0, "the network added nothing to naive Bayes on n-grams: `predict` answers with"),
    ],
)
def test_what_a_mixture_is_worth_is_said(won: int, lost: int, share: float, said: str) -> None:
    found = mcnemar("naive_bayes", *pair(won, lost, 100 - won - lost))
    assert said in mixture_sentence(found, 0.8, share)


def test_the_strongest_reference_is_the_one_that_is_right_most_often() -> None:
    right, weak = pair(70, 5, 20)
    strong = weak.copy()
    strong[:9] = True
    found = judge_classes(right, {"random_kernels": strong, FREQUENT: weak}, "series")
    pairs = {name: mcnemar(name, right, flags) for name, flags in (("s", strong), ("w", weak))}
    assert found.strongest == "random_kernels"
    assert (found.low, found.high) == (pairs["s"].low, pairs["s"].high)
    assert found.p_value == pairs["s"].p_value > pairs["w"].p_value
    assert found.difference == pytest.approx(pairs["s"].difference)
    assert found.sentence.startswith(
        "The network has skill: it is right on 94.7 % of 95 held-out series, ridge regression on "
        "random kernels 35.8 % (difference +58.9 points, 96 % interval "
    )
    assert not found.worse
    assert found.to_dict()["difference"] == found.difference


def test_a_judgement_goes_to_json_and_back() -> None:
    numbers = np.random.default_rng(1)
    labels = numbers.integers(0, 3, 40)
    answers = {name: numbers.dirichlet(np.ones(3), 40) for name in ("network", MIXTURE, "other")}
    judgement = judge_classifier(answers, labels, ("a", "b", "c"), "text", "other")
    assert ClassJudgement.from_dict(judgement.to_dict()) == judgement
    assert np.sum(judgement.confusion) == 40
    assert len(judgement.sentences) == 2
    assert judgement.answer == judgement.scores[MIXTURE]
