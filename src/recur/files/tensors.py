"""The tensors that a file has to hold: their names, types, shapes and values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recur.errors import ModelFileError, visible


@dataclass(frozen=True)
class TensorSchema:
    """What a tensor of a file has to be; its values are finite in any case.

    Attributes:
        shape: its shape.
        dtype: the type of its values.
        least: the least value that it may hold; None for any.
    """

    shape: tuple[int, ...]
    dtype: type[np.floating[Any]] = np.float32
    least: float | None = None


def check_tensors(
    tensors: Mapping[str, NDArray[Any]], expected: Mapping[str, TensorSchema]
) -> None:
    """Refuse the tensors of a file unless they are those expected, no more and no fewer.

    Raises:
        ModelFileError: a tensor is missing, unknown, or not as expected; the message names it,
            but not the file.
    """
    for name in sorted(expected.keys() ^ tensors.keys()):
        what = "is missing" if name in expected else "is none that it should hold"
        raise ModelFileError(f"its tensor {_shown(name)} {what}.")
    for name, schema in expected.items():
        _check(name, tensors[name], schema)


def _check(name: str, tensor: NDArray[Any], schema: TensorSchema) -> None:
    if tensor.dtype != schema.dtype or tensor.shape != schema.shape:
        raise ModelFileError(
            f"its tensor {_shown(name)} is {tensor.dtype} {list(tensor.shape)}; expected "
            f"{np.dtype(schema.dtype)} {list(schema.shape)}."
        )
    if not np.isfinite(tensor).all():
        raise ModelFileError(f"its tensor {_shown(name)} holds values that are not finite.")
    if schema.least is not None and tensor.size and tensor.min() < schema.least:
        raise ModelFileError(
            f"its tensor {_shown(name)} holds {tensor.min():g}; expected at least {schema.least:g}."
        )


def _shown(name: str) -> str:
    """Return a name that a file gives as it may be shown."""
    return visible(repr(name), most=80)
