"""From a forecaster's parameters and a panel to everything that training needs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from recur.data.panel import Panel, check_length
from recur.data.scaling import Floats, Scaler, ScalingKind
from recur.data.windows import Indices, Windows
from recur.engines.base import StepRecipe
from recur.engines.select import check_threads, open_engine, resolve
from recur.errors import SettingsError
from recur.networks.spec import NetworkSpec
from recur.tasks import choices
from recur.training.loop import Job
from recur.training.plan import TrainingPlan

if TYPE_CHECKING:
    from recur.tasks.forecast import Forecaster


def network(model: Forecaster) -> NetworkSpec:
    """Return the network that a forecaster's parameters describe."""
    return NetworkSpec(
        cell=model.cell,
        outputs=model.steps,
        hidden=model.hidden,
        layers=model.layers,
        bidirectional=model.bidirectional,
        dropout=model.dropout,
        nonlinearity=model.nonlinearity,
        head=model.head,
        initialisation=model.initialisation,
    )


def job(model: Forecaster, panel: Panel, ends: Indices) -> tuple[Job, int]:
    """Lay out the training of a forecaster.

    Args:
        model: its parameters.
        panel: the series.
        ends: int64 [series], where the held-out stretch of each series begins; nothing from
            there on is looked at. The last part before it is to choose by, the rest to learn from.

    Returns:
        The job, and the season in steps.
    """
    spec, engine = network(model), resolve(model.engine)
    if model.threads is not None:
        check_threads(model.threads)
    cuts = ends - _validation(model, ends)
    held_out = panel.lengths - cuts
    rest = f"a horizon of {model.steps} and the end held out to choose and judge by"
    check_length(panel, 1 + model.steps + held_out, f"a lookback, {rest}")
    season = choices.season_length(panel.without_last(held_out), model.season)
    lookback = choices.lookback_length(model.lookback, model.horizon, season, int(cuts.min()))
    check_length(panel, lookback + model.steps + held_out, f"a lookback of {lookback}, {rest}")
    histories = [values[:cut] for values, cut in zip(panel, cuts, strict=True)]
    scaler = Scaler.fit(_scaling(model, lookback, histories), histories)
    lay = partial(Windows.over, panel, scaler, lookback, model.steps)
    training = lay(last=cuts, stride=model.stride)
    windows = training.joined(lay(first=cuts, last=ends))
    work = Job(
        spec=spec,
        engine=open_engine(engine, model.threads),
        windows=windows,
        training=np.arange(len(training)),
        validation=np.arange(len(training), len(windows)),
        plan=_plan(model, len(training)),
    )
    return work, season


def _validation(model: Forecaster, ends: Indices) -> Indices:
    """Return int64 [series], how many values before each end are kept to choose by."""
    if not model.validation:
        return np.zeros_like(ends)
    share = np.ceil(model.validation * ends).astype(np.int64)
    return np.asarray(np.maximum(share, model.steps), np.int64)


def _scaling(model: Forecaster, lookback: int, histories: list[Floats]) -> ScalingKind:
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
    return choices.scaling_kind(histories, lookback)


def _plan(model: Forecaster, windows: int) -> TrainingPlan:
    return TrainingPlan(
        epochs=choices.epochs(model.epochs, windows, model.batch),
        batch=model.batch,
        rate=model.rate,
        schedule=model.schedule,
        order=model.order,
        patience=model.patience,
        keep_best=model.keep_best,
        recipe=StepRecipe(loss=model.loss, clip=model.clip, decay=model.decay),
        seed=model.seed,
    )
