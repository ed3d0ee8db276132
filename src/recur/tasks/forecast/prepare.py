"""From a forecaster's parameters and a panel to everything that training needs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Float64s, Indices
from recur.data.panel.calendar import has_calendar
from recur.data.panel.encoding import Encoding
from recur.data.panel.panel import Panel, check_length
from recur.data.panel.scaling import Scaler, ScalingKind
from recur.data.sources.covariates import CovariateInputs
from recur.data.sources.windows import Windows
from recur.engines.base import StepRecipe
from recur.engines.registry import open_engine, resolve_wish
from recur.errors import SettingsError
from recur.judge.forecast.conformal import check_windows
from recur.judge.forecast.intervals import quantiles_for
from recur.networks.spec import Convolution, NetworkSpec
from recur.tasks.budget import enough_epochs
from recur.tasks.forecast import defaults
from recur.training.jobs import Job
from recur.training.plan import TrainingPlan

if TYPE_CHECKING:
    from recur.tasks.forecast.forecaster import Forecaster


_LOOKED_AT = 512  # windows whose targets choose the loss


@dataclass(frozen=True)
class Assembly:
    """What a fit trains, and what was chosen for it.

    Attributes:
        job: the training.
        season: in steps.
        encoding: how covariates become numbers.
        calibration: int64 [series], where the values that intervals are calibrated on begin;
            they end where the held-out stretch begins.
        units: what errors of each series are measured in.
    """

    job: Job
    season: int
    encoding: Encoding
    calibration: Indices
    units: Scaler

    @property
    def windows(self) -> Windows:
        """Return the windows of training and validation."""
        assert isinstance(self.job.windows, Windows)
        return self.job.windows


def network(model: Forecaster, lookback: int, hidden: int, inputs: int) -> NetworkSpec:
    """Return the network that a forecaster's parameters describe.

    Args:
        model: its parameters.
        lookback: time steps of its window.
        hidden: size of the hidden state.
        inputs: values at each time step.
    """
    decoder = model.strategy == "encoder_decoder"
    levels = len(quantile_levels(model))
    return NetworkSpec(
        cell=model.cell,
        inputs=inputs,
        steps=lookback if model.cell == "mlp" else 0,
        convolution=Convolution(
            filters=model.filters, kernel=model.kernel, stride=model.filter_stride
        )
        if model.filters
        else None,
        decoder=decoder,
        outputs=1 if decoder else model.steps * max(1, levels),
        hidden=hidden,
        layers=model.layers,
        bidirectional=model.bidirectional,
        dropout=model.dropout,
        mask=model.dropout_mask,
        nonlinearity=model.nonlinearity,
        head=model.head,
        reads="every" if model.strategy == "all_steps" else "last",
        initialisation=model.initialisation,
    )


def quantile_levels(model: Forecaster) -> tuple[float, ...]:
    """Return the levels of the quantiles that a forecaster's network gives; none as a rule."""
    return quantiles_for(model.intervals) if model.interval_method.endswith("quantiles") else ()


def assemble(model: Forecaster, panel: Panel, ends: Indices, learning: int) -> Assembly:
    """Lay out the training of a forecaster.

    Args:
        model: its parameters.
        panel: the series.
        ends: int64 [series], where the held-out stretch of each series begins; nothing from
            there on is looked at. Before it lies what intervals are calibrated on, before that
            what is chosen by, and the rest is to learn from.
        learning: how many series, the first ones, to learn from; the others are to choose by.
    """
    engine = resolve_wish(model.engine, model.threads)
    conformal = model.interval_method.startswith("conformal")
    levels = model.intervals if conformal else ()
    lengths = defaults.calibration_lengths(model.calibration, ends, model.horizon, levels, learning)
    if levels:
        check_windows(levels, int(np.maximum(0, lengths[:learning] - model.horizon + 1).sum()))
    calibration = ends - lengths
    cuts = calibration - _validation(model, calibration, whole=learning < len(panel))
    cuts[learning:] = ends[learning:] - model.steps
    held = np.arange(len(panel)) >= learning
    season, lookback = _season_and_lookback(model, panel, cuts)
    least = model.least_history or lookback
    check_length(
        panel,
        least + model.steps + panel.lengths - np.where(held, ends, cuts),
        f"{'a lookback' if least == lookback else 'a history'} of {least}, a horizon of "
        f"{model.steps} and the end held out to choose and judge by",
    )
    histories = [values[:cut] for values, cut in zip(panel, cuts, strict=True)]
    scaler = Scaler.fit(_scaling(model, lookback, histories[:learning]), histories)
    residual = model.residual or defaults.residual_kind(
        histories[:learning], season if season <= lookback else 1, model.horizon, scaler.kind
    )
    encoding = _encoding(model, panel, cuts)
    lay = partial(
        Windows.over, panel, scaler, lookback, model.steps, residual=residual, season=season,
        least=least, every=model.strategy == "all_steps",
        covariates=beside(encoding, panel, model, lookback),
    )  # fmt: skip
    shown = np.where(held, ends, calibration)
    training = lay(last=np.where(held, 0, cuts), stride=model.stride)
    windows = training.joined(lay(first=cuts, last=shown))
    values = int(cuts[:learning].sum())
    hidden = defaults.hidden_size(model.hidden, values)
    count = len(training)
    some = np.unique(np.linspace(0, count - 1, _LOOKED_AT).astype(np.int64))
    loss = model.loss or defaults.loss_kind(_newest_targets(windows, some))
    job = Job(
        spec=network(model, lookback, hidden, windows.inputs),
        engine=open_engine(engine, model.threads),
        windows=windows,
        training=range(count),
        validation=range(count, len(windows)),
        plan=_plan(model, count, values, loss),
    )
    units = Scaler.fit("window", histories)
    return Assembly(job, season, encoding, calibration, units)


