"""A network and counts, mixed: what each says of the next symbol, weighted by how sure both are.

The logarithms of both are added with weights, which multiplies powers of their chances. The weights
are sums over what is seen of their certainty, so that the loss of a text is convex in them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recur.arrays import Float32s, Float64s, Indices, Symbols
from recur.data.text.counts import NEVER, Counts

SIGNS = 4
"""What a weight is a sum over: one, both entropies, and the length of the longest known context."""

CENTRES = (0.0, 1.0, 1.0, 0.7)
"""What is taken from each of these, so that a weight is about that of the one."""

EVEN = np.array([[0.5, 0, 0, 0], [0.5, 0, 0, 0]])
"""The weights where nothing is known that they could be learnt from."""

ONLY_COUNTS = np.array([[0.0, 0, 0, 0], [1.0, 0, 0, 0]])
"""The weights of the counts alone."""


@dataclass(frozen=True, eq=False)
class Mixture:
    """Counts that a network is mixed with, and how.

    Attributes:
        counts: of the text that it has learnt from.
        gate: float64 [2, SIGNS], of the network and of the counts.
    """

    counts: Counts
    gate: Float64s

    def logits(self, logits: Float32s, contexts: Indices) -> Float64s:
        """Return float64 [..., symbols], logarithms of the mixed chances but for a constant.

        Args:
            logits: float32 [..., symbols], the network's.
            contexts: int64 [..., order], see `Counts.contexts`.
        """
        return Experts.of(self.counts, logits, contexts).mixed(self.gate)


@dataclass(frozen=True, eq=False)
class Experts:
    """What a network and counts say of some symbols, and how sure they are.

    Attributes:
        network: float64 [..., symbols], logarithms of its chances.
        counted: float64 [..., symbols], of theirs, but for a constant.
        signs: float64 [..., SIGNS].
    """

    network: Float64s
    counted: Float64s
    signs: Float64s

    @staticmethod
    def of(counts: Counts, logits: Float32s, contexts: Indices) -> Experts:
        """Return both for the outputs of a network and the contexts beside them."""
        network, own = _normalised(logits.astype(np.float64))
        counted = counts.logs(contexts)
        _, other = _normalised(counted)
        known = ((contexts != NEVER).sum(axis=-1) - 1) / max(1, counts.order - 1)
        signs = np.stack([np.ones_like(own), own, other, known], axis=-1) - CENTRES
        return Experts(network, counted, signs)

    def mixed(self, gate: Float64s) -> Float64s:
        """Return the logarithms of the mixed chances, but for a constant."""
        weights = self.signs @ gate.T
        return weights[..., :1] * self.network + weights[..., 1:] * self.counted


def contexts_before(mixture: Mixture | None, before: Symbols | None, lanes: int) -> Indices:
    """Return int64 [lanes, order], what counts know after some symbols; of no order without any.

    Args:
        mixture: with the counts.
        before: int32 [any, lanes].
        lanes: how many texts there are.
    """
    if mixture is None:
        return np.zeros((lanes, 0), np.int64)
    start = mixture.counts.start(lanes)
    if before is None or not len(before):
        return start
    contexts: Indices = mixture.counts.contexts(before[-mixture.counts.order :], start)[-1]
    return contexts


def said(
    mixture: Mixture | None, outputs: Float32s, symbols: Symbols, contexts: Indices
) -> tuple[Float64s, Indices]:
    """Return what comes after some symbols, as logarithms of chances but for a constant.

    Args:
        mixture: what the network is mixed with.
        outputs: float32 [time, lanes, symbols], the network's after each of the symbols.
        symbols: int32 [time, lanes].
        contexts: int64 [lanes, order], those before the symbols.

    Returns:
        float64 [time, lanes, symbols]; the contexts after the symbols.
    """
    if mixture is None:
        return outputs.astype(np.float64), contexts
    known = mixture.counts.contexts(symbols, contexts)
    return mixture.logits(outputs, known), known[-1]


def nats(logits: Float64s, symbols: Symbols) -> Float64s:
    """Return how unlikely symbols are, by logarithms of chances but for a constant.

    >>> nats(np.zeros((1, 4)), np.array([2], np.int32)).round(4)
    array([1.3863])
    """
    own = np.take_along_axis(logits, symbols[..., None].astype(np.int64), axis=-1)[..., 0]
    greatest = logits.max(axis=-1)
    total = np.exp(logits - greatest[..., None]).sum(axis=-1)
    return np.asarray(np.log(total) + greatest - own, np.float64)


def _normalised(logs: Float64s) -> tuple[Float64s, Float64s]:
    """Return logarithms of chances that add up to 1, and their entropy in nats."""
    values = logs - logs.max(axis=-1, keepdims=True)
    values -= np.log(np.exp(values).sum(axis=-1, keepdims=True))
    return values, -(np.exp(values) * values).sum(axis=-1)
