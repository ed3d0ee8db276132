"""In which scale a fitted forecaster meets series: as learnt where they are known, else theirs."""

from __future__ import annotations

import numpy as np

from recur.arrays import Flags, Float64s, Indices
from recur.data.panel.panel import Panel
from recur.data.panel.scaling import Scaler
from recur.notices import notice
from recur.tasks.forecast.fitted import AnyFitted, FittedForecaster
from recur.tasks.forecast.known import first_origins

_FAR = 10.0  # spreads from the centre of training
_OTHER = 5.0  # times as large or as small as the steps of training


def window_scaler(
    fitted: FittedForecaster, panel: Panel, series: Indices, origins: Indices
) -> Scaler:
    """Return how the windows before some origins are scaled."""
    return _scaler(fitted, panel, series, origins, fitted.scaler, tell=True)


def error_units(fitted: AnyFitted, panel: Panel, series: Indices, origins: Indices) -> Float64s:
    """Return float64 [origins], what errors of each series are measured in."""
    scaler = _scaler(fitted, panel, series, origins, fitted.error_scale)
    return np.asarray(scaler.spread[series])


def _scaler(
    fitted: AnyFitted,
    panel: Panel,
    series: Indices,
    origins: Indices,
    learnt: Scaler,
    *,
    tell: bool = False,
) -> Scaler:
    """Return the scaler of a panel: as learnt where a series is known, else fitted to it.

    Of other data than those of the fit nothing from their first origin on is seen.
    """
    if panel is fitted.panel:
        return learnt
    ends = first_origins(panel, series, origins)
    histories = [values[:end] for values, end in zip(panel, ends, strict=True)]
    places = places_of(panel, fitted.learned.ids)
    known = places >= 0
    known &= ~_others(fitted, panel, histories, places, tell=tell)
    scaler = Scaler.fit(learnt.kind, histories)
    return Scaler(
        learnt.kind,
        np.where(known, learnt.centre[places], scaler.centre),
        np.where(known, learnt.spread[places], scaler.spread),
    )


def places_of(panel: Panel, learnt: tuple[str, ...]) -> Indices:
    """Return int64 [series], which learnt series each is, -1 for none.

    A model of one series takes the one series it is given for the same.
    """
    if panel.whole and len(panel) == len(learnt) == 1:
        return np.zeros(1, np.int64)
    numbers = {name: i for i, name in enumerate(learnt)}
    return np.array([numbers.get(name, -1) for name in panel.ids], np.int64)


def _others(
    fitted: AnyFitted,
    panel: Panel,
    histories: list[Float64s],
    places: Indices,
    *,
    tell: bool,
) -> Flags:
    """Return bool [series], which bear the name of a learnt one and are on another scale.

    Training and they are compared over the time that both have seen, where there is one: a series
    that has grown since is still itself.
    """
    named = np.flatnonzero(places >= 0)
    others = np.zeros(len(panel), np.bool_)
    if not len(named):
        return others
    scaler = fitted.scaler if isinstance(fitted, FittedForecaster) else fitted.error_scale
    unit = fitted.error_scale.spread[places]
    shared = [
        _shared(fitted, histories[i], panel.times[start : start + len(histories[i])])
        for i, start in zip(named.tolist(), panel.offsets[named].tolist(), strict=True)
    ]
    steps, means = np.zeros(len(panel)), np.zeros(len(panel))
    steps[named] = [np.sqrt(np.mean(np.diff(part, prepend=part[:1]) ** 2)) for part in shared]
    means[named] = [part.mean() for part in shared]
    centre, spread = scaler.centre[places], scaler.spread[places]
    far = np.abs(means - centre) > _FAR * spread
    if scaler.kind not in ("series", "minmax"):  # which know no level
        far[:] = False
    others |= far | (steps > _OTHER * unit) | ((steps > 0) & (steps < unit / _OTHER))
    others &= places >= 0
    told = others & (tell and (fitted.settings.conformal or scaler.kind != "window"))
    if scaler.kind == "none" and not fitted.settings.conformal:
        # The network sees values as they are: what any series of training has shown is not new.
        told &= steps > _OTHER * fitted.error_scale.spread.max()
    if told.any():  # something that is said is in units of the series
        one = int(np.argmax(told))
        found = f"it moves by {steps[one]:.3g} a step, not by {unit[one]:.3g}"
        if far[one]:
            found = f"its mean is {means[one]:.6g}, not near {centre[one]:.6g}"
        then = "is taken for another series, and scaled by its own values."
        if scaler.kind == "none":
            then = "is met as it is, which the network has never seen; take another `scaling`."
        notice(
            f"series `{panel.ids[one]}` is not on the scale that training has seen ({found}): it "
            f"{then}"
        )
    return others


def _shared(fitted: AnyFitted, values: Float64s, times: Indices) -> Float64s:
    """Return the values that training may have seen as well, or all, where these are too few."""
    seen = values[: np.searchsorted(times, fitted.learned.seen_until, "right")]
    return seen if len(seen) >= max(2, fitted.least_history) else values
