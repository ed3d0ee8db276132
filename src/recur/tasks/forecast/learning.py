"""Fitting a network: it is trained on series less their end, judged on that end, trained again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from recur.arrays import Indices
from recur.data.panel.panel import Panel
from recur.errors import DataError
from recur.judge import Judgement
from recur.tasks.forecast.calibration import calibrated, lay_out, possible_levels, share_of_minutes
from recur.tasks.forecast.defaults import test_lengths
from recur.tasks.forecast.fitted import FittedForecaster
from recur.tasks.forecast.judge import contest, contest_of, judged
from recur.tasks.forecast.learned import LearnedForecaster
from recur.tasks.forecast.prepare import Prepared, prepare, with_choices
from recur.tasks.forecast.settings import ForecasterParameters
from recur.tasks.run import run_training
from recur.training.checkpoint import Checkpoint, saved_again


def fitted_network(
    settings: ForecasterParameters,
    panel: Panel,
    test: int | None,
    *,
    choose_by: Panel | None = None,
    checkpoint: str | Path | Checkpoint | None = None,
    progress: bool = True,
) -> FittedForecaster:
    """Return a network that was trained, judged, and trained again on everything where asked to.

    The arguments are those of `Forecaster.fit`.
    """
    judged, prepared = judged_network(
        settings, panel, test, choose_by=choose_by, checkpoint=checkpoint, progress=progress
    )
    if not settings.refit:
        return judged
    return trained_again(judged, prepared, panel, checkpoint=checkpoint, progress=progress)


def judged_network(
    settings: ForecasterParameters,
    panel: Panel,
    test: int | None,
    *,
    choose_by: Panel | None = None,
    checkpoint: str | Path | Checkpoint | None = None,
    progress: bool = True,
) -> tuple[FittedForecaster, Prepared]:
    """Return a network that was trained on series less their end and judged there, and its job."""
    ends = panel.lengths - test_lengths(panel, settings.horizon, test)
    whole, bounds = panel, ends
    if choose_by is not None:
        if panel.covariates is not None or choose_by.covariates is not None:
            raise DataError(
                f"{panel.source} and {choose_by.source} have covariates, which cannot be joined "
                "yet; leave them out, or choose by the last part of each history."
            )
        whole, bounds = panel.joined(choose_by), np.concatenate([ends, choose_by.lengths])
    prepared = prepare(settings, whole, bounds, learning=len(panel))
    windows = prepared.windows
    # What comes after the training may refuse the data: better before it.
    calibration = lay_out(settings, prepared, whole, np.maximum(1, bounds), len(panel))
    against = None if test == 0 else contest(
        panel, ends, horizon=settings.horizon, season=prepared.season, lookback=windows.lookback,
        least=windows.least,
    )  # fmt: skip
    within = share_of_minutes(settings)
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
            least_history=windows.least,
            ids=panel.ids,
            clock=panel.clock,
            target=panel.target,
            seen_until=int(panel.times[panel.offsets[:-1] + np.maximum(1, ends) - 1].max()),
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
    return fitted, prepared


def with_intervals(
    fitted: FittedForecaster,
    prepared: Prepared,
    panel: Panel,
    held_out: Indices,
    levels: tuple[float, ...],
    *,
    progress: bool,
) -> FittedForecaster:
    """Return a trained network with conformal intervals, judged with them; its forecasts stay.

    A level that the series have too few windows for is left out.

    Args:
        fitted: the network, without intervals.
        prepared: its training.
        panel: the series.
        held_out: int64 [series], how many values at the end of each are judged on.
        levels: of the intervals, in percent.
        progress: show progress where standard error is a terminal.
    """
    settings, ends = replace(fitted.settings, intervals=levels), panel.lengths - held_out
    settings = replace(settings, intervals=possible_levels(settings, prepared, ends))
    calibration = lay_out(settings, prepared, panel, ends, len(panel))
    if calibration is None:
        return fitted
    fitted = calibrated(replace(fitted, settings=settings), panel, calibration, progress=progress)
    if not isinstance(fitted.judgement, Judgement):
        return fitted
    return replace(fitted, judgement=judged(fitted, panel, contest_of(fitted.judgement)))


def trained_again(
    judged: FittedForecaster,
    prepared: Prepared,
    panel: Panel,
    *,
    checkpoint: str | Path | Checkpoint | None = None,
    progress: bool,
) -> FittedForecaster:
    """Return a network trained on all values, for as many steps as served the judged one best.

    It has the choices of the judged one, its first weights, its scales and its intervals: a level
    that was left in the held-out end is met as it was when that was judged. There is none after a
    training that was interrupted, nor where all values were learnt from already.
    """
    learned, before = judged.learned, prepared.job
    same = replace(with_choices(judged.settings, prepared), validation=0.0, minutes=None)
    calendar = prepared.encoding.calendar
    again = prepare(same, panel, panel.lengths, len(panel), calendar=calendar)
    job = again.job
    if learned.ended == "interrupted" or len(job.training) == len(before.training):
        return judged
    epochs = max(1, round(learned.kept_epoch * before.steps / job.steps))
    known = prepared.windows.counts[: len(panel)] > 0  # series that the judged one has learnt from
    scaler = again.windows.scaler
    if scaler.kind != "window":
        scaler = judged.scaler.where(known, scaler)
    plan = job.plan.model_copy(update={"epochs": epochs})
    job = replace(job, windows=replace(again.windows, scaler=scaler), plan=plan)
    weights, record = run_training(same, job, saved_again(checkpoint), progress=progress)
    if record["ended"] == "interrupted":
        return judged
    return replace(
        judged,
        weights=weights,
        scaler=scaler,
        error_scale=judged.error_scale.where(known, again.error_scale),
        twin=judged,
        learned=learned.but(
            network=record["network"],
            encoding=again.encoding,
            again=epochs * job.steps,
            seen_until=int(panel.times[panel.offsets[1:] - 1].max()),
        ),
    )
