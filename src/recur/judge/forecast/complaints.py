"""What cannot be judged: series without history or truth, and numbers that are none."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Indices
from recur.errors import DataError
from recur.judge.forecast.methods import Forecasts

BEYOND_ANY_VALUE = 1e100
"""Squares of numbers as large as this may overflow; no data of this world holds them."""


def refuse_forecasts(
    name: str, made: Forecasts, counts: Indices, origins: Callable[[int], Indices]
) -> NoReturn:
    """Name the first forecast that is no finite number.

    Args:
        name: of the method.
        made: its forecasts.
        counts: how many origins each series has.
        origins: gives those of a series.
    """
    usable = np.abs(np.concatenate(made)) < BEYOND_ANY_VALUE
    row, step = np.argwhere(~usable)[0]
    i = int(np.searchsorted(np.cumsum(counts), row, side="right"))
    row -= counts[:i].sum()
    ahead = "one step" if step == 0 else f"{step + 1} steps"
    raise DataError(
        f"`{name}` forecast {made[i][row, step]} for series {i}, {ahead} ahead "
        f"from row {origins(i)[row]}; a method can only be judged on finite numbers."
    )


def check_series(i: int, values: NDArray[np.float64], start: int, horizon: int) -> None:
    """Raise unless series `i` has history, a whole horizon held out, and finite values."""
    if not 1 <= start <= len(values) - horizon:
        raise DataError(
            f"Series {i} has {len(values)} values and is held out from row {start}; judging needs "
            f"at least one value before that row and {horizon} (one horizon) from it on."
        )
    usable = np.abs(values) < BEYOND_ANY_VALUE
    if not usable.all():
        row = np.flatnonzero(~usable)[0]
        raise DataError(
            f"Series {i} holds {values[row]} at row {row}; fill or cut missing values before "
            f"judging."
        )
