"""The verdict on cleaning: its claim, its interval, its words, and who sees the future."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recur.errors import DataError
from recur.judge.denoise.judgement import MOST_BLOCKS, DenoisingJudgement, judge_denoising

SIZES = {
    "network": 0.1,
    "noisy": 0.5,
    "moving_average": 0.25,
    "savitzky_golay": 0.2,
    "wiener": 0.15,
    "trailing_average": 0.4,
    "causal_wiener": 0.3,
}


def judged(
    steps: int = 4_000, *, causal: bool = True, seed: int = 0, parts: int = 4, **sizes: float
) -> DenoisingJudgement:
    """Judge answers whose errors are independent and have these deviations."""
    rng = np.random.default_rng(seed)
    truth = tuple(np.sin(x)[:, None] for x in np.array_split(np.arange(steps) / 10, parts))
    answers = {
        name: tuple(part + size * rng.normal(size=part.shape) for part in truth)
        for name, size in {**SIZES, **sizes}.items()
    }
    return judge_denoising(truth, answers, causal=causal, units=np.ones(1), windows={"wiener": 65})


def test_a_network_better_than_every_filter_like_it_has_skill() -> None:
    verdict = judged().verdict
    assert verdict.claim == "skill"
    assert verdict.against == "causal_wiener"
    assert verdict.references == ("noisy", "trailing_average", "causal_wiener")
    assert verdict.low is not None
    assert verdict.high is not None
    assert verdict.skill == pytest.approx(1 - 0.01 / 0.09, abs=0.02)
    assert 0 < verdict.low < 1 - 0.01 / 0.09 < verdict.high
    assert verdict.blocks == 80
    assert verdict.sentence.startswith(
        "The network cleans better than doing nothing, a trailing average and a causal Wiener "
        "filter: its mean squared error is 89 % below that of a causal Wiener filter, the "
        "strongest of them (96 % interval "
    )


def test_a_causal_network_is_told_apart_from_filters_that_see_the_future() -> None:
    better, equal, worse = (judged(network=size).verdict for size in (0.1, 0.15, 0.2))
    for verdict in (better, equal, worse):
        assert verdict.claim == "skill"
        assert verdict.over_ahead is not None
        assert verdict.over_ahead.against == "wiener"
        assert "It does not see the future; beside a Wiener filter, the strongest filter that" in (
            verdict.sentence
        )
    assert "its error is 5" in better.sentence
    assert "% below (96 % interval" in better.sentence
    assert "no difference was found (96 % interval" in equal.sentence
    assert "% above (96 % interval" in worse.sentence
    assert "interval -" not in worse.sentence


def test_where_there_is_no_interval_the_reason_stands_in_its_place() -> None:
    verdict = judged(network=0.15).verdict
    assert verdict.over_ahead is not None
    for over in (
        replace(verdict.over_ahead, low=None, high=None),
        replace(verdict.over_ahead, low=None, high=None, finding="better"),
    ):
        told = replace(verdict, low=None, high=None, over_ahead=over).sentence
        assert "()" not in told
        assert told.count("(the errors are too few or too uneven for an interval)") >= 1


def test_a_network_that_sees_the_future_is_held_against_filters_that_do() -> None:
    judgement = judged(causal=False)
    verdict = judgement.verdict
    assert verdict.references == ("noisy", "moving_average", "savitzky_golay", "wiener")
    assert verdict.against == "wiener"
    assert verdict.over_ahead is None
    assert verdict.sentence.endswith("as the filters that look ahead do.")
    assert set(judgement.sees_future) == {"network", "moving_average", "savitzky_golay", "wiener"}
    assert "network" not in judged().sees_future


def test_a_network_must_beat_each_reference_not_the_mean_of_them() -> None:
    verdict = judged(network=0.3, trailing_average=2.0, noisy=2.0).verdict
    assert verdict.claim == "none"
    assert not verdict.worse
    assert verdict.sentence.startswith("No evidence of skill over a causal Wiener filter (skill ")


def test_a_network_worse_than_the_strongest_is_called_so() -> None:
    verdict = judged(network=0.45).verdict
    assert verdict.claim == "none"
    assert verdict.worse
    assert verdict.sentence.startswith(
        "The network is worse than a causal Wiener filter (its mean "
    )


def test_four_hundred_steps_are_the_fewest() -> None:
    too_few = judged(399, network=0.01).verdict
    assert too_few.claim == "too_little"
    assert too_few.low is too_few.p_value is None
    assert "399 held-out steps, and at least 400 are needed" in too_few.sentence
    assert judged(400, network=0.01).verdict.claim == "skill"
    assert judged(100_000, parts=1).verdict.blocks == MOST_BLOCKS


def test_an_answer_that_is_exact_cannot_be_beaten() -> None:
    verdict = judged(causal_wiener=0.0).verdict
    assert verdict.claim == "none"
    assert verdict.sentence.startswith(
        "The network is worse than a causal Wiener filter, which is exact here"
    )


def test_errors_are_those_of_all_values() -> None:
    errors = judged().errors
    assert set(errors) == set(SIZES)
    for name, size in SIZES.items():
        assert errors[name]["rmse"] == pytest.approx(size, rel=0.05)
        assert errors[name]["mse"] == pytest.approx(errors[name]["rmse"] ** 2)
        assert errors[name]["mae"] == pytest.approx(size * np.sqrt(2 / np.pi), rel=0.05)


def test_each_channel_counts_in_its_own_unit() -> None:
    rng = np.random.default_rng(0)
    truth = (rng.normal(size=(2_000, 2)),)
    loud_errors, quiet_errors = rng.normal(size=(2, 2_000))

    def answer(loud: float, quiet: float) -> Any:
        return (truth[0] + np.stack([loud * loud_errors, quiet * quiet_errors], axis=1),)

    answers = {"network": answer(100, 0.1), "noisy": answer(101, 0.5)}
    units = np.array([1_000.0, 1.0])
    found = judge_denoising(truth, answers, causal=True, units=units, windows={})
    assert found.verdict.skill == pytest.approx(1 - (0.01 + 0.01) / (0.0102 + 0.25), abs=0.01)


@given(
    seed=st.integers(0, 2**32 - 1),
    steps=st.integers(1, 2_000),
    network=st.floats(0.05, 0.6),
    causal=st.booleans(),
)
def test_the_claim_and_the_interval_never_disagree(
    seed: int, steps: int, network: float, causal: bool
) -> None:
    verdict = judged(steps, causal=causal, seed=seed, parts=1, network=network).verdict
    assert (verdict.claim == "skill") == (verdict.low is not None and verdict.low > 0)
    assert verdict.worse == (verdict.high is not None and verdict.high < 0)


def test_the_judgement_is_plain_json_with_its_sentence() -> None:
    judgement = judged()
    told = json.loads(json.dumps(judgement.to_dict()))
    assert told["verdict"]["sentence"] == judgement.verdict.sentence
    assert told["verdict"]["over_ahead"]["against"] == "wiener"
    assert told["windows"] == {"wiener": 65}
    assert set(told["errors"]) == set(SIZES)
    assert repr(judgement) == f"<DenoisingJudgement: {judgement.verdict.sentence}>"


def test_answers_to_other_steps_are_refused() -> None:
    truth = (np.zeros((5, 1)),)
    answers = {"network": (np.zeros((4, 1)),), "noisy": truth}
    with pytest.raises(DataError, match=r"`network` have the shape \(4, 1\)"):
        judge_denoising(truth, answers, causal=True, units=np.ones(1), windows={})
