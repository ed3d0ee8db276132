"""The verdict in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recur.judge.baselines import NAIVE
from recur.judge.comparison import FEWEST_INDEPENDENT, Comparison

if TYPE_CHECKING:
    from recur.judge.verdict import Verdict

_WIDE = -10.0
"""A lower end of skill below this, ten times the reference's loss, only puzzles a reader."""

_REFERENCES = {
    "last_value": "repeating the last value",
    "seasonal_naive": "repeating the last season",
    "drift": "continuing the straight line",
}


def in_words(verdict: Verdict) -> str:
    """Return one to three short sentences that say what the verdict says."""
    if verdict.claim == "too_little":
        return _too_little(verdict)
    return f"{_over_naive(verdict)} {_over_linear(verdict.over_linear, verdict.level)}"


def percent(share: float) -> str:
    """Return a share as a percentage that is short, and neither 0 nor 100 unless the share is.

    >>> [percent(share) for share in (0.426, 0.0312, -0.5, 0.99987, 1.0)]
    ['43 %', '3.1 %', '-50 %', '99.987 %', '100 %']
    """
    shown = 100.0 * share
    if 0.9 < share < 1.0:
        return f"{100.0 - float(f'{100.0 - shown:.2g}'):.12g} %"
    return f"{shown:.2g} %" if abs(share) < 0.1 else f"{shown:.0f} %"


def interval(low: float | None, high: float | None, level: float) -> str:
    """Return an interval of shares in words, "" where there is none.

    An end far below -100 % or without bound says that the data are too few, and is not shown.

    >>> interval(0.1, 0.42, level=0.96), interval(-32.96, 0.64, level=0.96)
    ('96 % interval 10 % to 42 %', '96 % interval too wide to say more')
    >>> interval(-32.96, -0.5, level=0.96)
    '96 % interval below -50 %'
    """
    if high is None:
        return ""
    if low is not None and low >= _WIDE:
        ends = f"{percent(low)} to {percent(high)}"
    else:
        ends = f"below {percent(high)}" if high < 0 else "too wide to say more"
    return f"{percent(level)} interval {ends}"


def steps_ahead(horizon: int) -> str:
    """Return how far a forecast looks.

    >>> steps_ahead(1), steps_ahead(24)
    ('one step ahead', '24 steps ahead')
    """
    return "one step ahead" if horizon == 1 else f"{horizon} steps ahead"


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
    finding = "The network is worse than" if verdict.worse else "No evidence of skill over"
    sure = sure or "the errors are too few or too uneven for an interval"
    measured = f"skill {percent(verdict.skill)}, {sure}"
    return f"{finding} {strongest} ({measured}){_late(verdict.lag)}."


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
