"""Going on with a fitted forecaster on newer data, and judging whether that was worth it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from recur.arrays import Indices
from recur.data.panel.panel import Panel, check_length
from recur.data.panel.scaling import Scaler
from recur.engines.registry import open_engine
from recur.errors import DataError, SettingsError, nearest
from recur.judge import Comparison, Judgement, judge
from recur.judge.comparison import LEVEL, compare, degrees_of_freedom
from recur.judge.forecast.losses import loss_sequence
from recur.judge.forecast.verdict import NETWORK
from recur.judge.words import beside, counted, interval
from recur.notices import notice
from recur.tasks.forecast.fitted import AnyFitted, FittedForecaster, Tuned
from recur.tasks.forecast.fitting import fitted_method
from recur.tasks.forecast.judge import contest, contest_of, judged, with_forecasts
from recur.tasks.forecast.known import origins_between
from recur.tasks.forecast.methods import LEARNING, PRETRAINED
from recur.tasks.forecast.predict import windows_of
from recur.tasks.forecast.prepare import training_plan, validation_lengths
from recur.tasks.forecast.scales import error_units, places_of, window_scaler
from recur.tasks.run import run_training
from recur.training.jobs import Job

SAVED = "before the update"
"""What the forecaster is called beside itself."""


@dataclass(frozen=True, eq=False)
class Update:
    """What an update did, and which of the two was kept.

    Attributes:
        fitted: what is kept.
        before: how the forecaster did as it was, on values that neither has been trained on.
        after: how the updated one did on the same.
        comparison: of the updated one with the other.
        newer: how many values of all series are newer than what training had seen.
        did: what was done with them, a sentence.
    """

    fitted: AnyFitted
    before: Judgement
    after: Judgement
    comparison: Comparison
    newer: int
    did: str

    @property
    def updated(self) -> bool:
        """Say whether the updated forecaster is kept: unless its error is the larger one."""
        skill = self.comparison.skill
        return skill is not None and skill >= 0

    @property
    def judgement(self) -> Judgement:
        """Return how what is kept did."""
        return self.after if self.updated else self.before

    @property
    def sentence(self) -> str:
        """Return what was done and what was kept, in plain words."""
        walk, skill = self.after.walk, self.comparison.skill
        each = "" if len(walk) == 1 else " of each series"
        where = (
            f"On the last {counted(walk.held_out, 'value')}{each}, which neither has been trained "
            "on,"
        )
        if skill is None:
            return f"{self.did} {where} the model is exact as it was, and is kept."
        if skill == 0:
            return f"{self.did} {where} both forecast alike: the updated model is kept."
        kept = "the updated model is kept" if self.updated else "the model is kept as it was"
        sure = interval(self.comparison.low, self.comparison.high, LEVEL)
        chance = ", which may be chance" if self.comparison.finding == "none" else ""
        few = "too few to tell it from chance" if self.comparison.finding == "too_little" else ""
        told = "; ".join(part for part in (sure, few) if part)
        told = f" ({told}{chance})" if told else chance
        return (
            f"{self.did} {where} the updated model's mean squared error is {beside(skill)} the "
            f"model as it was{told}: {kept}."
        )

    def __repr__(self) -> str:
        return f"<Update: {self.sentence}>"

    def together(self) -> Judgement:
        """Return the judgement of the updated forecaster with the other as one more method."""
        methods = {**self.after.forecasts, SAVED: self.before.forecasts[NETWORK]}
        return judge(self.after.walk, methods, self.after.intervals, self.after.verdict.judged)

    def to_dict(self) -> dict[str, Any]:
        """Return what was found as plain JSON values."""
        return {
            "kept": "updated" if self.updated else "saved",
            "sentence": self.sentence,
            "newer": self.newer,
            "comparison": self.comparison.to_dict(),
            "saved": self.before.to_dict(),
            "updated": self.after.to_dict(),
        }


def update(fitted: AnyFitted, panel: Panel, test: int | None, *, progress: bool) -> Update:
    """Go on with a forecaster, and judge it and what it was on the newest values.

    Args:
        fitted: the forecaster; it is left as it is.
        panel: its series with newer values, older ones before them or not.
        test: how many values at the end of each series to judge on.
        progress: show progress where standard error is a terminal.
    """
    newer = _newer(fitted, panel)
    held_out = _held_out(fitted, panel, newer, test)
    ends = panel.lengths - held_out
    check_length(
        panel, fitted.least_history + held_out,
        f"a lookback of {fitted.least_history} and {held_out} values to judge on",
    )  # fmt: skip
    carried = _carried(fitted, panel, ends)
    against = contest(
        panel, ends, horizon=fitted.settings.horizon, season=fitted.learned.season,
        lookback=fitted.learned.lookback, least=fitted.least_history,
    )  # fmt: skip
    made: AnyFitted
    if isinstance(carried, FittedForecaster):
        made = _trained_on(carried, panel, ends, newer - held_out, progress=progress)
        count, epochs = counted(int(newer.sum()), "newer value"), len(made.learned.history)
        did = (
            f"Training went on from the weights of the model, for {counted(epochs, 'epoch')}, with "
            f"{count}."
        )
    else:
        record, network = carried.learned.tuning, carried.network
        stretch = carried.interval_margins
        tuned = None if record is None or network is None else Tuned(network, record, stretch)
        made = fitted_method(fitted.settings, panel, held_out, looked=True, tuned=tuned)
        name = "The pretrained network" if fitted.settings.method == PRETRAINED else "This method"
        trains = f"{name} has nothing to train"
        if fitted.settings.network in LEARNING:
            trains = "What the network has learnt stays as it is"
        did = (
            f"{trains}: it needs the newer values alone, and `predict` takes them. Season and "
            "intervals were found anew."
        )
    before = with_forecasts(judged(carried, panel, against))
    after = with_forecasts(judged(made, panel, contest_of(before)))
    walk = against.walk
    was, now = (loss_sequence(walk, one.forecasts[NETWORK]) for one in (before, after))
    found = compare(SAVED, was, now, degrees_of_freedom(walk.times, walk.independent_origins))
    outcome = Update(fitted, before, after, found, int(newer.sum()), did)
    return replace(outcome, fitted=replace(made, judgement=after)) if outcome.updated else outcome


def _newer(fitted: AnyFitted, panel: Panel) -> Indices:
    """Return int64 [series], how many values are newer than what the fit has seen.

    Raises:
        DataError: they do not continue the series of the fit.
    """
    learned = fitted.learned
    if panel.clock.describe() != learned.clock.describe():
        raise DataError(
            f"{panel.source} has a clock of {panel.clock.describe()}, and the model learnt series "
            f"on a clock of {learned.clock.describe()}; an update takes newer values of the same."
        )
    strange = np.flatnonzero(places_of(panel, learned.ids) < 0)
    if len(strange):
        name = panel.ids[strange[0]]
        raise DataError(
            f"{panel.source}: series `{name}` is none that the model has learnt, and an update "
            f"takes newer values of the same; {nearest(name, learned.ids)}."
        )
    counts = np.add.reduceat(panel.times > learned.seen_until, panel.offsets[:-1], dtype=np.int64)
    missing = [name for name in learned.ids if name not in panel.ids]
    if missing and len(learned.ids) > 1:
        notice(
            f"{panel.source} is without series `{missing[0]}`"
            f"{f' and {len(missing) - 1} more' if len(missing) > 1 else ''} of the model: the "
            "updated one no longer knows their scales."
        )
    return np.asarray(counts)


def _held_out(fitted: AnyFitted, panel: Panel, newer: Indices, test: int | None) -> int:
    """Return how many values at the end of every series are judged on, none of them seen before.

    By default a fifth of the newer ones, or up to half where a fifth does not hold ten horizons.
    """
    settings, few = fitted.settings, int(newer.min())
    learns = isinstance(fitted, FittedForecaster)
    to_learn = 1 + (settings.steps if settings.validation else 0) if learns else 0
    if few < settings.horizon + to_learn:
        first = int(newer.argmin())
        until = panel.clock.text(fitted.learned.seen_until)
        seen = f"up to {until}" if panel.clock.dated else f"{until}, counted from 0,"
        raise DataError(
            f"{panel.source}: series `{panel.ids[first]}` has {counted(few, 'value')} newer than "
            f"what the model has seen ({seen}), and an update takes at least "
            f"{settings.horizon + to_learn}: to judge on"
            f"{', and to learn from' if learns else ''}; give it newer values."
        )
    most = few - to_learn
    if test is None:
        return int(
            np.clip(max(few // 5, min(10 * settings.horizon, few // 2)), settings.horizon, most)
        )
    if not settings.horizon <= test <= most:
        raise SettingsError(
            f"`test` is {test}; of the {few} newer values it can hold out {settings.horizon} (one "
            f"horizon) to {most}."
        )
    return test


def _carried(fitted: AnyFitted, panel: Panel, ends: Indices) -> AnyFitted:
    """Return a forecaster with these series in the place of those of its fit, its scales kept."""
    everything = np.arange(len(panel))
    units = error_units(fitted, panel, everything, ends)
    changes: dict[str, Any] = {
        "panel": panel,
        "judgement": None,
        "twin": None,
        "error_scale": Scaler("window", np.zeros_like(units), units),
        "learned": fitted.learned.but(
            ids=panel.ids, seen_until=int(panel.times[panel.offsets[:-1] + ends - 1].max())
        ),
    }
    if isinstance(fitted, FittedForecaster):
        changes["scaler"] = window_scaler(fitted, panel, everything, ends)
    return replace(fitted, **changes)


def _trained_on(
    fitted: FittedForecaster, panel: Panel, ends: Indices, fresh: Indices, *, progress: bool
) -> FittedForecaster:
    """Return a network whose training went on from its weights.

    It learns from all values before the held-out end, those of the first training among them where
    they are there, so that it does not forget them. Only newer ones choose when to stop.

    Args:
        fitted: the network.
        panel: the series.
        ends: int64 [series], where the held-out end of each begins.
        fresh: int64 [series], how many values before it are newer than what it has seen.
        progress: show progress where standard error is a terminal.
    """
    settings, learned = fitted.settings, fitted.learned
    steps = settings.steps
    cuts = ends - np.minimum(validation_lengths(settings, fresh, whole=False), fresh - 1)
    least = np.full_like(ends, fitted.least_history)
    check_length(
        panel, least + steps + panel.lengths - cuts,
        f"a lookback of {least[0]}, a horizon of {steps} and the end held out to choose and judge "
        "by",
    )  # fmt: skip
    series, origins = origins_between(least, cuts, steps)
    series, origins = series[:: settings.stride], origins[:: settings.stride]
    chosen_by, chosen_at = origins_between(cuts, ends, steps)
    windows = windows_of(
        fitted, panel, np.concatenate([series, chosen_by]), np.concatenate([origins, chosen_at])
    )
    windows = replace(windows, every=settings.strategy == "all_steps")
    count, values = len(series), int(cuts.sum())
    loss: Literal["mse", "mae"] = "mae" if learned.loss == "mae" else "mse"
    plan = training_plan(settings, count, values, loss)
    job = Job(
        spec=learned.network,
        engine=open_engine(learned.engine, settings.threads),
        windows=windows,
        training=range(count),
        validation=range(count, len(windows)),
        plan=plan,
    )
    weights, record = run_training(settings, job, None, progress=progress, first=fitted.weights)
    return replace(fitted, weights=weights, learned=learned.but(**record, again=None))
