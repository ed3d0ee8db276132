"""What the values to be forecast count from: the newest, one a season before, or a level."""

from __future__ import annotations

from typing import Literal

import numpy as np

from recur.arrays import Float64s, Indices
from recur.data.panel.scaling import mean_of_newest

Residual = Literal["last", "seasonal", "none"]


def base_of(
    residual: Residual,
    known: Float64s,
    level: Float64s,
    real: Indices,
    ahead: int,
    season: int,
) -> Float64s:
    """Return float64 [batch, ahead], what the targets of windows count from.

    Args:
        residual: what it is.
        known: float64 [batch, lookback], the known values.
        level: float64 [batch, 1], that of `none`.
        real: int64 [batch], how many of the known values there are.
        ahead: steps to be forecast.
        season: steps in a season.
    """
    if residual == "seasonal":
        return _ago(known, real, season - np.arange(ahead) % season)
    return np.repeat(known[:, -1:] if residual == "last" else level, ahead, axis=1)


def own_base(
    residual: Residual, known: Float64s, base: Float64s, real: Indices, season: int
) -> Float64s:
    """Return float64 [batch, 1], what the newest value itself would have counted from."""
    if residual != "seasonal":
        return base[:, :1]
    return _ago(known, real, np.array([season + 1]))


def level_of(known: Float64s, centre: Float64s, real: Indices) -> Float64s:
    """Return float64 [batch, 1], the mean of the known values there are, reckoned from a centre."""
    return np.asarray(centre + mean_of_newest(known - centre, real)[:, None])


def _ago(known: Float64s, real: Indices, back: Indices) -> Float64s:
    """Return float64 [batch, back], the values so many steps back; else the newest one."""
    values = np.take(known, known.shape[1] - back, axis=1, mode="clip")
    return np.where(back <= real[:, None], values, known[:, -1:])
