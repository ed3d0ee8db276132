"""Whether the calendar tells what the values do not: found out by least squares alone."""

from __future__ import annotations

import numpy as np

from recur.arrays import Float64s, Indices
from recur.data.clock import DAY
from recur.data.panel.calendar import calendar_features
from recur.data.panel.panel import Panel
from recur.data.sources.windows import Windows

_CLEARLY = 0.03  # the share of the squared error that has to be saved, twice
_NEWEST = 24  # values that the linear forecasts see, besides those of a season before
_WINDOWS = 3000  # that are looked at, of each part
_FEWEST = 4  # windows for each unknown
_SLIGHT = 1e-7  # a ridge, for columns that say the same

_Step = tuple[Float64s, Float64s, Float64s]


def calendar_helps(
    windows: Windows, training: int, panel: Panel, cuts: Indices, names: tuple[str, ...]
) -> bool:
    """Say whether linear forecasts are clearly better with the calendar, twice over.

    They are fitted to the first two thirds of the training values and tried on the last third,
    then fitted to all of them and tried on the validation windows. The first step ahead, the last
    and the one between count. Clocks of more than a day have too few cycles to tell.

    Args:
        windows: of training, then of validation, without the calendar.
        training: how many are of training.
        panel: what they were laid over.
        cuts: int64 [series], where the training values of each series end.
        names: the features of the calendar.
    """
    clock = panel.clock
    if not names or (clock.step > DAY if clock.kind == "fixed" else clock.kind != "trading"):
        return False
    every = _thinned(range(training))
    origins, series = windows.places(every)
    turn = panel.offsets[series] + 2 * cuts[series] // 3
    early, late = every[origins + windows.horizon <= turn], every[origins >= turn]
    validation = _thinned(range(training, len(windows)))
    return all(
        _saved(windows, panel, names, learnt, new) >= _CLEARLY
        for learnt, new in ((early, late), (every, validation))
    )


def _thinned(indices: range) -> Indices:
    return np.array(indices[:: max(1, -(-len(indices) // _WINDOWS))], np.int64)


def _saved(
    windows: Windows, panel: Panel, names: tuple[str, ...], learnt: Indices, new: Indices
) -> float:
    """Return the share of the squared error on new windows that the calendar saves."""
    if not len(learnt) or not len(new):
        return 0.0
    plain = told = 0.0
    steps = sorted({0, windows.horizon // 2, windows.horizon - 1})
    for step in steps:
        known, calendar, targets = _laid_out(windows, panel, names, learnt, step)
        if len(targets) < _FEWEST * (known.shape[1] + len(names)):
            return 0.0
        new_known, new_calendar, truths = _laid_out(windows, panel, names, new, step)
        plain += _error(known, targets, new_known, truths)
        told += _error(
            np.hstack([known, calendar]), targets, np.hstack([new_known, new_calendar]), truths
        )
    return 1.0 - told / plain if plain > 0 else 0.0


def _laid_out(
    windows: Windows, panel: Panel, names: tuple[str, ...], indices: Indices, step: int
) -> _Step:
    """Return what a linear forecast of a step sees of windows, with the calendar, and the truth.

    Returns:
        float64 [windows, columns], the newest values, those around a season before, and what
        stands beside the newest; float64 [windows, features]; float64 [windows]. Windows whose
        value of that step was not observed are left out.
    """
    origins, _ = windows.places(indices)
    if windows.observed is not None:
        seen = windows.observed[origins + step]
        indices, origins = indices[seen], origins[seen]
    model_inputs = windows.model_inputs(windows.known(indices), indices)
    values = model_inputs.inputs[:, :, 0].T.astype(np.float64)
    before = windows.lookback + step - windows.season * -(-(step + 1) // windows.season)
    around = [at for at in (before - 1, before, before + 1) if at >= 0]
    older = [at for at in around if at < windows.lookback - _NEWEST and windows.season > 1]
    beside = model_inputs.inputs[-1, :, 1:].astype(np.float64)
    ones = np.ones((len(indices), 1))
    known = np.hstack([values[:, -_NEWEST:], values[:, older], beside, ones])
    bases, spread = model_inputs.bases[:, step], model_inputs.spread[:, 0]
    targets = (windows.future(indices)[:, step] - bases) / spread
    times = panel.clock.shift(panel.times[origins - 1], np.full(len(origins), step + 1))
    every, features = calendar_features(panel.clock, times)
    calendar = features[:, [every.index(name) for name in names]]
    return known, calendar, targets


def _error(known: Float64s, targets: Float64s, new: Float64s, truths: Float64s) -> float:
    """Return the mean squared error on new windows of least squares on known ones."""
    ridge = _SLIGHT * len(known) * np.eye(known.shape[1])
    weights = np.linalg.solve(known.T @ known + ridge, known.T @ targets)
    return float(np.mean((truths - new @ weights) ** 2))
