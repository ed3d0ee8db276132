"""How far conformal intervals have to reach: found on values that training has not seen."""

from __future__ import annotations

from recur.arrays import Float64s, Indices
from recur.data.panel.panel import Panel
from recur.judge.forecast.conformal import check_windows, half_widths, margins
from recur.tasks.forecast.fitted import AnyFitted
from recur.tasks.forecast.known import origins_between, truths_at
from recur.tasks.forecast.predict import own_prediction
from recur.tasks.forecast.scales import error_units

# Of more windows so many answers, and so many windows at least, say what a level takes to a tenth
# of a percent.
_WINDOWS, _ANSWERS = 20_000, 1_000_000


def calibrated_margins(fitted: AnyFitted, panel: Panel, starts: Indices, ends: Indices) -> Float64s:
    """Return float64 [levels, horizon], how far conformal intervals have to reach.

    Args:
        fitted: a forecaster, without margins so far.
        panel: the series.
        starts: int64 [series], the first value of each series to calibrate on.
        ends: int64 [series], the end (exclusive).
    """
    settings = fitted.settings
    most = max(_WINDOWS, _ANSWERS // settings.horizon)
    series, origins = origins_between(starts, ends, settings.horizon, most=most)
    check_windows(settings.intervals, len(series))
    prediction = own_prediction(fitted, panel, series, origins)
    units = error_units(fitted, panel, series, origins)[:, None]
    truth = truths_at(panel, series, origins, settings.horizon)
    if settings.interval_method == "conformal":
        return half_widths((truth - prediction.centre) / units, settings.intervals)
    return margins(
        truth / units, prediction.low / units, prediction.high / units, settings.intervals
    )
