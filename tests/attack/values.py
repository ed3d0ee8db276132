"""Values that do not belong where they are put, and places in JSON to put them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

ODD_NAMES = (
    *("", " ", "\x1b[2J\x1b[31mred", "\u202egnp.\u2066abc", "a\nb\rc", "\x00", "\x9b31m", "nan"),
    *("a" * 100_000, "`" * 300, "=cmd|' /C calc'!A0", "é\u0301" * 50, "\ud800", "💥", "1e999"),
    *("../../etc/passwd", "__class__", "[red]bold[/red]", "%s%n{0}", "\u2028line"),
)
NUMBERS = (
    *(-1, 0, 1, 2, 3, 7, 255, 65_536, 10**6, 10**9, 2**31, 2**63 - 1, 2**63, 10**18, -(2**63)),
    *(10**400, 0.5, -0.0, 1.5, 99.999, 100.0, 101.0, 1e-300, 5e-324, 1e38, 1e308, -1e308),
    *(math.nan, math.inf, -math.inf),
)


def odd_value(rng: np.random.Generator) -> Any:
    """Return some value: extreme, of another type, unfinite, huge or empty."""
    pick = rng.random()
    if pick < 0.5:
        return NUMBERS[rng.integers(len(NUMBERS))]
    if pick < 0.7:
        return ODD_NAMES[rng.integers(len(ODD_NAMES))]
    others: tuple[Any, ...] = (
        *(None, True, False, [], {}, [[]], {"a": 1}, [None], [0] * 5_000, {"x" * 5_000: 1}),
        *([math.nan] * 3, ["a", "a"], [1e308, -1e308], {ODD_NAMES[2]: ODD_NAMES[3]}),
        *(nested(80), list(range(300)), [True, False], ["\x1b[2J"] * 3, "0", "12", "1e3"),
    )
    return others[rng.integers(len(others))]


def nested(depth: int) -> Any:
    """Return lists within lists."""
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path to every value within some JSON, whole parts included."""
    if path:
        yield path
    parts: Any = ()
    if isinstance(value, dict):
        parts = value.items()
    elif isinstance(value, list):
        parts = enumerate(value[:6])  # more of the same are no other places
    for key, part in parts:
        yield from places(part, (*path, key))


def at(value: Any, path: tuple[Any, ...]) -> Any:
    """Return what stands at a path."""
    for key in path:
        value = value[key]
    return value


def put(value: Any, path: tuple[Any, ...], new: Any) -> None:
    """Put a value in the place of what stands at a path."""
    at(value, path[:-1])[path[-1]] = new


def flipped(data: bytes, rng: np.random.Generator) -> tuple[str, bytes]:
    """Return bytes with a little of them changed, and how."""
    whole = bytearray(data)
    count = len(whole)
    if not count:
        return "nothing to change", data
    place, many = int(rng.integers(count)), int(rng.integers(1, 40))
    how = rng.integers(7)
    if how == 0:
        whole[place] ^= 1 << int(rng.integers(8))
        return f"a bit at {place}", bytes(whole)
    if how == 1:
        return f"cut at {place}", bytes(whole[:place])
    if how == 2:
        del whole[place : place + many]
        return f"{many} bytes gone at {place}", bytes(whole)
    if how == 3:
        whole[place:place] = rng.bytes(many)
        return f"{many} bytes more at {place}", bytes(whole)
    if how == 4:
        part = bytes(whole[place : place + many])
        other = int(rng.integers(count))
        whole[other : other + len(part)] = part
        return f"{many} bytes of {place} at {other}", bytes(whole)
    if how == 5:
        fill = (0, 255, 127, 128)[rng.integers(4)]
        whole[place : place + 4] = bytes([fill]) * len(whole[place : place + 4])
        return f"four bytes {fill} at {place}", bytes(whole)
    for _ in range(many):
        whole[int(rng.integers(count))] = int(rng.integers(256))
    return f"{many} bytes changed", bytes(whole)
