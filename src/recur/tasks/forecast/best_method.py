"""The best method of a comparison, and what a choice made on its own walk is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from recur.arrays import Float64s
from recur.judge import NAIVE, Walk
from recur.judge.words import beside
from recur.report.comparison import comparison_label


@dataclass(frozen=True)
class Choice:
    """The method of the lowest loss on a walk.

    Its own figure is flattered: of many methods the best owes something to luck. So the choice is
    made once more, on the first half of the origins, and what it takes there is measured on the
    other half, which it has not seen.

    Attributes:
        name: of the best method.
        among: of how many.
        skill: over the strongest naive answer, on the walk that it was chosen on.
        early: the best on the first half of the origins; None where there are too few to halve.
        later_skill: of that one over the strongest naive answer, on the other half; None where
            there is no other half, or the answer is exact.
    """

    name: str
    among: int
    skill: float | None
    early: str | None
    later_skill: float | None

    @property
    def sentence(self) -> str:
        """Say what was chosen, and what its figure is worth."""
        flattered = (
            f"Handed out: {comparison_label(self.name)}, the lowest squared error of {self.among} "
            "methods on this walk; having been chosen on it flatters its figure."
        )
        if self.early is None or self.later_skill is None:
            return flattered
        same = "the same" if self.early == self.name else comparison_label(self.early)
        return (
            f"{flattered} Chosen on the first half of the origins alone it is {same}, and on the "
            f"other half, which that choice has not seen, its mean squared error is "
            f"{beside(self.later_skill)} the strongest naive answer."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the fields and the sentence as plain JSON values."""
        return {**asdict(self), "sentence": self.sentence}


def choose(walk: Walk, losses: Mapping[str, Float64s]) -> Choice:
    """Return the method of the lowest mean loss, of equal ones the first.

    Args:
        walk: what was forecast.
        losses: float64 [times] of every method, oldest first.
    """
    gap = -(-walk.horizon // walk.stride) - 1  # origins whose truths lie in both halves
    half = (len(walk.judged_times) - gap) // 2
    early = later_skill = None
    if half > 0:
        early = _best({name: each[:half] for name, each in losses.items()})
        later_skill = _skill(early, {name: each[half + gap :] for name, each in losses.items()})
    best = _best(losses)
    return Choice(best, len(losses), _skill(best, losses), early, later_skill)


def _best(losses: Mapping[str, Float64s]) -> str:
    return min(losses, key=lambda name: float(losses[name].mean()))


def _skill(name: str, losses: Mapping[str, Float64s]) -> float | None:
    strongest = min(float(losses[naive].mean()) for naive in NAIVE)
    return 1 - float(losses[name].mean()) / strongest if strongest > 0 else None
