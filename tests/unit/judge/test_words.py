"""The sentences of a verdict: what a reader is told, and what would only puzzle them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recur.arrays import Float64s
from recur.judge import Verdict, Walk, judge, references
from recur.judge.words import interval

SIGNAL = np.sin(2 * np.pi * np.arange(400) / 50)


def verdict(season: int) -> Verdict:
    """Return a verdict of skill: the network knows the signal beneath the noise."""
    series = SIGNAL + np.random.default_rng(0).normal(size=400) * 0.29
    walk = Walk((series,), (250,), 1, season=season)
    known = (SIGNAL[walk.origins(0)][:, None],)
    return judge(walk, {"network": known, **references(walk, 20)}).verdict


def test_skill_is_over_every_simple_answer_and_names_the_strongest() -> None:
    found = verdict(season=1)
    assert found.claim == "skill"
    assert found.against == "linear"
    assert found.sentence.startswith(
        "The network beats every simple answer: its mean squared error is 19 % below that of a "
        "linear autoregression, the strongest of them (96 % interval "
    )
    assert found.sentence.count("linear") == 1


def test_what_it_adds_over_a_linear_model_is_told_where_another_answer_is_stronger() -> None:
    found = verdict(season=50)
    assert found.against == "seasonal_mean"
    assert "Over a linear autoregression it adds 19 %" in found.sentence


def judged(series: Float64s, network: Float64s, season: int = 1) -> Verdict:
    """Return the verdict on forecasts of a network, one step ahead of the last 150 values."""
    walk = Walk((series,), (250,), 1, season=season)
    return judge(walk, {"network": (network[250:, None],), **references(walk, 20)}).verdict


def test_where_linear_may_do_as_well_the_claim_is_none_and_the_sentence_says_so() -> None:
    series = np.random.default_rng(3).normal(size=400)
    for t in range(1, 400):
        series[t] += 0.7 * series[t - 1]
    found = judged(series, 0.7 * np.roll(series, 1))
    assert (found.claim, found.over_naive.claim) == ("none", "skill")
    assert found.sentence.startswith("The network beats the naive answers (its mean squared error")
    assert ", but a linear autoregression may do as well (over it skill " in found.sentence


def test_where_linear_does_better_the_sentence_says_to_use_it() -> None:
    series = np.random.default_rng(3).normal(size=400)
    for t in range(1, 400):
        series[t] += 0.8 * series[t - 1]
    found = judged(series, 0.8 * np.roll(series, 1) + np.random.default_rng(4).normal(size=400))
    assert found.over_linear.finding == "worse"
    assert found.sentence.startswith("The network is worse than a linear autoregression (skill -")
    assert found.sentence.endswith("): use that instead.")


def test_a_network_far_worse_is_told_in_times_not_in_percent() -> None:
    series = np.random.default_rng(5).normal(size=400).cumsum() + 100
    found = judged(series, np.roll(series, 1) * 4.0)
    assert found.worse
    assert "times as large" in found.sentence
    assert "skill" not in found.sentence
    assert "): use that instead" in found.sentence


def test_an_exact_answer_is_recommended_without_a_second_comparison() -> None:
    series = np.tile([1.0, 4.0, 2.0, 8.0], 100)
    found = judged(series, series + 0.1, season=4)
    assert found.sentence == (
        "The network is worse than repeating the last season, which is exact here: use that "
        "instead."
    )


def test_noise_is_never_followed_late() -> None:
    noise = np.random.default_rng(6).normal(size=400)
    found = judged(noise, 0.9 * np.roll(noise, 1))
    assert found.worse
    assert found.lag == 0
    assert "late" not in found.sentence


def test_a_late_forecast_of_a_walk_is_called_late_and_worse() -> None:
    walk = np.random.default_rng(7).normal(size=400).cumsum()
    found = judged(walk, np.roll(walk, 3))
    assert (found.worse, found.lag) == (True, 3)
    assert ": use that instead; the forecast follows the truth 3 steps late." in found.sentence


def test_a_copy_of_the_last_season_is_called_one_season_late() -> None:
    season = np.tile(np.random.default_rng(7).normal(size=8), 50)
    values = season + 0.1 * np.random.default_rng(8).normal(size=400).cumsum()
    walk = Walk((values,), (250,), 1, season=8)
    simple = references(walk, 4)
    late = judge(walk, {**simple, "network": simple["seasonal_naive"]}).verdict
    assert late.lag == 8
    assert "the forecast follows the truth one season late" in late.sentence


def test_one_held_out_value_is_one() -> None:
    walk = Walk((np.random.default_rng(7).normal(size=60),), (59,), 1)
    simple = references(walk, 4)
    told = judge(walk, {**simple, "network": simple["mean"]}).verdict.sentence
    assert "1 held-out value gives 1 independent origin one step ahead" in told


def test_too_little_data_still_tells_direction_and_size() -> None:
    noise = np.random.default_rng(8).normal(size=60)
    walk = Walk((noise,), (50,), 5)
    better = ", which would have served better here"
    for scale, side, said in ((0.1, "below", ""), (1.2, "above", ""), (1.4, "above", better)):
        network = (np.full((6, 5), scale),)
        found = judge(walk, {"network": network, **references(walk, 4)}).verdict
        assert found.claim == "too_little"
        assert f" % {side} that of " in found.sentence
        end = f", the best simple answer{said}; that is too little to tell."
        assert found.sentence.endswith(end)


def test_what_would_have_served_better_is_said_where_no_test_can_show_it() -> None:
    noise = np.random.default_rng(8).normal(size=400)
    noise[300::40] *= 30  # a few errors that decide everything
    walk = Walk((noise,), (200,), 1)
    simple = references(walk, 4)
    for factor, said in ((1.0, False), (1.6, True)):
        truth = noise[200:, None]
        network = (truth + factor * (simple["mean"](0, np.arange(200, 400)) - truth),)
        found = judge(walk, {**simple, "network": network}).verdict
        assert (found.claim, found.worse) == ("none", False)
        better = "The historical mean would have served better here, which may be chance."
        assert found.sentence.endswith(better) == said


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (-1.0, 0.64, "96 % interval -100 % to 64 %"),
        (-2.16, 0.59, "96 % interval too wide to say more"),
        (-32.96, 0.64, "96 % interval too wide to say more"),
        (None, 1.0, "96 % interval too wide to say more"),
        (-32.96, -0.5, "96 % interval below -50 %"),
        (-1e6, -19481.0, "96 % interval at least 19,000 times as large"),
        (None, -0.5, "96 % interval below -50 %"),
        (None, None, ""),
    ],
)
def test_an_end_that_says_nothing_is_not_shown(
    low: float | None, high: float | None, words: str
) -> None:
    assert interval(low, high, level=0.96) == words


def test_json_keeps_the_numbers_that_words_leave_out() -> None:
    found = verdict(season=1)
    none = replace(found.over_naive, claim="none")
    wide = replace(found, claim="none", over_naive=none, skill=0.1, low=-32.96, high=0.64)
    assert "(skill 10 %, 96 % interval too wide to say more)" in wide.sentence
    assert wide.to_dict()["low"] == -32.96
