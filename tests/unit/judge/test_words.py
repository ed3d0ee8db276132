"""The sentences of a verdict: what a reader is told, and what would only puzzle them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recur.judge import Verdict, Walk, judge, references
from recur.judge.words import interval

SIGNAL = np.sin(2 * np.pi * np.arange(400) / 50)


def verdict(season: int) -> Verdict:
    """Return a verdict of skill: the network knows the signal beneath the noise."""
    series = SIGNAL + np.random.default_rng(0).normal(size=400) * 0.29
    walk = Walk((series,), (250,), 1, season=season)
    known = (SIGNAL[walk.origins(0)][:, None],)
    return judge(walk, {"network": known, **references(walk, 20)}).verdict


def test_without_a_season_its_naive_forecast_is_not_among_what_is_beaten() -> None:
    found = verdict(season=1)
    assert found.claim == "skill"
    assert found.sentence.startswith(
        "The network beats repeating the last value and continuing the straight line: "
    )
    assert "the stronger of them" in found.sentence
    assert "season" not in found.sentence


def test_with_a_season_all_three_are_named() -> None:
    assert verdict(season=50).sentence.startswith(
        "The network beats repeating the last value, repeating the last season and continuing the "
        "straight line: "
    )


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (-10.0, 0.64, "96 % interval -1000 % to 64 %"),
        (-32.96, 0.64, "96 % interval too wide to say more"),
        (None, 1.0, "96 % interval too wide to say more"),
        (-32.96, -0.5, "96 % interval below -50 %"),
        (None, -0.5, "96 % interval below -50 %"),
        (None, None, ""),
    ],
)
def test_an_end_that_says_nothing_is_not_shown(
    low: float | None, high: float | None, words: str
) -> None:
    assert interval(low, high, level=0.96) == words


def test_json_keeps_the_numbers_that_words_leave_out() -> None:
    wide = replace(verdict(season=1), claim="none", skill=0.1, low=-32.96, high=0.64)
    assert "(skill 10 %, 96 % interval too wide to say more)" in wide.sentence
    assert wide.to_dict()["low"] == -32.96
