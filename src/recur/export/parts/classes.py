"""Probabilities of classes: calibrated, averaged over networks, mixed with a simple answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zlib import crc32

import numpy as np

from recur.data.labelled.lexicon import TextUnit, pieces
from recur.export.parts import Array
from recur.export.parts.text import softmax
from recur.judge.classify.kernels import KernelRidge

LEAST = 1e-12


def probabilities(outputs: Array) -> Array:
    """Return the probabilities that a network's outputs stand for."""
    return softmax(outputs.astype(np.float64))


def mean_of_all(*answers: Array) -> Array:
    """Return the mean of what several networks say."""
    total = answers[0]
    for other in answers[1:]:
        total = total + other
    return total / len(answers)


def tempered(chances: Array, temperature: float) -> Array:
    """Return probabilities whose logarithms are divided by a temperature: above 1 less sure."""
    return softmax(np.log(np.maximum(chances, LEAST)) / temperature)


def mixed_chances(own: Array, other: Array, share: float, temperature: float) -> Array:
    """Return the calibrated mixture of the network's probabilities with those of another."""
    return tempered(share * own + (1 - share) * other, temperature)


def text_examples(
    texts: list[str], unit: TextUnit, exact: bool, symbols: list[str], longest: int
) -> tuple[Array, Array]:
    """Return int64 [time, texts], symbols by their numbers, 0 being unknown; and which are real."""
    each = symbol_numbers(texts, unit, exact, symbols, longest)
    numbers = np.zeros((max(map(len, each)), len(each)), np.int64)
    for lane, own in enumerate(each):
        numbers[: len(own), lane] = own
    lengths = np.array(list(map(len, each)))
    return numbers, np.arange(len(numbers))[:, None] < lengths


def symbol_numbers(
    texts: list[str], unit: TextUnit, exact: bool, symbols: list[str], longest: int
) -> list[list[int]]:
    """Return of each text the numbers of its symbols, at least one, 0 being unknown."""
    known = {symbol: i + 1 for i, symbol in enumerate(symbols)}
    return [
        [known.get(one, 0) for one in pieces(text, unit, exact=exact)[:longest]] or [0]
        for text in texts
    ]


def series_examples(series: list[Any], channels: int, longest: int) -> tuple[Array, Array]:
    """Return float64 [time, series, channels], and which steps are real."""
    each = [np.asarray(one, np.float64).reshape(-1, channels)[:longest] for one in series]
    values = np.zeros((max(map(len, each)), len(each), channels))
    for lane, own in enumerate(each):
        values[: len(own), lane] = own
    lengths = np.array(list(map(len, each)))
    return values, np.arange(len(values))[:, None] < lengths


def whole_series(values: Array, mask: Array, steps: int) -> Array:
    """Return series that a convolution takes: all of so many steps."""
    if len(values) != steps or not mask.all():
        raise ValueError(f"expected series of {steps} steps each; bring all to that length.")
    return values


def ngram_answers(
    texts: list[str],
    unit: TextUnit,
    orders: list[int],
    spelt: list[int],
    keys: Array,
    weights: Array,
) -> Array:
    """Return the probabilities by the n-grams that texts hold: logistic regression on them.

    Args:
        texts: the texts.
        unit: of the symbols that are counted.
        orders: how many of them at once.
        spelt: of words, how many of their characters at once.
        keys: the numbers of the n-grams that are known.
        weights: [n-grams + 1, classes]; the last row is added to all.
    """
    sums = np.repeat(weights[-1:].astype(np.float64), len(texts), axis=0)
    for row, text in zip(sums, texts, strict=True):
        symbols = pieces(text, unit)
        edged, letters = ["\x02", *symbols, "\x03"], "\x02" + " ".join(symbols) + "\x03"
        found = {crc(edged[i : i + n], "\x1f") for n in orders for i in range(len(edged) - n + 1)}
        found |= {
            2**32 + crc(letters[i : i + n], "") for n in spelt for i in range(len(letters) - n + 1)
        }
        row += weights[:-1][np.isin(keys, list(found))].sum(axis=0, dtype=np.float64)
    return softmax(sums)


def crc(symbols: Sequence[str], between: str) -> int:
    """Return the number that an n-gram is known by."""
    return crc32(between.join(symbols).encode("utf-8", "surrogatepass"))


def kernels_of(
    classes: int, channels: int, dilations: Array, read: Array, biases: Array, weights: Array,
    scalars: Array,
) -> KernelRidge:  # fmt: skip
    """Return the ridge regression on random kernels that the network is mixed with."""
    return KernelRidge.read(classes, channels, {
        "simple.dilations": dilations, "simple.channels": read, "simple.biases": biases,
        "simple.weights": weights, "simple.scalars": scalars,
    })  # fmt: skip


def kernel_answers(kernels: KernelRidge, series: list[Any], channels: int) -> Array:
    """Return the probabilities by random kernels."""
    each = [np.asarray(one, np.float64).reshape(-1, channels) for one in series]
    return kernels.answers(each)[kernels.best]


def likeliest(chances: Array, classes: list[str]) -> list[str]:
    """Return the likeliest class of each example."""
    return [classes[i] for i in chances.argmax(axis=1)]
