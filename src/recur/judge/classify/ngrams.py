"""Counting n-grams: naive Bayes, and logistic regression on what it weighs, written out here.

Texts are lists of symbols, words or characters; a feature says whether a text holds an n-gram. Of
words, n-grams of their characters may be counted as well, across the blanks between them: they see
what words have in common, and what a phrase has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from recur.arrays import Float32s, Float64s, Indices
from recur.errors import SettingsError

Pieces = Sequence[str]

_ADDED = 1.0  # to every count
_STRENGTHS = (30.0, 10.0, 1.0, 0.1)  # of what holds weights small, times the share of one example
_STEPS = 60  # of the search for weights
_SPELT = 1 << 32  # what the numbers of n-grams of words' characters begin at
_FEWEST_SPELT = 3  # texts that one of those has to be in


@dataclass(frozen=True, eq=False)
class NgramCounter:
    """Which n-grams training has seen, and two ways of telling classes by them.

    Attributes:
        orders: the lengths of the n-grams.
        keys: int64 [n-grams], a number that each is known by, rising.
        bayes: float32 [n-grams + 1, classes], logarithms of probabilities, 0 of the characters of
            words; the last row, of the classes themselves.
        weights: float32 [n-grams + 1, classes], of the logistic regression; the last row, biases.
        strength: what held its weights small; 0 of one that was loaded.
        spelt: the lengths of the n-grams of words' characters; none where none are counted.
    """

    best: ClassVar[str] = "ngram_logistic"
    """The name of the one of its answers that a network is mixed with."""

    orders: tuple[int, ...]
    keys: Indices
    bayes: Float32s
    weights: Float32s
    strength: float = 0.0
    spelt: tuple[int, ...] = ()

    def answers(self, texts: Sequence[Pieces]) -> dict[str, Float64s]:
        """Return float64 [texts, classes], probabilities, by the name of the method."""
        features = _features(_found(texts, self.orders, self.spelt), self.keys)
        tables = {"naive_bayes": self.bayes, self.best: self.weights}
        return {name: _softmax(_sums(features, table)) for name, table in tables.items()}

    def tensors(self) -> dict[str, NDArray[Any]]:
        """Return what a file keeps of it."""
        return {
            "simple.keys": self.keys,
            "simple.bayes": self.bayes,
            "simple.weights": self.weights,
        }

    @staticmethod
    def read(
        orders: tuple[int, ...],
        classes: int,
        tensors: dict[str, NDArray[Any]],
        spelt: tuple[int, ...] = (),
    ) -> NgramCounter:
        """Return what a file has kept, checking that it fits together."""
        keys, tables = tensors["simple.keys"], [tensors["simple.bayes"], tensors["simple.weights"]]
        if keys.dtype != np.int64 or keys.ndim != 1 or (keys[1:] <= keys[:-1]).any():
            raise SettingsError("its n-grams are not numbers that rise.")
        for table in tables:
            fits = table.shape == (len(keys) + 1, classes) and table.dtype == np.float32
            if not fits or not np.isfinite(table).all():
                raise SettingsError("what its n-grams count is not of its classes.")
        return NgramCounter(orders, keys, tables[0], tables[1], spelt=spelt)


@dataclass(frozen=True)
class _Counts:
    """What is the same of some texts, however small weights are held."""

    orders: tuple[int, ...]
    spelt: tuple[int, ...]
    keys: Indices
    features: Any
    truth: Float64s
    bayes: Float64s
    ratios: Float64s

    @staticmethod
    def of(
        texts: Sequence[Pieces],
        labels: Indices,
        classes: int,
        orders: tuple[int, ...],
        spelt: tuple[int, ...],
    ) -> _Counts:
        found = _found(texts, orders, spelt)
        every, counts = np.unique(np.concatenate(found), return_counts=True)
        keys = every[(every < _SPELT) | (counts >= _FEWEST_SPELT)]
        features, words = _features(found, keys), int((keys < _SPELT).sum())
        truth = np.eye(classes)[labels]
        held = np.asarray(features.T @ truth) + _ADDED  # [n-grams, classes]
        share = held / held.sum(axis=0)
        prior = np.log((truth.sum(axis=0) + _ADDED) / (len(labels) + _ADDED * classes))
        others = (held.sum(axis=1, keepdims=True) - held) / (held.sum() - held.sum(axis=0))
        bayes = np.zeros((len(keys) + 1, classes))
        bayes[:words] = np.log(held[:words] / held[:words].sum(axis=0))
        bayes[-1] = prior
        return _Counts(orders, spelt, keys, features, truth, bayes, np.log(share / others))

    def counter(self, strength: float) -> NgramCounter:
        weights = _regression(self.features, self.truth, self.ratios, strength)
        return NgramCounter(
            orders=self.orders,
            keys=self.keys,
            bayes=self.bayes.astype(np.float32),
            weights=weights.astype(np.float32),
            strength=strength,
            spelt=self.spelt,
        )


def fit_ngrams(
    texts: Sequence[Pieces],
    labels: Indices,
    classes: int,
    orders: tuple[int, ...],
    strength: float,
    spelt: tuple[int, ...] = (),
) -> NgramCounter:
    """Count the n-grams of some texts.

    The logistic regression is that of Wang and Manning (2012): each feature is scaled by the
    logarithm of how much more often than in other classes it occurs in a class, so that what naive
    Bayes finds telling has room for a large weight. Naive Bayes itself, which takes n-grams for
    independent, is of symbols alone.

    Args:
        texts: of symbols.
        labels: int64 [texts], from 0 on.
        classes: how many there are.
        orders: lengths of n-grams.
        strength: of what holds weights small, see `best_strength`.
        spelt: lengths of n-grams of the characters of words.
    """
    return _Counts.of(texts, labels, classes, orders, spelt).counter(strength)


def best_strength(
    texts: Sequence[Pieces],
    labels: Indices,
    held: Sequence[Pieces],
    held_labels: Indices,
    classes: int,
    orders: tuple[int, ...],
    spelt: tuple[int, ...] = (),
) -> NgramCounter:
    """Return the counter of texts whose strength is the best for others that are held out."""
    counts = _Counts.of(texts, labels, classes, orders, spelt)
    tried = [counts.counter(strength) for strength in _STRENGTHS]
    truth = (np.arange(len(held_labels)), held_labels)
    losses = [-np.log(each.answers(held)[each.best][truth] + 1e-12).mean() for each in tried]
    return tried[int(np.argmin(losses))]


def _found(
    texts: Sequence[Pieces], orders: tuple[int, ...], spelt: tuple[int, ...] = ()
) -> list[Indices]:
    """Return of each text the distinct n-grams, by a number; the edges of a text count as well."""
    return [np.array(sorted(_numbers(text, orders, spelt)), np.int64) for text in texts]


def _numbers(text: Pieces, orders: tuple[int, ...], spelt: tuple[int, ...]) -> set[int]:
    edged, letters = ["\x02", *text, "\x03"], f"\x02{' '.join(text)}\x03" if spelt else ""
    return {
        crc32("\x1f".join(edged[i : i + order]).encode("utf-8", "surrogatepass"))
        for order in orders
        for i in range(len(edged) - order + 1)
    } | {
        _SPELT + crc32(letters[i : i + order].encode("utf-8", "surrogatepass"))
        for order in spelt
        for i in range(len(letters) - order + 1)
    }


def _features(found: Sequence[Indices], keys: Indices) -> Any:
    """Return a sparse matrix [texts, n-grams] of ones where a text holds an n-gram."""
    flat = np.concatenate(found) if found else np.zeros(0, np.int64)
    columns = np.minimum(np.searchsorted(keys, flat), max(0, len(keys) - 1))
    known = keys[columns] == flat if len(keys) else np.zeros(len(flat), bool)
    rows = np.repeat(np.arange(len(found)), [len(one) for one in found])
    shape = (len(found), len(keys))
    return csr_matrix((np.ones(int(known.sum())), (rows[known], columns[known])), shape)


def _sums(features: Any, table: Float32s) -> Float64s:
    return np.asarray(features @ table[:-1].astype(np.float64) + table[-1])


def _regression(features: Any, truth: Float64s, ratios: Float64s, strength: float) -> Float64s:
    """Return float64 [n-grams + 1, classes], what is added up for a text that holds them."""
    grams, classes = ratios.shape
    turned = features.T.tocsr()
    objective = partial(_objective, features, turned, truth, ratios, strength / len(truth))
    start = np.zeros((grams + 1) * classes)
    found = minimize(objective, start, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS})
    weights: Float64s = found.x.reshape(grams + 1, classes)
    weights[:-1] *= ratios
    return weights


def _objective(
    features: Any,
    turned: Any,
    truth: Float64s,
    ratios: Float64s,
    strength: float,
    flat: NDArray[Any],
) -> tuple[float, NDArray[Any]]:
    """Return the mean loss with what holds weights small, and its gradient."""
    weights = flat.reshape(len(ratios) + 1, -1)
    sums = features @ (weights[:-1] * ratios) + weights[-1]
    odds = sums - sums.max(axis=1, keepdims=True)
    odds -= np.log(np.exp(odds).sum(axis=1, keepdims=True))
    missed = (np.exp(odds) - truth) / len(truth)
    gradient = np.empty_like(weights)
    gradient[:-1] = (turned @ missed) * ratios + strength * weights[:-1]
    gradient[-1] = missed.sum(axis=0)
    loss = -float((odds * truth).sum()) / len(truth) + strength / 2 * float(
        (weights[:-1] ** 2).sum()
    )
    return loss, gradient.reshape(-1)


def _softmax(sums: Float64s) -> Float64s:
    odds = np.exp(sums - sums.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))