def _newest_targets(windows: Windows, indices: Indices) -> NDArray[np.float32]:
    """Return the scaled targets, those observed, that follow the ends of some windows."""
    batch = windows.gather(indices)
    targets = np.asarray(batch.targets, np.float32)
    targets = targets[-1] if windows.every else targets
    if batch.counted is None:
        return targets
    return targets[batch.counted[-1] if windows.every else batch.counted]


def beside(
    encoding: Encoding, panel: Panel, model: Forecaster, lookback: int, *, need_ahead: bool = False
) -> CovariateInputs | None:
    """Return what a network sees beside the values of a panel; none as a rule.

    Columns that are known ahead are seen a horizon ahead, so that the newest time steps have seen
    all of them that belong to the steps to be forecast.
    """
    known, constants = encoding.known_columns, encoding.constant_columns
    if not encoding.past_columns + known + constants:
        return None
    if encoding.past_columns and model.strategy == "recursive" and model.horizon > 1:
        raise SettingsError(
            "`strategy` is 'recursive', which is fed its own forecasts and would have to know the "
            "past covariates of steps still to come; take 'direct', 'all_steps' or "
            "'encoder_decoder'."
        )
    if known and lookback < model.steps:
        raise SettingsError(
            f"`lookback` is {lookback}, but covariates known over {model.steps} steps ahead are "
            f"read by as many time steps of the window; it must be at least {model.steps}."
        )
    if known and model.steps > model.horizon:
        raise SettingsError(
            f"`decoder_length` is {model.steps}, but covariates are known over the horizon of "
            f"{model.horizon} alone; make them equal."
        )
    encoded = encoding.encode(panel, max(model.horizon, model.steps), need_ahead=need_ahead)
    return CovariateInputs(
        steps=encoded.steps,
        past=encoding.past_columns,
        ahead=model.steps,
        spare=max(model.horizon, model.steps),
        constants=encoded.constants,
    )


def _season_and_lookback(model: Forecaster, panel: Panel, cuts: Indices) -> tuple[int, int]:
    held_out = panel.lengths - cuts
    rest = f"a horizon of {model.steps} and the end held out to choose and judge by"
    check_length(panel, 1 + model.steps + held_out, f"a lookback, {rest}")
    season = defaults.season_length(panel.without_last(held_out), model.season)
    lookback = defaults.lookback_length(model.lookback, model.horizon, season, int(cuts.min()))
    if model.least_history is not None and model.least_history > lookback:
        raise SettingsError(
            f"`least_history` is {model.least_history}, more than the lookback of {lookback}."
        )
    if model.residual == "seasonal" and not 1 < season <= lookback:
        raise SettingsError(
            f"`residual` is 'seasonal', but the season is {season} and the lookback {lookback}: "
            "name a season above 1 and a lookback that holds it."
        )
    return season, lookback


def _encoding(model: Forecaster, panel: Panel, cuts: Indices) -> Encoding:
    if model.calendar and not has_calendar(panel.clock):
        raise SettingsError(
            f"`calendar` is on, but {panel.source} has a clock of {panel.clock.describe()}, which "
            "has no days, weeks or years to read."
        )
    return Encoding.fit(panel, cuts, model.calendar)


def _validation(model: Forecaster, ends: Indices, *, whole: bool) -> Indices:
    """Return int64 [series], how many values before each end are kept to choose by."""
    if whole or not model.validation:
        return np.zeros_like(ends)
    share = np.ceil(model.validation * ends).astype(np.int64)
    return np.asarray(np.maximum(share, model.steps), np.int64)


def _scaling(model: Forecaster, lookback: int, histories: list[Float64s]) -> ScalingKind:
    """Return the scaling, chosen where it is not given."""
    if model.scaling == "window" and lookback == 1:
        raise SettingsError(
            "`scaling` is 'window', which leaves nothing to see of a lookback of 1; take 'series'."
        )
    if model.scaling == "window" and model.head == "sigmoid":
        raise SettingsError(
            "`head` is 'sigmoid', which is never negative, and `scaling` is 'window', which counts "
            "from the newest value: no fall could be forecast; take 'minmax'."
        )
    if model.scaling is not None:
        return model.scaling
    if model.head == "sigmoid":
        return "minmax"
    return defaults.scaling_kind(histories, lookback)


def _plan(
    model: Forecaster, windows: int, values: int, loss: Literal["mse", "mae"]
) -> TrainingPlan:
    levels = quantile_levels(model)
    return TrainingPlan(
        epochs=enough_epochs(model.epochs, windows, model.batch, values),
        batch=model.batch,
        rate=model.rate,
        schedule=model.schedule,
        order=model.order,
        patience=model.patience,
        keep_best=model.keep_best,
        forcing=model.forcing,
        recipe=StepRecipe(
            loss="quantile" if levels else loss,
            quantiles=levels,
            clip=model.clip,
            decay=model.decay,
        ),
        seed=model.seed,
    )
