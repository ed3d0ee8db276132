"""Model files and checkpoints with something in them that no recur has written.

A file is taken apart into its description and its tensors, a few of these are replaced, and it is
put together again, mostly with a checksum that is right, so that what was replaced is met.
"""

from __future__ import annotations

import copy
import json
import math
import struct
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import numpy as np
from safetensors import deserialize
from tests.attack.values import ODD_NAMES, at, flipped, odd_value, places, put

from recur.digest import digest_of

_DTYPES = {"F32": "<f4", "F64": "<f8", "I64": "<i8", "U8": "u1", "U16": "<u2"}
_CODES = {np.dtype(dtype).str: code for code, dtype in _DTYPES.items()}
_OTHER_CODES = ("F32", "F64", "I64", "U8", "U16", "BF16", "BOOL", "F16", "I32", "Q9")
_RIGHT = 0.85  # share of the files whose checksum is right


@dataclass
class Tensor:
    """A tensor as a file has it: what is said of it, and its bytes."""

    dtype: str
    shape: list[Any]
    data: bytes

    @property
    def array(self) -> Any:
        """Return it as an array; None where it says what no array is."""
        try:
            return np.frombuffer(self.data, _DTYPES[self.dtype]).reshape(self.shape)
        except (KeyError, ValueError, TypeError, OverflowError):
            return None


def damaged(whole: bytes, rng: np.random.Generator) -> tuple[str, bytes]:
    """Return a file made from one that is whole, and what is wrong with it."""
    if rng.random() < 0.1:
        return flipped(whole, rng)
    described, tensors = taken_apart(whole)
    told = [_change(described, tensors, rng) for _ in range(rng.choice([1, 1, 1, 2, 3]))]
    right = bool(rng.random() < _RIGHT)
    return f"{', '.join(told)}{'' if right else ', checksum left'}", put_together(
        described, tensors, right=right
    )


