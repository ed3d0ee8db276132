"""From a translator's parameters and its pairs to everything that training needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from recur.arrays import Symbols
from recur.data.labelled.lexicon import Lexicon, TextUnit, pieces, usual_unit
from recur.data.labelled.pairs import TextPairs
from recur.data.sources.pairs import Pairs
from recur.engines.base import StepRecipe
from recur.engines.registry import open_engine, resolve_wish
from recur.errors import DataError
from recur.notices import notice
from recur.tasks.translate.fitted import Choices, edge, network
from recur.tasks.translate.settings import TranslatorParameters
from recur.tasks.translate.words import folded
from recur.training.jobs import LengthJob
from recur.training.plan import TrainingPlan

_FEWEST_STEPS, _MOST_PASSES, _LEAST_PATIENCE = 3000, 200, 5
_BATCHES, _LEAST_BATCH, _MOST_BATCH = 20, 4, 32  # of an epoch; pairs in one


class _Usual(NamedTuple):
    """What is taken where nothing is said."""

    embedding: int
    hidden: int
    dropout: float
    rate: float
    passes: int


_USUAL = {
    "words": _Usual(embedding=128, hidden=128, dropout=0.3, rate=0.003, passes=15),
    "characters": _Usual(embedding=64, hidden=128, dropout=0.2, rate=0.003, passes=15),
}


@dataclass(frozen=True)
class Prepared:
    """What a fit trains, and what was chosen for it.

    Attributes:
        job: the training.
        chosen: the parameters that were chosen from the data, or given.
        sources: the symbols of what comes in.
        targets: the symbols of what comes out.
        longest: symbols of the longest that should come out.
    """

    job: LengthJob
    chosen: Choices
    sources: Lexicon
    targets: Lexicon
    longest: int


def short_enough(settings: TranslatorParameters, pairs: TextPairs) -> TextPairs:
    """Return the pairs without those that have a text longer than the memory that is set aside."""
    unit, most = unit_of(settings, pairs), settings.longest
    sides = zip(pairs.sources, pairs.targets, strict=True)
    fits = [max(len(pieces(text, unit, exact=True)) for text in pair) <= most for pair in sides]
    if not any(fits):
        raise DataError(
            f"{pairs.origin}: all pairs have a text of more than {most} {unit}; let them be longer "
            "with `longest`, or cut them into sentences."
        )
    if not all(fits):
        notice(
            f"{fits.count(False):,} of {len(fits):,} pairs have a text of more than {most} {unit} "
            "and are left out; `longest` says how long they may be."
        )
    return pairs if all(fits) else pairs.part(np.flatnonzero(fits))


def unit_of(settings: TranslatorParameters, pairs: TextPairs) -> TextUnit:
    """Return what texts are read as."""
    return settings.unit or usual_unit(pairs.sources)


def prepare(
    settings: TranslatorParameters, training: TextPairs, validation: TextPairs | None
) -> Prepared:
    """Choose what was left open, and lay out the training.

    Args:
        settings: the parameters.
        training: to learn from.
        validation: to choose by; may be none.
    """
    unit = unit_of(settings, training)
    lexicons = [
        Lexicon.of(texts, unit, settings.fewest, exact=True)
        for texts in (folded(training.sources, unit), training.targets)
    ]
    sources, targets = lexicons
    if not targets.symbols:
        raise DataError(
            f"{training.origin}: nothing comes out {settings.fewest} times; give more pairs, or "
            "take `fewest` 1."
        )
    chosen = _chosen(settings, len(training), unit)
    both = [training] if validation is None else [training, validation]
    inputs = [
        sources.encode(text, settings.longest)
        for part in both
        for text in folded(part.sources, unit)
    ]
    answers = [_begun(text, targets, settings.longest) for part in both for text in part.targets]
    engine = resolve_wish(settings.engine, settings.threads)
    job = LengthJob(
        spec=network(settings, chosen, sources, targets),
        engine=open_engine(engine, settings.threads),
        windows=Pairs.of(inputs, answers),
        training=range(len(training)),
        validation=range(len(training), len(inputs)),
        plan=TrainingPlan(
            epochs=chosen.epochs,
            batch=chosen.batch,
            rate=chosen.rate,
            schedule=settings.schedule,
            patience=chosen.patience,
            keep_best=settings.keep_best,
            recipe=StepRecipe(
                loss="cross_entropy",
                smoothing=settings.smoothing,
                clip=settings.clip,
                decay=settings.decay,
            ),
            seed=settings.seed,
        ),
    )
    return Prepared(job, chosen, sources, targets, max(len(one) for one in answers) - 2)


def _begun(text: str, targets: Lexicon, longest: int) -> Symbols:
    """Return the numbers of what should come out, with the edge before and behind."""
    ends = np.array([edge(targets)], np.int32)
    return np.concatenate([ends, targets.encode(text, longest), ends])


def _chosen(settings: TranslatorParameters, pairs: int, unit: TextUnit) -> Choices:
    batch = settings.batch or int(np.clip(pairs // _BATCHES, _LEAST_BATCH, _MOST_BATCH))
    usual = _USUAL[unit]
    epochs = settings.epochs
    if epochs is None:
        steps = -(-pairs // batch)
        epochs = int(np.clip(round(_FEWEST_STEPS / steps), usual.passes, _MOST_PASSES))
    return Choices(
        embedding=settings.embedding or usual.embedding,
        hidden=settings.hidden or usual.hidden,
        dropout=usual.dropout if settings.dropout is None else settings.dropout,
        rate=settings.rate or usual.rate,
        epochs=epochs,
        batch=batch,
        patience=settings.patience or max(_LEAST_PATIENCE, epochs // 4),
    )
