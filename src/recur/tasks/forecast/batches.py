"""Histories of like length, a few at a time, as the pretrained network reads them together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

import numpy as np

from recur.arrays import Float64s, Indices
from recur.progress import hidden

T = TypeVar("T")

TILE = 64
"""Sequences that the compiled engine takes together: in full tiles none depends on the others."""

_FINE = 8  # lengths in an octave that series of a part are brought to


def full_tiles(places: Indices) -> Indices:
    """Return places, the last one repeated until they are a whole number of tiles.

    >>> len(full_tiles(np.arange(65)))
    128
    """
    return np.pad(places, (0, -len(places) % TILE), mode="edge")


def rounded_up(lengths: Indices) -> Indices:
    """Return for each length one of a few that is not shorter.

    >>> rounded_up(np.array([3, 8, 9, 100, 200])).tolist()
    [8, 8, 16, 104, 208]
    """
    octave = np.maximum(np.ceil(np.log2(np.maximum(lengths, 1))).astype(np.int64) - 1, 6)
    step = 2**octave // _FINE
    return np.asarray(-(-lengths // step) * step, np.int64)


def side_by_side(works: Sequence[Callable[[], T]], threads: int) -> list[T]:
    """Return what some works give, so many of them done at a time; none shows how far it is."""
    if threads == 1:
        return [work() for work in works]
    with hidden(), ThreadPoolExecutor(threads) as pool:
        done = [pool.submit(copy_context().run, work) for work in works]
        return [future.result() for future in done]


def batches(
    histories: Sequence[Float64s], most: Callable[[int], int], *, apart: bool
) -> Iterator[tuple[Indices, Float64s]]:
    """Yield some histories at a time, the shortest first.

    Args:
        histories: float64 [time] each.
        most: says how many there may be of a length.
        apart: whether what is computed of one may not depend on which others there are: the
            length that it is padded to is then one of its own, and tiles are full.

    Yields:
        int64 [series], which ones; float64 [series or full tiles, time], NaN before the first.
    """
    lengths = np.array([len(history) for history in histories], np.int64)
    longest = rounded_up(lengths) if apart else lengths
    order = np.argsort(longest, kind="stable")
    begin = 0
    while begin < len(order):
        length = int(longest[order[begin]])
        count = max(1, most(length))
        if apart:
            count = max(TILE, count // TILE * TILE)
        chosen = order[begin : begin + count]
        if apart:
            chosen = chosen[longest[chosen] == length]
        yield chosen, _stacked(histories, lengths, chosen, int(longest[chosen[-1]]), apart=apart)
        begin += len(chosen)


def _stacked(
    histories: Sequence[Float64s], lengths: Indices, chosen: Indices, length: int, *, apart: bool
) -> Float64s:
    rows = full_tiles(chosen) if apart else chosen
    values = np.full((len(rows), length), np.nan)
    if (lengths[chosen] == length).all():
        values[: len(chosen)] = np.stack([histories[i] for i in chosen.tolist()])
    else:
        for row, i in enumerate(chosen.tolist()):
            values[row, length - len(histories[i]) :] = histories[i]
    values[len(chosen) :] = values[len(chosen) - 1]
    return values
