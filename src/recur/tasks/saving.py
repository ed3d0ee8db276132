"""What a forecaster keeps in its file, and how it comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from recur.data.clock import Clock
from recur.data.scaling import Scaler, ScalingKind
from recur.errors import SettingsError
from recur.files.modelfile import Contents
from recur.networks.spec import NetworkSpec
from recur.tasks import assembly
from recur.training.history import Epoch

if TYPE_CHECKING:
    from recur.tasks.forecast import Forecaster


def contents(model: Forecaster) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a fitted forecaster has learnt: JSON values and tensors."""
    judged = model.judgement_.to_dict() if model.judgement_ else None
    header = {
        "learned": {
            "lookback": model.lookback_,
            "season": model.season_,
            "epochs": model.epochs_,
            "engine": model.engine_,
            "network": model.network_.to_dict(),
            "scaling": model.scaler_.kind,
            "ids": list(model.ids_),
            "clock": model.clock_.to_dict(),
            "target": model.target_,
            "seen_until": model.seen_until_,
            "history": [epoch.to_dict() for epoch in model.history_],
            "best_epoch": model.best_epoch_,
            "ended": model.ended_,
        },
        "judgement": judged,
    }
    scaling = {"scaling.centre": model.scaler_.centre, "scaling.spread": model.scaler_.spread}
    return header, {**model.network_.named(model.weights_), **scaling}


def restore(model: Forecaster, contents: Contents) -> None:
    """Give a forecaster back what a file holds, checking that it fits together."""
    learned, tensors = contents.header["learned"], dict(contents.tensors)
    model.network_ = NetworkSpec.from_dict(learned["network"])
    if model.network_ != assembly.network(model):
        raise SettingsError("its network is not the one that its settings describe.")
    model.ids_ = tuple(learned["ids"])
    centre, spread = (tensors.pop(f"scaling.{name}") for name in ("centre", "spread"))
    if centre.shape != (len(model.ids_),) or spread.shape != centre.shape:
        raise SettingsError(f"its scaling is not that of its {len(model.ids_)} series.")
    if learned["scaling"] not in get_args(ScalingKind):
        raise SettingsError(f"its scaling is {learned['scaling']!r}.")
    model.scaler_ = Scaler(learned["scaling"], centre, spread)
    model.weights_ = model.network_.flat(tensors)
    model.lookback_, model.season_ = int(learned["lookback"]), int(learned["season"])
    model.epochs_, model.engine_ = int(learned["epochs"]), str(learned["engine"])
    model.clock_ = Clock.from_dict(learned["clock"])
    model.target_, model.seen_until_ = str(learned["target"]), int(learned["seen_until"])
    model.history_ = tuple(Epoch(**epoch) for epoch in learned["history"])
    model.best_epoch_, model.ended_ = int(learned["best_epoch"]), str(learned["ended"])
    model.panel_, model.judgement_ = None, None
