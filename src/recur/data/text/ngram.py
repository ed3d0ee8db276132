"""Counting what follows what: n-grams of all lengths, smoothed."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from recur.arrays import AnySymbols
from recur.errors import DataError, SettingsError

_USUAL_DISCOUNTS = np.array([0.0, 0.5, 1.0, 1.5])
"""Of counts of 0, 1, 2, and 3 or more, where the text is too short or too even to say."""

SINGLES = 7
"""Symbols from which on an n-gram that occurs once is left out."""


@dataclass(frozen=True, eq=False)
class NGram:
    """An interpolated modified Kneser-Ney model over symbols (Chen and Goodman, 1999).

    The chance of symbol w after a context c of k - 1 symbols is

        p_k(w | c) = (a(cw) - D(a(cw))) / sum_v a(cv)  +  b_k(c) p_{k-1}(w | c'),
            b_k(c) = sum_v D(a(cv)) / sum_v a(cv),           p_0(w) = 1 / vocabulary,

    with c' = c without its oldest symbol. After a context that was never seen, p_k = p_{k-1}. At
    the highest order a(cw) is how often cw occurs. Below it, a(cw) is after how many different
    symbols cw occurs, the start of the text being one of them: what follows only one context says
    little about others. D(0) = 0; the discounts of 1, 2, and 3 or more are those of each order,

        D(j) = j - (j + 1) Y n_{j+1} / n_j,   Y = n_1 / (n_1 + 2 n_2),

    n_j being how many k-grams have a = j. The chances after any context add up to 1, and none is 0.

    Of a k-gram of `SINGLES` symbols or more that occurs once all is taken, D = 1: what comes after
    its context is left to shorter ones, and it is not kept. That is better and half as large.

    Attributes:
        vocabulary: how many symbols there are; they are 0 to vocabulary - 1.
        levels: one for each order, 1 first.

    >>> text = np.array([0, 1, 0, 1, 0, 1, 0, 2])
    >>> model = NGram.fit(text, order=2, vocabulary=4)
    >>> np.exp(-model.losses(np.array([1]), context=np.array([0]))).round(3)
    array([0.5])
    """

    vocabulary: int
    levels: tuple[Level, ...]

    @property
    def order(self) -> int:
        """Return the length of the longest n-grams, the symbol that is predicted among them."""
        return len(self.levels)

    def __len__(self) -> int:
        """Return the number of n-grams of all lengths."""
        return sum(len(level.keys) for level in self.levels)

    @staticmethod
    def fit(symbols: AnySymbols, order: int, vocabulary: int, singles: int = SINGLES) -> NGram:
        """Count the n-grams of a text.

        Args:
            symbols: integers [n], the text.
            order: the length of the longest n-grams; a text that has none to keep of that length
                has a lower order.
            vocabulary: how many symbols there are, seen or not.
            singles: symbols from which on an n-gram that occurs once is left out.
        """
        return deque(ngrams_of(symbols, order, vocabulary, singles), maxlen=1).pop()

    def losses(self, symbols: AnySymbols, context: AnySymbols | None = None) -> NDArray[np.float64]:
        """Return float64 [n], the nats of each symbol given the true ones before it.

        Args:
            symbols: integers [n]; the first of them have shorter contexts.
            context: integers [any], what comes before the first of them.
        """
        before = np.zeros(0, np.int64) if context is None else context[-self.order :]
        text = np.concatenate(
            [checked_symbols(before, self.vocabulary), checked_symbols(symbols, self.vocabulary)]
        )
        chances = np.full(len(text), 1.0 / self.vocabulary)
        contexts = np.zeros(len(text), np.int64)  # ranks of what comes before, -1 if never seen
        for level in self.levels:
            ranks = level.find(contexts * self.vocabulary + text)
            passed_on = np.where(contexts >= 0, level.weights[contexts], 1.0)
            chances = np.where(ranks >= 0, level.chances[ranks], passed_on * chances)
            contexts = np.concatenate([[-1], ranks[:-1]])[: len(text)]
        nats: NDArray[np.float64] = -np.log(chances[len(before) :])
        return nats


@dataclass(frozen=True, eq=False)
class Level:
    """What a model of one order k holds; k-grams are ranked as their keys are.

    Attributes:
        keys: int64 [k-grams], ascending: rank of the first k - 1 symbols x vocabulary + the last.
        chances: float64 [k-grams], p_k of the last symbol after the others.
        weights: float64 [(k - 1)-grams], b_k of each as a context, 1 where nothing followed it.
    """

    keys: NDArray[np.int64]
    chances: NDArray[np.float64]
    weights: NDArray[np.float64]

    def find(self, keys: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return int64 [n], the ranks of the k-grams with these keys, -1 for those never seen."""
        ranks = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[ranks] == keys, ranks, -1)


@dataclass(frozen=True, eq=False)
class _Table:
    """The different k-grams of a text, ranked by their keys.

    Attributes:
        keys: int64 [k-grams], as in a level.
        counts: int64 [k-grams], how often each occurs.
        suffixes: int64 [k-grams], the ranks of their last k - 1 symbols among the (k - 1)-grams.
        first: the rank of the one that starts the text.
    """

    keys: NDArray[np.int64]
    counts: NDArray[np.int64]
    suffixes: NDArray[np.int64]
    first: int


