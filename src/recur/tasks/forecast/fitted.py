"""What fitting a forecaster has learnt: one frozen object, and the schema of its file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from recur.arrays import Float64s, Indices
from recur.data.panel.panel import Panel
from recur.data.panel.scaling import Scaler
from recur.errors import SettingsError
from recur.files.modelfile import Contents
from recur.judge import JudgementSummary, Walk
from recur.networks.spec import Values
from recur.tasks.base import check_tensors, checked
from recur.tasks.forecast.cards import TuningRecord
from recur.tasks.forecast.learned import LearnedForecaster, LearnedSeries
from recur.tasks.forecast.methods import TRAINED, taken_by
from recur.tasks.forecast.network import network
from recur.tasks.forecast.pretrained import Pretrained
from recur.tasks.forecast.settings import ForecasterParameters


class Tuned(NamedTuple):
    """What tuning ends with.

    Attributes:
        network: what forecasts.
        record: how it came about.
        stretch: float64 [levels, horizon], how many times as far as its own its intervals reach.
    """

    network: Pretrained
    record: TuningRecord
    stretch: Float64s


@dataclass(frozen=True, eq=False, kw_only=True)
class _Fitted:
    """What every fitted forecaster holds.

    Attributes:
        settings: the parameters that it was fitted with.
        learned: what was learnt and chosen, but for arrays.
        error_scale: what errors of each series are measured in.
        interval_margins: float64 [levels, horizon], how far conformal intervals reach, in that
            scale, or how many times as far as the method's own; no levels where they are not
            conformal.
        panel: the series of the fit; None for one that was loaded.
        judgement: on what `fit` held out, without its forecasts where it was loaded; None where
            nothing was.
    """

    settings: ForecasterParameters
    learned: LearnedSeries
    error_scale: Scaler
    interval_margins: Float64s
    panel: Panel | None = None
    judgement: JudgementSummary | None = None

    @property
    def stretches(self) -> bool:
        """Say whether the margins are how many times as far as its own the intervals reach."""
        return False

    @property
    def held_out(self) -> Indices:
        """Return int64 [series], how many values at the end of each were judged on."""
        walk = None if self.judgement is None else self.judgement.walk
        if self.panel is None or not isinstance(walk, Walk):
            return np.zeros(len(self.learned.ids), np.int64)
        held_out = np.zeros(len(self.panel), np.int64)
        held_out[self.panel.all_but(walk.left_out)] = walk.lengths - np.array(walk.starts)
        return held_out

    def tensors(self) -> dict[str, Any]:
        """Return the tensors of its file."""
        return {
            "scaling.unit": self.error_scale.spread,
            "scaling.reach": self.interval_margins,
        }


@dataclass(frozen=True, eq=False, kw_only=True)
class FittedMethod(_Fitted):
    """A method without a training that can forecast: what it needs are the histories to come.

    Attributes, beside those of every fitted forecaster:
        network: the pretrained one that has learnt on; None where none has.
        twin: what was judged, where this one has learnt on from all values after it; None for one
            that was loaded.
    """

    network: Pretrained | None = None
    twin: FittedMethod | None = None

    def tensors(self) -> dict[str, Any]:
        """Return the tensors of its file."""
        own = self.network
        tuned = {} if own is None else {"tuned.encoder": own.encoder, "tuned.decoder": own.decoder}
        return {**super().tensors(), **tuned}

    @property
    def again(self) -> int | None:
        """Return the steps of the learning from all values, where that is what forecasts."""
        return None if self.learned.tuning is None else self.learned.tuning.again

    @property
    def least_history(self) -> int:
        """Return how many known values a forecast needs."""
        return 1

    @property
    def looks_further(self) -> bool:
        """Say whether it can look further ahead than it was fitted for."""
        return True

    @property
    def stretches(self) -> bool:
        """Say whether the margins are how many times as far as its own the intervals reach."""
        return self.settings.interval_method == "conformal_quantiles"

    @property
    def chosen(self) -> dict[str, Any]:
        """Return the parameters that it takes, with what was chosen from the data."""
        chosen = {"season": self.learned.season, "lookback": self.learned.lookback}
        taken = taken_by(self.settings.method, self.settings.network)
        return {name: chosen.get(name, getattr(self.settings, name)) for name in taken}

    @staticmethod
    def read(contents: Contents) -> FittedMethod:
        """Return what a file holds, checking that it fits together."""
        settings = checked(ForecasterParameters, contents.header["settings"])
        learned = LearnedSeries.from_dict(contents.header["learned"])
        _check_named(settings, learned, ("lookback", "season"))
        tensors = dict(contents.tensors)
        check_tensors(tensors, [name for name in tensors if name.startswith("scaling.")])
        network = None
        if learned.tuning is not None:
            parts = (tensors.pop(f"tuned.{name}") for name in ("encoder", "decoder"))
            network = Pretrained(learned.tuning.card, *parts)
            network.check()
        unit, margins = (tensors.pop(f"scaling.{name}") for name in ("unit", "reach"))
        if tensors:
            raise SettingsError(f"its tensor `{min(tensors)}` is none of its method's.")
        _check_scales(settings, learned, margins, unit)
        return FittedMethod(
            settings=settings,
            learned=learned,
            error_scale=Scaler("window", np.zeros_like(unit), unit),
            interval_margins=margins,
            network=network,
            judgement=JudgementSummary.from_dict(contents.header.get("judgement")),
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class FittedForecaster(_Fitted):
    """A trained network that can forecast.

    Attributes, beside those of every fitted forecaster:
        weights: float32 [size], of the network.
        scaler: how the values of each series are scaled.
        twin: what was judged, where this one was trained again after it; None for one that was
            loaded.
    """

    learned: LearnedForecaster
    weights: Values
    scaler: Scaler
    twin: FittedForecaster | None = None

    @property
    def again(self) -> int | None:
        """Return the steps of the training on all values, where that is what forecasts."""
        return self.learned.again

    @property
    def least_history(self) -> int:
        """Return how many known values a forecast needs."""
        learned = self.learned
        return learned.least_history or self.settings.least_history or learned.lookback

    @property
    def looks_further(self) -> bool:
        """Say whether it can look further ahead than it was fitted for."""
        return self.settings.strategy in ("recursive", "encoder_decoder")

    @property
    def chosen(self) -> dict[str, Any]:
        """Return the parameters that were chosen from the data."""
        names = ("lookback", "season", "hidden", "loss", "residual", "scaling")
        chosen = {name: getattr(self.learned, name) for name in names}
        return {**chosen, "calendar": bool(self.learned.encoding.calendar)}

    def tensors(self) -> dict[str, Any]:
        """Return the tensors of its file."""
        return {
            **self.learned.network.named(self.weights),
            "scaling.centre": self.scaler.centre,
            "scaling.spread": self.scaler.spread,
            **super().tensors(),
        }

    @staticmethod
    def read(contents: Contents) -> FittedForecaster:
        """Return what a file holds, checking that it fits together."""
        settings = checked(ForecasterParameters, contents.header["settings"])
        learned = LearnedForecaster.from_dict(contents.header["learned"])
        _check_choices(settings, learned)
        tensors = dict(contents.tensors)
        check_tensors(tensors, [name for name in tensors if name.startswith("scaling.")])
        kept = ("centre", "spread", "unit", "reach")
        centre, spread, unit, margins = (tensors.pop(f"scaling.{name}") for name in kept)
        _check_scales(settings, learned, margins, centre, spread, unit)
        return FittedForecaster(
            settings=settings,
            learned=learned,
            weights=learned.network.flat(tensors),
            scaler=Scaler(learned.scaling, centre, spread),
            error_scale=Scaler("window", np.zeros_like(unit), unit),
            interval_margins=margins,
            judgement=JudgementSummary.from_dict(contents.header.get("judgement")),
        )


AnyFitted = FittedForecaster | FittedMethod
"""A forecaster that can forecast, whatever it is."""


def read_fitted(contents: Contents) -> AnyFitted:
    """Return what a file holds, checking that it fits together."""
    if contents.header["settings"].get("horizon") == 0:
        raise SettingsError("its `horizon` is 0, which no fit leaves.")
    method = contents.header["settings"].get("method", TRAINED)  # older files have networks alone
    return FittedForecaster.read(contents) if method == TRAINED else FittedMethod.read(contents)


def _check_scales(
    settings: ForecasterParameters, learned: LearnedSeries, margins: Float64s, *scales: Float64s
) -> None:
    """Refuse scales that are not one for each series, and margins that are not one for a step."""
    if {scale.shape for scale in scales} != {(len(learned.ids),)}:
        raise SettingsError(f"its scaling is not that of its {len(learned.ids)} series.")
    conformal = settings.interval_method.startswith("conformal")
    if margins.shape != (len(settings.intervals) if conformal else 0, settings.horizon):
        raise SettingsError(
            f"its intervals have the shape {margins.shape}, not that of its levels."
        )


def _check_choices(settings: ForecasterParameters, learned: LearnedForecaster) -> None:
    """Refuse choices that the settings do not allow, which no fit would have made."""
    described = network(settings, learned.lookback, learned.hidden, learned.network.inputs)
    if learned.network != described:
        raise SettingsError("its network is not the one that its settings describe.")
    _check_named(settings, learned, ("lookback", "season", "hidden", "residual"))
    if learned.encoding.holidays != settings.holidays:
        raise SettingsError("its `holidays` are not those that its settings name.")
    if learned.residual == "seasonal" and learned.season > learned.lookback:
        raise SettingsError("its season is longer than its lookback.")


def _check_named(
    settings: ForecasterParameters, learned: LearnedSeries, names: tuple[str, ...]
) -> None:
    for name in names:
        if getattr(settings, name) not in (None, getattr(learned, name)):
            raise SettingsError(f"its `{name}` is not the one that its settings name.")
