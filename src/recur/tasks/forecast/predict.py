"""What a fitted forecaster expects from any origins: forecasts, and the ends of its intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Float64s, Indices
from recur.data.panel.panel import Panel, check_length
from recur.data.panel.scaling import Scaler
from recur.data.sources.windows import Windows
from recur.engines.base import Decoding
from recur.engines.registry import open_engine
from recur.errors import SettingsError
from recur.judge import Forecasts, Intervals, Walk
from recur.judge.forecast.conformal import (
    around,
    check_windows,
    conformalised,
    half_widths,
    margins,
)
from recur.judge.forecast.intervals import quantiles_for
from recur.tasks.forecast import prepare
from recur.tasks.forecast.rollout import scaler_for

if TYPE_CHECKING:
    from recur.tasks.forecast.forecaster import Forecaster


class Prediction(NamedTuple):
    """Forecasts from some origins.

    Attributes:
        centre: float64 [origins, horizon].
        low: float64 [levels, origins, horizon], the lower ends of intervals; no levels where
            none were asked for.
        high: the upper ends.
    """

    centre: Float64s
    low: Float64s
    high: Float64s


def predict_at(model: Forecaster, panel: Panel, series: Indices, origins: Indices) -> Prediction:
    """Return what a model expects from origins [n] of series [n], with its intervals.

    Where a scale has to be found for a series that training has not seen, it is found in the
    values before the first of its origins.
    """
    found = _found(model, panel, series, origins)
    if not model.intervals or not model.interval_method.startswith("conformal"):
        return found
    units = _units(model, panel, series, origins)
    if model.interval_method == "conformal":
        return Prediction(found.centre, *around(found.centre, model.interval_margins_, units))
    moved = conformalised(found.centre, found.low, found.high, model.interval_margins_, units)
    return Prediction(found.centre, *moved)


def calibrate(model: Forecaster, panel: Panel, starts: Indices, ends: Indices) -> Float64s:
    """Return float64 [levels, horizon], how far conformal intervals have to reach.

    Args:
        model: a trained forecaster.
        panel: the series.
        starts: int64 [series], the first value of each series to calibrate on.
        ends: int64 [series], the end (exclusive).
    """
    horizon = model.horizon
    counts = np.maximum(0, ends - starts - horizon + 1)
    check_windows(model.intervals, int(counts.sum()))
    series = np.repeat(np.arange(len(panel)), counts)
    into = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    origins = starts[series] + into
    found = _found(model, panel, series, origins)
    units = _units(model, panel, series, origins)[:, None]
    rows = (panel.offsets[series] + origins)[:, None] + np.arange(horizon)
    truth = panel.values[rows]
    if panel.filled is not None:  # a window with a value that was not observed says nothing
        seen = ~panel.filled[rows].any(axis=1)
        check_windows(model.intervals, int(seen.sum()))
        found = Prediction(found.centre[seen], found.low[:, seen], found.high[:, seen])
        truth, units = truth[seen], units[seen]
    if model.interval_method == "conformal":
        return half_widths((truth - found.centre) / units, model.intervals)
    return margins(truth / units, found.low / units, found.high / units, model.intervals)


def over_walk(model: Forecaster, panel: Panel, walk: Walk) -> tuple[Forecasts, Intervals | None]:
    """Return the forecasts of a walk over a panel, and their intervals."""
    origins = [walk.origins(i) for i in range(len(walk))]
    counts = [len(part) for part in origins]
    series = np.repeat(np.arange(len(walk)), counts)
    # All at once, since thousands of short calls would take longer than what they compute.
    found = predict_at(model, panel, series, np.concatenate(origins))
    cuts = np.cumsum(counts)[:-1]
    made = tuple(np.split(found.centre, cuts))
    if not model.intervals:
        return made, None
    low, high = (
        tuple(tuple(np.split(level, cuts)) for level in ends) for ends in (found.low, found.high)
    )
    return made, Intervals(walk, model.interval_method, model.intervals, low, high)


def followed(model: Forecaster, panel: Panel, steps: int) -> Float64s:
    """Return float64 [series, steps], what a decoder that is fed the truth gives of the newest."""
    if model.strategy != "encoder_decoder":
        raise SettingsError(
            f"`strategy` is {model.strategy!r}; only the decoder of an 'encoder_decoder' can be "
            "run along values that are known. `judge` forecasts each from the true past with any."
        )
    least = model.least_history or model.lookback_
    check_length(panel, least + steps, f"a lookback of {least} and {steps} values to follow")
    everything = np.arange(len(panel))
    windows = windows_of(model, panel, everything, panel.lengths - steps)
    seen = windows.model_inputs(windows.known(everything), everything, ahead=steps)
    rows = panel.offsets[1:, None] + np.arange(-steps, 0)
    truth = ((panel.values[rows] - seen.bases) / seen.spread).astype(np.float32)
    decoding = Decoding(seen.start, steps, np.ascontiguousarray(truth.T)[:, :, None])
    engine = open_engine(model.engine_, model.threads)
    outputs, _ = engine.forward(
        model.network_, model.weights_, seen.inputs, mask=seen.mask, decoding=decoding
    )
    return np.asarray(outputs[:, :, 0].T * seen.spread + seen.bases)


def windows_of(model: Forecaster, panel: Panel, series: Indices, origins: Indices) -> Windows:
    """Return the windows before some origins, as the network of a fitted model takes them."""
    ends = _ends(panel, series, origins)
    scaler = _scaler(model, panel, ends, model.scaler_)
    newest = int((origins - panel.lengths[series]).max(initial=-1)) >= 0
    lookback = model.lookback_
    windows = Windows.over(
        panel, scaler, lookback, model.steps, residual=model.residual_, season=model.season_,
        least=model.least_history or lookback,
        covariates=prepare.beside(model.encoding_, panel, model, lookback, need_ahead=newest),
    )  # fmt: skip
    if not model.sees_gaps_:
        windows = windows.with_observed(None)
    elif windows.observed is None:
        windows = windows.with_observed(np.ones(panel.rows, np.bool_))
    return windows.from_origins(panel.offsets[series] + origins, series)


def _found(model: Forecaster, panel: Panel, series: Indices, origins: Indices) -> Prediction:
    """Return the network's own forecasts and interval ends."""
    windows = windows_of(model, panel, series, origins)
    engine = open_engine(model.engine_, model.threads)
    levels = prepare.quantile_levels(model)
    dropout = bool(model.intervals) and model.interval_method.endswith("dropout")
    made = engine.forecast(
        model.network_, model.weights_, windows, model.horizon, levels=max(1, len(levels)),
        samples=model.samples if dropout else 0, seed=model.seed,
    )  # fmt: skip
    count = len(model.intervals)
    if levels:  # sorted, since quantiles that were learnt apart may cross
        values = np.sort(made[0].reshape(len(origins), model.horizon, -1), axis=2)
        ends = np.moveaxis(values, 2, 0)
        return Prediction(ends[count], ends[:count][::-1], ends[count + 1 :])
    if dropout:
        ends = np.quantile(made, quantiles_for(model.intervals), axis=0)
        centre = np.clip(made.mean(axis=0), ends[count - 1], ends[count + 1])
        return Prediction(centre, ends[:count][::-1], ends[count + 1 :])
    nothing = np.zeros((0, *made[0].shape))
    return Prediction(made[0], nothing, nothing)


def _units(model: Forecaster, panel: Panel, series: Indices, origins: Indices) -> Float64s:
    """Return float64 [origins], what errors of each series are measured in."""
    ends = _ends(panel, series, origins)
    return np.asarray(_scaler(model, panel, ends, model.error_scale_).spread[series])


def _ends(panel: Panel, series: Indices, origins: Indices) -> Indices:
    """Return int64 [series], the first origin of each; its length where it has none."""
    ends: NDArray[np.int64] = panel.lengths.copy()
    np.minimum.at(ends, series, origins)
    return ends


def _scaler(model: Forecaster, panel: Panel, ends: Indices, learnt: Scaler) -> Scaler:
    """Return the scaler for a panel; of other data nothing from `ends` on is looked at."""
    return learnt if panel is model.panel_ else scaler_for(panel, ends, learnt, model.ids_)
