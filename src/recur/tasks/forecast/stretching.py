"""How far the pretrained network's own intervals have to reach: found on a walk over the history.

Nothing of a history was learnt from, so all of it says how well they hold. What is handed out is
stretched by all windows. What is judged is stretched by windows that hold none of what it is
measured on: those that were over before it began, or, of many series, those of the other half.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from recur.arrays import Float64s, Indices
from recur.data.panel.panel import Panel
from recur.judge.forecast.stretching import (
    reaches,
    stretched,
    stretches,
    windows_to_stretch,
)
from recur.tasks.forecast.fitted import FittedMethod
from recur.tasks.forecast.known import Prediction, origins_between, truths_at
from recur.tasks.forecast.predict import own_prediction, within_bounds
from recur.tasks.forecast.walking import past_walk

_MANY = 20  # series, of which one half speaks for the other
_GROWS = 1.5  # times as many windows, from one time that the past is asked to the next


@dataclass(frozen=True, eq=False)
class Past:
    """What the network said from origins in the history, and how far its intervals fell short.

    Attributes:
        series: int64 [windows], which one each is of.
        origins: int64 [windows], where each begins.
        own: its forecasts and intervals there.
        reached: float64 [levels, windows, horizon]; not finite where a truth was not observed.
    """

    series: Indices
    origins: Indices
    own: Prediction
    reached: Float64s

    def stretch(self, some: Indices, levels: tuple[float, ...]) -> Float64s:
        """Return float64 [levels, horizon], by how much some windows say to stretch."""
        whole = some[np.isfinite(self.reached[0, some]).all(axis=1)]
        horizon = self.reached.shape[2]
        independent = independent_windows(self.series[whole], self.origins[whole], horizon)
        return stretches(self.reached[:, whole], levels, independent)


def past_of(fitted: FittedMethod, panel: Panel) -> Past | None:
    """Return a walk over the series it was fitted to; None where that has too few windows."""
    horizon, lowest = fitted.settings.horizon, fitted.settings.intervals[0]
    begins, stride = past_walk(panel, horizon, fitted.learned.season)
    series, origins = origins_between(begins, panel.lengths, horizon, stride)
    if len(series) < windows_to_stretch(lowest):
        return None
    own = own_prediction(fitted, panel, series, origins)
    reached = reaches(truths_at(panel, series, origins, horizon), *own)
    return Past(series, origins, own, reached)


def with_stretch(fitted: FittedMethod, past: Past | None) -> FittedMethod:
    """Return it with intervals that held; as the network gives them where windows are too few."""
    found = np.ones(())
    if past is not None:
        found = past.stretch(np.arange(len(past.series)), fitted.settings.intervals)
    return stretched_by(fitted, found)


def stretched_by(fitted: FittedMethod, found: Float64s) -> FittedMethod:
    """Return it with intervals that reach so many times as far, float64 [levels, horizon]."""
    settings = fitted.settings
    if (found == 1).all():
        return replace(fitted, settings=replace(settings, interval_method="quantiles"))
    return replace(fitted, interval_margins=found)


def stretched_unseen(
    fitted: FittedMethod, panel: Panel, past: Past, series: Indices, origins: Indices
) -> Prediction:
    """Return forecasts from origins of the fit, none stretched by what it is measured on."""
    own = past.own
    if not (np.array_equal(series, past.series) and np.array_equal(origins, past.origins)):
        own = own_prediction(fitted, panel, series, origins)
    by = np.ones((len(fitted.settings.intervals), *own.centre.shape))
    many = len(np.unique(past.series)) >= _MANY
    fill = _by_other_half if many else _by_what_was_over
    fill(by, fitted, panel, past, series, origins)
    moved = stretched(own.centre, own.low, own.high, by)
    return within_bounds(Prediction(own.centre, *moved), panel, series, origins)


def _by_other_half(
    by: Float64s, fitted: FittedMethod, panel: Panel, past: Past, series: Indices, origins: Indices
) -> None:  # every second series; of one half each
    del panel, origins
    for half in (0, 1):
        others = np.flatnonzero(past.series % 2 != half)
        by[:, series % 2 == half] = past.stretch(others, fitted.settings.intervals)[:, None]


def _by_what_was_over(
    by: Float64s, fitted: FittedMethod, panel: Panel, past: Past, series: Indices, origins: Indices
) -> None:
    """Fill in the stretch of the windows that had ended when each origin began."""
    ends = panel.times[panel.offsets[past.series] + past.origins + by.shape[2] - 1]
    order = np.argsort(ends, kind="stable")
    over = np.searchsorted(ends[order], panel.times[panel.offsets[series] + origins], "left")
    count = 1
    while count <= over.max(initial=0):
        found = past.stretch(order[:count], fitted.settings.intervals)
        by[:, over >= count] = found[:, None]
        count = int(np.ceil(_GROWS * count))


def independent_windows(series: Indices, origins: Indices, horizon: int) -> int:
    """Return how many windows fit into each series without overlap, over all of them."""
    which, counts = np.unique(series, return_counts=True)
    if not len(which):
        return 0
    first = np.full(int(which.max()) + 1, np.iinfo(np.int64).max)
    last = np.zeros_like(first)
    np.minimum.at(first, series, origins)
    np.maximum.at(last, series, origins)
    return int(np.minimum(counts, (last - first)[which] // horizon + 1).sum())
