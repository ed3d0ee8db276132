"""The ranking: skill as the verdict has it, and marks that many rungs do not make cheap."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recur.judge import SIMPLE, SIZE, Forecasts, Judgement, Walk, judge, references
from recur.judge.forecast.ranking import RankedMethod, holm, ranking


def judged(times: int = 200, seed: int = 0, **errors: float) -> Judgement:
    """Judge forecasts of noise that are off by errors of the given sizes."""
    rng = np.random.default_rng(seed)
    walk = Walk((rng.normal(size=100 + times),), (100,), 1)
    truth = walk.truth(0)

    def off(size: float) -> Forecasts:
        return (truth + size * rng.normal(size=truth.shape),)

    made = {name: off(size) for name, size in {"network": 0.5, **errors}.items()}
    return judge(walk, {**references(walk, 4), **made})


def by_name(judgement: Judgement) -> dict[str, RankedMethod]:
    return {one.name: one for one in ranking(judgement)}


def test_the_network_stands_where_the_verdict_says() -> None:
    judgement = judged()
    network, verdict = by_name(judgement)["network"], judgement.verdict
    assert (network.skill, network.low, network.high) == (verdict.skill, verdict.low, verdict.high)


def test_the_simple_answers_are_the_yardstick_and_bear_no_marks() -> None:
    judgement = judged()
    found = by_name(judgement)
    assert found[judgement.verdict.against].skill == 0.0
    assert judgement.verdict.against == min(
        SIMPLE, key=lambda name: judgement.errors[name]["mse"] or 0.0
    )
    for name in SIMPLE:
        assert found[name].high is None
        marks = (found[name].best, found[name].beats_simple, found[name].behind_best)
        assert not any(marks)


def test_what_beats_the_naive_answers_and_not_the_linear_one_bears_no_mark() -> None:
    rng = np.random.default_rng(0)
    values = np.zeros(400)
    for t in range(1, 400):
        values[t] = 0.6 * values[t - 1] + rng.normal()
    walk = Walk((values,), (100,), 1)
    simple = references(walk, 4)
    found = judge(walk, {**simple, "network": simple["linear"]})
    assert (found.verdict.claim, found.verdict.over_naive.claim) == ("none", "skill")
    assert by_name(found)["network"].skill == 0.0
    assert not by_name(found)["network"].beats_simple


def test_clear_differences_are_marked() -> None:
    found = by_name(judged(good=0.1, bad=3.0))
    assert [name for name, one in found.items() if one.best] == ["good"]
    assert found["good"].beats_simple
    assert found["network"].beats_simple
    assert not found["bad"].beats_simple
    assert found["network"].behind_best
    assert found["bad"].behind_best
    assert not found["good"].behind_best


def test_the_best_of_many_equal_ones_is_seldom_marked_above_the_others() -> None:
    equal = {f"m{i}": 0.5 for i in range(6)}
    marked = [
        any(one.behind_best for one in ranking(judged(60, seed, **equal)) if one.name in equal)
        for seed in range(100)
    ]
    assert sum(marked) <= 5  # 2 expected at most; 6 or more by chance in 1.5 % of cases


def test_with_too_little_data_nothing_is_marked() -> None:
    found = ranking(judged(times=7, good=0.01, bad=10.0))
    assert not any(one.beats_simple or one.behind_best for one in found)
    assert all(one.high is None for one in found)


@given(st.lists(st.floats(0, 1), max_size=8))
def test_holm_rejects_no_more_than_single_tests_and_no_less_than_bonferroni(p: list[float]) -> None:
    rejected = holm(p, SIZE)
    for value, reject in zip(p, rejected, strict=True):
        assert not reject or value <= SIZE
        assert reject or value > SIZE / len(p)


def test_holm_stops_at_the_first_that_fails() -> None:
    assert holm([0.04, 0.009, 0.02], size=0.05) == [True, True, True]
    assert holm([0.04, 0.009, 0.026], size=0.05) == [False, True, False]
    assert holm([None, 0.0], size=0.05) == [False, True]
    assert holm([], size=0.05) == []


def test_a_method_as_good_as_exact_references_has_no_skill_to_speak_of() -> None:
    walk = Walk((np.ones(60),), (20,), 1)
    simple = references(walk, 4)
    found = by_name(judge(walk, {**simple, "network": (np.full((40, 1), 2.0),)}))
    assert found["network"].skill is None
    assert not found["network"].beats_simple
    assert found["last_value"].skill == pytest.approx(0.0)
