"""One test of whether a method beats each of several references: an intersection-union test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from recur.arrays import Float64s
from recur.judge.comparison import LEVEL, compare
from recur.judge.words import interval, percent

NETWORK = "network"
"""The name of the judged method among those of a judgement."""

Claim = Literal["skill", "none", "too_little"]

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

    def finding(self, strongest: str) -> str:
        """Say in words what was found where no skill is claimed, without a stop.

        Args:
            strongest: what the strongest reference does.
        """
        opening = "The network is worse than" if self.worse else "No evidence of skill over"
        sure = interval(self.low, self.high, self.level) or NO_INTERVAL
        assert self.skill is not None
        return f"{opening} {strongest} (skill {percent(self.skill)}, {sure})"

    def fields(self) -> dict[str, Any]:
        """Return the fields by name."""
        return {name: getattr(self, name) for name in Superiority.__dataclass_fields__}


def beats_all(
    losses: Mapping[str, Float64s], references: Sequence[str], degrees: int | None
) -> Superiority:
    """Return what the losses of the network say of it, against those of every reference.

    It has skill where every single comparison finds it better: as likely by chance as in the one
    that is hardest to pass.

    Args:
        losses: float64 [times] by name, those of `NETWORK` among them.
        references: the names of those to be beaten.
        degrees: as `compare` takes them; None for too little data.
    """
    comparisons = [compare(name, losses[name], losses[NETWORK], degrees) for name in references]
    strongest = min(comparisons, key=lambda each: float(losses[each.against].mean()))
    claim: Claim = "none"
    if degrees is None:
        claim = "too_little"
    elif all(each.finding == "better" for each in comparisons):
        claim = "skill"
    lows = [each.low for each in comparisons if each.low is not None]
    return Superiority(
        claim=claim,
        worse=strongest.finding == "worse",
        skill=strongest.skill,
        low=min(lows) if len(lows) == len(comparisons) else None,
        high=strongest.high,
        against=strongest.against,
        p_value=None if degrees is None else max(each.p_value or 0.0 for each in comparisons),
        level=LEVEL,
    )
