"""The kinds of arrays that everything here hands on, by their names."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from recur.errors import DataError

Float32s = NDArray[np.float32]
"""What networks compute with."""
Float64s = NDArray[np.float64]
"""Values as they were read, and whatever is measured of them."""
Indices = NDArray[np.int64]
"""Places, counts and lengths."""
Flags = NDArray[np.bool_]
"""Which ones."""
Symbols = NDArray[np.int32]
"""Symbols of a text by their numbers, as networks take them."""
TextSymbols = NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.int32]
"""The same in the smallest type that holds them, as texts keep them."""
AnySymbols = NDArray[np.integer[Any]]
"""The same in whatever type."""


def require_finite(what: str, *values: Any) -> None:
    """Refuse a result that is not finite: nobody is to take it for an answer.

    Args:
        what: what the values are, such as "the forecast".
        *values: arrays of numbers.

    Raises:
        DataError: some of them are infinite or no numbers.
    """
    if not all(np.isfinite(part).all() for part in values):
        raise DataError(
            f"{what} is not finite: the values or the weights of the model are too large to "
            "compute with; scale the values, or train the model anew."
        )
