"""The verdict: one test, declared beforehand, of whether a forecast beats the simple answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from recur.arrays import Float64s
from recur.judge.comparison import (
    FEWEST_INDEPENDENT,
    Comparison,
    compare,
    degrees_of_freedom,
)
from recur.judge.forecast.baselines import LINEAR, NAIVE, SIMPLE
from recur.judge.forecast.losses import loss_sequence
from recur.judge.forecast.tracking import best_lag, direction_hits
from recur.judge.forecast.walk import Forecasts, Walk
from recur.judge.superiority import NETWORK as NETWORK
from recur.judge.superiority import NO_INTERVAL, Superiority, beats_all
from recur.judge.words import (
    TITLES,
    beside,
    counted,
    interval,
    percent,
    skill_words,
    steps_ahead,
)
from recur.markup import card

_REFERENCES = {
    "last_value": "repeating the last value",
    "seasonal_naive": "repeating the last season",
    "drift": "continuing the straight line",
    "mean": "the historical mean",
    "window_mean": "the mean of the newest values",
    "seasonal_mean": "the mean of past seasons",
    LINEAR: "a linear autoregression",
}

_JUDGED = {
    NETWORK: "the network",
    "pretrained": "the pretrained network",
    "tuned": "the tuned network",
    "aligned": "the network",
    **TITLES,
    **dict.fromkeys(SIMPLE, "it"),
}
"""What stands in a sentence for what is judged: a simple answer is named at its beginning."""

_SERVED = "would have served better here"

_COPIES = ("last_value", "seasonal_naive", "drift")
"""The answers that take old values for new ones, and so follow the truth late."""

_CLAIMS = {"skill": "Skill", "none": "No evidence of skill", "too_little": "Too little data"}


@dataclass(frozen=True)
class Verdict(Superiority):
    """What a walk forward says of a network, or of another method.

    The test is against every simple answer, the linear autoregression among them: `claim` is
    "skill" only where the network beats them all. What is a simple answer itself is held to all
    others that differ from it.

    Attributes, beside those of the test:
        held_out: how many values the origins and their horizons span.
        horizon: how many steps ahead it was judged.
        season: the length of a season in steps, 1 for none.
        independent_origins: how many forecasts without overlap the held-out stretch has room for.
        lag: how many steps late the forecast follows the truth; 0 where it does not, and where
            lateness would mean nothing, as on noise that a mean forecasts best.
        direction_hits: the share of forecasts in the right direction, and its interval
            `direction_low` to `direction_high`.
        over_naive: the same test against the answers that fit nothing, all but the linear one.
        over_linear: the comparison with the linear autoregression.
        judged: the name of what was judged, such as "network" or "theta".
    """

    held_out: int
    horizon: int
    season: int
    independent_origins: int
    lag: int
    direction_hits: float | None
    direction_low: float | None
    direction_high: float | None
    over_naive: Superiority
    over_linear: Comparison
    judged: str = NETWORK

    @property
    def sentence(self) -> str:
        """Return the verdict in plain words."""
        return _in_words(self)

    def _repr_html_(self) -> str:
        return card(_CLAIMS[self.claim], text=self.sentence)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields and the sentence as plain JSON values, None for what is not known."""
        return {**asdict(self), "sentence": self.sentence}


def decide(walk: Walk, forecasts: Mapping[str, Forecasts], judged: str = NETWORK) -> Verdict:
    """Return the verdict on the forecasts of the network, given those of every reference.

    Args:
        walk: what was forecast.
        forecasts: by name, those called "network" being the judged ones.
        judged: what made them; a simple answer is not held to itself.
    """
    losses = {name: loss_sequence(walk, forecasts[name]) for name in (NETWORK, *SIMPLE)}
    hits, lag = direction_hits(walk, forecasts[NETWORK]), best_lag(walk, forecasts[NETWORK])
    return decided(walk, losses, hits, lag, judged)


def decided(
    walk: Walk,
    losses: Mapping[str, Float64s],
    hits: tuple[float | None, float | None, float | None],
    lag: int,
    judged: str,
) -> Verdict:
    """Return the verdict, given what was summed over the forecasts of a walk.

    Args:
        walk: what was forecast.
        losses: by name, the `loss_sequence` of each.
        hits: the `direction_hits` of the network.
        lag: its `best_lag`.
        judged: what "network" is.
    """
    degrees = degrees_of_freedom(len(walk.judged_times), walk.independent_origins)
    simple, naive = (_others(judged, names, losses) for names in (SIMPLE, NAIVE))
    over_naive = beats_all(losses, naive, degrees, among=simple)
    return Verdict(
        **beats_all(losses, simple, degrees).fields(),
        held_out=walk.held_out,
        horizon=walk.horizon,
        season=walk.season,
        independent_origins=walk.independent_origins,
        lag=lag if over_naive.against in _COPIES else 0,
        direction_hits=hits[0],
        direction_low=hits[1],
        direction_high=hits[2],
        over_naive=over_naive,
        over_linear=compare(LINEAR, losses[LINEAR], losses[NETWORK], degrees),
        judged=judged,
    )


