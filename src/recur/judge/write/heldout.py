"""What a page shows of the held-out part: a passage symbol by symbol, and the greatest surprises.

Losses are of each symbol after the first of the part, as everywhere in the judgement of a writer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recur.arrays import Float64s, Indices, TextSymbols

PASSAGE = 600
"""Symbols of the passage, where the part has as many."""

PLACES, APART = 10, 20
"""Surprising places at most, and the symbols between two of them at least."""

BEFORE = 60
"""Symbols that are kept before a place."""


@dataclass(frozen=True, eq=False)
class Read:
    """What a writer and counting said along a part; arrays of one value a symbol after the first.

    Attributes:
        losses: float64 [n], of the writer, mixed with counts where it is.
        network: float64 [n], of its network alone.
        counting: float64 [n], of the best n-gram.
        expected: int64 [n], the symbol that was the writer's likeliest.
        expected_losses: float64 [n], what that one would have cost.
    """

    losses: Float64s
    network: Float64s
    counting: Float64s
    expected: Indices
    expected_losses: Float64s


@dataclass(frozen=True, eq=False)
class Passage:
    """A stretch of the part, and what each of its symbols cost.

    Attributes:
        symbols: [n], their numbers.
        losses: float64 [n], as in `Read`.
        network: float64 [n].
        counting: float64 [n].
    """

    symbols: TextSymbols
    losses: Float64s
    network: Float64s
    counting: Float64s


@dataclass(frozen=True, eq=False)
class Surprise:
    """A place where the writer was taken by surprise.

    Attributes:
        before: the symbols before it, some.
        came: the symbol that came.
        loss: what it cost the writer, in nats.
        expected: the symbol that was its likeliest.
        expected_loss: what that one would have cost.
    """

    before: TextSymbols
    came: int
    loss: float
    expected: int
    expected_loss: float


@dataclass(frozen=True, eq=False)
class HeldOut:
    """What is kept of the held-out part.

    Attributes:
        passage: from its middle.
        surprises: the most surprising places, the greatest first.
        mixed: whether the writer's losses are of a network mixed with counts.
    """

    passage: Passage
    surprises: tuple[Surprise, ...]
    mixed: bool


def held_out(symbols: TextSymbols, read: Read, *, mixed: bool) -> HeldOut:
    """Return what is kept of a part and of what was said along it.

    Args:
        symbols: [n + 1], of the part.
        read: of all of them but the first.
        mixed: whether the network is mixed with counts.
    """
    first = max(0, (len(read.losses) - PASSAGE) // 2)
    shown = slice(first, first + PASSAGE)
    parts = (read.losses[shown], read.network[shown], read.counting[shown])
    passage = Passage(symbols[1:][shown].copy(), *(part.copy() for part in parts))
    return HeldOut(passage, tuple(_surprise(symbols, read, i) for i in _places(read)), mixed)


def _places(read: Read) -> list[int]:
    """Return the places with the greatest losses, some symbols apart from each other."""
    found: list[int] = []
    for i in np.argsort(-read.losses, kind="stable")[: PLACES * 2 * APART]:
        if all(abs(int(i) - other) >= APART for other in found):
            found.append(int(i))
        if len(found) == PLACES:
            break
    return found


def _surprise(symbols: TextSymbols, read: Read, i: int) -> Surprise:
    return Surprise(
        before=symbols[max(0, i + 1 - BEFORE) : i + 1].copy(),
        came=int(symbols[i + 1]),
        loss=float(read.losses[i]),
        expected=int(read.expected[i]),
        expected_loss=float(read.expected_losses[i]),
    )
