"""Random numbers as a pure function of (seed, purpose, attempt, step, index).

The generator is Philox4x32-10: a counter goes in, four 32-bit words come out, and nothing is
remembered between calls. Numbers can therefore be drawn in any order, in any part and on any
engine, and are the same. The arithmetic is written with operators that NumPy int64 arrays and
int64 tensors share, so one text serves both.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

_WORD = 0xFFFFFFFF
MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
KEY_STEPS = (0x9E3779B9, 0xBB67AE85)
_FEISTEL_ROUNDS = 8


class Purpose(IntEnum):
    """What a random number is for; numbers of different purposes are independent."""

    WEIGHTS = 0
    ORDER = 1
    DROPOUT = 2
    DATA = 3
    FORCING = 4
    SAMPLES = 5
    SYMBOLS = 6
    NOISE = 7
    HIDING = 8


def philox(counter: tuple[Any, Any, Any, Any], key: tuple[int, int]) -> tuple[Any, Any, Any, Any]:
    """Return four 32-bit words for each counter.

    Args:
        counter: four int64 arrays (NumPy or a tensor library's) of one shape, values below 2**32.
        key: two whole numbers below 2**32.

    Returns:
        Four int64 arrays of the same shape, values below 2**32.
    """
    a, b, c, d = counter
    k0, k1 = key
    for _ in range(10):
        # The products wrap around in int64; masking after the shift leaves the right high word.
        left, right = a * MULTIPLIERS[0], c * MULTIPLIERS[1]
        a, b, c, d = (
            ((right >> 32) & _WORD) ^ b ^ k0,
            right & _WORD,
            ((left >> 32) & _WORD) ^ d ^ k1,
            left & _WORD,
        )
        k0, k1 = (k0 + KEY_STEPS[0]) & _WORD, (k1 + KEY_STEPS[1]) & _WORD
    return a, b, c, d


@dataclass(frozen=True)
class Stream:
    """The random numbers of one seed and purpose, at one attempt and step.

    >>> Stream(seed=1, purpose=Purpose.DATA).uniform(2).round(3)
    array([0.411, 0.672])
    """

    seed: int
    purpose: Purpose
    attempt: int = 0
    step: int = 0

    def at(self, step: int) -> Stream:
        """Return the stream of another step."""
        return replace(self, step=step)

    @property
    def key(self) -> tuple[int, int]:
        """Return the two key words: the seed's low and high half."""
        return self.seed & _WORD, (self.seed >> 32) & _WORD

    def counter(self, index: Any) -> tuple[Any, Any, Any, Any]:
        """Return the four counter words for an int64 array of positions below 2**32."""
        zero = index * 0
        place = int(self.purpose) | (self.attempt << 8)
        return index, zero + (self.step & _WORD), zero + (self.step >> 32), zero + place

    def words(self, count: int) -> NDArray[np.int64]:
        """Return int64 [count], whole numbers from 0 to 2**32 - 1."""
        blocks = np.arange(-(-count // 4), dtype=np.int64)
        return np.stack(philox(self.counter(blocks), self.key), axis=-1).reshape(-1)[:count]

    def uniform(self, count: int) -> NDArray[np.float64]:
        """Return float64 [count], strictly between 0 and 1."""
        return np.asarray((self.words(count) + 0.5) * 2.0**-32, np.float64)

    def normal(self, count: int) -> NDArray[np.float64]:
        """Return float64 [count], standard normal (Box and Muller's pairs)."""
        u = self.uniform(2 * -(-count // 2)).reshape(-1, 2)
        radius, angle = np.sqrt(-2 * np.log(u[:, 0])), 2 * np.pi * u[:, 1]
        pairs = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
        return pairs.reshape(-1)[:count]

    def permuted(self, index: NDArray[np.int64], size: int) -> NDArray[np.int64]:
        """Return where a random permutation of `range(size)` sends each index.

        The permutation needs no memory: a Feistel network over the next power of four, walked
        again for as long as it leads outside the range.
        """
        half_bits = max(1, (max(size - 1, 1).bit_length() + 1) // 2)
        half = (1 << half_bits) - 1
        keys = [int(word) for word in self.words(_FEISTEL_ROUNDS)]
        result = np.array(index, dtype=np.int64)
        outside = np.ones(result.shape, dtype=bool)
        while outside.any():
            walked = result[outside]
            left, right = walked >> half_bits, walked & half
            for key in keys:
                left, right = right, left ^ (_mixed(right ^ key) & half)
            result[outside] = (left << half_bits) | right
            outside = result >= size
        return result

    def dropout(self, site: int, shape: tuple[int, int, int], rate: float) -> NDArray[np.float32]:
        """Return a dropout mask: 0 with probability `rate`, else 1 / (1 - rate).

        The place of a value in the shape keys it, so the shape is that of the windows at hand: an
        engine that fills a batch up draws no numbers for the filling.

        Args:
            site: which place in the network the mask is for (0 to 255).
            shape: (time, feature, lane). One counter yields four neighbouring features, so that a
                vector of lanes is a vector of counters.
            rate: the share that is dropped.

        Returns:
            float32 [time, feature, lane].
        """
        steps, features, lanes = shape
        quads = -(-features // 4)
        index = np.arange(steps * quads * lanes, dtype=np.int64).reshape(steps, quads, lanes)
        a, b, c, d = self.counter(index)
        words = np.stack(philox((a, b, c, d + (site << 24)), self.key), axis=2)
        kept = words.reshape(steps, quads * 4, lanes)[:, :features] >= round(rate * 2**32)
        return np.where(kept, np.float32(1 / (1 - rate)), np.float32(0))


def _mixed(word: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return a 32-bit hash of each 32-bit word (the finaliser of MurmurHash3)."""
    word = word & _WORD
    word = ((word ^ (word >> 16)) * 0x85EBCA6B) & _WORD
    word = ((word ^ (word >> 13)) * 0xC2B2AE35) & _WORD
    return word ^ (word >> 16)
