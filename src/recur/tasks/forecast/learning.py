"""Fitting a network: it is trained on series less their end, and judged on that end."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from recur.data.panel.panel import Panel
from recur.tasks.forecast.calibration import calibrated, half_of_minutes, lay_out
from recur.tasks.forecast.defaults import test_lengths
from recur.tasks.forecast.fitted import FittedForecaster, LearnedForecaster
from recur.tasks.forecast.judge import contest, judged
from recur.tasks.forecast.prepare import prepare
from recur.tasks.forecast.settings import ForecasterParameters
from recur.tasks.run import run_training
from recur.training.checkpoint import Checkpoint


def fitted_network(
    settings: ForecasterParameters,
    panel: Panel,
    test: int | None,
    *,
    choose_by: Panel | None = None,
    checkpoint: str | Path | Checkpoint | None = None,
    progress: bool = True,
) -> FittedForecaster:
    """Return a network that was trained and judged; the arguments are those of `Forecaster.fit`."""
    ends = panel.lengths - test_lengths(panel, settings.horizon, test)
    whole, bounds = panel, ends
    if choose_by is not None:
        whole, bounds = panel.joined(choose_by), np.concatenate([ends, choose_by.lengths])
    prepared = prepare(settings, whole, bounds, learning=len(panel))
    windows = prepared.windows
    # What comes after the training may refuse the data: better before it.
    calibration = lay_out(settings, prepared, whole, bounds, len(panel))
    against = None if test == 0 else contest(
        panel, ends, horizon=settings.horizon, season=prepared.season, lookback=windows.lookback,
        least=settings.least_history or windows.lookback,
    )  # fmt: skip
    within = half_of_minutes(settings)
    weights, record = run_training(within, prepared.job, checkpoint, progress=progress)
    fitted = FittedForecaster(
        settings=replace(settings, network="trained"),
        learned=LearnedForecaster(
            **record,
            lookback=windows.lookback,
            season=prepared.season,
            hidden=prepared.job.spec.hidden,
            loss=prepared.job.plan.recipe.loss,
            residual=windows.residual,
            encoding=prepared.encoding,
            sees_gaps=windows.observed is not None,
            scaling=windows.scaler.kind,
            ids=panel.ids,
            clock=panel.clock,
            target=panel.target,
            seen_until=int(panel.times[panel.offsets[:-1] + ends - 1].max()),
        ),
        weights=weights,
        scaler=windows.scaler.first(len(panel)),
        error_scale=prepared.error_scale.first(len(panel)),
        interval_margins=np.zeros((0, settings.horizon)),
        panel=panel,
    )
    if calibration is not None:
        fitted = calibrated(fitted, panel, calibration, progress=progress)
    if against is not None:
        fitted = replace(fitted, judgement=judged(fitted, panel, against))
    return fitted