def _others(judged: str, names: Sequence[str], losses: Mapping[str, Float64s]) -> tuple[str, ...]:
    """Return the references of what is judged: of a simple answer those that differ from it.

    Without a season, repeating the last season is repeating the last value: not another answer.
    """
    if judged not in SIMPLE:
        return tuple(names)
    others = tuple(name for name in names if name != judged)
    differ = [name for name in others if not np.array_equal(losses[name], losses[NETWORK])]
    return tuple(differ) or others


def _in_words(verdict: Verdict) -> str:
    """Return a few short sentences that say what the verdict says."""
    if verdict.judged not in SIMPLE:
        return _findings(verdict)
    named = _REFERENCES[verdict.judged]
    return (
        f"{named[0].upper()}{named[1:]} is a simple answer itself, compared with the others. "
        f"{_findings(verdict)}"
    )


def _findings(verdict: Verdict) -> str:
    if verdict.claim == "too_little":
        seen = verdict.independent_origins > 0  # else no held-out value was observed
        return f"{_too_little(verdict)}{_so_far(verdict) if seen else ''}"
    strongest = _REFERENCES[verdict.against]
    if verdict.claim == "skill":
        return f"{_beats_all(verdict, strongest)}{_over_linear(verdict)}"
    if verdict.over_naive.claim == "skill":
        return f"{_beats_naive(verdict)}, but {_linear_is_enough(verdict)}."
    late = "" if verdict.skill is None else _late(verdict.lag, verdict.season)
    found = verdict.finding(strongest, _beginning(_judged(verdict)))
    better = ""
    if verdict.behind and not verdict.worse:
        better = f" {_beginning(strongest)} {_SERVED}, which may be chance."
    return f"{found}{late}.{_over_linear(verdict)}{better}"


def _judged(verdict: Verdict) -> str:
    """Return what is judged, as it stands within a sentence."""
    return _JUDGED.get(verdict.judged, verdict.judged)


def _beginning(judged: str) -> str:
    return judged[0].upper() + judged[1:]


def _too_little(verdict: Verdict) -> str:
    held_out = counted(verdict.held_out, "held-out value")
    return (
        f"Too little data to say whether {_judged(verdict)} has skill: {held_out} "
        f"give{'s' * (verdict.held_out == 1)} "
        f"{counted(verdict.independent_origins, 'independent origin')} "
        f"{steps_ahead(verdict.horizon)}; "
        f"at least {FEWEST_INDEPENDENT} are needed, which takes "
        f"{FEWEST_INDEPENDENT * verdict.horizon} held-out values."
    )


def _so_far(verdict: Verdict) -> str:
    """Say what the numbers are where they are too few to tell anything."""
    strongest = _REFERENCES[verdict.against]
    if verdict.skill is None:
        return f" So far {strongest} is exact, and {_judged(verdict)} is not."
    return (
        f" So far its mean squared error is {beside(verdict.skill)} {strongest}, the best simple "
        f"answer{f', which {_SERVED}' if verdict.behind else ''}; that is too little to tell."
    )


def _beats_all(verdict: Verdict, strongest: str) -> str:
    assert verdict.skill is not None
    every = "every other simple answer" if verdict.judged in SIMPLE else "every simple answer"
    return (
        f"{_beginning(_judged(verdict))} beats {every}: its mean squared error is "
        f"{beside(verdict.skill)} {strongest}, the strongest of them "
        f"({interval(verdict.low, verdict.high, verdict.level)})."
    )


def _beats_naive(verdict: Verdict) -> str:
    over = verdict.over_naive
    assert over.skill is not None
    return (
        f"{_beginning(_judged(verdict))} beats the naive answers (its mean squared error is "
        f"{beside(over.skill)} {_REFERENCES[over.against]}, the strongest of them; "
        f"{interval(over.low, over.high, over.level)})"
    )


def _linear_is_enough(verdict: Verdict) -> str:
    """Say how a linear autoregression does that is not beaten."""
    over = verdict.over_linear
    sure = interval(over.low, over.high, verdict.level) or NO_INTERVAL
    if over.skill is None:
        return "a linear autoregression is exact here: use that instead"
    told = f"over it {skill_words(over.skill)}, {sure}"
    if over.finding == "worse":
        return f"a linear autoregression does better ({told}): use that instead"
    return f"a linear autoregression may do as well ({told})"


def _late(lag: int, season: int) -> str:
    if lag == 0:
        return ""
    behind = "one step" if lag == 1 else "one season" if lag == season else f"{lag} steps"
    return f"; the forecast follows the truth {behind} late"


def _over_linear(verdict: Verdict) -> str:
    """Say how the network does beside a linear autoregression, where that was not said yet."""
    over = verdict.over_linear
    if LINEAR in (verdict.against, verdict.judged) or verdict.skill is None or over.skill is None:
        return ""
    if over.finding == "better":
        sure = interval(over.low, over.high, verdict.level)
        return f" Over a linear autoregression it adds {percent(over.skill)} ({sure})."
    if over.finding == "worse":
        return " It is worse than a linear autoregression too."
    return " It adds nothing over a linear autoregression that this test could show."
