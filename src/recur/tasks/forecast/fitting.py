"""Fitting a method without a training: what it forecasts by is chosen, calibrated and judged."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from recur.data.histories.spans import FEWEST
from recur.data.panel.covariates import Covariates
from recur.data.panel.encoding import Encoding
from recur.data.panel.panel import Panel
from recur.data.panel.scaling import Scaler
from recur.errors import SettingsError
from recur.tasks import notices
from recur.tasks.forecast import defaults
from recur.tasks.forecast.fitted import FittedMethod, Tuned
from recur.tasks.forecast.intervals import calibrated_margins
from recur.tasks.forecast.judge import contest, judgeable, judged
from recur.tasks.forecast.learned import LearnedSeries
from recur.tasks.forecast.methods import PRETRAINED
from recur.tasks.forecast.settings import ForecasterParameters
from recur.tasks.forecast.stretching import past_of, stretched_by, with_stretch
from recur.tasks.forecast.walking import bounded_walk, whole_walk


def fitted_method(
    settings: ForecasterParameters,
    panel: Panel,
    test: int | None,
    *,
    looked: bool = False,
    tuned: Tuned | None = None,
    **of_networks: Any,
) -> FittedMethod:
    """Return a method that was judged on the end of every series, and can forecast.

    Nothing of that end decides season, lookback or how far intervals reach. A series that is too
    short for it is forecast and not judged, and a notice says so.

    Args:
        settings: the parameters.
        panel: the series.
        test: how many values at the end of each to hold out; 0 for none.
        looked: whether it was chosen on the values before that end, so that only the end can be
            judged on; else the pretrained network, which nothing was learnt for, is judged on all.
        tuned: the pretrained network after it has learnt from the values before that end.
        **of_networks: what only the fit of a network takes, which have to be None.
    """
    refuse_beside(settings.method, panel, of_networks)
    horizon, least = settings.horizon, FEWEST if settings.method == PRETRAINED else 1
    begins, stride = panel.lengths - defaults.test_lengths(panel, horizon, test), 1
    can = judgeable(panel, begins, horizon, least)
    ends = np.where(can, begins, panel.lengths)
    seen = panel.before(ends)
    if can.any():
        seen = [seen[i] for i in np.flatnonzero(can)]
    season = defaults.season_length(seen, panel.clock, settings.season)
    lookback = defaults.lookback_length(
        settings.lookback, horizon, season, int(ends[can].min() if can.any() else ends.max())
    )
    if test is None and settings.method == PRETRAINED:
        unseen = not looked and _needs_no_look(settings, panel, season)
        walk = whole_walk if unseen else partial(bounded_walk, first=ends)
        begins, stride = walk(panel, horizon=horizon, season=season)
        can = judgeable(panel, begins, horizon, least)
        ends = np.where(can, begins, panel.lengths)
    starts = ends
    if settings.interval_method == "conformal" and settings.intervals:
        kept = defaults.calibration_lengths(
            settings.calibration, ends, settings.horizon, settings.intervals, len(panel)
        )
        starts = np.maximum(1, ends - kept)
    fitted = FittedMethod(
        settings=settings,
        learned=LearnedSeries(
            lookback=lookback,
            season=season,
            encoding=Encoding.fit(panel, ends, calendar=False),
            ids=panel.ids,
            clock=panel.clock,
            target=panel.target,
            seen_until=int(panel.times[panel.offsets[:-1] + ends - 1].max()),
            tuning=tuned.record if tuned is not None else None,
        ),
        network=tuned.network if tuned is not None else None,
        error_scale=Scaler.fit("window", panel.before(starts)),
        interval_margins=np.zeros((0, settings.horizon)),
        panel=panel,
    )
    past = None
    if fitted.stretches and tuned is not None:  # which has learnt from what is past
        fitted = stretched_by(fitted, tuned.stretch)
    elif fitted.stretches:
        past = past_of(fitted, panel)
        fitted = with_stretch(fitted, past)
    elif settings.conformal:
        margins = calibrated_margins(fitted, panel, starts, ends)
        fitted = replace(fitted, interval_margins=margins)
    if test == 0:
        return fitted
    if test is None and not can.any():
        notices.on_short(panel, np.maximum(panel.lengths - begins, horizon), np.arange(len(panel)))
        return fitted
    against = contest(
        panel, begins, horizon=horizon, season=season, lookback=lookback, least=least, stride=stride
    )
    return replace(fitted, judgement=judged(fitted, panel, against, past))


def values_alone(panel: Panel) -> Panel:
    """Return a panel without the columns beside its values, for a method that sees none."""
    beside = panel.covariates
    if beside is None:
        return panel
    if len(panel.targets) == 1:
        return replace(panel, covariates=None)
    # Several targets have a label of their own, the first, which is no column of the data.
    kept = replace(
        Covariates.none(panel.lengths),
        label_names=beside.label_names[:1],
        labels=beside.labels[:1],
    )
    return replace(panel, covariates=kept)


def columns_beside(panel: Panel) -> tuple[str, ...]:
    """Return the columns beside the values, which only a network of one's own sees."""
    beside, kept = panel.covariates, values_alone(panel).covariates
    if beside is None:
        return ()
    labels = beside.label_names[0 if kept is None else 1 :]
    return (*beside.past_names, *beside.known_names, *beside.static_names, *labels)


def refuse_beside(method: str, panel: Panel, of_networks: dict[str, Any]) -> None:
    """Refuse what only a network of one's own can take: arguments, columns beside the values."""
    given = [name for name, value in of_networks.items() if value is not None]
    if given:
        raise SettingsError(
            f"`{given[0]}` is for the training of a network, and `method` is '{method}', which "
            "has none; leave one of them out."
        )
    columns = columns_beside(panel)
    if columns:
        raise SettingsError(
            f"column `{columns[0]}` stands beside the values, and `method` is '{method}', which "
            "sees the values alone; leave one of them out."
        )


def _needs_no_look(settings: ForecasterParameters, panel: Panel, season: int) -> bool:
    """Say whether the period that histories are read with is known without the values."""
    suggested = panel.clock.seasons()
    return settings.season is not None or season in (1, *suggested[:1])