def _tables(symbols: AnySymbols, order: int, vocabulary: int) -> Iterator[_Table]:
    """Yield the table of each order from 1, as far as the text is long enough.

    The places where k-grams start are sorted by what stands there in time linear in the text: they
    are those of the sorted (k - 1)-grams, moved back by one symbol and sorted stably by it.
    """
    if order < 1:
        raise SettingsError(f"`order` is {order}; it must be 1 or more.")
    if len(symbols) == 0:
        raise DataError("An n-gram is counted from a text of 1 symbol or more; this one is empty.")
    text = checked_symbols(symbols, vocabulary)
    narrow = text.astype(np.min_scalar_type(vocabulary - 1))  # up to 16 bits take a radix sort
    starts = np.arange(len(text) + 1)
    ranks = np.zeros(len(text) + 1, np.int64)  # of the (k - 1)-gram that starts at each symbol
    for k in range(1, min(order, len(text)) + 1):
        starts = starts[starts > 0] - 1
        starts = starts[np.argsort(narrow[starts], kind="stable")]
        keys = ranks[starts] * vocabulary + text[starts + k - 1]
        new = np.concatenate([[True], keys[1:] != keys[:-1]])
        at = np.flatnonzero(new)
        counts = np.diff(at, append=len(keys))
        suffixes = ranks[starts[at] + 1]
        ranks = np.empty(len(keys), np.int64)
        ranks[starts] = np.cumsum(new) - 1
        yield _Table(keys[at], counts, suffixes, int(ranks[0]))


def ngrams_of(
    symbols: AnySymbols, order: int, vocabulary: int, singles: int = SINGLES
) -> Iterator[NGram]:
    """Yield the models of order 1, 2, ... up to `order`, as far as the text has n-grams to keep.

    All but its highest level a model shares with the longer ones.
    """
    below: list[Level] = []
    chances = np.array([1.0 / vocabulary])
    contexts = np.ones(1, np.bool_)  # which of those one symbol shorter are kept
    tables = _tables(symbols, order, vocabulary)
    for length, (table, longer) in enumerate(pairwise(chain(tables, [None])), 1):
        assert table is not None
        kept = table.counts > (length >= singles)
        if not kept.any():
            return
        level = _level(table, table.counts, kept, chances, vocabulary)
        yield NGram(vocabulary, (*below, _kept(level, kept, contexts, vocabulary)))
        if longer is not None:
            level = _level(table, _preceded(table, longer), kept, chances, vocabulary)
            below.append(_kept(level, kept, contexts, vocabulary))
            chances, contexts = level.chances, kept


def _preceded(table: _Table, longer: _Table) -> NDArray[np.int64]:
    """Return int64 [k-grams], after how many symbols, or the start of the text, each occurs."""
    counts = np.bincount(longer.suffixes, minlength=len(table.keys))
    counts[table.first] += 1
    return counts


def _kept(
    level: Level, kept: NDArray[np.bool_], contexts: NDArray[np.bool_], vocabulary: int
) -> Level:
    """Return the level of those k-grams that are kept, ranked among themselves.

    Args:
        level: of all k-grams.
        kept: bool [k-grams].
        contexts: bool [(k - 1)-grams], those that are kept; of one that is not, none is that
            begins with it.
        vocabulary: how many symbols there are.
    """
    if kept.all() and contexts.all():
        return level
    ranks, symbols = np.divmod(level.keys[kept], vocabulary)
    keys = (np.cumsum(contexts) - 1)[ranks] * vocabulary + symbols
    return Level(keys, level.chances[kept], level.weights[contexts])


def _level(
    table: _Table,
    counts: NDArray[np.int64],
    kept: NDArray[np.bool_],
    shorter: NDArray[np.float64],
    vocabulary: int,
) -> Level:
    """Return the level of one order.

    Args:
        table: of the order.
        counts: int64 [k-grams], a of each.
        kept: bool [k-grams]; of the others everything is taken.
        shorter: float64 [(k - 1)-grams], the chances below.
        vocabulary: how many symbols there are.
    """
    discounts = np.where(kept, _discounts(counts)[np.minimum(counts, 3)], counts)
    contexts = table.keys // vocabulary
    totals = np.bincount(contexts, counts, minlength=len(shorter))
    taken = np.bincount(contexts, discounts, minlength=len(shorter))
    weights = np.ones(len(shorter))
    np.divide(taken, totals, out=weights, where=totals > 0)
    chances = (counts - discounts) / totals[contexts] + weights[contexts] * shorter[table.suffixes]
    return Level(table.keys, chances, weights)


def _discounts(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return float64 [4], the discounts of counts of 0, 1, 2, and 3 or more."""
    n = np.bincount(np.minimum(counts, 5), minlength=6).astype(np.float64)
    if n[1:4].min() == 0:
        return _USUAL_DISCOUNTS
    j = np.arange(1, 4)
    discounts = j - (j + 1) * n[1] / (n[1] + 2 * n[2]) * n[2:5] / n[1:4]
    if discounts.min() <= 0:  # an unseen symbol would be left no chance
        return _USUAL_DISCOUNTS
    return np.concatenate([[0.0], discounts])


def checked_symbols(symbols: AnySymbols, vocabulary: int) -> NDArray[np.int64]:
    """Return int64 symbols that are all in the vocabulary."""
    if len(symbols) and not 0 <= symbols.min() <= symbols.max() < vocabulary:
        wrong = symbols.max() if symbols.min() >= 0 else symbols.min()
        raise DataError(
            f"Symbols must be from 0 to {vocabulary - 1}, as the vocabulary has {vocabulary}; "
            f"one is {wrong}."
        )
    return symbols.astype(np.int64)
