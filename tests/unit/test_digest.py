"""A digest tells apart whatever differs, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recur.digest import digest_of
from recur.settings import Settings

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)


@dataclass(frozen=True)
class Point:
    x: float
    label: str = field(default="", repr=False, compare=False)

    @cached_property
    def double(self) -> float:
        return 2 * self.x


@dataclass(frozen=True)
class Place:
    x: float
    label: str = ""


class Step(Settings):
    x: float = 1.0
    label: str = ""


DIFFERENT: list[Any] = [
    None, False, True, 0, 1, 1.0, -1.0, "1", b"1", "", [], {}, [[]], [1], [1, 2], [[1], 2],
    [1, [2]], {"a": 1}, {"b": 1}, {"a": {"b": 1}}, {"a": 1, "b": 1}, ["a", 1], range(1),
    range(1, 2), range(0, 2, 2), np.zeros(0), np.zeros((0, 2)), np.zeros(1),
    np.zeros(1, np.float32), np.zeros((1, 1)), np.zeros(2), np.array([0.0, -0.0]),
    np.zeros(1, np.bool_), np.array(["a"]),
    np.array(["2020-01-01"], "M8[D]"), Point(1.0), Point(2.0), Point(1.0, "a"), Place(1.0), Step(),
    Step(x=2.0), [Point(1.0)], "|", "a|1:b",
]  # fmt: skip


def test_what_differs_is_told_apart() -> None:
    digests = [digest_of(value) for value in DIFFERENT]
    for (i, one), (j, other) in combinations(enumerate(digests), 2):
        assert one != other, (DIFFERENT[i], DIFFERENT[j])
    assert digest_of() not in digests
    assert digest_of(1, 2) != digest_of([1, 2])


def test_what_is_equal_has_one_digest() -> None:
    wide = np.arange(12.0).reshape(3, 4)
    assert digest_of(wide[:, ::2]) == digest_of(wide[:, ::2].copy())
    assert digest_of(wide.T) == digest_of(np.ascontiguousarray(wide.T))
    assert digest_of([1, "a"]) == digest_of((1, "a"))
    assert digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})
    assert digest_of(np.float64(0.5), np.int64(2)) == digest_of(0.5, 2)
    point = Point(1.0)
    before = digest_of(point)
    assert point.double == 2.0  # what is kept of a computation is no field
    assert digest_of(point) == before


@given(PLAIN, PLAIN)
def test_plain_values_have_one_digest_if_and_only_if_they_are_written_alike(
    one: Any, other: Any
) -> None:
    def written(value: Any) -> str:
        if isinstance(value, dict):
            return repr({key: written(value[key]) for key in sorted(value)})
        return repr([written(part) for part in value]) if isinstance(value, list) else repr(value)

    assert (digest_of(one) == digest_of(other)) == (written(one) == written(other))


@pytest.mark.parametrize("value", [object(), Point, {1, 2}, np.array([None]), lambda: 0])
def test_what_nobody_can_tell_the_contents_of_has_no_digest(value: Any) -> None:
    with pytest.raises(TypeError, match="has no digest"):
        digest_of(value)
