"""What a fitted forecaster expects from any origins: forecasts, and the ends of its intervals."""

from __future__ import annotations

from importlib import import_module

import numpy as np

from recur.arrays import Flags, Float64s, Indices, require_finite
from recur.data.histories.spans import FEWEST
from recur.data.panel.bounds import bounds_at
from recur.data.panel.panel import Panel, check_length, check_longest
from recur.data.sources.windows import Windows
from recur.engines.base import Decoding, Engine
from recur.engines.registry import open_engine
from recur.errors import SettingsError
from recur.judge import Forecasts, Intervals, Walk
from recur.judge.forecast.conformal import around, conformalised
from recur.judge.forecast.intervals import quantiles_for
from recur.judge.forecast.stretching import stretched
from recur.tasks import notices
from recur.tasks.forecast.batches import full_tiles
from recur.tasks.forecast.checks import check_further
from recur.tasks.forecast.fitted import AnyFitted, FittedForecaster, FittedMethod
from recur.tasks.forecast.known import Known, Prediction, without_ends
from recur.tasks.forecast.methods import PRETRAINED, UNTRAINED
from recur.tasks.forecast.network import covariate_inputs, quantile_levels
from recur.tasks.forecast.result import Forecast
from recur.tasks.forecast.scales import error_units, window_scaler


def forecast_newest(fitted: AnyFitted, panel: Panel, horizon: int | None = None) -> Forecast:
    """Return the forecast of the steps after the newest value of every series."""
    trained = fitted.settings.horizon
    steps = trained if horizon is None else horizon
    if steps < 1:
        raise SettingsError(f"`horizon` is {steps}; it must be 1 or more.")
    if steps > trained:
        check_further(fitted, steps)
    least = fitted.least_history
    if panel.whole:
        check_longest(panel, least, "one lookback")
    notices.on_unread(panel, FEWEST, least)
    if fitted.settings.method == PRETRAINED or (panel.lengths < least).any():
        notices.on_hardly_any(panel, FEWEST)
    notices.on_clock(panel, fitted.learned.clock, fitted.learned.season)
    reached = max(steps, trained)
    prediction = predict_at(fitted, panel, np.arange(len(panel)), panel.lengths, reached)
    newest = panel.times[panel.offsets[1:] - 1]
    centre, *ends = (part[..., :steps] for part in prediction)
    levels = fitted.settings.intervals
    return Forecast(
        panel.ids,
        panel.clock.after(newest, steps),
        centre,
        panel.clock,
        levels,
        *(ends if levels else ()),
    )


def predict_at(
    fitted: AnyFitted,
    panel: Panel,
    series: Indices,
    origins: Indices,
    horizon: int | None = None,
) -> Prediction:
    """Return what a forecaster expects from origins [n] of series [n], with its intervals.

    Where a scale has to be found for a series that training has not seen, it is found in the
    values before the first of its origins. Bounds that all known values keep to are kept to.
    """
    prediction = _unbounded(fitted, panel, series, origins, horizon)
    require_finite("the forecast", *prediction)
    return within_bounds(prediction, panel, series, origins)


def within_bounds(
    prediction: Prediction, panel: Panel, series: Indices, origins: Indices
) -> Prediction:
    """Return a prediction that keeps to the bounds that all known values have kept to."""
    bounds = bounds_at(panel, series, origins)
    if np.isneginf(bounds.low).all() and np.isposinf(bounds.high).all():
        return prediction
    return Prediction(*(np.clip(part, *bounds) for part in prediction))


def _unbounded(
    fitted: AnyFitted,
    panel: Panel,
    series: Indices,
    origins: Indices,
    horizon: int | None,
) -> Prediction:
    prediction = own_prediction(fitted, panel, series, origins, horizon)
    if not fitted.settings.conformal or fitted.stretches:
        return with_intervals(fitted, prediction)
    return with_intervals(fitted, prediction, error_units(fitted, panel, series, origins))


