"""How many threads are worth it."""

from __future__ import annotations

from dataclasses import dataclass

from recur.engines.compiled.kernels.plan import Plan

WORTH = 3e6
"""Operations that one thread does in about 30 microseconds; less is not worth a second one."""


@dataclass(frozen=True)
class Threads:
    """How many threads there are, and what makes a second one worth it.

    Attributes:
        most: threads.
        worth: operations below which one thread does it all.
    """

    most: int
    worth: float = WORTH

    def team(self, plan: Plan, lanes: int, portions: int) -> int:
        """Return how many threads have something to do and are worth it.

        Args:
            plan: of the network; its time steps are what is to be done,
            lanes: for so many sequences,
            portions: which are run in so many parts.
        """
        work = 2.0 * plan.size * plan.steps * lanes
        return 1 if work < self.worth else max(1, min(self.most, portions * plan.blocks))
