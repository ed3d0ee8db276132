"""What followed what in a text, as a tree that is walked symbol by symbol."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recur.arrays import AnySymbols, Float32s, Float64s, Indices, Symbols
from recur.data.text.ngram import NGram, ngrams_of
from recur.errors import SettingsError

ROOT = 0
"""The node of no symbols at all."""

NEVER = -1
"""Stands in the place of the node of symbols that never stood behind each other."""

_STEP = 1 / 2048  # of the logarithms in a file, whose range is 32


@dataclass(frozen=True, eq=False)
class Counts:
    """An n-gram model with a node for each n-gram of any length, ordered by length and symbols.

    The logarithm of a symbol's chance is that of the longest n-gram with it at the end; where only
    shorter ones have it, the weights of the longer contexts are added to that.

    Attributes:
        vocabulary: how many symbols there are.
        order: symbols of the longest n-grams.
        symbols: int32 [nodes], the last symbol of each; that of the root means nothing.
        first: int64 [nodes + 1], the first child of each, in the order of their symbols.
        chances: float32 [nodes], the logarithm of the last symbol's chance after the others.
        weights: float32 [nodes], what is added, where a node is the context, of shorter ones.
    """

    vocabulary: int
    order: int
    symbols: Symbols
    first: Indices
    chances: Float32s
    weights: Float32s

    @staticmethod
    def of(model: NGram) -> Counts:
        """Return the tree of an n-gram model, its logarithms as precise as a file holds them."""
        sizes = [1, *(len(level.keys) for level in model.levels)]
        begins = np.cumsum(sizes)
        keys = [level.keys for level in model.levels]
        first = [
            begin + np.searchsorted(own, np.arange(count) * model.vocabulary)
            for begin, count, own in zip(begins, sizes, keys, strict=False)
        ]
        every = [np.zeros(1, np.int64), *(own % model.vocabulary for own in keys)]
        chances = [np.ones(1), *(level.chances for level in model.levels)]
        weights = [*(level.weights for level in model.levels), np.ones(sizes[-1])]
        return Counts(
            vocabulary=model.vocabulary,
            order=model.order,
            symbols=np.concatenate(every).astype(np.int32),
            first=np.concatenate([*first, np.full(sizes[-1] + 1, begins[-1])]).astype(np.int64),
            chances=_rounded(np.concatenate(chances)),
            weights=_rounded(np.concatenate(weights)),
        )

    @staticmethod
    def fit(symbols: AnySymbols, order: int, vocabulary: int, most: int) -> Counts:
        """Return the tree of the longest n-grams of which, with all shorter ones, there are so few.

        Args:
            symbols: integers [n], the text.
            order: symbols of the longest n-grams at most.
            vocabulary: how many symbols there are.
            most: n-grams of all lengths; there may be more of length 1.
        """
        models = ngrams_of(symbols, order, vocabulary)
        fitting = takewhile(lambda model: model.order == 1 or len(model) <= most, models)
        return Counts.of(deque(fitting, maxlen=1).pop())

    def __len__(self) -> int:
        """Return the number of nodes."""
        return len(self.symbols)

    @cached_property
    def _keys(self) -> Indices:
        """Return int64 [nodes], rising: each by its parent and its symbol."""
        parents = np.repeat(np.arange(len(self)), np.diff(self.first))
        return np.concatenate([[NEVER], parents * self.vocabulary + self.symbols[1:]])

    def start(self, lanes: int) -> Indices:
        """Return int64 [lanes, order], the contexts before any symbol."""
        found = np.full((lanes, self.order), NEVER, np.int64)
        found[:, 0] = ROOT
        return found

    def contexts(self, symbols: AnySymbols, start: Indices) -> Indices:
        """Return int64 [time, lanes, order], the nodes that end in each symbol, the longest last.

        Args:
            symbols: integers [time, lanes].
            start: int64 [lanes, order], the contexts before them.
        """
        own = symbols.astype(np.int64)
        found = np.full((len(own) + 1, *start.shape), NEVER, np.int64)
        found[0], found[1:, :, 0] = start, ROOT
        for length in range(1, self.order):
            parents = found[:-1, :, length - 1]
            keys = parents * self.vocabulary + own
            places = np.minimum(np.searchsorted(self._keys, keys), len(self) - 1)
            known = (parents != NEVER) & (self._keys[places] == keys)
            found[1:, :, length] = np.where(known, places, NEVER)
        return found[1:]

    def logs(self, contexts: Indices) -> Float64s:
        """Return float64 [..., symbols], the logarithms of the chances of what comes next.

        Args:
            contexts: int64 [..., order].
        """
        nodes = contexts.reshape(-1, self.order)
        out = np.full((len(nodes), self.vocabulary), -np.log(self.vocabulary))
        for length in range(self.order):
            rows = np.flatnonzero(nodes[:, length] != NEVER)
            known = nodes[rows, length]
            counts = self.first[known + 1] - self.first[known]
            rows, known, counts = rows[counts > 0], known[counts > 0], counts[counts > 0]
            out[rows] += self.weights[known, None]
            within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
            children = np.repeat(self.first[known], counts) + within
            out[np.repeat(rows, counts), self.symbols[children]] = self.chances[children]
        return out.reshape(*contexts.shape[:-1], self.vocabulary)

    def _sizes(self) -> list[int]:
        """Return how many nodes there are of each length, from 0 on."""
        sizes, begin, end = [], 0, 1
        while end > begin:
            sizes.append(end - begin)
            begin, end = end, int(self.first[end])
        return sizes

    def tensors(self) -> dict[str, NDArray[Any]]:
        """Return what a file holds of it."""
        inner = int(np.flatnonzero(np.diff(self.first)).max(initial=0)) + 1
        narrow = np.uint8 if self.vocabulary <= 1 << 8 else np.uint16
        return {
            "symbols": self.symbols[1:].astype(narrow),
            "children": np.diff(self.first[: inner + 1]).astype(np.uint16),
            "chances": np.rint(self.chances[1:] / -_STEP).astype(np.uint16),
            "weights": np.rint(self.weights[:inner] / -_STEP).astype(np.uint16),
        }

    @staticmethod
    def read(tensors: dict[str, NDArray[Any]], vocabulary: int, order: int) -> Counts:
        """Return what `tensors` told, checking that it is a tree of such a vocabulary and order."""
        names = ("symbols", "children", "chances", "weights")
        given, children, chances, weights = (tensors[name] for name in names)
        nodes, inner = len(given) + 1, len(children)
        whole = all(
            array.ndim == 1 and array.dtype in (np.uint8, np.uint16)
            for array in (given, children, chances, weights)
        )
        if not (whole and len(chances) == nodes - 1 and len(weights) == inner <= nodes):
            raise SettingsError("its counts are not of one size.")
        symbols = np.concatenate([[0], given]).astype(np.int32)
        ends = 1 + np.cumsum(children, dtype=np.int64)
        first = np.concatenate([[1], ends, np.full(nodes - inner, nodes)]).astype(np.int64)
        found = Counts(
            vocabulary, order, symbols, first,
            np.concatenate([[0], chances * -_STEP]).astype(np.float32),
            np.concatenate([weights * -_STEP, np.zeros(nodes - inner)]).astype(np.float32),
        )  # fmt: skip
        after = first[:-1] > np.arange(nodes)  # a child stands behind its parent
        if ends[-1] != nodes or not (after | (np.diff(first) == 0)).all():
            raise SettingsError("its counts are no tree.")
        if symbols.max() >= vocabulary or not (np.diff(found._keys) > 0).all():
            raise SettingsError("its counts are not of its symbols.")
        if len(found._sizes()) != order + 1:
            raise SettingsError(f"its counts are not of {order} symbols at most.")
        return found


def _rounded(chances: Float64s) -> Float32s:
    """Return logarithms, as precise as a file holds them."""
    logs = np.maximum(np.log(np.maximum(chances, 1e-300)), -65535 * _STEP)
    return np.asarray(np.rint(logs / _STEP) * _STEP, np.float32)
