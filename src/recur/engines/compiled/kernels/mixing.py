"""Counts walked symbol by symbol, and mixed with what a network says; see `engines.mixing`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from recur.arrays import Float32s, Float64s, Indices, Symbols
from recur.data.text.counts import NEVER, ROOT
from recur.engines.compiled.build.compiler import kernel
from recur.engines.mixing import CENTRES


class Tree(NamedTuple):
    """A `Mixture` as compiled code takes it; without nodes there is none.

    Attributes:
        symbols: int32 [nodes], as in `Counts`, as are the next three.
        first: int64 [nodes + 1].
        chances: float32 [nodes].
        weights: float32 [nodes].
        gate: float64 [2, SIGNS].
    """

    symbols: Symbols
    first: Indices
    chances: Float32s
    weights: Float32s
    gate: Float64s


@kernel
def follow(tree: Tree, contexts: Indices, symbol: int) -> None:
    """Go on to the contexts, int64 [order], that end in a further symbol."""
    for length in range(len(contexts) - 1, 0, -1):
        contexts[length] = _child(tree, contexts[length - 1], symbol)
    contexts[0] = ROOT


@kernel
def _child(tree: Tree, node: int, symbol: int) -> int:
    """Return the node of an n-gram and a symbol behind it."""
    if node == NEVER:
        return NEVER
    low, end = tree.first[node], tree.first[node + 1]
    high = end
    while low < high:
        middle = (low + high) // 2
        if tree.symbols[middle] < symbol:
            low = middle + 1
        else:
            high = middle
    return low if low < end and tree.symbols[low] == symbol else NEVER


@kernel
def mix(
    tree: Tree, contexts: Indices, counted: Float64s, values: Float32s, row: int, lanes: int
) -> None:
    """Mix the outputs of a lane, which stand from `row` on and `lanes` apart, with the counts.

    Args:
        tree: the counts.
        contexts: int64 [order], of the lane.
        counted: float64 [symbols], to compute in.
        values: float32 [rows * lanes].
        row: the lane's first output.
        lanes: from one output to the next.
    """
    count = len(counted)
    known = _logs(tree, contexts, counted)
    greatest, most = np.float64(values[row]), counted[0]
    for i in range(1, count):
        greatest = max(greatest, np.float64(values[row + i * lanes]))
        most = max(most, counted[i])
    total = sum_of = own_total = own_sum = 0.0
    for i in range(count):
        below = np.float64(values[row + i * lanes]) - greatest
        share = np.exp(below)
        total += share
        sum_of += share * below
        below = counted[i] - most
        share = np.exp(below)
        own_total += share
        own_sum += share * below
    first = np.log(total) - sum_of / total - CENTRES[1]
    second = np.log(own_total) - own_sum / own_total - CENTRES[2]
    third = (known - 1) / max(1, len(contexts) - 1) - CENTRES[3]
    gate, level = tree.gate, greatest + np.log(total)
    network = gate[0, 0] + gate[0, 1] * first + gate[0, 2] * second + gate[0, 3] * third
    counts = gate[1, 0] + gate[1, 1] * first + gate[1, 2] * second + gate[1, 3] * third
    for i in range(count):
        place = row + i * lanes
        mixed = network * (np.float64(values[place]) - level) + counts * counted[i]
        values[place] = np.float32(mixed)


@kernel
def _logs(tree: Tree, contexts: Indices, counted: Float64s) -> int:
    """Write the logarithms of the counts' chances; return how many contexts are known."""
    known = 0
    counted[:] = -np.log(np.float64(len(counted)))
    for length in range(len(contexts)):
        node = contexts[length]
        if node == NEVER:
            continue
        known += 1
        first, last = tree.first[node], tree.first[node + 1]
        if first == last:
            continue
        weight = np.float64(tree.weights[node])
        for i in range(len(counted)):
            counted[i] += weight
        for child in range(first, last):
            counted[tree.symbols[child]] = np.float64(tree.chances[child])
    return known
