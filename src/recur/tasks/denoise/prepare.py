"""From a denoiser's parameters and recordings to everything that training needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np

from recur.data.signals.noise import Noise
from recur.data.signals.recordings import Pairs, RecordingArrays, Recordings, Scale, sequences
from recur.engines.base import StepRecipe
from recur.engines.registry import open_engine, resolve_wish
from recur.errors import DataError, SettingsError
from recur.networks.spec import NetworkSpec
from recur.tasks.base import check_tensors
from recur.tasks.budget import enough_epochs
from recur.tasks.notices import notice
from recur.training.jobs import Job, RecordingJob, lanes_for
from recur.training.plan import TrainingPlan

if TYPE_CHECKING:
    from recur.tasks.denoise.denoiser import Denoiser

_TEST = 0.2  # share that is held out by default
_STEPS, _MOST_EPOCHS = 4000, 600  # of training; a single recording is only a few steps long

SCALES = ("noisy", "clean")
"""The two scales of a denoiser, as its file names them."""


@dataclass(frozen=True)
class Split:
    """Recordings to learn from, to choose by, and to judge on.

    Attributes:
        training: with every noisy copy.
        validation: may be empty.
        held_out: may be empty.
    """

    training: Pairs
    validation: Pairs
    held_out: Pairs

    @property
    def channels(self) -> int:
        """Return the values at each step."""
        return int(self.training.noisy[0].shape[1])


def split(model: Denoiser, noisy: Any, clean: Any, test: int | None) -> Split:
    """Return what `fit` was given in its three parts, the oldest first."""
    if not isinstance(test, Integral | None):
        raise SettingsError(
            f"`test` is {test!r}; it must be a whole number of recordings, or of steps where there "
            "is one recording."
        )
    copies = _copies(model, noisy, clean)
    amount = copies[0].amount
    held = max(1, round(_TEST * amount)) if test is None else test
    if not 0 <= held < amount:
        what = "recordings" if len(copies[0]) > 1 else "steps"
        raise DataError(
            f"{held} of {amount} {what} are to be held out (`test`); at least one has to remain "
            "to learn from."
        )
    learnt, (held_out, *_) = zip(*(pairs.parted(held) for pairs in copies), strict=True)
    choosing = round(model.validation * learnt[0].amount)
    if model.validation:
        choosing = min(max(1, choosing), learnt[0].amount - 1)
    training, (validation, *_) = zip(*(pairs.parted(choosing) for pairs in learnt), strict=True)
    if choosing < (model.validation > 0):
        raise DataError(
            "a single step is left to learn from and to choose by; give longer recordings, or hold "
            "out less (`test`)."
        )
    return Split(reduce(Pairs.joined, training), validation, held_out)


def recordings(data: Any, what: str) -> Recordings:
    """Return the recordings that a user gives, and say where they may have meant others."""
    found = Recordings.of(data, what)
    if found.doubt is not None:
        notice(found.doubt)
    return found


def network(model: Denoiser, channels: int) -> NetworkSpec:
    """Return the network that a denoiser's parameters describe."""
    return NetworkSpec(
        cell=model.cell,
        inputs=channels,
        outputs=channels,
        hidden=model.hidden,
        layers=model.layers,
        bidirectional=model.bidirectional,
        dropout=model.dropout,
        head=model.head,
        reads="every",
    )


def job(model: Denoiser, parts: Split) -> Job:
    """Return the training of a denoiser whose scales and network are known.

    Where recordings are longer than a stretch, the state is carried from one to the next, as it
    is when they are cleaned; a network that reads both ways starts each from none.
    """
    engine = resolve_wish(model.engine, model.threads)
    together = parts.training.joined(parts.validation)
    carried = not model.bidirectional and max(map(len, together.noisy)) > model.steps
    source = sequences(
        together, model.steps, model.noisy_scale_, model.clean_scale_, carried=carried
    )
    count = int(np.sum(source.starts < parts.training.steps))
    batch = lanes_for(count, model.batch) if carried else model.batch
    plan = TrainingPlan(
        epochs=_epochs(model, count, batch, parts.training.steps),
        batch=batch,
        rate=model.rate,
        schedule=model.schedule,
        patience=model.patience,
        keep_best=model.keep_best,
        recipe=StepRecipe(loss=model.loss, clip=model.clip),
        seed=model.seed,
    )
    whole = Job(
        spec=model.network_,
        engine=open_engine(engine, model.threads),
        windows=source,
        training=range(count),
        validation=range(count, len(source)),
        plan=plan,
    )
    if not carried:
        return whole
    firsts = np.cumsum([0, *map(len, together.noisy)])
    return RecordingJob(**vars(whole), begins=np.isin(source.starts, firsts))


def scale_tensors(model: Denoiser) -> dict[str, Any]:
    """Return the scales as a file keeps them."""
    scales: tuple[Scale, ...] = (model.noisy_scale_, model.clean_scale_)
    parts = {f"{name}.centre": scale.centre for name, scale in zip(SCALES, scales, strict=True)}
    return parts | {
        f"{name}.spread": scale.spread for name, scale in zip(SCALES, scales, strict=True)
    }


def check_names(names: Sequence[str], channels: int) -> None:
    """Refuse names that are not those of the channels."""
    if len(names) not in (0, channels):
        raise SettingsError(
            f"there are {len(names)} `names` for {channels} channels; each channel needs one, or "
            "leave them out."
        )


def check_scales(tensors: dict[str, Any], channels: int) -> None:
    """Refuse what cannot be the tensors of a denoiser, so far as its network does not tell."""
    scales = {f"{name}.{what}" for name in SCALES for what in ("centre", "spread")}
    check_tensors(tensors, scales)
    for name in sorted(scales):
        if tensors[name].shape != (channels,):
            raise SettingsError(f"its tensor `{name}` is not of {channels} channels.")


def _epochs(model: Denoiser, count: int, batch: int, values: int) -> int:
    """Return how often so many stretches are visited: until enough steps were taken."""
    usual = enough_epochs(model.epochs, count, batch, values)
    if model.epochs is not None:
        return usual
    return max(usual, min(_MOST_EPOCHS, _STEPS * batch // count))


def _copies(model: Denoiser, noisy: Any, clean: Any) -> list[Pairs]:
    """Return the pairs that were given, or so many made of clean recordings."""
    if model.noise is None:
        if clean is None:
            raise DataError(
                "there are no clean recordings to learn from; give them beside the noisy ones, or "
                "give clean recordings alone and set `noise`."
            )
        if model.copies > 1:
            raise SettingsError(
                f"`copies` is {model.copies}, but only of clean recordings with a `noise` are "
                "noisy copies made; set `noise`, or leave `copies` at 1."
            )
        parts = recordings(noisy, "noisy recordings").parts
        pairs = Pairs(parts, Recordings.of(clean, "clean recordings").parts)
        pairs.check_differ()
        return [pairs]
    if clean is not None:
        raise DataError(
            f"there are noisy and clean recordings, and `noise` is {model.noise!r}; give the clean "
            "ones alone to make the noise, or set no `noise`."
        )
    model_of_noise = Noise.parse(model.noise)
    parts = recordings(noisy, "clean recordings").parts
    return [Pairs(_noisy(model, model_of_noise, parts, i), parts) for i in range(model.copies)]


def _noisy(model: Denoiser, noise: Noise, parts: RecordingArrays, copy: int) -> RecordingArrays:
    return tuple(noise.on(part, model.seed, i, copy) for i, part in enumerate(parts))
