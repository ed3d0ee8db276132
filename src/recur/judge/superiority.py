"""One test of whether a method beats each of several references: an intersection-union test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from recur.arrays import Float64s
from recur.judge.comparison import LEVEL, Comparison, compare
from recur.judge.words import interval, skill_words

NETWORK = "network"
"""The name of the judged method among those of a judgement."""

Claim = Literal["skill", "none", "too_little"]

_HOPELESS = 10.0
"""Losses of a reference beyond so many times the mean loss of the strongest count as so many."""

_BEHIND = -0.25
"""From this skill on, a quarter more squared error, it is said that the reference did better."""

NO_INTERVAL = "the errors are too few or too uneven for an interval"


@dataclass(frozen=True)
class Superiority:
    """What the losses of a method say of it, against those of each reference.

    Attributes:
        claim: "skill" where it is better than each of them, "none" where no such evidence was
            found, "too_little" where there is too little data to say.
        worse: whether it is worse than the strongest of them.
        skill: 1 - mean loss / mean loss of the strongest; None where that one is exact.
        low: the lower end of the interval for skill: the lowest over all of them, above 0 exactly
            when skill is claimed. None where it is unbounded or not to be had.
        high: the upper end, against the strongest.
        against: the name of the strongest, the one with the lowest loss.
        p_value: of the claim, the largest over all of them.
        level: of the interval.
    """

    claim: Claim
    worse: bool
    skill: float | None
    low: float | None
    high: float | None
    against: str
    p_value: float | None
    level: float

    @property
    def behind(self) -> bool:
        """Say whether the strongest did clearly better on what was judged, by chance or not."""
        exact = self.skill is None and self.claim != "skill"
        return exact or (self.skill is not None and self.skill <= _BEHIND)

    def finding(self, strongest: str, judged: str = "The network") -> str:
        """Say in words what was found where no skill is claimed, without a stop.

        Args:
            strongest: what the strongest reference does.
            judged: what is judged, as a sentence begins.
        """
        sure = interval(self.low, self.high, self.level) or NO_INTERVAL
        if self.skill is None:
            return (
                f"{judged} is worse than {strongest}, which is exact here: use that instead"
                if self.worse
                else f"{judged} is no better than {strongest}, which is exact here"
            )
        found = f"{strongest} ({skill_words(self.skill)}, {sure})"
        if self.worse:
            return f"{judged} is worse than {found}: use that instead"
        return f"No evidence of skill over {found}"

    def fields(self) -> dict[str, Any]:
        """Return the fields by name."""
        return {name: getattr(self, name) for name in Superiority.__dataclass_fields__}


def beats_all(
    losses: Mapping[str, Float64s],
    references: Sequence[str],
    degrees: int | None,
    among: Sequence[str] | None = None,
) -> Superiority:
    """Return what the losses of the network say of it, against those of every reference.

    It has skill where every single comparison finds it better: as likely by chance as in the one
    that is hardest to pass. The losses of a hopeless reference, such as the mean of a walk, may
    wander so far that their own mean is hardly known; so a reference is beaten, too, where it is
    with its losses cut at `_HOPELESS` times the mean loss of the strongest, which only does it
    good. What beats all of `among` then beats some of them, too.

    Args:
        losses: float64 [times] by name, those of `NETWORK` among them.
        references: the names of those to be beaten.
        degrees: as `compare` takes them; None for too little data.
        among: the names among which the strongest sets the cut; by default the references.
    """
    own = losses[NETWORK]
    comparisons = [compare(name, losses[name], own, degrees) for name in references]
    strongest = min(comparisons, key=lambda each: float(losses[each.against].mean()))
    most = _HOPELESS * min(float(losses[name].mean()) for name in among or references)
    cut = [compare(name, np.minimum(losses[name], most), own, degrees) for name in references]
    easiest = [_easier(*pair) for pair in zip(comparisons, cut, strict=True)]
    claim: Claim = "none"
    if degrees is None:
        claim = "too_little"
    elif all(each.finding == "better" for each in easiest):
        claim = "skill"
    lows = [each.low for each in easiest if each.low is not None]
    return Superiority(
        claim=claim,
        worse=strongest.finding == "worse",
        skill=strongest.skill,
        low=min(lows) if len(lows) == len(easiest) else None,
        high=strongest.high,
        against=strongest.against,
        p_value=None if degrees is None else max(each.p_value or 0.0 for each in easiest),
        level=LEVEL,
    )


def _easier(one: Comparison, other: Comparison) -> Comparison:
    """Return the comparison that shows more skill, `one` where neither does."""
    if other.low is None or (one.low is not None and one.low >= other.low):
        return one
    return other
