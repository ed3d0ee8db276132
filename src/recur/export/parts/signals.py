"""Signals as a network takes them, and back."""

from __future__ import annotations

from typing import Any

import numpy as np

from recur.export.parts import Array


def recording(noisy: Any, channels: int) -> Array:
    """Return float64 [time, 1, channels] of one recording, [time] or [time, channels]."""
    values = np.asarray(noisy, np.float64)
    if values.size % channels or (values.ndim > 1 and values.shape[1:] != (channels,)):
        raise ValueError(f"expected [time, {channels}], found the shape {values.shape}.")
    if not np.isfinite(values).all():
        raise ValueError("a value is missing or infinite; fill or cut such steps first.")
    return values.reshape(-1, 1, channels)


def like(cleaned: Array, noisy: Any) -> Array:
    """Return a cleaned recording in the shape in which the noisy one came."""
    return cleaned.reshape(np.shape(noisy))


def scaled(noisy: Array, centre: Array, spread: Array) -> Array:
    """Return values [..., channels] as the network takes them."""
    return ((noisy - centre) / spread).astype(np.float32)


def in_their_unit(outputs: Array, centre: Array, spread: Array) -> Array:
    """Return what the network gives in the unit of the clean recordings."""
    return centre + spread * outputs
