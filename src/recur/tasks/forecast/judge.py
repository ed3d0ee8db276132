"""A fitted forecaster on a walk over the end of its series, beside the simple answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from recur.arrays import Flags, Indices
from recur.data.panel.panel import Panel, check_length
from recur.errors import SettingsError
from recur.judge import (
    Forecasts,
    Intervals,
    Judgement,
    JudgementSummary,
    Method,
    Walk,
    judge,
    references,
)
from recur.judge.forecast.baselines import ReferencesOfPart, references_in_parts
from recur.judge.forecast.judgement import OfPart, judge_in_parts
from recur.judge.forecast.verdict import NETWORK
from recur.tasks import notices
from recur.tasks.forecast.defaults import test_lengths
from recur.tasks.forecast.fitted import AnyFitted, FittedMethod
from recur.tasks.forecast.known import Prediction
from recur.tasks.forecast.methods import LEARNING
from recur.tasks.forecast.predict import by_series, predict_at, walk_origins
from recur.tasks.forecast.stretching import Past, past_of, stretched_unseen


class Contest(NamedTuple):
    """A walk, and the simple answers to it.

    Attributes:
        walk: over the held-out end of every series.
        references: the simple answers by name, as methods or as their forecasts; of series that do
            not fit into memory, what gives those of a part.
    """

    walk: Walk
    references: Mapping[str, Method | Forecasts] | ReferencesOfPart


def contest(
    panel: Panel,
    starts: Indices,
    *,
    horizon: int,
    season: int,
    lookback: int,
    least: int,
    stride: int = 1,
) -> Contest:
    """Return the walk over what begins at `starts` [series], and the simple answers to it.

    Series that are too short are left out of it, and a notice names them.

    Args:
        panel: the series.
        starts: int64 [series], the first held-out value of each; where there is no horizon from
            there on, or too little before it, the series is left out.
        horizon: steps ahead.
        season: in steps.
        lookback: known values that the linear autoregression may see, as many as a network.
        least: known values that a forecast needs.
        stride: steps between two origins.
    """
    held_out = np.maximum(panel.lengths - starts, horizon)
    can = judgeable(panel, starts, horizon, least)
    if not can.any():
        needed = max(least, horizon + 1)
        known = f"a lookback of {least}" if least == needed else f"{needed} known values"
        what = f"{known} and {held_out.max()} values to judge on"
        check_length(panel, needed + held_out, what)
    notices.on_short(panel, held_out, np.flatnonzero(~can))
    some = panel.only(np.flatnonzero(can))
    walk = Walk(
        series=tuple(some),
        starts=tuple(starts[can].tolist()),
        horizon=horizon,
        season=season,
        stride=stride,
        left_out=tuple(panel.ids[i] for i in np.flatnonzero(~can)),
        observed=some.observed,
    )
    of = references_in_parts if panel.mapped else references
    return Contest(walk, of(walk, lookback))


def contest_of(judgement: Judgement) -> Contest:
    """Return what was judged beside, to judge another forecast of the same walk."""
    forecasts = judgement.forecasts
    simple = {name: forecasts[name] for name in forecasts if name != NETWORK}
    return Contest(judgement.walk, simple)


def judgeable(panel: Panel, starts: Indices, horizon: int, least: int) -> Flags:
    """Return bool [series], which have a horizon from `starts` on, and as much as it takes before.

    Args:
        panel: the series.
        starts: int64 [series], the first held-out value of each.
        horizon: steps ahead.
        least: known values that a forecast needs.
    """
    can = (starts >= least) & (panel.lengths - starts >= horizon)
    return np.asarray(can & (int(starts[can].max(initial=0)) > horizon))  # one for `linear`


def without_short(panel: Panel, held_out: Indices) -> Panel:
    """Return the series with more values than are held out, and name the others in a notice."""
    short = np.flatnonzero(panel.lengths <= held_out)
    if len(short) == len(panel):
        needed = f"one known value and {held_out.max()} to judge on"
        check_length(panel, 1 + held_out, needed)
    notices.on_short(panel, held_out, short)
    return panel.only(np.flatnonzero(panel.lengths > held_out))


def judged(
    fitted: AnyFitted, panel: Panel, against: Contest, past: Past | None = None
) -> JudgementSummary:
    """Return how a forecaster does beside the simple answers.

    Of series that do not fit into memory no forecast is kept; the figures are the same.

    Args:
        fitted: the forecaster.
        panel: the series.
        against: what it is judged beside.
        past: what the stretch of its intervals was found on, where that may be what is judged.
    """
    walk, beside = against.walk, against.references
    places = panel.all_but(walk.left_out)
    starts = panel.lengths.copy()
    starts[places] = walk.starts
    notices.on_filled(panel, starts)
    settings = fitted.settings
    name = settings.network if settings.network in LEARNING else settings.method

    def own(some: slice, part: Walk) -> tuple[Forecasts, Intervals | None]:
        made = _predicted(fitted, panel, places[some], part, past)
        return by_series(fitted, part, made)

    if callable(beside):
        of_part = beside

        def methods_of(some: slice, part: Walk) -> OfPart:
            made, intervals = own(some, part)
            return {NETWORK: made, **of_part(some, part)}, intervals

        return judge_in_parts(walk, methods_of, name)
    made = [own(some, part) for some, part in walk.parts()]
    forecasts = tuple(one for of_part, _ in made for one in of_part)
    intervals = Intervals.together(walk, [ends for _, ends in made if ends is not None])
    return judge(walk, {NETWORK: forecasts, **beside}, intervals, name)


def _predicted(
    fitted: AnyFitted, panel: Panel, places: Indices, part: Walk, past: Past | None
) -> Prediction:
    """Return what a forecaster says from all origins of a part of a walk.

    Args:
        fitted: the forecaster.
        panel: the series.
        places: int64 [series], where those of the part stand in the panel.
        part: of the walk.
        past: see `judged`.
    """
    if past is None and panel is not fitted.panel and len(fitted.learned.ids) > 1:
        panel, places = panel.only(places), np.arange(len(places))  # scales are found of these
    series, origins = walk_origins(part, places)
    if past is not None and isinstance(fitted, FittedMethod) and fitted.stretches:
        return stretched_unseen(fitted, panel, past, series, origins)
    return predict_at(fitted, panel, series, origins)


def with_forecasts(judgement: JudgementSummary) -> Judgement:
    """Return a judgement that has kept its forecasts; refuse one that has not."""
    if isinstance(judgement, Judgement):
        return judgement
    raise SettingsError(
        "forecasts are compared one by one here, and those of series that memory does not hold "
        "are not kept; read the series, or some of them, into memory."
    )


def held_out_starts(fitted: AnyFitted, panel: Panel, test: int | None, *, learnt: bool) -> Indices:
    """Return int64 [series], where what a forecaster is judged on begins; see `judge_on`."""
    settings = fitted.settings
    held_out = test_lengths(panel, settings.horizon, test)
    if test == 0:
        raise SettingsError(f"`test` is 0; judging needs at least the horizon, {settings.horizon}.")
    seen = learnt & (held_out > fitted.held_out)
    known = seen & (fitted.held_out > 0)
    if known.any() or seen.all():
        most = min(fitted.held_out[known], default=0)
        raise SettingsError(
            f"`test` is {held_out.max()}, but `fit` held out {most} values, "
            "and nothing can be judged on what it has learnt from."
        )
    return np.where(seen, panel.lengths, panel.lengths - held_out)


def judge_on(
    fitted: AnyFitted, panel: Panel, test: int | None, *, learnt: bool
) -> JudgementSummary:
    """Return how a forecaster does on the end of every series.

    Args:
        fitted: a forecaster.
        panel: the series.
        test: how many values at the end of each to forecast; by default as in `fit`.
        learnt: whether they are the series of its own fit, of which only what was held out can be
            judged on.
    """
    if learnt and fitted.twin is not None:
        fitted = fitted.twin  # which has not seen that end
    settings, learned = fitted.settings, fitted.learned
    starts = held_out_starts(fitted, panel, test, learnt=learnt)
    against = contest(
        panel, starts, horizon=settings.horizon, season=learned.season,
        lookback=learned.lookback, least=fitted.least_history,
    )  # fmt: skip
    if not learnt:
        notices.on_differences(panel, starts, learned.clock, learned.season, learned.seen_until)
    past = None
    if learnt and isinstance(fitted, FittedMethod) and fitted.stretches and not fitted.network:
        past = past_of(fitted, panel)
    return judged(fitted, panel, against, past)
