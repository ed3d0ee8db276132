"""The n-gram baseline: how well counting what follows what predicts a text."""

from __future__ import annotations

import math
from collections.abc import Collection

import numpy as np

from recur.arrays import AnySymbols
from recur.data.text.ngram import NGram, checked_symbols, ngrams_of
from recur.errors import DataError


def best_order(
    training: AnySymbols,
    validation: AnySymbols,
    orders: Collection[int] = range(2, 9),
    *,
    vocabulary: int,
) -> tuple[NGram, float]:
    """Return the n-gram that predicts the validation part best, and its nats a symbol there.

    That the order is chosen on what it is measured on favours the n-gram.

    Args:
        training: integers [n], what is counted.
        validation: integers [m], 1 or more.
        orders: those to try; where the text has none of them, the longest it has is taken.
        vocabulary: how many symbols there are.
    """
    if len(orders) == 0 or len(validation) == 0:
        raise DataError("Choosing an order takes at least 1 order and 1 symbol of validation.")
    best: tuple[NGram, float] | None = None
    for model in ngrams_of(training, max(orders), vocabulary):
        asked = best is not None and best[0].order in orders  # one of them was found before
        if asked and model.order not in orders:
            continue
        nats = float(model.losses(validation).mean())
        if best is None or not asked or nats < best[1]:
            best = model, nats
    assert best is not None
    return best


def unigram(training: AnySymbols, symbols: AnySymbols, vocabulary: int) -> float:
    """Return the nats a symbol of a text when each is predicted by its frequency alone.

    Every count has 1 added, so that no symbol is impossible.

    >>> round(unigram(np.array([0, 0, 1]), np.array([0]), vocabulary=2), 4)  # -log(3 / 5)
    0.5108
    """
    counts = np.bincount(checked_symbols(training, vocabulary), minlength=vocabulary) + 1
    return float(-np.log(counts / counts.sum())[checked_symbols(symbols, vocabulary)].mean())


def uniform(vocabulary: int) -> float:
    """Return the nats a symbol when all are equally likely.

    >>> round(uniform(65), 4)
    4.1744
    """
    return math.log(vocabulary)
