"""Texts as a network of symbols takes them, and as it writes them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from recur.data.text.byte_pairs import words
from recur.data.text.counts import Counts
from recur.engines.mixing import Mixture
from recur.export.parts import Array

GoOn = Callable[[Array, Any], tuple[Array, Any]]


def character_numbers(text: str, symbols: str) -> Array:
    """Return int64 [time, 1], the number of each character of a text."""
    return known_numbers([symbols.find(one) for one in text], text)


def byte_numbers(text: str, symbols: str) -> Array:
    """Return int64 [time, 1], of each byte of UTF-8; each stands as the character of its number."""
    return known_numbers([symbols.find(one) for one in text.encode().decode("latin-1")], text)


def subword_numbers(text: str, symbols: list[str]) -> Array:
    """Return int64 [time, 1], of each subword.

    Of neighbours those are joined first that were learnt first. A space at the end is left to the
    subword that comes next.
    """
    known = {symbol: number for number, symbol in enumerate(symbols)}
    numbers: list[int] = []
    for word in words(text.removesuffix(" ")):
        parts = list(word)
        while ranks := [known[a + b] for a, b in pairwise(parts) if a + b in known]:
            whole, joined = symbols[min(ranks)], parts[:1]
            for part in parts[1:]:
                if joined[-1] + part == whole:
                    joined[-1] = whole
                else:
                    joined.append(part)
            parts = joined
        numbers += [known.get(part, -1) for part in parts]
    return known_numbers(numbers, text)


def known_numbers(numbers: list[int], text: str) -> Array:
    """Return int64 [time, 1], numbers of which none is -1, which no symbol has."""
    if not numbers or min(numbers) < 0:
        raise ValueError(f"expected a text of symbols that were learnt; found {text!r}.")
    return np.array(numbers)[:, None]


def text_of(numbers: Array, symbols: Any) -> str:
    """Return the text of symbols [time]."""
    return "".join(symbols[i] for i in numbers)


def text_of_bytes(numbers: Array, symbols: str) -> str:
    """Return the text of bytes [time]."""
    return "".join(symbols[i] for i in numbers).encode("latin-1").decode(errors="replace")


def softmax(logits: Array) -> Array:
    """Return the probabilities of symbols, by logarithms but for a constant."""
    odds = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    return odds / np.sum(odds, axis=-1, keepdims=True)


def next_chances(logits: Array, symbols: Any) -> dict[str, float]:
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
