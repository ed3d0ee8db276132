"""From a denoiser's parameters and recordings to everything that training needs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from numbers import Integral
from typing import Any

import numpy as np

from recur.data.signals.noise import Noise
from recur.data.signals.recordings import Pairs, RecordingArrays, Recordings, Scale, sequences
from recur.engines.base import StepRecipe
from recur.engines.registry import open_engine, resolve_wish
from recur.errors import DataError, SettingsError
from recur.notices import notice
from recur.tasks.budget import enough_epochs
from recur.tasks.denoise.fitted import network
from recur.tasks.denoise.settings import DenoiserParameters
from recur.training.jobs import Job, RecordingJob, lanes_for
from recur.training.plan import TrainingPlan

_TEST = 0.2  # share that is held out by default
_STEPS, _MOST_EPOCHS = 4000, 600  # of training; a single recording is only a few steps long


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


@dataclass(frozen=True)
class Prepared:
    """What a fit trains, and the scales it does so in.

    Attributes:
        job: the training.
        noisy_scale: of what comes in.
        clean_scale: of what comes out.
    """

    job: Job
    noisy_scale: Scale
    clean_scale: Scale


def split(settings: DenoiserParameters, noisy: Any, clean: Any, test: int | None) -> Split:
    """Return what `fit` was given in its three parts, the oldest first."""
    if not isinstance(test, Integral | None):
        raise SettingsError(
            f"`test` is {test!r}; it must be a whole number of recordings, or of steps where there "
            "is one recording."
        )
    copies = _copies(settings, noisy, clean)
    amount = copies[0].amount
    held = max(1, round(_TEST * amount)) if test is None else test
    if not 0 <= held < amount:
        unit = "recordings" if len(copies[0]) > 1 else "steps"
        raise DataError(
            f"{held} of {amount} {unit} are to be held out (`test`); at least one has to remain "
            "to learn from."
        )
    learnt, (held_out, *_) = zip(*(pairs.parted(held) for pairs in copies), strict=True)
    choosing = round(settings.validation * learnt[0].amount)
    if settings.validation:
        choosing = min(max(1, choosing), learnt[0].amount - 1)
    training, (validation, *_) = zip(*(pairs.parted(choosing) for pairs in learnt), strict=True)
    if choosing < (settings.validation > 0):
        raise DataError(
            "a single step is left to learn from and to choose by; give longer recordings, or hold "
            "out less (`test`)."
        )
    return Split(reduce(Pairs.joined, training), validation, held_out)


def recordings(data: Any, what: str) -> Recordings:
    """Return the recordings that a user gives, and say where they may have meant others."""
    given = Recordings.of(data, what)
    if given.doubt is not None:
        notice(given.doubt)
    return given


def prepare(settings: DenoiserParameters, split: Split) -> Prepared:
    """Lay out the training of a denoiser.

    Where recordings are longer than a stretch, the state is carried from one to the next, as it
    is when they are cleaned; a network that reads both ways starts each from none.
    """
    engine = resolve_wish(settings.engine, settings.threads)
    noisy_scale = Scale.fit(split.training.noisy)
    clean_scale = Scale.fit(split.training.clean, bounded=settings.head == "tanh")
    pairs = split.training.joined(split.validation)
    carried = not settings.bidirectional and max(map(len, pairs.noisy)) > settings.steps
    source = sequences(pairs, settings.steps, noisy_scale, clean_scale, carried=carried)
    count = int(np.sum(source.starts < split.training.steps))
    batch = lanes_for(count, settings.batch) if carried else settings.batch
    plan = TrainingPlan(
        epochs=_epochs(settings, count, batch, split.training.steps),
        batch=batch,
        rate=settings.rate,
        schedule=settings.schedule,
        patience=settings.patience,
        keep_best=settings.keep_best,
        recipe=StepRecipe(loss=settings.loss, clip=settings.clip),
        seed=settings.seed,
    )
    job = Job(
        spec=network(settings, split.channels),
        engine=open_engine(engine, settings.threads),
        windows=source,
        training=range(count),
        validation=range(count, len(source)),
        plan=plan,
    )
    if carried:
        firsts = np.cumsum([0, *map(len, pairs.noisy)])
        job = RecordingJob(**vars(job), begins=np.isin(source.starts, firsts))
    return Prepared(job, noisy_scale, clean_scale)


def _epochs(settings: DenoiserParameters, count: int, batch: int, values: int) -> int:
    """Return how often so many stretches are visited: until enough steps were taken."""
    usual = enough_epochs(settings.epochs, count, batch, values)
    if settings.epochs is not None:
        return usual
    return max(usual, min(_MOST_EPOCHS, _STEPS * batch // count))


def _copies(settings: DenoiserParameters, noisy: Any, clean: Any) -> list[Pairs]:
    """Return the pairs that were given, or so many made of clean recordings."""
    if settings.noise is None:
        if clean is None:
            raise DataError(
                "there are no clean recordings to learn from; give them beside the noisy ones, or "
                "give clean recordings alone and set `noise`."
            )
        if settings.copies > 1:
            raise SettingsError(
                f"`copies` is {settings.copies}, but only of clean recordings with a `noise` are "
                "noisy copies made; set `noise`, or leave `copies` at 1."
            )
        parts = recordings(noisy, "noisy recordings").parts
        pairs = Pairs(parts, Recordings.of(clean, "clean recordings").parts)
        pairs.check_differ()
        return [pairs]
    if clean is not None:
        raise DataError(
            f"there are noisy and clean recordings, and `noise` is {settings.noise!r}; give the "
            "clean ones alone to make the noise, or set no `noise`."
        )
    noise_model = Noise.parse(settings.noise)
    parts = recordings(noisy, "clean recordings").parts
    return [Pairs(_noisy(settings, noise_model, parts, i), parts) for i in range(settings.copies)]


def _noisy(
    settings: DenoiserParameters, noise: Noise, parts: RecordingArrays, copy: int
) -> RecordingArrays:
    return tuple(noise.on(part, settings.seed, i, copy) for i, part in enumerate(parts))
