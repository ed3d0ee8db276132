"""How many threads are worth it."""

from __future__ import annotations

from recur.engines.compiled.kernels.plan import Plan

# Operations that one thread does in about 30 microseconds; less is not worth a second one.
WORTH = 3e6


def team_size(threads: int, layout: Plan, lanes: int, portions: int) -> int:
    """Return how many threads have something to do and are worth it; bits do not depend on it."""
    work = 2.0 * layout.size * layout.steps * lanes
    return 1 if work < WORTH else max(1, min(threads, portions * layout.blocks))
