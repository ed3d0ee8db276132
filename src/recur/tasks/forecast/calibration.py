"""What conformal intervals are calibrated on: the errors of a twin that has not learnt from it.

The network handed out learns from the whole history, as it does where no intervals are asked for.
Its twin, with the same choices, is trained on that history less its end.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from recur.arrays import Indices
from recur.data.panel.panel import Panel
from recur.judge.forecast.conformal import check_windows, windows_needed
from recur.tasks.forecast import defaults
from recur.tasks.forecast.fitted import FittedForecaster
from recur.tasks.forecast.intervals import calibrated_margins
from recur.tasks.forecast.prepare import Prepared, prepare, with_choices
from recur.tasks.forecast.settings import ForecasterParameters
from recur.tasks.run import run_training


@dataclass(frozen=True)
class Calibration:
    """A twin to be trained, and where its errors count.

    Attributes:
        twin: its training, which ends where the calibration begins.
        starts: int64 [series], the first value of each series to calibrate on.
        ends: int64 [series], the end (exclusive), where the held-out stretch begins.
    """

    twin: Prepared
    starts: Indices
    ends: Indices


def lay_out(
    settings: ForecasterParameters, prepared: Prepared, panel: Panel, ends: Indices, learning: int
) -> Calibration | None:
    """Return what the intervals of a forecaster will be calibrated on; None where none will be.

    Args:
        settings: its parameters.
        prepared: its own training.
        panel: the series.
        ends: as `prepare` takes them.
        learning: as `prepare` takes it.
    """
    if not settings.conformal:
        return None
    starts, windows = _calibrated_on(settings, prepared, ends[:learning])
    check_windows(settings.intervals, windows)
    before = ends.copy()
    before[:learning] = np.minimum(starts, ends[:learning])
    same = with_choices(settings, prepared)
    calendar = None if prepared.encoding.calendar else False
    twin = prepare(replace(same, calendar=calendar), panel, before, learning)
    return Calibration(twin, starts, ends[:learning])


def possible_levels(
    settings: ForecasterParameters, prepared: Prepared, ends: Indices
) -> tuple[float, ...]:
    """Return those of the levels of a forecaster that its series can be calibrated for.

    Args:
        settings: its parameters, with levels of conformal intervals.
        prepared: its own training.
        ends: int64 [series], where the held-out stretch of each begins.
    """
    _, windows = _calibrated_on(settings, prepared, ends)
    return tuple(level for level in settings.intervals if windows_needed(level) <= windows)


def _calibrated_on(
    settings: ForecasterParameters, prepared: Prepared, ends: Indices
) -> tuple[Indices, int]:
    """Return int64 [series], the first value of each to calibrate on, and how many windows."""
    lengths = defaults.calibration_lengths(
        settings.calibration, ends, settings.horizon, settings.intervals, len(ends)
    )
    starts = np.maximum(ends - lengths, prepared.windows.least)
    return starts, int(np.maximum(0, ends - starts - settings.horizon + 1).sum())


def share_of_minutes(settings: ForecasterParameters) -> ForecasterParameters:
    """Return what a network is trained within: a share of the minutes where others need theirs.

    These are the twin that intervals are calibrated on, and the network that has seen everything.
    """
    if settings.minutes is None:
        return settings
    return replace(settings, minutes=settings.minutes / (1 + settings.conformal + settings.refit))


def calibrated(
    fitted: FittedForecaster, panel: Panel, calibration: Calibration, *, progress: bool
) -> FittedForecaster:
    """Return a trained forecaster with intervals that reach as far as the errors of its twin.

    Both are trained for as many epochs, so that the twin of a training that was interrupted does
    not take longer.
    """
    twin, learned = calibration.twin, fitted.learned
    over = learned.ended == "interrupted"
    epochs = max(1, len(learned.history)) if over else learned.epochs
    job = replace(twin.job, plan=twin.job.plan.model_copy(update={"epochs": epochs}))
    unbudgeted = replace(fitted.settings, minutes=None)
    weights, record = run_training(unbudgeted, job, None, progress=progress)
    as_twin = replace(
        fitted,
        learned=learned.but(network=record["network"], encoding=twin.encoding),
        weights=weights,
        scaler=twin.windows.scaler.first(len(panel)),
    )
    margins = calibrated_margins(as_twin, panel, calibration.starts, calibration.ends)
    return replace(fitted, interval_margins=margins)
