"""The backtest: a forecaster walked over the held-out end, fitted once or anew on the way."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from recur.arrays import Float64s
from recur.data.panel.panel import Panel
from recur.errors import SettingsError
from recur.judge import SIMPLE, Forecasts, Intervals, Judgement, Walk, judge
from recur.judge.words import counted
from recur.progress import showing
from recur.tasks import notices
from recur.tasks.forecast import defaults
from recur.tasks.forecast.comparison import ModelComparison, model_comparison
from recur.tasks.forecast.fitted import FittedForecaster
from recur.tasks.forecast.forecaster import Forecaster
from recur.tasks.forecast.horizon import horizon_of
from recur.tasks.forecast.judge import without_short
from recur.tasks.forecast.methods import TRAINED, effective


@dataclass(frozen=True, eq=False)
class Backtest(Judgement):
    """A judgement, and the forecasters that made it.

    Attributes:
        models: one for each fit, the one that has seen least first.
        seconds: how long all fits took, each fold's judging included.
    """

    models: tuple[Forecaster, ...] = ()
    seconds: float = 0.0

    def comparison(self) -> ModelComparison:
        """Return what was judged beside the simple answers."""
        judged, fitted = self.verdict.judged, self.models[-1].fitted_
        size = fitted.learned.network.size if isinstance(fitted, FittedForecaster) else None
        return model_comparison(
            self,
            tuple(dict.fromkeys([judged, *SIMPLE])),
            judged,
            parameters={} if size is None else {judged: size},
            seconds={judged: self.seconds},
        )


def backtest(
    model: Forecaster,
    data: Any,
    *,
    test: int | None = None,
    folds: int = 1,
    refit: bool = False,
    stride: int = 1,
    progress: bool = True,
    **columns: Any,
) -> Backtest:
    """Judge a forecaster by walking forward over the end of every series.

    Without `refit` one forecaster, fitted to what lies before that end, walks over all of it. With
    it the origins are cut into consecutive folds, and before each fold a forecaster and its simple
    answers are fitted anew to everything before the fold's first origin. The model itself is left
    as it is.

    Args:
        model: what to fit; its parameters are used, not what it has learnt.
        data: what `Forecaster.fit` takes.
        test: how many values at the end of each series to judge on; by default a fifth or more,
            with `refit` as many of every series, so that no fold is fitted to what another series
            does after it.
        folds: how often to fit, with `refit`.
        refit: fit anew before each fold.
        stride: steps from one origin to the next.
        progress: show progress where standard error is a terminal.
        **columns: `target`, `time`, `id`, `fill` and how a file is read, as in `Forecaster.fit`.

    >>> from recur.data.synthetic import sine
    >>> model = Forecaster(horizon=1, hidden=4, epochs=2)
    >>> series = sine(150, period=12).values
    >>> walked = backtest(model, series, test=30, folds=3, refit=True, progress=False)
    >>> len(walked.models), walked.walk.times
    (3, 30)
    """
    _check(test, folds, refit=refit, stride=stride)
    panel = notices.read(data, **columns)
    model = model.clone().set_params(horizon=horizon_of(model, panel))
    began = time.perf_counter()
    if refit:
        models = _fitted_by_fold(model, panel, test, folds, progress=progress)
    else:
        models = [_judged_alone(model).fit(panel, test=test, progress=progress)]
    seconds = time.perf_counter() - began
    joined = _joined([_judgement(fitted) for fitted in models], stride)
    return Backtest(**vars(joined), models=tuple(models), seconds=seconds)


def _check(test: int | None, folds: int, *, refit: bool, stride: int) -> None:
    if test == 0:
        raise SettingsError("`test` is 0; a backtest needs at least the horizon to judge on.")
    for name, value in (("folds", folds), ("stride", stride)):
        if value < 1:
            raise SettingsError(f"`{name}` is {value}; it must be 1 or more.")
    if folds > 1 and not refit:
        raise SettingsError(f"`folds` is {folds}, which needs `refit`: one fit makes one fold.")
    if refit and folds == 1:
        raise SettingsError("`refit` needs `folds` of 2 or more: how often to fit anew.")


def _judged_alone(model: Forecaster) -> Forecaster:
    """Return a forecaster to be judged, which a network is not trained again after."""
    trained = effective(model.method, model.network) == TRAINED
    return model.clone().set_params(**{"refit": False} if trained else {})


def _fitted_by_fold(
    model: Forecaster, panel: Panel, test: int | None, folds: int, *, progress: bool
) -> list[Forecaster]:
    """Return one forecaster a fold, each fitted to what lies before it and judged on it.

    A fold is a run of origins. What its last origins are judged on lies behind it, and their
    forecasts would be lost if its data ended with it.
    """
    horizon = model.horizon
    held_out = int(defaults.test_lengths(panel, horizon, test).min())
    panel = without_short(panel, np.full(len(panel), held_out))
    origins = held_out - horizon + 1
    if folds > origins:
        raise SettingsError(
            f"`folds` is {folds}, but {counted(held_out, 'held-out value')} have "
            f"{counted(origins, 'origin')} with {counted(horizon, 'value')} (one horizon) after "
            f"them; take fewer folds, or hold out more."
        )
    models = []
    with showing("folds", shown=progress) as line:
        for i, fold in enumerate(np.array_split(np.arange(origins), folds)):
            line.at(i, folds)
            beyond = origins - 1 - int(fold[-1])
            upto = panel.without_last(beyond)
            judged = len(fold) + horizon - 1
            models.append(_judged_alone(model).fit(upto, test=judged, progress=progress))
    return models


def _judgement(model: Forecaster) -> Judgement:
    assert isinstance(model.judgement_, Judgement)
    return model.judgement_


def _joined(folds: list[Judgement], stride: int) -> Judgement:
    """Return one judgement over the origins of all folds, `stride` steps apart.

    Units and season are those of the first fold, which has seen nothing of what is judged.
    """
    first, last = folds[0].walk, folds[-1].walk
    walk = replace(first, series=last.series, stride=stride, observed=last.observed)
    methods = {
        name: _run_on([fold.forecasts[name] for fold in folds], stride)
        for name in folds[0].forecasts
    }
    judged = folds[0].verdict.judged
    return judge(walk, methods, _joined_intervals(folds, walk), judged)


def _joined_intervals(folds: list[Judgement], walk: Walk) -> Intervals | None:
    """Return the intervals of all folds, where there are any."""
    parts = [fold.intervals for fold in folds if fold.intervals is not None]
    if not parts:
        return None
    low, high = (
        tuple(
            _run_on([getattr(part, side)[level] for part in parts], walk.stride)
            for level in range(len(parts[0].levels))
        )
        for side in ("low", "high")
    )
    return Intervals(walk, parts[0].method, parts[0].levels, low, high)


def _run_on(parts: list[Forecasts], stride: int) -> Forecasts:
    """Return for each series what the folds forecast, one after the other."""
    return tuple(_thinned(np.concatenate(series), stride) for series in zip(*parts, strict=True))


def _thinned(forecasts: Float64s, stride: int) -> Float64s:
    """Return every `stride`-th of forecasts [origins, horizon], the newest among them."""
    return forecasts[::-1][::stride][::-1]
