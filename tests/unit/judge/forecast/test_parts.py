"""A walk that is judged part by part: the same figures, and no forecast is kept."""

from __future__ import annotations

import numpy as np
import pytest

from recur.judge import Intervals, Walk, judge, references
from recur.judge.forecast import walk as walks
from recur.judge.forecast.baselines import references_in_parts
from recur.judge.forecast.judgement import OfPart, judge_in_parts
from recur.judge.forecast.losses import loss_sequence


def a_walk(*, masked: bool) -> Walk:
    """Return series of several lengths and ends, some of them masked, one still before its end."""
    numbers = np.random.default_rng(3)
    lengths = [60 + 7 * (i % 4) for i in range(12)]
    series = tuple(np.cumsum(numbers.normal(size=length)) for length in lengths)
    series[-1][:-10] = 1.0
    observed = tuple(numbers.uniform(size=length) > 0.2 for length in lengths) if masked else None
    starts = tuple(length - 16 - i for i, length in enumerate(lengths))
    return Walk(series, starts, 3, season=7, observed=observed)


def intervals_of(walk: Walk, made: tuple[np.ndarray, ...]) -> Intervals:
    """Return intervals of one level around forecasts."""
    low, high = (tuple(one + reach for one in made) for reach in (-1.5, 1.5))
    return Intervals(walk, "conformal", (80.0,), (low,), (high,))


@pytest.mark.parametrize("masked", [False, True])
def test_parts_are_judged_as_the_whole_is_to_the_bit(
    monkeypatch: pytest.MonkeyPatch, masked: bool
) -> None:
    monkeypatch.setattr(walks, "_TOGETHER", 400)
    walk = a_walk(masked=masked)
    assert len(walk.spans) > 3
    simple = references(walk, lookback=8)
    network = walk.forecasts("network", simple["window_mean"])
    whole = judge(walk, {"network": network, **simple}, intervals_of(walk, network))
    beside = references_in_parts(walk, lookback=8)

    def of_part(some: slice, part: Walk) -> OfPart:
        return {"network": network[some], **beside(some, part)}, intervals_of(part, network[some])

    parts = judge_in_parts(walk, of_part)
    assert parts.to_dict() == whole.to_dict()
    assert not hasattr(parts, "forecasts")


@pytest.mark.parametrize("masked", [False, True])
def test_a_walk_in_parts_finds_what_one_in_a_single_part_does(
    monkeypatch: pytest.MonkeyPatch, masked: bool
) -> None:
    def figures() -> list[float | None]:
        walk = a_walk(masked=masked)
        simple = references(walk, lookback=8)
        found = judge(walk, {"network": simple["drift"], **simple})
        told = [*found.errors["linear"].values(), found.verdict.skill, found.verdict.direction_hits]
        return [*told, *loss_sequence(walk, found.forecasts["linear"])]

    whole = figures()
    monkeypatch.setattr(walks, "_TOGETHER", 400)
    assert figures() == pytest.approx(whole, rel=1e-12)
