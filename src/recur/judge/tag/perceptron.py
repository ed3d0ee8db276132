"""An averaged perceptron on features of words: the simple answer that is hard to beat.

Each feature of a word, such as its last three letters, has a weight for every tag, and so has the
tag before; the tag with the greatest sum is answered. Training goes over the sentences several
times and, where it answers wrongly, moves the weights by one. What is kept is the mean of the
weights over all of training (Freund and Schapire, 1999; for tags, Collins, 2002).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Float32s, Float64s, Indices
from recur.errors import SettingsError
from recur.seeding import Purpose, Stream

_PASSES = 8
_EDGE = "\x02"  # what stands around a sentence
_AGAIN = re.compile(r"(.)\1+")


@dataclass(frozen=True, eq=False)
class Perceptron:
    """Features that training has seen, and their weights.

    Attributes:
        keys: int64 [features], a number that each is known by, rising.
        weights: float32 [features + 1, tags]; the last row, of features that are not known, is 0.
        before: float32 [tags + 1, tags], of the tag before; the last row, of a sentence's start.
    """

    keys: Indices
    weights: Float32s
    before: Float32s

    def answers(self, words: Sequence[str]) -> Indices:
        """Return int64 [words], the tags of a sentence, by their numbers."""
        return _best(self.scores(words), self.before)

    def scores(self, words: Sequence[str]) -> Float64s:
        """Return float64 [words, tags], what features say alone."""
        rows = _rows(self.keys, features(words))
        return np.asarray(self.weights[rows].sum(axis=1), np.float64)

    def tensors(self) -> dict[str, NDArray[Any]]:
        """Return what a file keeps of it."""
        return {
            "simple.keys": self.keys,
            "simple.weights": self.weights,
            "simple.before": self.before,
        }

    @staticmethod
    def read(tags: int, tensors: dict[str, NDArray[Any]]) -> Perceptron:
        """Return what a file has kept, checking that it fits together."""
        keys, weights = tensors["simple.keys"], tensors["simple.weights"]
        before = tensors["simple.before"]
        if keys.dtype != np.int64 or keys.ndim != 1 or (keys[1:] <= keys[:-1]).any():
            raise SettingsError("its features are not numbers that rise.")
        for table, rows in ((weights, len(keys) + 1), (before, tags + 1)):
            fits = table.shape == (rows, tags) and table.dtype == np.float32
            if not fits or not np.isfinite(table).all():
                raise SettingsError("what its features weigh is not of its tags.")
        return Perceptron(keys, weights, before)


def fit_perceptron(
    words: Sequence[Sequence[str]], tags: Sequence[Indices], count: int, seed: int
) -> Perceptron:
    """Learn from sentences.

    Args:
        words: of each sentence.
        tags: int64, of each, from 0 on.
        count: how many tags there are.
        seed: of the order in which the sentences are visited.
    """
    found = [features(one) for one in words]
    keys = np.unique(np.concatenate([one.reshape(-1) for one in found]))
    rows = [_rows(keys, one) for one in found]
    # Behind the features stand the weights of the tag before, and of the start.
    weights = np.zeros((len(keys) + 1 + count + 1, count), np.float32)
    moved = np.zeros_like(weights)  # each move times the steps that it came after
    first = len(keys) + 1
    step = 0
    for number in range(_PASSES):
        stream = Stream(seed, Purpose.ORDER, step=number)
        for i in stream.permuted(np.arange(len(rows)), len(rows)):
            before = count
            for row, true in zip(rows[i], tags[i], strict=True):
                own = np.append(row, first + before)
                given = int(weights[own].sum(axis=0).argmax())
                if given != true:
                    for tag, by in ((true, 1.0), (given, -1.0)):
                        weights[own, tag] += by
                        moved[own, tag] += by * step
                before = given
                step += 1
    mean = (weights - moved / max(1, step)).astype(np.float32)
    mean[len(keys)] = 0.0
    return Perceptron(keys, mean[:first], mean[first:])


def _best(scores: Float64s, before: Float32s) -> Indices:
    answers = np.empty(len(scores), np.int64)
    last = len(before) - 1
    for i, row in enumerate(scores):
        answers[i] = last = int((row + before[last]).argmax())
    return answers


def features(words: Sequence[str]) -> Indices:
    """Return int64 [words, features], a number for each feature of each word of a sentence."""
    around = [_EDGE, _EDGE, *words, _EDGE, _EDGE]
    low, shapes = [word.casefold() for word in around], [shape(word) for word in around]
    found = []
    for i in range(2, len(words) + 2):
        word, own = around[i], low[i]
        named = [
            "bias",
            word,
            own,
            *(own[:n] for n in (1, 2, 3, 4)),
            *(own[-n:] for n in (1, 2, 3, 4)),
            shapes[i],
            short(shapes[i]),
            *(low[i + by] for by in (-2, -1, 1, 2)),
            *(shapes[i + by] for by in (-1, 1)),
            low[i - 1] + " " + own,
            own + " " + low[i + 1],
            shapes[i - 1] + " " + shapes[i] + " " + shapes[i + 1],
        ]
        found.append(
            [
                crc32(f"{number} {name}".encode("utf-8", "surrogatepass"))
                for number, name in enumerate(named)
            ]
        )
    return np.array(found, np.int64)


def shape(word: str) -> str:
    """Return a word with its letters and digits alike.

    >>> shape("iPhone4S"), shape("@mary_99")
    ('xXxxxx0X', '@xxxx_00')
    """
    return "".join(
        "X" if one.isupper() else "x" if one.isalpha() else "0" if one.isdigit() else one
        for one in word
    )


def short(shape: str) -> str:
    """Return a shape in which nothing stands twice in a row.

    >>> short("Xxxxx00")
    'Xx0'
    """
    return _AGAIN.sub(r"\1", shape)


def _rows(keys: Indices, found: Indices) -> Indices:
    """Return the rows of features among those that are known."""
    places = np.minimum(np.searchsorted(keys, found), len(keys) - 1)
    return np.where(keys[places] == found, places, len(keys))
