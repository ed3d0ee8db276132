"""A fitted forecaster on a walk over the end of its series, beside the simple answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from recur.arrays import Indices
from recur.data.panel.panel import Panel, check_length
from recur.errors import SettingsError
from recur.judge import Forecasts, Judgement, Method, Walk, judge, references
from recur.judge.forecast.verdict import NETWORK
from recur.tasks import notices
from recur.tasks.forecast.defaults import test_lengths
from recur.tasks.forecast.fitted import AnyFitted
from recur.tasks.forecast.predict import predict_walk


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

    Args:
        panel: the series.
        starts: int64 [series], the first held-out value of each.
        horizon: steps ahead.
        season: in steps.
        lookback: known values that the linear autoregression may see, as many as a network.
        least: known values that a forecast needs.
        stride: steps between two origins.
    """
    held_out = panel.lengths - starts
    needed = f"a lookback of {least} and {held_out.max()} values to judge on"
    check_length(panel, least + held_out, needed)
    walk = Walk(
        series=tuple(panel),
        starts=tuple(int(start) for start in starts),
        horizon=horizon,
        season=season,
        stride=stride,
    )
    return Contest(walk, references(walk, lookback))


def judged(fitted: AnyFitted, panel: Panel, against: Contest) -> Judgement:
    """Return how a forecaster does beside the simple answers."""
    notices.on_filled(panel, np.array(against.walk.starts))
    forecasts, intervals = predict_walk(fitted, panel, against.walk)
    methods = {NETWORK: forecasts, **against.references}
    return judge(against.walk, methods, intervals, fitted.settings.method)


def held_out_starts(fitted: AnyFitted, panel: Panel, test: int | None, *, learnt: bool) -> Indices:
    """Return int64 [series], where what a forecaster is judged on begins; see `judge_on`."""
    settings = fitted.settings
    held_out = test_lengths(panel, settings.horizon, test)
    if test == 0:
        raise SettingsError(f"`test` is 0; judging needs at least the horizon, {settings.horizon}.")
    if learnt and (held_out > fitted.held_out).any():
        raise SettingsError(
            f"`test` is {held_out.max()}, but `fit` held out {fitted.held_out.min()} values, "
            "and nothing can be judged on what it has learnt from."
        )
    return np.asarray(panel.lengths - held_out, np.int64)


def judge_on(fitted: AnyFitted, panel: Panel, test: int | None, *, learnt: bool) -> Judgement:
    """Return how a forecaster does on the end of every series.

    Args:
        fitted: a forecaster.
        panel: the series.
        test: how many values at the end of each to forecast; by default as in `fit`.
        learnt: whether they are the series of its own fit, of which only what was held out can be
            judged on.
    """
    settings, learned = fitted.settings, fitted.learned
    starts = held_out_starts(fitted, panel, test, learnt=learnt)
    against = contest(
        panel, starts, horizon=settings.horizon, season=learned.season,
        lookback=learned.lookback, least=fitted.least_history,
    )  # fmt: skip
    if not learnt:
        notices.on_differences(panel, starts, learned.clock, learned.season, learned.seen_until)
    return judged(fitted, panel, against)
