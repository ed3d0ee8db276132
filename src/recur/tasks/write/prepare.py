"""From a writer's parameters and a text to everything that training needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from recur.arrays import Indices
from recur.data.sources.streams import Streams
from recur.data.text.text import Text, TextSplit
from recur.engines.base import StepRecipe
from recur.engines.registry import open_engine, resolve_wish
from recur.notices import notice
from recur.tasks.write import defaults
from recur.tasks.write.fitted import Choices, network
from recur.tasks.write.settings import WriterParameters
from recur.training.jobs import StreamJob
from recur.training.plan import TrainingPlan

_USUAL = 2.0  # minutes that sizes are chosen for where none are given
_READ = 6_000_000  # symbols that are read in all where neither epochs nor minutes are given


@dataclass(frozen=True)
class Prepared:
    """What a fit trains, and what was chosen for it.

    Attributes:
        job: the training.
        chosen: the parameters that were chosen from the text, or given.
        counts: int64 [symbols], how often each occurs in the training part.
    """

    job: StreamJob
    chosen: Choices
    counts: Indices


def prepare(settings: WriterParameters, text: Text) -> Prepared:
    """Choose what was left open, and lay out the training."""
    engine = resolve_wish(settings.engine, settings.threads)
    symbols = len(text.vocabulary)
    training_part = len(TextSplit.of(text, validation=settings.validation).training)
    training, validation = range(training_part), range(training_part, len(text))
    chosen = _chosen(settings, training_part, symbols)
    defaults.refuse_short(len(text), chosen.steps, chosen.streams, settings.validation)
    if warning := defaults.long_windows(settings.cell, chosen.steps):
        notice(warning)
    job = StreamJob(
        spec=network(settings, chosen, symbols),
        engine=open_engine(engine, settings.threads),
        windows=Streams(text.symbols, chosen.steps),
        training=training,
        validation=validation,
        plan=TrainingPlan(
            epochs=chosen.epochs,
            batch=chosen.streams,
            rate=chosen.rate,
            schedule=settings.schedule,
            order="sequential",
            patience=settings.patience,
            keep_best=settings.keep_best,
            recipe=StepRecipe(loss="cross_entropy", clip=settings.clip, decay=settings.decay),
            seed=settings.seed,
        ),
        length=chosen.steps,
        offset=chosen.offset,
    )
    counts = defaults.counted(text.symbols[: training.stop], symbols)
    return Prepared(job, chosen, counts)


def _chosen(settings: WriterParameters, training: int, symbols: int) -> Choices:
    """Return the parameters that a text decides, those that were given as they are."""
    # For two threads on any machine, so that the choices are the same on all of them.
    minutes = settings.minutes or _USUAL
    choices: dict[str, Any] = dict(
        defaults.suggested(training, symbols, minutes, threads=2, cell=settings.cell)
    )
    choices["epochs"] = int(np.clip(round(_READ / training), 3, 60))
    for name in choices:
        given = getattr(settings, name)
        choices[name] = choices[name] if given is None else given
    if settings.tied and settings.embedding is None:
        choices["embedding"] = choices["hidden"]
    return Choices(**choices, offset=settings.offset or choices["steps"])
