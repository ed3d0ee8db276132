"""A fitted forecaster on a walk over the end of its series, beside the simple answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from recur.arrays import Flags, Indices
from recur.data.panel.panel import Panel, check_length
from recur.errors import SettingsError
from recur.judge import Forecasts, Judgement, Method, Walk, judge, references
from recur.judge.forecast.verdict import NETWORK
from recur.tasks import notices
from recur.tasks.forecast.defaults import test_lengths
from recur.tasks.forecast.fitted import AnyFitted, FittedMethod
from recur.tasks.forecast.methods import LEARNING
from recur.tasks.forecast.predict import by_series, predict_at, walk_origins
from recur.tasks.forecast.stretching import Past, past_of, stretched_unseen


class Contest(NamedTuple):
    """A walk, and the simple answers to it.

    Attributes:
        walk: over the held-out end of every series.
        references: the simple answers by name, as methods or as their forecasts.
    """

    walk: Walk
    references: Mapping[str, Method | Forecasts]


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
    return Contest(walk, references(walk, lookback))


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
) -> Judgement:
    """Return how a forecaster does beside the simple answers.

    Args:
        fitted: the forecaster.
        panel: the series.
        against: what it is judged beside.
        past: what the stretch of its intervals was found on, where that may be what is judged.
    """
    starts = panel.lengths.copy()
    starts[panel.all_but(against.walk.left_out)] = against.walk.starts
    notices.on_filled(panel, starts)
    # All at once, since thousands of short calls would take longer than what they compute.
    series, origins = walk_origins(panel, against.walk)
    if past is not None and isinstance(fitted, FittedMethod) and fitted.stretches:
        prediction = stretched_unseen(fitted, panel, past, series, origins)
    else:
        prediction = predict_at(fitted, panel, series, origins)
    forecasts, intervals = by_series(fitted, against.walk, prediction)
    methods = {NETWORK: forecasts, **against.references}
    settings = fitted.settings
    name = settings.network if settings.network in LEARNING else settings.method
    return judge(against.walk, methods, intervals, name)


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


def judge_on(fitted: AnyFitted, panel: Panel, test: int | None, *, learnt: bool) -> Judgement:
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