def with_intervals(
    fitted: AnyFitted, prediction: Prediction, units: Float64s | float = 1.0
) -> Prediction:
    """Return a forecaster's own prediction with the intervals that it promises.

    Args:
        fitted: the forecaster.
        prediction: what it says by itself.
        units: float64 [origins], what errors are measured in.
    """
    if not fitted.settings.conformal:
        return prediction
    if fitted.stretches:
        beyond = max(0, prediction.centre.shape[1] - fitted.settings.horizon)
        by = np.pad(fitted.interval_margins, ((0, 0), (0, beyond)), mode="edge")
        by = by[:, : prediction.centre.shape[1]]
        return Prediction(prediction.centre, *stretched(*prediction, by))
    margins, centre = fitted.interval_margins, prediction.centre
    if fitted.settings.interval_method == "conformal":
        return Prediction(centre, *around(centre, margins, units))
    moved = conformalised(centre, prediction.low, prediction.high, margins, units)
    return Prediction(centre, *moved)


def own_prediction(
    fitted: AnyFitted,
    panel: Panel,
    series: Indices,
    origins: Indices,
    horizon: int | None = None,
) -> Prediction:
    """Return a forecaster's own forecasts and interval ends, before they are made conformal.

    Where a network of one's own has too little to read, the pretrained one forecasts.
    """
    if not isinstance(fitted, FittedForecaster):
        return method_prediction(fitted, panel, series, origins, horizon)
    short = origins < fitted.least_history
    if not short.any():
        return network_prediction(fitted, panel, series, origins, horizon)
    learned, settings, where = fitted.learned, fitted.settings, [~short, short]
    known = Known(
        panel, series[short], origins[short], horizon or settings.horizon, learned.season,
        learned.lookback, settings.threads,
    )  # fmt: skip
    own_ends = settings.intervals if settings.interval_method != "conformal" else ()
    home = import_module(UNTRAINED[PRETRAINED].home)
    parts = [
        network_prediction(fitted, panel, series[~short], origins[~short], horizon),
        home.forecast(PRETRAINED, known, own_ends),
    ]
    return Prediction(*(_put_together(pair, where) for pair in zip(*parts, strict=True)))


def _put_together(parts: tuple[Float64s, Float64s], where: list[Flags]) -> Float64s:
    """Return [..., origins, horizon], each part at the origins that it is of."""
    whole = np.empty((*parts[0].shape[:-2], len(where[0]), parts[0].shape[-1]))
    for part, origins in zip(parts, where, strict=True):
        whole[..., origins, :] = part
    return whole


def method_prediction(
    fitted: FittedMethod,
    panel: Panel,
    series: Indices,
    origins: Indices,
    horizon: int | None = None,
) -> Prediction:
    """Return what a method without a training forecasts, and the ends that it has of its own."""
    settings, learned = fitted.settings, fitted.learned
    steps = horizon or settings.horizon
    known = Known(panel, series, origins, steps, learned.season, learned.lookback, settings.threads)
    own_ends = settings.interval_method != "conformal"
    if fitted.network is not None:
        return fitted.network.forecast(known, settings.intervals if own_ends else ())
    home = import_module(UNTRAINED[settings.method].home)
    made: Prediction = home.forecast(settings.method, known, settings.intervals if own_ends else ())
    return made


def walk_origins(walk: Walk, places: Indices) -> tuple[Indices, Indices]:
    """Return of all origins of a walk, int64 [origins] each, the series and where in it.

    Args:
        walk: over some series of a panel.
        places: int64 [series], where they stand in it.
    """
    origins = [walk.origins(i) for i in range(len(walk))]
    return np.repeat(places, walk.counts), np.concatenate(origins)


def by_series(
    fitted: AnyFitted, walk: Walk, prediction: Prediction
) -> tuple[Forecasts, Intervals | None]:
    """Return the forecasts from all origins of a walk, and their intervals, by series."""
    cuts = np.cumsum(walk.counts)[:-1]
    forecasts = tuple(np.split(prediction.centre, cuts))
    settings = fitted.settings
    if not settings.intervals:
        return forecasts, None
    low, high = (
        tuple(tuple(np.split(level, cuts)) for level in ends)
        for ends in (prediction.low, prediction.high)
    )
    intervals = Intervals(walk, settings.interval_method, settings.intervals, low, high)
    return forecasts, intervals


