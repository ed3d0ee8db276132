"""The inputs of a forecaster that can be hidden, and what stands in their place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from recur.arrays import Indices
from recur.data.panel.covariates import TARGET_LABEL, Covariates
from recur.data.panel.panel import Panel
from recur.seeding import Purpose, Stream
from recur.tasks.forecast.fitted import AnyFitted


class Part(NamedTuple):
    """An input that can be hidden.

    Attributes:
        name: what it is called.
        how: what stands in its place.
        hide: makes the panel without it; of a panel whose every series ends at an origin.
    """

    name: str
    how: str
    hide: Callable[[Panel], Panel]


def values(fitted: AnyFitted, apart: Panel) -> Iterator[Part]:
    """Yield the newest values and those of a season before, to be hidden as if missing."""
    horizon, season = fitted.settings.horizon, fitted.learned.season
    shortest = int(apart.lengths.min())
    back = {"the newest value": np.array([1])}
    for count in sorted({horizon, season} - {1}):
        if count < shortest:
            back[f"the newest {count} values"] = np.arange(1, count + 1)
    if horizon < season < shortest:  # else they are the newest ones
        back["a season before"] = season - np.arange(horizon)
    for name, steps in back.items():
        yield Part(name, "as missing", partial(without_values, back=steps))


def without_values(panel: Panel, back: Indices) -> Panel:
    """Return a panel in which the values so many steps [n] from the end are as if missing.

    As where a file has a gap, the last known value stands there, marked as not observed.
    """
    values = panel.values.copy()
    filled = np.zeros(panel.rows, bool) if panel.filled is None else panel.filled.copy()
    firsts, ends = panel.offsets[:-1], panel.offsets[1:]
    for steps in np.sort(back)[::-1]:  # the oldest first: what it leaves is what follows it has
        rows = ends - steps
        rows = rows[rows > firsts]  # the first of all has none before it
        values[rows] = values[rows - 1]
        filled[rows] = True
    return replace(panel, values=values, filled=filled)


def columns(fitted: AnyFitted, apart: Panel, series: Indices, origins: Indices) -> Iterator[Part]:
    """Yield the columns beside the values, and what the times say, where they are seen."""
    encoding, beside = fitted.learned.encoding, apart.covariates
    stream = Stream(fitted.settings.seed, Purpose.HIDING)
    by_time = {"the calendar": encoding.calendar, "the holidays": encoding.holidays}
    if any(by_time.values()):
        other = partial(_at_other_times, series=series, origins=origins, stream=stream)
        told = " and ".join(name for name, seen in by_time.items() if seen)
        yield Part(told, "of another time", other)
    if beside is None:
        return
    kinds = (("past", "past"), ("known", "known"), ("statics", "static"))
    for field, kind in kinds:
        for column in getattr(encoding, field):
            names = getattr(beside, f"{field.removesuffix('s')}_names")
            at = [name.casefold() for name in names].index(column.name.casefold())
            if np.ptp(getattr(beside, field)[:, at]) > 0 or kind != "static":
                typical = partial(_with_mean, field=field, at=at, mean=column.mean)
                yield Part(f"{column.name} ({kind})", "at its mean", typical)
    for at, name in enumerate(beside.label_names):
        if len(set(beside.labels[at])) > 1:
            told = "which target it is" if name == TARGET_LABEL else f"{name} (static)"
            other = partial(_with_other_labels, at=at, stream=stream)
            yield Part(told, "of another series", other)


def _beside(panel: Panel) -> Covariates:
    assert panel.covariates is not None
    return panel.covariates


def _with_mean(panel: Panel, field: str, at: int, mean: float) -> Panel:
    values = getattr(_beside(panel), field).copy()
    values[:, at] = mean
    changes: dict[str, Any] = {field: values}
    return replace(panel, covariates=replace(_beside(panel), **changes))


def _with_other_labels(panel: Panel, at: int, stream: Stream) -> Panel:
    labels = [*_beside(panel).labels]
    count = len(labels[at])
    order = stream.permuted(np.arange(count), count)
    labels[at] = tuple(labels[at][i] for i in order)
    return replace(panel, covariates=replace(_beside(panel), labels=tuple(labels)))


def _at_other_times(panel: Panel, series: Indices, origins: Indices, stream: Stream) -> Panel:
    """Return the panel with each origin at the time of another origin of its series."""
    moved = np.empty_like(origins)
    for i in np.unique(series):
        own = np.flatnonzero(series == i)
        moved[own] = origins[own][stream.at(int(i)).permuted(np.arange(len(own)), len(own))]
    steps = np.repeat(moved - origins, panel.lengths)
    return replace(panel, times=panel.clock.shift(panel.times, steps))
