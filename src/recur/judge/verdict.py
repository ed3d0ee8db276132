"""The verdict: one test, declared beforehand, of whether a forecast beats the simple answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from recur.judge.baselines import LINEAR, NAIVE
from recur.judge.comparison import LEVEL, Comparison, compare, degrees_of_freedom
from recur.judge.losses import loss_sequence
from recur.judge.tracking import best_lag, direction_hits
from recur.judge.walk import Forecasts, Walk
from recur.judge.words import in_words

NETWORK = "network"
"""The name of the judged method among the methods of a judgement."""


@dataclass(frozen=True)
class Verdict:
    """What a walk forward says of a network.

    Attributes:
        claim: "skill" where the network beats each naive reference, "none" where no such evidence
            was found, "too_little" where there is too little data to say.
        worse: whether the network is worse than the strongest naive reference.
        skill: 1 - mean loss / mean loss of the strongest reference; None where that one is exact.
        low: the lower end of the interval for skill: the lowest over the three references, above 0
            exactly when skill is claimed. None where it is unbounded or not to be had.
        high: the upper end, against the strongest reference.
        against: the strongest reference, the one with the lowest loss.
        p_value: of the claim, the largest over the three references.
        level: of every interval here.
        held_out: how many values the origins and their horizons span.
        horizon: how many steps ahead it was judged.
        season: the length of a season in steps, 1 for none.
        independent_origins: how many forecasts without overlap the held-out stretch has room for.
        lag: how many steps late the forecast follows the truth.
        direction_hits: the share of forecasts in the right direction, and its interval
            `direction_low` to `direction_high`.
        over_linear: the comparison with the linear autoregression.
    """

    claim: Literal["skill", "none", "too_little"]
    worse: bool
    skill: float | None
    low: float | None
    high: float | None
    against: str
    p_value: float | None
    level: float
    held_out: int
    horizon: int
    season: int
    independent_origins: int
    lag: int
    direction_hits: float | None
    direction_low: float | None
    direction_high: float | None
    over_linear: Comparison

    @property
    def sentence(self) -> str:
        """Return the verdict in plain words."""
        return in_words(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields and the sentence as plain JSON values, None for what is not known."""
        return {**asdict(self), "sentence": self.sentence}


def decide(walk: Walk, forecasts: Mapping[str, Forecasts]) -> Verdict:
    """Return the verdict on the forecasts of the network, given those of every reference."""
    degrees = degrees_of_freedom(walk.times, walk.independent_origins)
    losses = {name: loss_sequence(walk, forecasts[name]) for name in (NETWORK, *NAIVE, LINEAR)}
    naive = [compare(name, losses[name], losses[NETWORK], degrees) for name in NAIVE]
    strongest = min(naive, key=lambda one: float(losses[one.against].mean()))
    hits, hits_low, hits_high = direction_hits(walk, forecasts[NETWORK])
    return Verdict(
        claim=_claim(naive),
        worse=strongest.finding == "worse",
        skill=strongest.skill,
        low=_least([one.low for one in naive]),
        high=strongest.high,
        against=strongest.against,
        p_value=None if degrees is None else max(one.p_value or 0.0 for one in naive),
        level=LEVEL,
        held_out=walk.held_out,
        horizon=walk.horizon,
        season=walk.season,
        independent_origins=walk.independent_origins,
        lag=best_lag(walk, forecasts[NETWORK]),
        direction_hits=hits,
        direction_low=hits_low,
        direction_high=hits_high,
        over_linear=compare(LINEAR, losses[LINEAR], losses[NETWORK], degrees),
    )


def _claim(naive: Sequence[Comparison]) -> Literal["skill", "none", "too_little"]:
    """Return "skill" only where every comparison finds the network better."""
    findings = {one.finding for one in naive}
    if "too_little" in findings:
        return "too_little"
    return "skill" if findings == {"better"} else "none"


def _least(lows: Sequence[float | None]) -> float | None:
    """Return the lowest of some lower ends, None if any is unbounded."""
    known = [low for low in lows if low is not None]
    return min(known) if len(known) == len(lows) else None
