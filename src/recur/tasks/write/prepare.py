"""From a writer's parameters and a text to everything that training needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np

from recur.arrays import Indices
from recur.data.sources.streams import Streams
from recur.data.text.text import Text, TextSplit
from recur.engines.base import StepRecipe
from recur.engines.registry import open_engine, resolve_wish
from recur.notices import notice
from recur.tasks.budget import KEPT, seconds_of_an_epoch
from recur.tasks.write import defaults
from recur.tasks.write.fitted import Choices, network
from recur.tasks.write.settings import WriterParameters
from recur.training.checkpoint import Checkpoint, Planned
from recur.training.jobs import StreamJob
from recur.training.plan import TrainingPlan
from recur.training.progress import Silent, Watcher

_MOST_PASSES = 30  # more of them teach a network the text by heart
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


def prepare(
    settings: WriterParameters,
    text: Text,
    checkpoint: Checkpoint | None = None,
    watcher: Watcher | None = None,
) -> Prepared:
    """Choose what was left open, and lay out the training.

    Where there are minutes, the largest network is taken that makes enough passes in them, and what
    a run was begun with where it goes on from a checkpoint.
    """
    laid_out = _LaidOut(settings, text)
    characters, symbols = len(laid_out.training), len(text.vocabulary)
    suggestion = defaults.suggested(characters, symbols, settings.cell, settings.hidden)
    if settings.minutes is None:
        usual = int(np.clip(round(_READ / characters), 3, _MOST_PASSES))
        prepared = laid_out.with_epochs(suggestion, settings.epochs or usual)
    else:
        open_ = defaults.suggestions(characters, symbols, settings.cell)
        found = open_ if settings.hidden is None else [suggestion]
        begun = checkpoint.planned() if checkpoint else None
        prepared = _within(settings, laid_out, found, begun, watcher or Silent())
    if warning := defaults.long_windows(settings.cell, prepared.chosen.steps):
        notice(warning)
    return prepared


def _within(
    settings: WriterParameters,
    laid_out: _LaidOut,
    suggestions: Sequence[defaults.Suggestion],
    begun: Planned | None,
    watcher: Watcher,
) -> Prepared:
    """Return the training that fits into the minutes, as the pace of its first steps says."""
    assert settings.minutes is not None
    for suggestion in suggestions:
        prepared = laid_out.with_epochs(suggestion, 1)
        if begun is not None:
            if prepared.job.size == begun.size:
                passes = round(begun.epochs * begun.portion, 2)  # as they were planned
                return laid_out.with_epochs(suggestion, passes)
            continue
        seconds = seconds_of_an_epoch(prepared.job)
        passes = KEPT * 60 * settings.minutes / seconds
        if passes >= defaults.PASSES or suggestion is suggestions[-1]:
            passes = float(np.clip(round(passes, 2), 0.01, _MOST_PASSES))
            hidden = prepared.chosen.hidden
            watcher.say(
                f"{settings.minutes:g} minute{'s' * (settings.minutes != 1)} of training: "
                f"{settings.cell.upper()}({hidden}), {passes:g} passes over the text of about "
                f"{seconds:.2g} s; `--hidden {hidden} --epochs {passes:g}` repeats it."
            )
            return laid_out.with_epochs(suggestion, passes)
    return prepared  # of another run, which its checkpoint will say


class _LaidOut:
    """A text divided, for networks of any size."""

    def __init__(self, settings: WriterParameters, text: Text) -> None:
        self._settings, self._text = settings, text
        self._engine = open_engine(
            resolve_wish(settings.engine, settings.threads), settings.threads
        )
        count = len(TextSplit.of(text, validation=settings.validation).training)
        self.training, self._validation = range(count), range(count, len(text))
        self._counts = defaults.counted(text.symbols[:count], len(text.vocabulary))

    def with_epochs(self, suggestion: defaults.Suggestion, epochs: float) -> Prepared:
        """Return a training of so many passes, of the suggested size where none is given.

        There are as many epochs as passes, and one more for what is left, all of the same length.
        """
        settings, text = self._settings, self._text
        chosen = _chosen(settings, suggestion, epochs)
        defaults.refuse_short(len(text), chosen.steps, chosen.streams, settings.validation)
        whole = max(1, ceil(epochs - 1e-9))
        job = StreamJob(
            spec=network(settings, chosen, len(text.vocabulary)),
            engine=self._engine,
            windows=Streams(text.symbols, chosen.steps),
            training=self.training,
            validation=self._validation,
            plan=TrainingPlan(
                epochs=whole,
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
            portion=min(1.0, epochs / whole),
            characters=(_length(text, self.training), _length(text, self._validation)),
        )
        return Prepared(job, chosen, self._counts)


def _length(text: Text, part: range) -> float:
    """Return how many characters, or bytes, a symbol of a part has in the mean."""
    return text.part(part.start, part.stop).characters / len(part) if part else 1.0


def _chosen(settings: WriterParameters, suggestion: defaults.Suggestion, epochs: float) -> Choices:
    """Return the parameters that a text decides, those that were given as they are."""
    choices: dict[str, Any] = dict(suggestion)
    for name in choices:
        given = getattr(settings, name)
        choices[name] = choices[name] if given is None else given
    if settings.tied and settings.embedding is None:
        choices["embedding"] = choices["hidden"]
    return Choices(**choices, epochs=epochs, offset=settings.offset or choices["steps"])
