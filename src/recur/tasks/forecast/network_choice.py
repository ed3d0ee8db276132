"""What a forecaster is fitted as: a method without a training, the pretrained network, or its own.

Of many series the pretrained network learns on. Of few and long ones, where both networks can be
had and there are data enough to tell, the better one on the validation part is handed out. The end
that it is judged on had no say.
"""

from __future__ import annotations

import math
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from recur.arrays import Float64s, Indices
from recur.data.panel.panel import Panel
from recur.tasks.forecast.checks import check_parameters
from recur.tasks.forecast.defaults import test_lengths
from recur.tasks.forecast.fine_tuning import fitted_tuned
from recur.tasks.forecast.fitted import AnyFitted
from recur.tasks.forecast.fitting import columns_beside, fitted_method, refuse_beside
from recur.tasks.forecast.horizon import horizon_of
from recur.tasks.forecast.known import origins_between, truths_at
from recur.tasks.forecast.learning import (
    fitted_network,
    judged_network,
    trained_again,
    with_intervals,
)
from recur.tasks.forecast.methods import LEARNING, PRETRAINED, TRAINED, effective, taken_by
from recur.tasks.forecast.predict import predict_at
from recur.tasks.forecast.prepare import validation_lengths
from recur.tasks.forecast.settings import ForecasterParameters, IntervalMethod
from recur.training.checkpoint import Checkpoint

_LEVELS = (80.0, 95.0)
_ENOUGH = 500  # values of each series, from which a network of its own may be the better one
_MOST = 10_000  # values of all, whose training takes seconds
_SERIES, _VALUES = 10, 2_000  # from which the pretrained network has something to learn on from
_ORIGINS = 400
_BETTER = 0.98  # of the pretrained network's error: the validation part has chosen weights too


def fitted_as_asked(
    settings: ForecasterParameters,
    panel: Panel,
    test: int | None,
    *,
    choose_by: Panel | None = None,
    checkpoint: str | Path | Checkpoint | None = None,
    progress: bool = True,
) -> AnyFitted:
    """Return what forecasts; the arguments are those of `Forecaster.fit`."""
    asked = replace(settings, horizon=horizon_of(settings, panel))
    guessed = {**panel.guessed}
    if asked.horizon != settings.horizon:
        guessed["horizon"] = str(asked.horizon)
    fitted = _fitted_as_asked(
        asked, panel, test, choose_by=choose_by, checkpoint=checkpoint, progress=progress
    )
    learned: Any = fitted.learned.but(guessed=guessed)
    return replace(fitted, learned=learned)


def _fitted_as_asked(
    settings: ForecasterParameters,
    panel: Panel,
    test: int | None,
    *,
    choose_by: Panel | None,
    checkpoint: str | Path | Checkpoint | None,
    progress: bool,
) -> AnyFitted:
    only_training: dict[str, Any] = {"checkpoint": checkpoint, "choose_by": choose_by}
    method = effective(settings.method, settings.network)
    if settings.network in LEARNING:
        refuse_beside(PRETRAINED, panel, {"choose_by": choose_by})
        asked = as_pretrained(settings)
        return fitted_tuned(asked, panel, test, checkpoint=checkpoint, progress=progress)
    if method == PRETRAINED:
        return fitted_method(as_pretrained(settings), panel, test, **only_training)
    if method != TRAINED:
        return fitted_method(settings, panel, test, **only_training)
    if trains(settings, panel) or any(v is not None for v in only_training.values()):
        return fitted_network(
            settings, panel, test, choose_by=choose_by, checkpoint=checkpoint, progress=progress
        )
    if len(panel) >= _SERIES and panel.rows >= _VALUES:
        asked = as_pretrained(replace(settings, network="tuned"))
        return fitted_tuned(asked, panel, test, progress=progress)
    lengths = panel.lengths
    if int(lengths.min()) < _ENOUGH or panel.rows > _MOST:
        return fitted_method(as_pretrained(settings), panel, test)
    return _better_of_both(settings, panel, test, progress=progress)


def trains(settings: ForecasterParameters, panel: Panel) -> bool:
    """Say whether a network is trained whatever the data say, so that a checkpoint is of use."""
    if settings.network in LEARNING:
        return True
    described = settings.network == "trained" or describes(settings) or columns_beside(panel)
    return effective(settings.method, settings.network) == TRAINED and bool(described)


def as_pretrained(settings: ForecasterParameters) -> ForecasterParameters:
    """Return the parameters with which the pretrained network is asked: intervals cost nothing."""
    own, learns = settings.interval_method == "conformal", settings.network in LEARNING
    default: IntervalMethod = "conformal_quantiles" if settings.calibration else "quantiles"
    asked = replace(
        settings,
        method=PRETRAINED,
        network=settings.network if learns else "pretrained",
        refit=settings.refit or not learns,  # the pretrained one has nothing to train again
        intervals=settings.intervals or _LEVELS,
        interval_method=default if own else settings.interval_method,
    )
    check_parameters(asked)
    return asked


def describes(settings: ForecasterParameters) -> bool:
    """Say whether a parameter is set that only a network of one's own has."""
    taken = taken_by(PRETRAINED)
    changed = (f.name for f in fields(settings) if getattr(settings, f.name) != f.default)
    taken = (*taken, "refit")  # which means nothing where nothing is trained
    return any(name not in taken for name in changed) or "dropout" in settings.interval_method


def _better_of_both(
    settings: ForecasterParameters, panel: Panel, test: int | None, *, progress: bool
) -> AnyFitted:
    """Return the network with the smaller error on the validation part."""
    held_out = test_lengths(panel, settings.horizon, test)
    trained, job = judged_network(settings, panel, test, progress=progress)
    asked = as_pretrained(replace(settings, season=settings.season or trained.learned.season))
    centre_alone = replace(asked, interval_method="quantiles")
    without = fitted_method(centre_alone, panel.without_last(held_out), 0)
    ends = panel.lengths - held_out
    starts = ends - validation_lengths(settings, ends, whole=False)
    unit = without.error_scale.spread
    errors = [_error(fitted, panel, starts, ends, unit) for fitted in (trained, without)]
    share = errors[0] / errors[1] if errors[1] > 0 else 1.0
    if share < _BETTER:
        trained = replace(trained, learned=trained.learned.but(trained_over_pretrained=share))
        if not settings.intervals and settings.calibration:
            trained = with_intervals(trained, job, panel, held_out, _LEVELS, progress=progress)
        return trained_again(trained, job, panel, progress=progress) if settings.refit else trained
    pretrained = fitted_method(replace(asked, season=settings.season), panel, test, looked=True)
    return replace(pretrained, learned=pretrained.learned.but(trained_over_pretrained=share))


def _error(
    fitted: AnyFitted, panel: Panel, starts: Indices, ends: Indices, unit: Float64s
) -> float:
    """Return the mean absolute error, in a unit of each series, from origins between bounds."""
    horizon = fitted.settings.horizon
    series, origins = origins_between(starts, ends, horizon)
    some = np.unique(np.linspace(0, len(series) - 1, _ORIGINS).astype(np.int64))
    series, origins = series[some], origins[some]
    made = predict_at(fitted, panel, series, origins).centre
    missed = np.abs(truths_at(panel, series, origins, horizon) - made)
    missed /= np.maximum(unit[series], 1e-300)[:, None]
    if panel.filled is None:
        return float(missed.mean(axis=1).mean())
    observed = np.isfinite(missed)
    return float(missed[observed].mean()) if observed.any() else math.inf
