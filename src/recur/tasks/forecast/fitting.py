"""Fitting a method without a training: what it forecasts by is chosen, calibrated and judged."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from recur.arrays import Indices
from recur.data.panel.covariates import Covariates
from recur.data.panel.encoding import Encoding
from recur.data.panel.panel import Panel, check_length
from recur.data.panel.scaling import Scaler
from recur.errors import SettingsError
from recur.notices import notice
from recur.tasks.forecast import defaults
from recur.tasks.forecast.fitted import FittedMethod, LearnedSeries
from recur.tasks.forecast.intervals import calibrated_margins
from recur.tasks.forecast.judge import contest, judged
from recur.tasks.forecast.settings import ForecasterParameters


def fitted_method(
    settings: ForecasterParameters, panel: Panel, test: int | None, **of_networks: Any
) -> FittedMethod:
    """Return a method that was judged on the end of every series, and can forecast.

    Nothing of that end decides season, lookback or how far intervals reach. Where a series is too
    short for the end that is held out by default, nothing is judged, and a notice says so.

    Args:
        settings: the parameters.
        panel: the series.
        test: how many values at the end of each to hold out; 0 for none.
        **of_networks: what only the fit of a network takes, which have to be None.
    """
    _refuse(settings.method, panel, of_networks)
    ends = _ends(panel, settings.horizon, test)
    season = defaults.season_length(panel.without_last(panel.lengths - ends), settings.season)
    lookback = defaults.lookback_length(
        settings.lookback, settings.horizon, season, int(ends.min())
    )
    levels = settings.intervals if settings.conformal else ()
    kept = defaults.calibration_lengths(
        settings.calibration, ends, settings.horizon, levels, len(panel)
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
        ),
        error_scale=Scaler.fit("window", [v[:n] for v, n in zip(panel, starts, strict=True)]),
        interval_margins=np.zeros((0, settings.horizon)),
        panel=panel,
    )
    if settings.conformal:
        margins = calibrated_margins(fitted, panel, starts, ends)
        fitted = replace(fitted, interval_margins=margins)
    if (ends == panel.lengths).all():
        return fitted
    against = contest(
        panel, ends, horizon=settings.horizon, season=season, lookback=lookback,
        least=fitted.least_history,
    )  # fmt: skip
    return replace(fitted, judgement=judged(fitted, panel, against))


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


def _refuse(method: str, panel: Panel, of_networks: dict[str, Any]) -> None:
    """Refuse what only a network can take."""
    given = [name for name, value in of_networks.items() if value is not None]
    if given:
        raise SettingsError(
            f"`{given[0]}` is for the training of a network, and `method` is '{method}', which "
            "has none; leave one of them out."
        )
    beside, kept = panel.covariates, values_alone(panel).covariates
    if beside is None:
        return
    labels = beside.label_names[0 if kept is None else 1 :]
    columns = (*beside.past_names, *beside.known_names, *beside.static_names, *labels)
    if columns:
        raise SettingsError(
            f"column `{columns[0]}` stands beside the values, and `method` is '{method}', which "
            "sees the values alone; leave one of them out."
        )


def _ends(panel: Panel, horizon: int, test: int | None) -> Indices:
    """Return int64 [series], where what is held out begins; nothing is where that is too short."""
    held_out = defaults.test_lengths(panel, horizon, test)
    if test is not None:
        check_length(panel, 1 + held_out, f"one known value and {held_out.max()} to judge on")
    short = np.flatnonzero(panel.lengths <= held_out)
    if not len(short):
        return np.asarray(panel.lengths - held_out, np.int64)
    first = int(short[0])
    notice(
        f"series `{panel.ids[first]}` has {panel.lengths[first]} values, too few to hold out "
        f"{held_out[first]} of them: nothing is judged."
    )
    return panel.lengths
