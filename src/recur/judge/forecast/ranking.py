"""Where each method of a judgement stands: its skill, and which differences are evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recur.judge.comparison import SIZE, compare, degrees_of_freedom
from recur.judge.forecast.baselines import SIMPLE
from recur.judge.forecast.judgement import Judgement
from recur.judge.forecast.losses import loss_sequence
from recur.judge.superiority import NETWORK, beats_all


@dataclass(frozen=True)
class RankedMethod:
    """One method beside the others on the same walk.

    Attributes:
        name: of the method in the judgement.
        skill: 1 - mean loss / mean loss of the strongest simple answer; None where that is exact
            and this one is not.
        low: the lower end of the interval for skill, as in `Verdict`, for this method alone; None
            for the simple answers, and where there is none.
        high: the upper end.
        best: whether it has the lowest loss of all methods that are no simple answers.
        beats_simple: whether there is evidence, all such methods counted, that it beats every
            simple answer.
        behind_best: whether there is evidence, all such methods counted, that it is worse than
            the best of them.
    """

    name: str
    skill: float | None
    low: float | None = None
    high: float | None = None
    best: bool = False
    beats_simple: bool = False
    behind_best: bool = False


def ranking(judgement: Judgement) -> tuple[RankedMethod, ...]:
    """Return the standing of every method of a judgement, in the judgement's order.

    Both kinds of evidence have a size of 2 % for all methods together, by Holm's correction. The
    best is chosen by the losses that it is then compared on, and any method might have been it:
    where methods are compared with it, each one's share of the 2 % is divided by their number.
    """
    walk, forecasts = judgement.walk, judgement.forecasts
    degrees = degrees_of_freedom(len(walk.judged_times), walk.independent_origins)
    losses = {name: loss_sequence(walk, made) for name, made in forecasts.items()}
    means = {name: float(values.mean()) for name, values in losses.items()}
    strongest = min(SIMPLE, key=lambda name: means[name])
    trained = [name for name in forecasts if name not in SIMPLE]
    over_simple = {
        name: beats_all({**losses, NETWORK: losses[name]}, SIMPLE, degrees) for name in trained
    }
    best = min(trained, key=lambda name: means[name])
    others = [name for name in trained if name != best]
    behind = [compare(name, losses[name], losses[best], degrees).p_value for name in others]
    beaten = dict(zip(others, holm(behind, SIZE / len(trained)), strict=True))
    skilled = dict(
        zip(trained, holm([each.p_value for each in over_simple.values()], SIZE), strict=True)
    )

    def standing(name: str) -> RankedMethod:
        if name in SIMPLE:
            return RankedMethod(
                name, compare(strongest, losses[strongest], losses[name], None).skill
            )
        found = over_simple[name]
        return RankedMethod(
            name=name,
            skill=found.skill,
            low=found.low,
            high=found.high,
            best=name == best,
            beats_simple=skilled[name],
            behind_best=beaten.get(name, False),
        )

    return tuple(standing(name) for name in forecasts)


def holm(p_values: Sequence[float | None], size: float) -> list[bool]:
    """Return which of several null hypotheses Holm's procedure rejects.

    With a chance of at most `size` it rejects any that is true, whatever their dependence.

    Args:
        p_values: one for each; None where there is too little data to test.
        size: of all tests together.

    >>> holm([0.03, 0.001, 0.012, None], size=0.05)
    [False, True, True, False]
    """
    p = np.array([1.0 if value is None else value for value in p_values])
    order = np.argsort(p, kind="stable")
    passes = p[order] <= size / np.arange(len(p), 0, -1)
    rejected = np.zeros(len(p), dtype=bool)
    rejected[order] = np.logical_and.accumulate(passes)
    return [bool(value) for value in rejected]
