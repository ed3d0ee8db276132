"""The verdict: one test, declared beforehand, of whether a forecast beats the simple answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from recur.judge.comparison import (
    FEWEST_INDEPENDENT,
    Comparison,
    compare,
    degrees_of_freedom,
)
from recur.judge.forecast.baselines import LINEAR, NAIVE
from recur.judge.forecast.losses import loss_sequence
from recur.judge.forecast.tracking import best_lag, direction_hits
from recur.judge.forecast.walk import Forecasts, Walk
from recur.judge.superiority import NETWORK as NETWORK
from recur.judge.superiority import Superiority, beats_all
from recur.judge.words import interval, percent, steps_ahead

_REFERENCES = {
    "last_value": "repeating the last value",
    "seasonal_naive": "repeating the last season",
    "drift": "continuing the straight line",
}


@dataclass(frozen=True)
class Verdict(Superiority):
    """What a walk forward says of a network.

    Attributes, beside those of the test:
        held_out: how many values the origins and their horizons span.
        horizon: how many steps ahead it was judged.
        season: the length of a season in steps, 1 for none.
        independent_origins: how many forecasts without overlap the held-out stretch has room for.
        lag: how many steps late the forecast follows the truth.
        direction_hits: the share of forecasts in the right direction, and its interval
            `direction_low` to `direction_high`.
        over_linear: the comparison with the linear autoregression.
    """

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
        return _in_words(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields and the sentence as plain JSON values, None for what is not known."""
        return {**asdict(self), "sentence": self.sentence}


def decide(walk: Walk, forecasts: Mapping[str, Forecasts]) -> Verdict:
    """Return the verdict on the forecasts of the network, given those of every reference."""
    degrees = degrees_of_freedom(walk.times, walk.independent_origins)
    losses = {name: loss_sequence(walk, forecasts[name]) for name in (NETWORK, *NAIVE, LINEAR)}
    hits, hits_low, hits_high = direction_hits(walk, forecasts[NETWORK])
    return Verdict(
        **beats_all(losses, NAIVE, degrees).fields(),
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


def _in_words(verdict: Verdict) -> str:
    """Return one to three short sentences that say what the verdict says."""
    if verdict.claim == "too_little":
        return _too_little(verdict)
    return f"{_over_naive(verdict)} {_over_linear(verdict.over_linear, verdict.level)}"


def _too_little(verdict: Verdict) -> str:
    origins = "origin" if verdict.independent_origins == 1 else "origins"
    return (
        f"Too little data to say whether the network has skill: {verdict.held_out} held-out values "
        f"give {verdict.independent_origins} independent {origins} {steps_ahead(verdict.horizon)}; "
        f"at least {FEWEST_INDEPENDENT} are needed, which takes "
        f"{FEWEST_INDEPENDENT * verdict.horizon} held-out values."
    )


def _over_naive(verdict: Verdict) -> str:
    strongest = _REFERENCES[verdict.against]
    if verdict.skill is None:
        return f"{strongest.capitalize()} is exact here: nothing can beat it."
    sure = interval(verdict.low, verdict.high, verdict.level)
    if verdict.claim == "skill":
        return (
            f"The network beats {_beaten(verdict.season)}: its mean squared error is "
            f"{percent(verdict.skill)} below that of {strongest}, "
            f"the {'stronger' if verdict.season == 1 else 'strongest'} of them ({sure})."
        )
    return f"{verdict.finding(strongest)}{_late(verdict.lag)}."


def _beaten(season: int) -> str:
    """Name the references; without a season the seasonal naive only repeats the last value."""
    names = [_REFERENCES[name] for name in NAIVE if season > 1 or name != "seasonal_naive"]
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _late(lag: int) -> str:
    if lag == 0:
        return ""
    return f"; the forecast follows the truth {'one step' if lag == 1 else f'{lag} steps'} late"


def _over_linear(over: Comparison, level: float) -> str:
    if over.finding == "better" and over.skill is not None:
        sure = interval(over.low, over.high, level)
        return f"Over a linear autoregression it adds {percent(over.skill)} ({sure})."
    if over.finding == "worse":
        return "It is worse than a linear autoregression."
    return "It adds nothing over a linear autoregression that this test could show."