def taken_apart(whole: bytes) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Return the description of a file and its tensors."""
    size = int.from_bytes(whole[:8], "little")
    described = json.loads(json.loads(whole[8 : 8 + size])["__metadata__"]["recur"])
    parts: Any = deserialize(whole)  # type: ignore[no-untyped-call]
    tensors = {
        name: Tensor(part["dtype"], list(part["shape"]), bytes(part["data"]))
        for name, part in sorted(parts, key=itemgetter(0))  # they come in any order
    }
    return described, tensors


def put_together(
    described: dict[str, Any], tensors: dict[str, Tensor], *, right: bool = True
) -> bytes:
    """Return the file of a description and tensors, its checksum made right or left as it is."""
    arrays = {name: tensor.array for name, tensor in tensors.items()}
    if right and all(array is not None for array in arrays.values()):
        described.pop("checksum", None)
        if described.get("format") != 1:
            described["checksum"] = digest_of(json.loads(json.dumps(described)), arrays)
    entries, data = {}, b""
    for name, tensor in tensors.items():
        ends = [len(data), len(data) + len(tensor.data)]
        entries[name] = {"dtype": tensor.dtype, "shape": tensor.shape, "data_offsets": ends}
        data += tensor.data
    header = json.dumps({"__metadata__": {"recur": json.dumps(described)}, **entries}).encode()
    header += b" " * (-len(header) % 8)
    return struct.pack("<Q", len(header)) + header + data


def _change(described: Any, tensors: dict[str, Tensor], rng: np.random.Generator) -> str:
    pick = rng.random()
    if pick < 0.4:
        return _change_leaf(described, rng)
    if pick < 0.5:
        return _change_all_of_a_name(described, rng)
    if pick < 0.6:
        return _change_keys(described, rng)
    if pick < 0.63:
        described["format"] = (1, 2, 0, 3, 10**30, "2", None, 1.0, True)[rng.integers(9)]
        return f"format {described['format']}"
    if pick < 0.68 and isinstance(described.get("settings"), dict):
        return _look_far(described, tensors, rng)
    return _change_tensor(tensors, rng)


def _change_leaf(described: Any, rng: np.random.Generator) -> str:
    found = list(places(described))
    path = found[rng.integers(len(found))]
    value = odd_value(rng)
    put(described, path, value)
    return f"{_shown(path)} is {_brief(value)}"


def _change_all_of_a_name(described: Any, rng: np.random.Generator) -> str:
    """Put one value wherever a name stands, so that the parts still say the same."""
    found = [path for path in places(described) if isinstance(path[-1], str)]
    name, value = found[rng.integers(len(found))][-1], odd_value(rng)
    for path in found:
        if path[-1] == name:
            try:
                put(described, path, value)
            except (KeyError, TypeError, IndexError):  # what it stood in has been replaced
                continue
    return f"every {name!r:.40} is {_brief(value)}"


def _change_keys(described: Any, rng: np.random.Generator) -> str:
    found = [path for path in places(described) if isinstance(at(described, path), dict)]
    path = found[rng.integers(len(found))] if found else ()
    part = at(described, path)
    odd = ODD_NAMES[rng.integers(len(ODD_NAMES))]
    if not part or rng.random() < 0.4:
        part[odd] = odd_value(rng)
        return f"{_shown(path)} has {_brief(odd)}"
    key = list(part)[rng.integers(len(part))]
    value = part.pop(key)
    if rng.random() < 0.5:
        part[odd] = value
        return f"{_shown(path)}.{key!r:.40} is called {_brief(odd)}"
    return f"{_shown(path)}.{key!r:.40} is gone"


def _look_far(described: Any, tensors: dict[str, Tensor], rng: np.random.Generator) -> str:
    """Ask for much with little: a zero-byte tensor of a great shape stands for its margins."""
    steps = int((10**9, 10**6, 2**62, 2_000)[rng.integers(4)])
    described["settings"]["horizon"] = steps
    if "scaling.reach" in tensors:
        described["settings"]["intervals"] = []
        tensors["scaling.reach"] = Tensor("F64", [0, steps], b"")
    return f"horizon {steps}, no margins"


def _change_tensor(tensors: dict[str, Tensor], rng: np.random.Generator) -> str:
    if not tensors:
        return "nothing"
    name = list(tensors)[rng.integers(len(tensors))]
    tensor, how = copy.copy(tensors[name]), rng.integers(10)
    if how < 4:
        told = _change_values(tensor, rng)
    elif how == 4:
        shapes: list[list[Any]] = [
            *([], [0], [0, 10**9], [0, 2**62, 2], [1], tensor.shape[::-1], [*tensor.shape, 1]),
            *([math.prod(tensor.shape)], [-1], [0, 2**63], [2**64], tensor.shape[1:], [1.5]),
        ]
        tensor.shape = shapes[rng.integers(len(shapes))]
        told = f"shape {tensor.shape}"
        if 0 in tensor.shape:
            tensor.data = b""
    elif how == 5:
        tensor.dtype = _OTHER_CODES[rng.integers(len(_OTHER_CODES))]
        told = f"dtype {tensor.dtype}"
    elif how == 6:
        del tensors[name]
        return f"tensor {name} is gone"
    elif how == 7:
        odd = ODD_NAMES[rng.integers(len(ODD_NAMES))]
        tensors[odd] = tensors.pop(name)
        return f"tensor {name} is called {_brief(odd)}"
    elif how == 8:
        odd = (*ODD_NAMES, f"{name}.more", "now.carried.9")[rng.integers(len(ODD_NAMES) + 2)]
        tensors[odd] = tensor
        return f"tensor {_brief(odd)} beside {name}"
    else:
        first, *others = tensor.shape or [1]
        rows = int(rng.integers(0, 3)) * int(first)
        size = np.dtype(_DTYPES.get(tensor.dtype, "u1")).itemsize
        width = size * int(math.prod(others))
        tensor.data = (tensor.data * 3)[: rows * width]
        tensor.shape = [rows, *others]
        told = f"{rows} rows"
    tensors[name] = tensor
    return f"tensor {name}: {told}"


def _change_values(tensor: Tensor, rng: np.random.Generator) -> str:
    values = tensor.array
    if values is None or not values.size:
        return "no values"
    values = values.copy()
    odd: tuple[float, ...]
    if values.dtype.kind == "f":
        odd = (math.nan, math.inf, -math.inf, 1e38, -3e38, 1e20, 0.0, 1e-45, -1.0, 1e300, 1e9)
    else:
        odd = (-1, 0, 1, 255, 2**31, 2**62, -(2**63), 2**63 - 1)
    value = odd[rng.integers(len(odd))]
    where = rng.random(values.shape) < (1.0, 0.1, 1 / values.size)[rng.integers(3)]
    with np.errstate(over="ignore"):
        values[where] = np.array(value).astype(values.dtype)
    tensor.data = values.tobytes()
    return f"{int(where.sum())} values {value}"


def _shown(path: tuple[Any, ...]) -> str:
    return ".".join(f"{part!s:.40}" for part in path)


def _brief(value: Any) -> str:
    text = ascii(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
