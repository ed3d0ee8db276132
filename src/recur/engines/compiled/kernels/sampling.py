"""The random numbers of `recur.seeding`, one at a time and by lanes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from recur.arrays import Float32s, Indices
from recur.engines.compiled.build.compiler import entry, kernel
from recur.seeding import KEY_STEPS, MULTIPLIERS

_A, _B = np.uint64(MULTIPLIERS[0]), np.uint64(MULTIPLIERS[1])
_KEY_A, _KEY_B = np.uint64(KEY_STEPS[0]), np.uint64(KEY_STEPS[1])
_WORD, _HALF = np.uint64(0xFFFFFFFF), np.uint64(32)


class DropoutKeys(NamedTuple):
    """What keys the random numbers of a tile.

    Attributes:
        key: the seed.
        purpose: the fourth word of the counter but for the site.
        lanes: lanes that share a numbering of places.
        place: int64 [at least the tile's lanes], the number of each lane.
        step: int64 [at least the tile's lanes], the step of each lane's stream.
        threshold: words below it are dropped.
        scale: what is not dropped is multiplied by it.
    """

    key: int
    purpose: int
    lanes: int
    place: Indices
    step: Indices
    threshold: int
    scale: float


@kernel
def no_keys(numbers: Indices) -> DropoutKeys:
    """Return the keys of a tile in which nothing is dropped; `numbers` are not looked at."""
    return DropoutKeys(0, 0, 1, numbers, numbers, 0, 1.0)


@entry
def words(
    index: int, step: int, place: int, key: int
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Return the four words of `philox` for `Stream.counter`."""
    a, b = np.uint64(index), np.uint64(step) & _WORD
    c, d = np.uint64(step) >> _HALF, np.uint64(place)
    k0, k1 = np.uint64(key) & _WORD, np.uint64(key) >> _HALF
    for _ in range(10):
        left, right = a * _A, c * _B
        a, b, c, d = (
            (right >> _HALF) ^ b ^ k0,
            right & _WORD,
            (left >> _HALF) ^ d ^ k1,
            left & _WORD,
        )
        k0, k1 = (k0 + _KEY_A) & _WORD, (k1 + _KEY_B) & _WORD
    return a, b, c, d


@entry
def dropout_mask(
    mask: Float32s, site: int, time: int, features: int, lanes: int, keys: DropoutKeys
) -> None:
    """Draw the mask of one time step, as `Stream.dropout` does: float32 [features * lanes]."""
    quads = (features + 3) // 4
    threshold, scale = np.uint64(keys.threshold), np.float32(keys.scale)
    place = keys.purpose | (site << 24)
    for quad in range(quads):
        at = 4 * quad * lanes
        rows = min(4, features - 4 * quad)
        for lane in range(lanes):
            index = (time * quads + quad) * keys.lanes + keys.place[lane]
            a, b, c, d = words(index, keys.step[lane], place, keys.key)
            mask[at + lane] = scale if a >= threshold else np.float32(0)
            if rows > 1:
                mask[at + lanes + lane] = scale if b >= threshold else np.float32(0)
            if rows > 2:
                mask[at + 2 * lanes + lane] = scale if c >= threshold else np.float32(0)
            if rows > 3:
                mask[at + 3 * lanes + lane] = scale if d >= threshold else np.float32(0)
