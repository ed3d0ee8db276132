"""From a forecaster's parameters and a panel to everything that training needs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import numpy as np

from recur.arrays import Float32s, Float64s, Indices
from recur.data.panel.calendar import has_calendar
from recur.data.panel.encoding import Encoding
from recur.data.panel.panel import Panel, check_longest
from recur.data.panel.scaling import Scaler, ScalingKind
from recur.data.sources.windows import Windows
from recur.engines.base import StepRecipe
from recur.engines.registry import open_engine, resolve_wish
from recur.errors import SettingsError
from recur.notices import notice
from recur.tasks.budget import enough_epochs
from recur.tasks.forecast import defaults
from recur.tasks.forecast.calendar_choice import calendar_helps
from recur.tasks.forecast.network import covariate_inputs, network, quantile_levels
from recur.tasks.forecast.settings import ForecasterParameters
from recur.training.jobs import Job
from recur.training.plan import TrainingPlan

_LOOKED_AT = 512  # windows whose targets choose the loss


@dataclass(frozen=True)
class Prepared:
    """What a fit trains, and what was chosen for it.

    Attributes:
        job: the training.
        season: in steps.
        encoding: how covariates become numbers.
        error_scale: what errors of each series are measured in.
    """

    job: Job
    season: int
    encoding: Encoding
    error_scale: Scaler

    @property
    def windows(self) -> Windows:
        """Return the windows of training and validation."""
        assert isinstance(self.job.windows, Windows)
        return self.job.windows


def prepare(
    settings: ForecasterParameters,
    panel: Panel,
    ends: Indices,
    learning: int,
    *,
    calendar: tuple[str, ...] | None = None,
) -> Prepared:
    """Lay out the training of a forecaster.

    Args:
        settings: its parameters.
        panel: the series.
        ends: int64 [series], where the held-out stretch of each series begins; nothing from
            there on is looked at. Before it lies what is chosen by, and the rest is to learn from.
            Of a series that is shorter than that (0 or less), one value is looked at.
        learning: how many series, the first ones, to learn from; the others are to choose by.
        calendar: the features of the calendar to see, where that is settled.
    """
    engine = resolve_wish(settings.engine, settings.threads)
    held = np.arange(len(panel)) >= learning
    held_out, ends = panel.lengths - ends, np.maximum(1, ends)
    cuts = ends - validation_lengths(settings, ends, whole=learning < len(panel))
    cuts[learning:] = ends[learning:] - settings.steps
    season, lookback, least = _season_and_windows(settings, panel, cuts, held_out, learning)
    # What is too short to be parted is learnt from as a whole, and chooses nothing.
    cuts = np.where(cuts < least + settings.steps * ~held, ends, cuts)
    histories = panel.before(cuts)
    known = panel.before(ends)[:learning]
    scaler = Scaler.fit(_scaling(settings, lookback, known), histories)
    residual = settings.residual or defaults.residual_kind(
        histories[:learning], season if season <= lookback else 1, settings.horizon, scaler.kind
    )
    encoding = _encoding(settings, panel, cuts)
    if calendar is not None:
        encoding = encoding.but(calendar=calendar)
    lay = partial(
        Windows.over, panel, scaler, lookback, settings.steps, residual=residual, season=season,
        least=least, every=settings.strategy == "all_steps",
        covariates=covariate_inputs(encoding, panel, settings, lookback),
    )  # fmt: skip
    training = lay(last=np.where(held, 0, cuts), stride=settings.stride)
    windows, count = training.joined(lay(first=cuts, last=ends)), len(training)
    if (
        settings.calendar is None
        and calendar is None
        and settings.steps <= min(lookback, settings.horizon)
    ):
        with_calendar = encoding.but(calendar=Encoding.fit(panel, cuts, calendar=True).calendar)
        if calendar_helps(windows, count, panel, cuts, with_calendar.calendar):
            encoding = with_calendar
            beside = covariate_inputs(encoding, panel, settings, lookback)
            windows = replace(windows, covariates=beside)
    values = int(cuts[:learning].sum())
    hidden = defaults.hidden_size(settings.hidden, values)
    sample = np.unique(np.linspace(0, count - 1, _LOOKED_AT).astype(np.int64))
    loss = settings.loss or defaults.loss_kind(newest_targets(windows, sample), learning)
    job = Job(
        spec=network(settings, lookback, hidden, windows.inputs),
        engine=open_engine(engine, settings.threads),
        windows=windows,
        training=range(count),
        validation=range(count, len(windows)),
        plan=training_plan(settings, count, values, loss),
    )
    error_scale = Scaler.fit("window", histories)
    return Prepared(job, season, encoding, error_scale)


def with_choices(settings: ForecasterParameters, prepared: Prepared) -> ForecasterParameters:
    """Return the parameters with what was chosen for a training in the place of None."""
    windows, recipe = prepared.windows, prepared.job.plan.recipe
    return replace(
        settings,
        lookback=windows.lookback,
        least_history=windows.least,
        season=prepared.season,
        scaling=windows.scaler.kind,
        residual=windows.residual,
        hidden=prepared.job.spec.hidden,
        loss="mae" if recipe.loss == "mae" else "mse",
    )


def newest_targets(windows: Windows, indices: Indices) -> Float32s:
    """Return the scaled targets, those observed, that follow the ends of some windows."""
    batch = windows.gather(indices)
    targets = np.asarray(batch.targets, np.float32)
    targets = targets[-1] if windows.every else targets
    if batch.counted is None:
        return targets
    return targets[batch.counted[-1] if windows.every else batch.counted]


def _season_and_windows(
    settings: ForecasterParameters, panel: Panel, cuts: Indices, held_out: Indices, learning: int
) -> tuple[int, int, int]:
    """Return the season, how many known values a window holds, and how many at least."""
    known = np.maximum(1, cuts)
    season = defaults.season_length(panel.before(known), panel.clock, settings.season)
    lookback = defaults.lookback_length(
        settings.lookback, settings.horizon, season, known[:learning]
    )
    least = settings.least_history
    if least is None:
        masks = settings.cell != "mlp" and not settings.filters
        asked = settings.steps if settings.lookback is not None else None
        least = defaults.least_history(lookback, known[:learning], asked) if masks else lookback
    check_longest(
        panel,
        np.where(np.arange(len(panel)) < learning, least + settings.steps + held_out, 10**9),
        f"{'a lookback' if least == lookback else 'a history'} of {least}, a horizon of "
        f"{settings.steps} and the end held out to judge by",
    )
    if settings.lookback is None and lookback < season <= int(np.median(known[:learning])) // 3:
        notice(
            f"the season of {season} steps is longer than the {lookback} that the network sees by "
            f"default; a `lookback` of {season} would hold it, and training would take "
            f"{season / lookback:.2g} times as long."
        )
    if settings.least_history is not None and settings.least_history > lookback:
        raise SettingsError(
            f"`least_history` is {settings.least_history}, more than the lookback of {lookback}."
        )
    if settings.residual == "seasonal" and not 1 < season <= lookback:
        raise SettingsError(
            f"`residual` is 'seasonal', but the season is {season} and the lookback {lookback}: "
            "name a season above 1 and a lookback that holds it."
        )
    return season, lookback, least


def _encoding(settings: ForecasterParameters, panel: Panel, cuts: Indices) -> Encoding:
    if settings.calendar and not has_calendar(panel.clock):
        raise SettingsError(
            f"`calendar` is on, but {panel.source} has a clock of {panel.clock.describe()}, which "
            "has no days, weeks or years to read."
        )
    encoding = Encoding.fit(panel, cuts, bool(settings.calendar)).but(holidays=settings.holidays)
    if settings.calendar and not encoding.calendar:
        raise SettingsError(
            f"`calendar` is on, but what there is to learn from in {panel.source} goes through no "
            "day, week or year twice; give a longer history, or leave it off."
        )
    return encoding


def validation_lengths(settings: ForecasterParameters, ends: Indices, *, whole: bool) -> Indices:
    """Return int64 [series], how many values before each end are kept to choose by."""
    if whole or not settings.validation:
        return np.zeros_like(ends)
    share = np.ceil(settings.validation * ends).astype(np.int64)
    return np.asarray(np.maximum(share, settings.steps), np.int64)


def _scaling(
    settings: ForecasterParameters, lookback: int, histories: list[Float64s]
) -> ScalingKind:
    """Return the scaling, chosen where it is not given."""
    if settings.scaling == "window" and lookback == 1:
        raise SettingsError(
            "`scaling` is 'window', which leaves nothing to see of a lookback of 1; take 'series'."
        )
    if settings.scaling == "window" and settings.head == "sigmoid":
        raise SettingsError(
            "`head` is 'sigmoid', which is never negative, and `scaling` is 'window', which counts "
            "from the newest value: no fall could be forecast; take 'minmax'."
        )
    if settings.scaling is not None:
        return settings.scaling
    if settings.head == "sigmoid":
        return "minmax"
    return defaults.scaling_kind(histories, lookback)


def training_plan(
    settings: ForecasterParameters, windows: int, values: int, loss: Literal["mse", "mae"]
) -> TrainingPlan:
    """Return how a network of these parameters learns.

    Args:
        settings: the parameters.
        windows: to learn from.
        values: that these are of.
        loss: to be made small, where there are no quantiles.
    """
    levels = quantile_levels(settings)
    return TrainingPlan(
        epochs=enough_epochs(settings.epochs, windows, settings.batch, values),
        batch=settings.batch,
        rate=settings.rate,
        schedule=settings.schedule,
        order=settings.order,
        patience=settings.patience,
        keep_best=settings.keep_best,
        forcing=settings.forcing,
        recipe=StepRecipe(
            loss="quantile" if levels else loss,
            quantiles=levels,
            clip=settings.clip,
            decay=settings.decay,
        ),
        seed=settings.seed,
    )
