"""What a forecaster keeps in its file, and how it comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import Field

from recur.data.clock import Clock
from recur.data.panel.encoding import Encoding
from recur.data.panel.scaling import Scaler, ScalingKind
from recur.data.sources.windows import Residual
from recur.engines.registry import ENGINES
from recur.errors import SettingsError
from recur.files.modelfile import Contents
from recur.networks.spec import NetworkSpec
from recur.settings import Settings
from recur.tasks.base import check_tensors
from recur.tasks.forecast import prepare
from recur.training.history import Epoch

if TYPE_CHECKING:
    from recur.tasks.forecast.forecaster import Forecaster

Count = Annotated[int, Field(ge=1, le=10**7)]


class Learned(Settings):
    """What a forecaster has learnt and chosen, but for its tensors; see its attributes."""

    lookback: Count
    season: Count
    hidden: Count
    loss: str
    residual: Residual
    epochs: Count
    encoding: Encoding
    sees_gaps: bool
    engine: str
    network: NetworkSpec
    scaling: ScalingKind
    ids: tuple[str, ...]
    clock: Clock
    target: str
    seen_until: int
    history: tuple[Epoch, ...]
    kept_epoch: int
    rescues: int = 0  # of files that do not tell
    ended: str


def contents(model: Forecaster) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a fitted forecaster has learnt: JSON values and tensors."""
    learned = Learned(
        lookback=model.lookback_,
        season=model.season_,
        hidden=model.hidden_,
        loss=model.loss_,
        residual=model.residual_,
        epochs=model.epochs_,
        encoding=model.encoding_,
        sees_gaps=model.sees_gaps_,
        engine=model.engine_,
        network=model.network_,
        scaling=model.scaler_.kind,
        ids=model.ids_,
        clock=model.clock_,
        target=model.target_,
        seen_until=model.seen_until_,
        history=model.history_,
        kept_epoch=model.kept_epoch_,
        rescues=model.rescues_,
        ended=model.ended_,
    )
    judgement = model.judgement_.to_dict() if model.judgement_ else None
    scaling = {
        "scaling.centre": model.scaler_.centre,
        "scaling.spread": model.scaler_.spread,
        "scaling.unit": model.error_scale_.spread,
        "scaling.reach": model.interval_margins_,
    }
    tensors = {**model.network_.named(model.weights_), **scaling}
    return {"learned": learned.to_dict(), "judgement": judgement}, tensors


def restore(model: Forecaster, contents: Contents) -> None:
    """Give a forecaster back what a file holds, checking that it fits together."""
    learned = Learned.from_dict(contents.header["learned"])
    described = prepare.network(model, learned.lookback, learned.hidden, learned.network.inputs)
    if learned.network != described:
        raise SettingsError("its network is not the one that its settings describe.")
    for name in ("lookback", "season", "hidden", "residual"):
        if getattr(model, name) not in (None, getattr(learned, name)):
            raise SettingsError(f"its `{name}` is not the one that its settings name.")
    if learned.residual == "seasonal" and learned.season > learned.lookback:
        raise SettingsError("its season is longer than its lookback.")
    if learned.engine not in ENGINES:
        raise SettingsError(f"its engine is {learned.engine!r}, which this version does not know.")
    tensors = dict(contents.tensors)
    check_tensors(tensors, [name for name in tensors if name.startswith("scaling.")])
    kept = ("centre", "spread", "unit", "reach")
    centre, spread, unit, reach = (tensors.pop(f"scaling.{name}") for name in kept)
    if {centre.shape, spread.shape, unit.shape} != {(len(learned.ids),)}:
        raise SettingsError(f"its scaling is not that of its {len(learned.ids)} series.")
    conformal = model.interval_method.startswith("conformal")
    if reach.shape != (len(model.intervals) if conformal else 0, model.horizon):
        raise SettingsError(f"its intervals have the shape {reach.shape}, not that of its levels.")
    model.weights_ = learned.network.flat(tensors)
    model.network_, model.scaler_ = learned.network, Scaler(learned.scaling, centre, spread)
    model.error_scale_, model.interval_margins_ = Scaler("window", np.zeros_like(unit), unit), reach
    model.lookback_, model.season_, model.epochs_ = learned.lookback, learned.season, learned.epochs
    model.hidden_, model.residual_ = learned.hidden, learned.residual
    model.loss_ = learned.loss
    model.encoding_, model.sees_gaps_ = learned.encoding, learned.sees_gaps
    model.engine_, model.ids_, model.clock_ = learned.engine, learned.ids, learned.clock
    model.target_, model.seen_until_ = learned.target, learned.seen_until
    model.history_, model.kept_epoch_ = learned.history, learned.kept_epoch
    model.rescues_ = learned.rescues
    model.ended_, model.panel_, model.judgement_ = learned.ended, None, None
