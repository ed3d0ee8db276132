"""Arrays, laid end to end as the series of a panel are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Float64s
from recur.data.tables.columns import NAMELESS
from recur.data.tables.stack import Stack, bounds, numbered
from recur.errors import DataError


def from_arrays(source: NDArray[Any] | Sequence[Any], target: str = NAMELESS) -> Stack:
    """Lay arrays end to end."""
    arrays = _as_series(source)
    lengths = np.array([len(array) for array in arrays], dtype=np.int64)
    if not lengths.all() or not len(lengths):
        raise DataError("An array is empty; every series needs values.")
    offsets = bounds(lengths)
    counts = numbered(offsets)
    return Stack(
        values=np.concatenate(arrays),
        times=counts,
        rows=np.arange(offsets[-1]),
        offsets=offsets,
        ids=(target,) if len(arrays) == 1 else tuple(str(i) for i in range(len(arrays))),
        source="array",
        targets=(target,),
        number=lambda row: int(counts[row]),
    )


def _as_series(source: NDArray[Any] | Sequence[Any]) -> list[Float64s]:
    """Return the one-dimensional float64 arrays that an array or a sequence stands for."""
    if isinstance(source, np.ndarray) and source.ndim == 2 and source.shape[1] == 1:
        source = source[:, 0]  # a column: one series, not many of one value
    flat = np.ndim(source) < 2 if isinstance(source, np.ndarray) else not any(map(np.ndim, source))
    return [_one_series(np.ma.asarray(part)) for part in ([source] if flat else source)]


def _one_series(part: np.ma.MaskedArray[Any, Any]) -> Float64s:
    """Return float64 [time], NaN where a value is masked."""
    if part.ndim != 1:
        raise DataError(
            "An array of shape [time] or [series, time] is expected; a series of "
            f"{part.ndim} dimensions came."
        )
    try:
        casting: Literal["same_kind", "unsafe"] = (
            "unsafe" if part.dtype.kind == "O" else "same_kind"
        )
        values: Float64s = np.ma.filled(part.astype(np.float64, casting=casting), np.nan)
    except (TypeError, ValueError):
        raise DataError(f"An array of numbers is expected; one of {part.dtype} came.") from None
    return values
