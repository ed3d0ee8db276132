"""From a forecaster's parameters and a panel to everything that training needs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from recur.data.panel import Panel, check_length
from recur.data.scaling import Scaler, ScalingKind
from recur.data.windows import Indices, Windows
from recur.engines.base import StepRecipe
from recur.engines.select import open_engine, resolve
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


def job(model: Forecaster, panel: Panel, ends: Indices, season: int) -> Job:
    """Lay out the training of a forecaster.

    Args:
        model: its parameters.
        panel: the series.
        ends: int64 [series], where the held-out stretch of each series begins; nothing from
            there on is looked at. The last part before it is to choose by, the rest to learn from.
        season: steps in a season.
    """
    spec, engine = network(model), resolve(model.engine)
    cuts = ends - _validation(model, ends)
    lookback = choices.lookback_length(model.lookback, model.horizon, season, int(cuts.min()))
    check_length(
        panel,
        lookback + model.steps + panel.lengths - cuts,
        f"a lookback of {lookback}, a horizon of {model.steps} and the end held out to choose and "
        "judge by",
    )
    kind = _scaling(model.scaling, lookback)
    scaler = Scaler.fit(kind, [values[:cut] for values, cut in zip(panel, cuts, strict=True)])
    lay = partial(Windows.over, panel, scaler, lookback, model.steps)
    training = lay(last=cuts, stride=model.stride)
    windows = training.joined(lay(first=cuts, last=ends))
    return Job(
        spec=spec,
        engine=open_engine(engine, model.threads),
        windows=windows,
        training=np.arange(len(training)),
        validation=np.arange(len(training), len(windows)),
        plan=_plan(model, len(training)),
        threads=model.threads,
    )


def _validation(model: Forecaster, ends: Indices) -> Indices:
    """Return int64 [series], how many values before each end are kept to choose by."""
    if not model.validation:
        return np.zeros_like(ends)
    share = np.ceil(model.validation * ends).astype(np.int64)
    return np.asarray(np.maximum(share, model.steps), np.int64)


def _scaling(kind: ScalingKind | None, lookback: int) -> ScalingKind:
    if kind == "window" and lookback == 1:
        raise SettingsError(
            "`scaling` is 'window', which leaves nothing to see of a lookback of 1; take 'series'."
        )
    return kind or ("window" if lookback > 2 else "series")


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
