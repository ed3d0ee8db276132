"""What a user gives, as arrays that the programs take, or one clear sentence."""

from __future__ import annotations

from typing import Any

import numpy as np

from recur.export.parts import Array


def histories_of(values: Any) -> Array:
    """Return float64 [batch, time] of a history, or of several, each as long as it is.

    Shorter ones have what is not a number in front. So have missing values in their places.
    """
    several = len(values) > 0 and np.ndim(next(iter(values))) > 0
    each = [np.asarray(one, np.float64) for one in (values if several else [values])]
    histories = np.full((len(each), max(map(len, each))), np.nan)
    for row, one in zip(histories, each, strict=True):
        row[len(row) - len(one) :] = one
    if not np.isfinite(histories).any(axis=1).all():
        raise ValueError("a history has no value; each needs at least one.")
    return histories


def check_history(values: Array, least: int) -> Array:
    """Return histories, none of which has too few values."""
    counts = values.shape[1] - np.isfinite(values).argmax(axis=1)
    if counts.min() < least:
        raise ValueError(
            f"a history has {counts.min()} values, and this network needs {least} to look back on."
        )
    return values


def series_of(names: Any, learnt: list[str], values: Array) -> Array:
    """Return the number of each series among those that were learnt, -1 for another.

    Without names, the one series that was learnt is meant, or where these are several, others.
    """
    if names is None:
        return np.full(len(values), 0 if len(learnt) == 1 and len(values) == 1 else -1)
    places = {name: i for i, name in enumerate(learnt)}
    each = [names] if isinstance(names, str) else list(names)
    if len(each) != len(values):
        raise ValueError(f"there are {len(each)} names for {len(values)} histories.")
    return np.array([places.get(name, -1) for name in each])


def columns_of(columns: Any, names: list[str], values: Array, ahead: int) -> Array:
    """Return float64 [batch, time + ahead, columns], or [batch, columns] where `ahead` is -1."""
    steps = () if ahead < 0 else (values.shape[1] + ahead,)
    shape = (len(values), *steps, len(names))
    given = np.asarray(columns, np.float64)
    if given.size != np.prod(shape):
        raise ValueError(f"{', '.join(names)}: expected {shape} numbers, found {given.shape}.")
    return given.reshape(shape)


def categories_of(names: Any, known: list[str], values: Array) -> Array:
    """Return the number of the category of each series."""
    each = [names] * len(values) if isinstance(names, str) else list(names)
    unknown = [name for name in each if name not in known]
    if unknown or len(each) != len(values):
        raise ValueError(f"expected one of {known} for each series, found {each}.")
    return np.array([known.index(name) for name in each])


def times_of(times: Any, values: Array, ahead: int) -> Array:
    """Return int64 [batch, time + ahead], microseconds since 1970, of dates."""
    given = np.asarray(times, "M8[us]").astype(np.int64)
    wide = values.shape[1] + ahead
    if given.shape[-1] != wide:
        raise ValueError(
            f"expected {wide} times, of all values and of the {ahead} steps ahead; found "
            f"{given.shape[-1]}."
        )
    return np.broadcast_to(given, (len(values), wide))
