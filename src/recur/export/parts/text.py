"""Texts as a network of symbols takes them, and as it writes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from recur.data.text.counts import Counts
from recur.engines.mixing import Mixture
from recur.export.parts import Array

GoOn = Callable[[Array, Any], tuple[Array, Any]]


def text_numbers(text: str, symbols: str, by_bytes: bool) -> Array:
    """Return int64 [time, 1], the number of each symbol of a text.

    Symbols are characters, or bytes of UTF-8, which stand as the characters of the same numbers.
    """
    read = text.encode().decode("latin-1") if by_bytes else text
    unknown = [one for one in read if one not in symbols]
    if unknown or not read:
        raise ValueError(f"expected a text of known symbols; found {(unknown or [text])[0]!r}.")
    return np.array([[symbols.index(one)] for one in read])


def text_of(numbers: Array, symbols: str, by_bytes: bool) -> str:
    """Return the text of symbols [time]."""
    text = "".join(symbols[i] for i in numbers)
    return text.encode("latin-1").decode(errors="replace") if by_bytes else text


def softmax(logits: Array) -> Array:
    """Return the probabilities of symbols, by logarithms but for a constant."""
    odds = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    return odds / np.sum(odds, axis=-1, keepdims=True)


def next_chances(logits: Array, symbols: str) -> dict[str, float]:
    """Return how likely each symbol is to come next, the likeliest first."""
    chances = softmax(logits[-1, 0].astype(np.float64))
    return {symbols[i]: float(chances[i]) for i in np.argsort(-chances)}


def drawn(
    go_on: GoOn, begun: Array, state: Any, length: int, temperature: float, seed: int
) -> Array:
    """Return [time + length], symbols and those that are drawn after them, one by one."""
    random = np.random.default_rng(seed)
    numbers = list(begun[:, 0])
    newest = begun
    for _ in range(length):
        logits, state = go_on(newest, state)
        last = logits[-1, 0].astype(np.float64)
        if temperature > 0:
            sums = np.cumsum(softmax(last / temperature))
            number = int(np.searchsorted(sums, random.random() * sums[-1], side="right"))
        else:
            number = int(last.argmax())
        numbers.append(number)
        newest = np.array([[number]])
    return np.array(numbers)


def counts_beside(
    vocabulary: int, order: int, gate: Array, symbols: Array, children: Array, chances: Array,
    weights: Array,
) -> Mixture:  # fmt: skip
    """Return the counts that the network is mixed with, and how."""
    tensors = {"symbols": symbols, "children": children, "chances": chances, "weights": weights}
    return Mixture(Counts.read(tensors, vocabulary, order), gate)


def before_any(mixture: Mixture, batch: int) -> Array:
    """Return what counts know before anything was read."""
    return mixture.counts.start(batch)


def both_states(state: tuple[Any, Any]) -> tuple[Any, Any]:
    """Return the state of the network, and what the counts have read."""
    network, contexts = state
    return network, contexts
