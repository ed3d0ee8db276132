"""Fine-tuning: the pretrained network learns on from the series at hand, and is judged after it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from recur.arrays import Indices
from recur.data.histories.spans import FEWEST
from recur.data.panel.panel import Panel
from recur.data.panel.scaling import Scaler
from recur.data.sources.histories import GROUP, Histories
from recur.engines.base import StepRecipe
from recur.engines.registry import open_engine
from recur.tasks.forecast.defaults import season_length, test_lengths
from recur.tasks.forecast.fitted import FittedMethod, Tuned, TuningRecord
from recur.tasks.forecast.fitting import fitted_method
from recur.tasks.forecast.known import Known
from recur.tasks.forecast.prepare import validation_lengths
from recur.tasks.forecast.pretrained import Pretrained, periods_of, shipped
from recur.tasks.forecast.settings import ForecasterParameters
from recur.tasks.forecast.tuned import TuningJob
from recur.tasks.run import run_training
from recur.training.checkpoint import Checkpoint
from recur.training.plan import TrainingPlan

# In all, whatever the data: more steps on short series teach it their noise by heart.
_STEPS, _GROUPS, _VALIDATION = 240, 80, 256
_FEW = 60  # steps, where all origins fit into one group
_RATE = 5e-4
_BETTER = 0.98  # of the error of the mean of both: the validation part has chosen weights too


def fitted_tuned(
    settings: ForecasterParameters,
    panel: Panel,
    test: int | None,
    *,
    checkpoint: str | Path | Checkpoint | None = None,
    progress: bool = True,
) -> FittedMethod:
    """Return the pretrained network tuned to the series, and judged on their end.

    A part before that end chooses how long it learns on, and whether it forecasts alone, together
    with what it was before, or not at all.
    """
    ends = np.maximum(panel.lengths - test_lengths(panel, settings.horizon, test), 1)
    season = season_length(panel.without_last(panel.lengths - ends), settings.season)
    cuts = np.maximum(ends - validation_lengths(settings, ends, whole=False), 1)
    network = shipped()
    learning = _spread(settings, panel, np.zeros_like(cuts), cuts, _GROUPS * GROUP, season)
    choosing = _spread(settings, panel, cuts, ends, _VALIDATION, season)
    job = _job(settings, network, learning, choosing)
    record = TuningRecord(card=network.card, chosen="pretrained", epochs=0)
    if len(learning):
        weights, run = run_training(settings, job, checkpoint, progress=progress)
        both = np.append(network.weights, weights)
        tuned = {"tuned": network.with_weights(weights), "both": network.with_weights(both)}
        record = record.but(chosen="both", epochs=run["kept_epoch"])
        if len(choosing):
            candidates = {"pretrained": network, **tuned}
            errors = {
                name: _error(settings, one, choosing, season) for name, one in candidates.items()
            }
            weighed = {
                name: error * (_BETTER if name == "both" else 1) for name, error in errors.items()
            }
            record = record.but(chosen=min(weighed, key=weighed.__getitem__), errors=errors)
        network = {"pretrained": network, **tuned}[record.chosen]
    found = Tuned(network, record)
    return fitted_method(settings, panel, test, looked=True, tuned=found)


def _spread(
    settings: ForecasterParameters, panel: Panel, first: Indices, ends: Indices, most: int,
    season: int,
) -> Histories:  # fmt: skip
    """Return so many origins at most whose horizon lies between two bounds [series]."""
    period, second = periods_of(season, panel.clock, int(panel.lengths.max()))
    least = max(FEWEST, min(period + 2, 3 * period))
    return Histories.spread(
        panel, np.maximum(first, least), ends - settings.horizon, most, settings.seed,
        horizon=settings.horizon, period=period, second=second,
    )  # fmt: skip


def _job(
    settings: ForecasterParameters, network: Pretrained, learning: Histories, choosing: Histories
) -> TuningJob:
    count = len(learning)
    steps = _STEPS if count > 1 else _FEW
    return TuningJob(
        spec=network.card.encoder,
        engine=open_engine("compiled", settings.threads),
        windows=learning.joined(choosing),
        training=range(count),
        validation=range(count, count + len(choosing)),
        plan=TrainingPlan(
            epochs=max(1, round(steps / max(1, count))), batch=1, rate=_RATE,
            schedule="onecycle", recipe=StepRecipe(loss="mae", beta2=0.98), seed=settings.seed,
        ),
        network=network,
    )  # fmt: skip


def _error(
    settings: ForecasterParameters, network: Pretrained, choosing: Histories, season: int
) -> float:
    """Return the mean absolute error of medians, each in the unit of its series."""
    panel, series, origins = choosing.panel, choosing.series, choosing.origins
    known = Known(panel, series, origins, settings.horizon, season, 1, settings.threads)
    rows = (panel.offsets[series] + origins)[:, None] + np.arange(settings.horizon)
    missed = np.abs(network.forecast(known).centre - panel.values[rows])
    if panel.filled is not None:
        missed[panel.filled[rows]] = np.nan
    unit = Scaler.fit("window", [panel.series(i)[:n] for i, n in enumerate(known.firsts)]).spread
    return float(np.nanmean(missed / np.maximum(unit[series], 1e-300)[:, None]))
