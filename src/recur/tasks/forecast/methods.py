"""What can forecast and be compared: networks from small to large, and methods without training."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from recur.networks.cells import CELLS

DEFAULT = "gru"
"""The network that `recur forecast` takes by default, and that the verdict is on."""

NETWORKS: Mapping[str, Mapping[str, Any]] = {
    "one_value": {"cell": "mlp", "lookback": 1},
    "mlp": {"cell": "mlp"},
    **{name: {"cell": name} for name in CELLS},
    "deep": {"cell": "gru", "layers": 2},
    "conv_gru": {"cell": "gru", "filters": 16},
    "encoder_decoder": {"cell": "gru", "strategy": "encoder_decoder"},
}
"""What each method's network is, beside what all of them share."""

CLASSICAL = "classical"
"""The methods of the extra of that name: AutoETS, AutoARIMA and Theta."""

BLEND = "blend"
"""The mean of the pretrained network with two of them."""

PRETRAINED = "pretrained"
"""The network that comes with recur: it learnt from simulated series, and learns nothing here."""

TUNED = "tuned"
"""The same after it has learnt on from the series at hand."""

ALIGNED = "aligned"
"""A network of the same layout that learns from the series at hand alone, from nothing."""

LEARNING = (TUNED, ALIGNED)
"""Networks that read histories as the pretrained one does, and learn from the series at hand."""

METHODS = (*NETWORKS, PRETRAINED, TUNED, CLASSICAL)
"""What can be compared; the simple answers and the linear autoregression always are."""

TRAINED = "network"
"""The method of a forecaster that trains a network."""


@dataclass(frozen=True)
class Untrained:
    """A method that forecasts from what is known, without a training.

    Attributes:
        home: the module whose `forecast(name, known, levels)` answers: the name in the table, what
            is known (`recur.tasks.forecast.known.Known`) and the levels that it was asked for; it
            returns a `Prediction`.
        does: what it does, in a few words.
        takes: parameters of a forecaster that it takes, beside those that all methods do.
        interval_methods: those that it knows: conformal ones are found for every method, others
            take ends of its own.
    """

    home: str
    does: str
    takes: tuple[str, ...] = ()
    interval_methods: tuple[str, ...] = ("conformal",)


_SIMPLE, _CLASSICAL = "recur.tasks.forecast.simple", "recur.tasks.forecast.classical"
_OWN_QUANTILES = ("conformal", "quantiles", "conformal_quantiles")

UNTRAINED: Mapping[str, Untrained] = {
    PRETRAINED: Untrained(
        "recur.tasks.forecast.pretrained",
        "a recurrent network that learnt from simulated series",
        ("network", "threads"),
        _OWN_QUANTILES,
    ),
    "last_value": Untrained(_SIMPLE, "repeats the last value"),
    "seasonal_naive": Untrained(_SIMPLE, "repeats the last season"),
    "drift": Untrained(_SIMPLE, "continues the straight line from the first to the last value"),
    "mean": Untrained(_SIMPLE, "the mean of all known values"),
    "window_mean": Untrained(_SIMPLE, "the mean of the newest values", ("lookback",)),
    "seasonal_mean": Untrained(_SIMPLE, "the mean of past seasons"),
    "linear": Untrained(_SIMPLE, "one linear autoregression of all series", ("lookback",)),
    "ets": Untrained(_CLASSICAL, "exponential smoothing, chosen for each series"),
    "arima": Untrained(_CLASSICAL, "ARIMA, chosen for each series"),
    "theta": Untrained(_CLASSICAL, "two lines through each series, the season taken out"),
    BLEND: Untrained(
        "recur.tasks.forecast.blend",
        "the mean of the pretrained network and of AutoETS and Theta",
        ("threads",),
    ),
}
"""The methods without a training: a line for each."""

FORECASTERS = (TRAINED, *UNTRAINED)
"""What a forecaster can be."""

_TUNING = ("validation", "minutes", "seed", "refit")
_SHARED = ("method", "horizon", "season", "intervals", "interval_method", "calibration")


def effective(method: str, network: str) -> str:
    """Return the method that two parameters name: a network may be of the pretrained one's kind."""
    return PRETRAINED if method == TRAINED and network in (PRETRAINED, *LEARNING) else method


def taken_by(method: str, network: str = "auto") -> tuple[str, ...]:
    """Return the parameters that a method of the table below takes.

    >>> taken_by("theta")[:3]
    ('method', 'horizon', 'season')
    """
    tuning = _TUNING if network in LEARNING else ()
    return (*_SHARED, *UNTRAINED[method].takes, *tuning)


def refuse_others(method: str, network: str, given: Iterable[str]) -> None:
    """Refuse parameters that mean nothing to a method without a training.

    Args:
        method: of the forecaster.
        network: which one, as asked.
        given: the names of the parameters that the user gave.
    """
    method = effective(method, network)
    if method not in UNTRAINED:  # a network takes all, and what is no method is refused as such
        return
    takes = taken_by(method, network)
    for name in given:
        if name not in takes:
            from recur.errors import SettingsError

            if method == PRETRAINED:
                kind = network if network in LEARNING else PRETRAINED
                what = "which is laid out as the one that" if kind == ALIGNED else "which"
                raise SettingsError(
                    f"`{name}` is for the training of a network of one's own, and `network` is "
                    f"'{kind}', {what} comes with recur; leave one of them out, or take 'trained'."
                )
            raise SettingsError(
                f"`{name}` is for networks, and `method` is '{method}', which has none; leave one "
                f"of them out ({method} takes {', '.join(takes[1:])})."
            )
