"""From a tagger's parameters and its sentences to everything that training needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recur.data.labelled.sentences import Sentences, numbered
from recur.data.labelled.words import WordLexicon
from recur.engines.base import StepRecipe
from recur.engines.registry import open_engine, resolve_wish
from recur.tasks.tag.fitted import Choices, network
from recur.tasks.tag.predict import sequences
from recur.tasks.tag.settings import TaggerParameters
from recur.tasks.tag.swaps import swapped
from recur.training.jobs import LengthJob
from recur.training.plan import TrainingPlan

_FEWEST_STEPS, _LEAST_PASSES, _MOST_PASSES = 1500, 8, 100
_BATCHES, _MOST_BATCH = 10, 16  # of an epoch; sentences in one


@dataclass(frozen=True)
class Prepared:
    """What a fit trains, and what was chosen for it.

    Attributes:
        job: the training.
        chosen: the parameters that were chosen from the data, or given.
        lexicon: the words and characters that are known.
    """

    job: LengthJob
    chosen: Choices
    lexicon: WordLexicon


def prepare(
    settings: TaggerParameters,
    training: Sentences,
    validation: Sentences | None,
    tags: Sequence[str],
) -> Prepared:
    """Choose what was left open, and lay out the training.

    Args:
        settings: the parameters.
        training: to learn from.
        validation: to choose by; may be none.
        tags: those that there are, in order.
    """
    lexicon = WordLexicon.of(training.words, settings.fewest, settings.longest)
    learnt = swapped(training, settings.swaps, settings.seed)
    batch = settings.batch or int(np.clip(len(learnt) // _BATCHES, 1, _MOST_BATCH))
    epochs = settings.epochs
    if epochs is None:
        steps = -(-len(learnt) // batch)
        epochs = int(np.clip(round(_FEWEST_STEPS / steps), _LEAST_PASSES, _MOST_PASSES))
    chosen = Choices(epochs=epochs, batch=batch)
    both = (learnt,) if validation is None else (learnt, validation)
    engine = resolve_wish(settings.engine, settings.threads)
    job = LengthJob(
        spec=network(settings, len(tags), lexicon),
        engine=open_engine(engine, settings.threads),
        windows=sequences(
            [words for part in both for words in part.words],
            [own for part in both for own in numbered(part, tags)],
            lexicon,
            spelt=settings.filters > 0,
        ),
        training=range(len(learnt)),
        validation=range(len(learnt), sum(map(len, both))),
        plan=TrainingPlan(
            epochs=epochs,
            batch=batch,
            rate=settings.rate,
            schedule=settings.schedule,
            patience=settings.patience,
            keep_best=settings.keep_best,
            recipe=StepRecipe(
                loss="chain" if settings.chain else "cross_entropy",
                clip=settings.clip,
                decay=settings.decay,
            ),
            seed=settings.seed,
        ),
    )
    return Prepared(job, chosen, lexicon)
