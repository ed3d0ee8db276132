"""What fitting a denoiser has learnt: one frozen object, and the schema of its file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from recur.data.signals.recordings import Pairs, Scale
from recur.errors import SettingsError
from recur.files.modelfile import Contents
from recur.judge.denoise.filters import Filter
from recur.judge.denoise.judgement import DenoisingJudgement
from recur.networks.spec import NetworkSpec, Values
from recur.tasks.base import TrainingRecord, check_tensors, checked
from recur.tasks.denoise.settings import DenoiserParameters


class LearnedDenoiser(TrainingRecord):
    """What a denoiser has learnt and chosen, but for arrays.

    Attributes:
        names: of the noisy channels.
        rate_hz: samples a second of its recordings; None where they have no rate.
        filters: what it is judged against, as plain values.
    """

    names: tuple[str, ...]
    rate_hz: Annotated[int, Field(ge=1)] | None
    filters: tuple[dict[str, Any], ...]


@dataclass(frozen=True, eq=False)
class FittedDenoiser:
    """A denoiser that can clean.

    Attributes:
        settings: the parameters that it was fitted with.
        learned: what was learnt and chosen, but for arrays.
        weights: float32 [size], of the network.
        noisy_scale: of what comes in.
        clean_scale: of what comes out.
        filters: what it is judged against.
        held_out: the recordings that `fit` held out; None for one that was loaded.
        judgement: on them; None where there were none.
    """

    settings: DenoiserParameters
    learned: LearnedDenoiser
    weights: Values
    noisy_scale: Scale
    clean_scale: Scale
    filters: tuple[Filter, ...]
    held_out: Pairs | None = None
    judgement: DenoisingJudgement | None = None

    @property
    def chosen(self) -> dict[str, Any]:
        """Return the parameters that were chosen from the data, but for the epochs."""
        return {}

    def tensors(self) -> dict[str, Any]:
        """Return the tensors of its file."""
        return {
            **self.learned.network.named(self.weights),
            "noisy.centre": self.noisy_scale.centre,
            "noisy.spread": self.noisy_scale.spread,
            "clean.centre": self.clean_scale.centre,
            "clean.spread": self.clean_scale.spread,
        }

    @staticmethod
    def read(contents: Contents) -> FittedDenoiser:
        """Return what a file holds, checking that it fits together."""
        settings = checked(DenoiserParameters, contents.header["settings"])
        learned = LearnedDenoiser.from_dict(contents.header["learned"])
        channels = learned.network.inputs
        if learned.network != network(settings, channels):
            raise SettingsError("its network is not the one that its settings describe.")
        check_names(learned.names, channels)
        filters = tuple(Filter.from_dict(values) for values in learned.filters)
        for reference in filters:
            if len(reference.moments) not in (0, channels):
                raise SettingsError(f"its filter `{reference.name}` is not of {channels} channels.")
        tensors = dict(contents.tensors)
        scales = [
            f"{side}.{moment}" for side in ("noisy", "clean") for moment in ("centre", "spread")
        ]
        check_tensors(tensors, scales)
        values = [tensors.pop(name) for name in scales]
        for name, value in zip(scales, values, strict=True):
            if value.shape != (channels,):
                raise SettingsError(f"its tensor `{name}` is not of {channels} channels.")
            if name.endswith(".spread") and not (value > 0).all():
                raise SettingsError(f"its tensor `{name}` is not above 0.")
        return FittedDenoiser(
            settings=settings,
            learned=learned,
            weights=learned.network.flat(tensors),
            noisy_scale=Scale(*values[:2]),
            clean_scale=Scale(*values[2:]),
            filters=filters,
            judgement=DenoisingJudgement.from_dict(contents.header.get("judgement")),
        )


def network(settings: DenoiserParameters, channels: int) -> NetworkSpec:
    """Return the network that a denoiser's parameters describe."""
    return NetworkSpec(
        cell=settings.cell,
        inputs=channels,
        outputs=channels,
        hidden=settings.hidden,
        layers=settings.layers,
        bidirectional=settings.bidirectional,
        dropout=settings.dropout,
        head=settings.head,
        reads="every",
    )


def check_names(names: tuple[str, ...], channels: int) -> None:
    """Refuse names that are not those of the channels."""
    if len(names) not in (0, channels):
        raise SettingsError(
            f"there are {len(names)} `names` for {channels} channels; each channel needs one, or "
            "leave them out."
        )