def follow_newest(fitted: FittedForecaster, panel: Panel, steps: int) -> Float64s:
    """Return float64 [series, steps], what a decoder that is fed the truth gives of the newest."""
    if fitted.settings.strategy != "encoder_decoder":
        raise SettingsError(
            f"`strategy` is {fitted.settings.strategy!r}; only the decoder of an 'encoder_decoder' "
            "can be run along values that are known. `judge` forecasts each from the true past "
            "with any."
        )
    least = fitted.least_history
    check_length(panel, least + steps, f"a lookback of {least} and {steps} values to follow")
    everything = np.arange(len(panel))
    windows = windows_of(fitted, panel, everything, panel.lengths - steps)
    model_inputs = windows.model_inputs(windows.known(everything), everything, ahead=steps)
    rows = panel.offsets[1:, None] + np.arange(-steps, 0)
    truth = ((panel.values[rows] - model_inputs.bases) / model_inputs.spread).astype(np.float32)
    decoding = Decoding(model_inputs.start, steps, np.ascontiguousarray(truth.T)[:, :, None])
    outputs, _ = network_engine(fitted).forward(
        fitted.learned.network,
        fitted.weights,
        model_inputs.inputs,
        mask=model_inputs.mask,
        decoding=decoding,
    )
    return np.asarray(outputs[:, :, 0].T * model_inputs.spread + model_inputs.bases)


def windows_of(
    fitted: FittedForecaster,
    panel: Panel,
    series: Indices,
    origins: Indices,
    horizon: int | None = None,
) -> Windows:
    """Return the windows before some origins, as the network of a fitted model takes them."""
    newest = int((origins - panel.lengths[series]).max(initial=-1)) >= 0
    settings, learned = fitted.settings, fitted.learned
    windows = Windows.over(
        panel, window_scaler(fitted, panel, series, origins), learned.lookback, settings.steps,
        residual=learned.residual, season=learned.season, least=fitted.least_history,
        covariates=covariate_inputs(
            learned.encoding, panel, settings, learned.lookback,
            horizon=horizon, need_ahead=newest,
        ),
    )  # fmt: skip
    if not learned.sees_gaps:
        windows = windows.with_observed(None)
    elif windows.observed is None:
        windows = windows.with_observed(np.ones(panel.rows, np.bool_))
    return windows.from_origins(panel.offsets[series] + origins, series)


def network_prediction(
    fitted: FittedForecaster,
    panel: Panel,
    series: Indices,
    origins: Indices,
    horizon: int | None = None,
) -> Prediction:
    """Return the network's own forecasts and interval ends, before they are made conformal."""
    steps, count = horizon or fitted.settings.horizon, len(series)
    if not panel.whole:
        series, origins = full_tiles(series), full_tiles(origins)
    made = prediction_from(fitted, windows_of(fitted, panel, series, origins, steps), steps)
    return Prediction(*(part[..., :count, :] for part in made))


def prediction_from(fitted: FittedForecaster, windows: Windows, horizon: int) -> Prediction:
    """Return what a network says from some windows; see `network_prediction`."""
    settings, levels = fitted.settings, quantile_levels(fitted.settings)
    dropout = bool(settings.intervals) and settings.interval_method.endswith("dropout")
    made = network_engine(fitted).forecast(
        fitted.learned.network, fitted.weights, windows, horizon, levels=max(1, len(levels)),
        samples=settings.samples if dropout else 0, seed=settings.seed,
    )  # fmt: skip
    count = len(settings.intervals)
    if levels:  # sorted, since quantiles that were learnt apart may cross
        values = np.sort(made[0].reshape(len(windows), horizon, len(levels)), axis=2)
        ends = np.moveaxis(values, 2, 0)
        return Prediction(ends[count], ends[:count][::-1], ends[count + 1 :])
    if dropout:
        with np.errstate(invalid="ignore"):  # what is not finite is refused by who asked
            ends = np.quantile(made, quantiles_for(settings.intervals), axis=0)
        centre = np.clip(made.mean(axis=0), ends[count - 1], ends[count + 1])
        return Prediction(centre, ends[:count][::-1], ends[count + 1 :])
    return without_ends(made[0])


def network_engine(fitted: FittedForecaster) -> Engine:
    """Return what runs a forecaster's network."""
    return open_engine(fitted.learned.engine, fitted.settings.threads)
