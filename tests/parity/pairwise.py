"""Few cases that hold every pair of settings that can stand together."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Case = dict[str, Any]
Setting = tuple[str, Any]
Pair = tuple[Setting, Setting]


@dataclass(frozen=True)
class Pairwise:
    """Settings, and which of them cannot stand together.

    Attributes:
        factors: the settings that each factor can have.
        impossible: pairs that no case holds.
        times: cases in which each other pair is to be.
        lessen: changes a case that a test could not wait for; what is fixed stays.
    """

    factors: Mapping[str, tuple[Any, ...]]
    impossible: Sequence[Pair]
    times: int
    lessen: Callable[[Case, Case, random.Random], None] | None = None

    def cover(self) -> list[Case]:
        """Return cases that hold every possible pair, greedily as few as will do."""
        draw = random.Random(0)
        left = {pair: self.times for pair in self.pairs() if not self.forbids(pair)}
        cases = []
        while left:
            pair = next(iter(left))
            tries = [self._completed(dict(pair), draw) for _ in range(8)]
            best = max(tries, key=lambda case: sum(p in left for p in pairs_of(case)))
            for held in pairs_of(best):
                if held in left:
                    left[held] -= 1
                    if not left[held]:
                        del left[held]
            cases.append(best)
        return cases

    def pairs(self) -> Iterator[Pair]:
        """Yield every pair of settings of two factors."""
        for first, second in itertools.combinations(self.factors, 2):
            for value, other in itertools.product(self.factors[first], self.factors[second]):
                yield (first, value), (second, other)

    def forbids(self, pair: Pair) -> bool:
        """Return whether a pair of settings cannot stand together."""
        return pair in self.impossible or pair[::-1] in self.impossible

    def check(self, cases: Sequence[Case]) -> None:
        """Fail where a possible pair is in no case, or an impossible one in one."""
        held = {pair for case in cases for pair in pairs_of(case)}
        for pair in self.pairs():
            assert (pair in held) != self.forbids(pair), pair

    def _completed(self, fixed: Case, draw: random.Random) -> Case:
        """Return a possible case that holds two settings; the others are drawn."""
        case = {name: fixed.get(name, draw.choice(of)) for name, of in self.factors.items()}
        while wrong := [p for p in self.impossible if all(case[name] == v for name, v in p)]:
            name = draw.choice([name for name, _ in wrong[0] if name not in fixed])
            case[name] = draw.choice(self.factors[name])
        if self.lessen is not None:
            self.lessen(case, fixed, draw)
        return case


def pairs_of(case: Case) -> Iterator[Pair]:
    """Yield every pair of settings of a case."""
    yield from itertools.combinations(case.items(), 2)
