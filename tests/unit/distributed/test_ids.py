"""Ids of many parts, by their digests."""

from __future__ import annotations

import numpy as np
import polars as pl

from recur.distributed.ids import SeenIds
from recur.distributed.parts import digests_of


def test_what_was_seen_is_found_with_its_part_whatever_the_sizes() -> None:
    random, seen, of = np.random.default_rng(0), SeenIds(), dict[int, int]()
    for part, size in enumerate([5, 1, 300, 2, 2, 2, 40, 0, 1000, 7]):
        digests = random.integers(0, 2**64, size, np.uint64)
        assert not list(seen.shared(digests))
        seen.take(digests, part)
        of |= dict.fromkeys(digests.tolist(), part)
    asked = np.array([*of, *random.integers(0, 2**64, 9, np.uint64).tolist()], np.uint64)
    random.shuffle(asked)
    found = dict(seen.shared(asked))
    assert {int(asked[place]): part for place, part in found.items()} == of
    assert len(seen._runs) < 5


def test_digests_are_of_the_text_alone() -> None:
    one, other = pl.Series(["a", "b", "c"]), pl.Series("ids", ["c", "x"], dtype=pl.Categorical)
    assert digests_of(one)[2] == digests_of(other)[0]
    assert len(set(digests_of(one))) == 3
