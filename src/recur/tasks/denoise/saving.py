"""What a denoiser keeps in its file, and how it comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from recur.data.signals.recordings import Scale
from recur.engines.registry import ENGINES
from recur.errors import SettingsError
from recur.files.modelfile import Contents
from recur.judge.denoise.filters import Filter
from recur.networks.spec import NetworkSpec
from recur.settings import Count, Settings
from recur.tasks.denoise import prepare
from recur.training.history import Epoch

if TYPE_CHECKING:
    from recur.tasks.denoise.denoiser import Denoiser


class Learned(Settings):
    """What a denoiser has learnt and chosen, but for its tensors; see its attributes."""

    epochs: Count
    engine: str
    network: NetworkSpec
    names: tuple[str, ...]
    rate_hz: Annotated[int, Field(ge=1)] | None
    filters: tuple[dict[str, Any], ...]
    history: tuple[Epoch, ...]
    kept_epoch: Annotated[int, Field(ge=0)]
    rescues: Annotated[int, Field(ge=0)]
    ended: str


def contents(model: Denoiser) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a fitted denoiser has learnt: JSON values and tensors."""
    learned = Learned(
        epochs=model.epochs_,
        engine=model.engine_,
        network=model.network_,
        names=model.names_,
        rate_hz=model.rate_hz_,
        filters=tuple(one.to_dict() for one in model.filters_),
        history=model.history_,
        kept_epoch=model.kept_epoch_,
        rescues=model.rescues_,
        ended=model.ended_,
    )
    judgement = model.judgement_.to_dict() if model.judgement_ else None
    tensors = {**model.network_.named(model.weights_), **prepare.scale_tensors(model)}
    return {"learned": learned.to_dict(), "judgement": judgement}, tensors


def restore(model: Denoiser, contents: Contents) -> None:
    """Give a denoiser back what a file holds, checking that it fits together."""
    learned, tensors = Learned.from_dict(contents.header["learned"]), dict(contents.tensors)
    spec = learned.network
    if spec != prepare.network(model, spec.inputs):
        raise SettingsError("its network is not the one that its settings describe.")
    if learned.engine not in ENGINES:
        raise SettingsError(f"its engine is {learned.engine!r}, which this version does not know.")
    prepare.check_names(learned.names, spec.inputs)
    prepare.check_scales(tensors, spec.inputs)
    model.filters_ = tuple(Filter.from_dict(one) for one in learned.filters)
    for one in model.filters_:
        if len(one.moments) not in (0, spec.inputs):
            raise SettingsError(f"its filter `{one.name}` is not of {spec.inputs} channels.")
    model.noisy_scale_, model.clean_scale_ = (
        Scale(tensors.pop(f"{name}.centre"), tensors.pop(f"{name}.spread"))
        for name in prepare.SCALES
    )
    model.weights_, model.network_ = spec.flat(tensors), spec
    model.names_, model.rate_hz_ = learned.names, learned.rate_hz
    model.epochs_, model.engine_ = learned.epochs, learned.engine
    model.history_, model.rescues_ = learned.history, learned.rescues
    model.kept_epoch_, model.ended_ = learned.kept_epoch, learned.ended
    model.held_out_, model.judgement_ = None, None
