"""The pretrained network learns on from the series at hand, or one of its kind from nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from recur.arrays import Float64s, Indices
from recur.data.histories.spans import FEWEST
from recur.data.panel.panel import Panel
from recur.data.panel.scaling import Scaler
from recur.data.sources.histories import GROUP, Histories
from recur.engines.base import StepRecipe
from recur.engines.registry import open_engine
from recur.errors import DataError
from recur.judge.forecast.stretching import reaches, stretches
from recur.tasks.forecast.cards import TuningRecord
from recur.tasks.forecast.defaults import season_length, test_lengths
from recur.tasks.forecast.fitted import FittedMethod, Tuned
from recur.tasks.forecast.fitting import fitted_method
from recur.tasks.forecast.known import Known, Prediction, truths_at
from recur.tasks.forecast.methods import ALIGNED
from recur.tasks.forecast.prepare import validation_lengths
from recur.tasks.forecast.pretrained import Pretrained, periods_of, shipped, untaught
from recur.tasks.forecast.settings import ForecasterParameters
from recur.tasks.forecast.stretching import independent_windows
from recur.tasks.forecast.tuned import TuningJob
from recur.tasks.run import run_training
from recur.training.checkpoint import Checkpoint, saved_again
from recur.training.plan import TrainingPlan

# In all, whatever the data: more steps on short series teach it their noise by heart.
_STEPS, _FEW = 240, 60  # the latter where all origins are in one group
_MOST, _VALIDATION = 80 * GROUP, 256  # origins
_RATE = 5e-4
_FROM_NOTHING, _FULL_RATE, _PATIENCE = 480, 2e-3, 10  # steps, their rate, epochs


def fitted_tuned(
    settings: ForecasterParameters,
    panel: Panel,
    test: int | None,
    *,
    checkpoint: str | Path | Checkpoint | None = None,
    progress: bool = True,
) -> FittedMethod:
    """Return the pretrained network tuned to the series, in a mean with what it was before.

    A part before the held-out end chooses whether what it learns is made use of; what forecasts in
    the end has learnt on from all values, in as many steps. One that starts from nothing, where
    `network` is `aligned`, forecasts alone, and that part says how it compares.
    """
    lengths, network, aligned = panel.lengths, shipped(), settings.network == ALIGNED
    start = untaught(settings.seed) if aligned else network
    joined = start.with_weights if aligned else start.beside
    ends = np.maximum(lengths - test_lengths(panel, settings.horizon, test), 1)
    season = season_length(panel.before(ends), panel.clock, settings.season)
    cuts = np.maximum(ends - validation_lengths(settings, ends, whole=False), 1)
    choosing = _spread(settings, panel, cuts, ends, _VALIDATION, season)
    job = _job(settings, start, _spread(settings, panel, cuts * 0, cuts, _MOST, season))
    if aligned:
        job = _stopped_by(job, choosing)
    if aligned and not len(job.training):
        raise DataError(
            f"{panel.source}: before what is held out to choose and judge by, no series has a "
            f"history and a horizon of {settings.horizon} after it to learn from; give it longer "
            "ones, or take the `network` 'pretrained', which has learnt already."
        )
    within = replace(settings, minutes=settings.minutes and settings.minutes / (1 + settings.refit))
    record = TuningRecord(card=start.card, epochs=0)
    seen, share = _seen(settings, network, choosing, season), None
    if len(job.training):
        weights, run = run_training(within, job, checkpoint, progress=progress)
        after = _seen(settings, joined(weights), choosing, season)
        if seen is not None and after is not None:
            share = after.error / seen.error if seen.error > 0 else 1.0
        record = record.but(epochs=run["kept_epoch"], share=None if aligned else share)
        if record.helps:
            network, seen = joined(weights), after
    stretch = np.ones((len(settings.intervals), settings.horizon))
    if settings.interval_method == "conformal_quantiles" and seen is not None:
        stretch = seen.stretch(settings.intervals)
    tuned = Tuned(network, record, stretch)
    judged = fitted_method(settings, panel, test, looked=True, tuned=tuned)
    if aligned:
        judged = replace(judged, learned=judged.learned.but(trained_over_pretrained=share))
    if not (settings.refit and record.helps and len(job.training)) or run["ended"] == "interrupted":
        return judged
    everything = _spread(settings, panel, cuts * 0, lengths, _MOST, season)
    again = _job(settings, start, everything, record.epochs * job.steps)
    alone = replace(settings, minutes=None)
    weights, run = run_training(alone, again, saved_again(checkpoint), progress=progress)
    if run["ended"] == "interrupted":
        return judged
    return replace(
        judged,
        network=joined(weights),
        twin=judged,
        learned=judged.learned.but(
            tuning=record.but(again=again.plan.epochs * again.steps),
            seen_until=int(panel.times[panel.offsets[1:] - 1].max()),
        ),
    )


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
    settings: ForecasterParameters, start: Pretrained, learning: Histories, steps: int = 0
) -> TuningJob:
    """Return what is learnt from, in about so many steps."""
    aligned, count = settings.network == ALIGNED, len(learning)
    steps = steps or (_FROM_NOTHING if aligned else _STEPS if count > 1 else _FEW)
    return TuningJob(
        spec=start.card.encoder,
        engine=open_engine("compiled", settings.threads),
        windows=learning,
        training=range(count),
        validation=range(0),
        plan=TrainingPlan(
            epochs=max(1, round(steps / max(1, count))), batch=1,
            rate=_FULL_RATE if aligned else _RATE, schedule="onecycle", keep_best=False,
            recipe=StepRecipe(loss="mae", beta2=0.98), seed=settings.seed,
        ),
        network=start,
    )  # fmt: skip


def _stopped_by(job: TuningJob, choosing: Histories) -> TuningJob:
    """Return a training that ends with the weights that are best on what chooses."""
    count, windows = len(job.training), job.windows.joined(choosing)
    plan = job.plan.model_copy(update={"keep_best": True, "patience": _PATIENCE})
    return replace(job, windows=windows, validation=range(count, len(windows)), plan=plan)


@dataclass(frozen=True, eq=False)
class _Seen:
    """What a network says on the validation part, and what came.

    Attributes:
        known: what it was told.
        made: what it said.
        truth: float64 [origins, horizon], NaN where it is unknown.
    """

    known: Known
    made: Prediction
    truth: Float64s

    @property
    def error(self) -> float:
        """Return the mean absolute error of medians, each in the unit of its series if it has one.

        The unit is of what is known before the first origin of a series.
        """
        missed = np.abs(self.made.centre - self.truth)
        of_series = (self.known.panel.series(i)[:n] for i, n in enumerate(self.known.firsts))
        unit = Scaler.fit("window", list(of_series)).spread[self.known.series]
        scaled = missed / np.where(unit > 0, unit, np.nan)[:, None]
        known = scaled[np.isfinite(scaled)]
        return float(known.mean()) if len(known) else 0.0

    def stretch(self, levels: Sequence[float]) -> Float64s:
        """Return float64 [levels, horizon], how many times as far as its own intervals reach.

        Half as much more, or less, as they would have had to here: those years are not these.
        """
        series, origins = self.known.series, self.known.origins
        whole = np.isfinite(self.truth).all(axis=1)
        reached = reaches(self.truth, *self.made)[:, whole]
        independent = independent_windows(series[whole], origins[whole], self.known.horizon)
        return np.asarray((1 + stretches(reached, levels, independent)) / 2)


def _seen(
    settings: ForecasterParameters, network: Pretrained, choosing: Histories, season: int
) -> _Seen | None:
    """Return what a network says from some origins; None where there are none."""
    if not len(choosing):
        return None
    panel, series, origins = choosing.panel, choosing.series, choosing.origins
    known = Known(panel, series, origins, settings.horizon, season, 1, settings.threads)
    truth = truths_at(panel, series, origins, settings.horizon)
    return _Seen(known, network.forecast(known, settings.intervals), truth)
