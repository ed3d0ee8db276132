"""The verdict on a network that writes: its claim, its interval and its words."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recur.arrays import Float64s
from recur.errors import DataError
from recur.judge import judge_writing
from recur.judge.write.verdict import MOST_BLOCKS


def loss_pair(characters: int, saved: float, seed: int = 0) -> tuple[Float64s, Float64s]:
    """Return the losses of a network and of an n-gram, of which the network saves some nats."""
    shared, own = np.random.default_rng(seed).exponential(size=(2, characters))
    return 1.5 - saved + 0.8 * (shared - 1) + 0.3 * (own - 1), 1.5 + 0.8 * (shared - 1)


def test_a_network_that_saves_much_has_learnt_more_than_counting() -> None:
    verdict = judge_writing(*loss_pair(50_000, saved=0.05), order=7)
    assert verdict.claim == "more"
    assert verdict.low is not None
    assert verdict.high is not None
    assert 0 < verdict.low < verdict.difference < verdict.high
    assert verdict.difference == pytest.approx(0.05, abs=0.01)
    assert verdict.blocks == MOST_BLOCKS
    assert verdict.sentence.startswith(
        f"The network writes at {verdict.nats:.2f} nats a character, below the "
        f"{verdict.ngram:.2f} of the best n-gram (order 7): it has learnt more than counting "
        f"(difference 0.0"
    )
    assert verdict.sentence.endswith(").")


def test_a_network_that_loses_much_has_learnt_less_than_counting() -> None:
    verdict = judge_writing(*loss_pair(50_000, saved=-0.1), order=5)
    assert verdict.claim == "no more"
    assert verdict.worse
    assert verdict.high is not None
    assert verdict.high < 0
    assert "above the 1.5" in verdict.sentence
    assert "learnt less than counting" in verdict.sentence


def test_no_difference_is_no_evidence() -> None:
    verdict = judge_writing(*loss_pair(20_000, saved=0.0), order=5)
    assert verdict.claim == "no more"
    assert not verdict.worse
    assert "no evidence that it has learnt more than counting (difference" in verdict.sentence


def test_a_network_exactly_as_good_is_told_without_a_claim() -> None:
    _, ngram = loss_pair(2_000, saved=0.0)
    verdict = judge_writing(ngram, ngram, order=3)
    assert verdict.claim == "no more"
    assert not verdict.worse
    assert ", at the 1." in verdict.sentence


def test_eight_hundred_characters_are_the_fewest() -> None:
    too_few = judge_writing(*loss_pair(799, saved=1.0), order=3)
    assert too_few.claim == "too_little"
    assert too_few.low is too_few.high is too_few.p_value is None
    assert "799 held-out characters, and at least 800 are needed" in too_few.sentence
    assert judge_writing(*loss_pair(800, saved=1.0), order=3).claim == "more"


def test_a_run_of_luck_in_one_stretch_is_not_taken_for_many_lucky_characters() -> None:
    network, ngram = loss_pair(20_000, saved=0.0, seed=2)
    network[:600] -= 1.0  # 0.03 nats on average: many standard errors of independent characters
    assert (ngram - network).mean() > 5 * (ngram - network).std() / np.sqrt(20_000)
    assert judge_writing(network, ngram, order=4).claim == "no more"


def test_an_ngram_that_is_never_wrong_cannot_be_beaten() -> None:
    verdict = judge_writing(np.full(1_000, 0.1), np.zeros(1_000), order=2)
    assert verdict.claim == "no more"
    assert verdict.worse
    assert verdict.sentence.endswith("it has learnt less than counting.")


@given(
    seed=st.integers(0, 2**32 - 1),
    characters=st.integers(1, 3_000),
    saved=st.floats(-0.3, 0.3),
)
def test_the_claim_and_the_interval_never_disagree(
    seed: int, characters: int, saved: float
) -> None:
    network, ngram = loss_pair(characters, saved, seed)
    verdict = judge_writing(network, ngram, order=4)
    assert (verdict.claim == "more") == (verdict.low is not None and verdict.low > 0)
    assert verdict.worse == (verdict.high is not None and verdict.high < 0)
    assert verdict.nats == pytest.approx(network.mean())
    assert verdict.difference == pytest.approx(verdict.ngram - verdict.nats)
    if verdict.low is not None and verdict.high is not None:
        assert verdict.low - 1e-12 <= verdict.difference <= verdict.high + 1e-12


def test_the_verdict_is_plain_json_with_its_sentence() -> None:
    verdict = judge_writing(*loss_pair(5_000, saved=0.1), order=6)
    told = json.loads(json.dumps(verdict.to_dict()))
    assert told["claim"] == "more"
    assert told["order"] == 6
    assert told["sentence"] == verdict.sentence


def test_the_sentence_names_what_a_loss_is_of() -> None:
    assert "nats a byte" in judge_writing(*loss_pair(5_000, saved=0.1), 6, "byte").sentence
    assert "799 held-out bytes" in judge_writing(*loss_pair(799, saved=0.1), 6, "byte").sentence


def test_losses_of_other_characters_are_refused() -> None:
    with pytest.raises(DataError, match="there are 10 and 9"):
        judge_writing(np.ones(10), np.ones(9), order=3)
    with pytest.raises(DataError, match="there are 0 and 0"):
        judge_writing(np.ones(0), np.ones(0), order=3)
