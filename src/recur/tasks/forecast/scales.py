"""In which scale a fitted forecaster meets series: as learnt where they are known, else theirs."""

from __future__ import annotations

import numpy as np

from recur.arrays import Float64s, Indices
from recur.data.panel.panel import Panel
from recur.data.panel.scaling import Scaler
from recur.notices import notice
from recur.tasks.forecast.fitted import AnyFitted, FittedForecaster
from recur.tasks.forecast.known import first_origins

_FAR = 10.0  # spreads from the centre of training


def window_scaler(
    fitted: FittedForecaster, panel: Panel, series: Indices, origins: Indices
) -> Scaler:
    """Return how the windows before some origins are scaled."""
    return _scaler(fitted, panel, series, origins, fitted.scaler)


def error_units(fitted: AnyFitted, panel: Panel, series: Indices, origins: Indices) -> Float64s:
    """Return float64 [origins], what errors of each series are measured in."""
    scaler = _scaler(fitted, panel, series, origins, fitted.error_scale)
    return np.asarray(scaler.spread[series])


def scaler_for(panel: Panel, ends: Indices, learnt: Scaler, learnt_ids: tuple[str, ...]) -> Scaler:
    """Return the scaler for a panel: as learnt where a series is known, else fitted to it.

    A model of one series takes the one series it is given for the same; where that lies far
    outside what training has seen, a notice says so. Only values before `ends` [series] are looked
    at.
    """
    histories = [values[:end] for values, end in zip(panel, ends, strict=True)]
    if len(panel) == len(learnt_ids) == 1 or panel.ids == learnt_ids:
        _notice_strangers(panel, histories, learnt)
        return learnt
    scaler = Scaler.fit(learnt.kind, histories)
    numbers = {name: i for i, name in enumerate(learnt_ids)}
    places = np.array([numbers.get(name, -1) for name in panel.ids])
    return Scaler(
        learnt.kind,
        np.where(places >= 0, learnt.centre[places], scaler.centre),
        np.where(places >= 0, learnt.spread[places], scaler.spread),
    )


def _scaler(
    fitted: AnyFitted, panel: Panel, series: Indices, origins: Indices, learnt: Scaler
) -> Scaler:
    """Return the scaler of a panel; of other data nothing from its first origin on is seen."""
    if panel is fitted.panel:
        return learnt
    ends = first_origins(panel, series, origins)
    return scaler_for(panel, ends, learnt, fitted.learned.ids)


def _notice_strangers(panel: Panel, histories: list[Float64s], learnt: Scaler) -> None:
    """Tell the user of series that bear the name of a learnt one and are at another level."""
    if learnt.kind in ("window", "none"):
        return
    means = np.array([history.mean() for history in histories])
    far = np.flatnonzero(np.abs(means - learnt.centre) > _FAR * learnt.spread)
    if len(far):
        notice(
            f"series `{panel.ids[far[0]]}` has a mean of {means[far[0]]:.6g}, far from what "
            f"training has seen around {learnt.centre[far[0]]:.6g}; if it is another series, use "
            "a model with `scaling` 'window'."
        )
