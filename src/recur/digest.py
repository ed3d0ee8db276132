"""One digest of whatever decides a result: plain values, arrays, settings and dataclasses."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

import numpy as np

_BYTES = 16


def digest_of(*parts: Any) -> str:
    """Return a digest of plain values, arrays, settings, dataclasses, and collections of them.

    Of a dataclass and of settings every field counts, so that none can be forgotten, and so does
    their class. Lists and tuples are alike; the order of a mapping's keys does not count.

    Raises:
        TypeError: a part is of another kind, of which nobody can say what of it decides.

    >>> digest_of({"rate": 0.1, "epochs": 2}) == digest_of({"epochs": 2, "rate": 0.1})
    True
    >>> digest_of([1, [2]]) == digest_of([[1], 2])
    False
    """
    hashed = hashlib.blake2b(digest_size=_BYTES)
    for label, content in _pieces(parts):
        # Each piece comes with its size, so that none can run over into the next.
        hashed.update(f"{label}:{len(content)}|".encode())
        hashed.update(content)
    return hashed.hexdigest()


def _pieces(value: Any) -> Iterator[tuple[str, bytes | memoryview]]:
    """Yield what a value consists of, each piece with a label that says what it is."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, np.ndarray):
        if value.dtype.hasobject:
            raise TypeError("an array of Python objects has no digest; give numbers or text.")
        flat = np.ascontiguousarray(value).reshape(-1).view(np.uint8)
        yield f"array {value.dtype.str} {value.shape}", flat.data
    elif value is None or isinstance(value, bool | int | float | complex):
        yield type(value).__name__, repr(value).encode()
    elif isinstance(value, Enum):
        yield _class(value), value.name.encode()
    elif isinstance(value, str):
        yield "str", value.encode("utf-8", "surrogatepass")
    elif isinstance(value, bytes):
        yield "bytes", value
    elif isinstance(value, range):
        yield "range", repr((value.start, value.stop, value.step)).encode()
    elif isinstance(value, Mapping):
        yield "mapping", str(len(value)).encode()
        for key in sorted(value):
            yield from _pieces(key)
            yield from _pieces(value[key])
    elif isinstance(value, Sequence):
        yield "sequence", str(len(value)).encode()
        for part in value:
            yield from _pieces(part)
    else:
        yield _class(value), b""
        yield from _pieces(_named_fields(value))


def _named_fields(value: Any) -> dict[str, Any]:
    """Return every field of a dataclass or of settings."""
    names = getattr(type(value), "model_fields", None)  # of pydantic, which is not needed here
    if names is None and is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in fields(value)]
    if names is None:
        raise TypeError(f"a {type(value).__name__} has no digest; give plain values and arrays.")
    return {name: getattr(value, name) for name in names}


def _class(value: Any) -> str:
    return type(value).__qualname__
