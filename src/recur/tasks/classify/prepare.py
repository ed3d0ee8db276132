"""From a classifier's parameters and its examples to everything that training needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from recur.arrays import Float64s, Indices
from recur.data.labelled.examples import Examples, numbered
from recur.data.labelled.lexicon import Lexicon, usual_unit
from recur.engines.base import StepRecipe
from recur.engines.registry import open_engine, resolve_wish
from recur.errors import SettingsError
from recur.notices import notice
from recur.tasks.classify.fitted import Choices, network
from recur.tasks.classify.predict import sequences
from recur.tasks.classify.settings import ClassifierParameters
from recur.training.jobs import LengthJob
from recur.training.plan import TrainingPlan

_LONGEST = 256  # symbols or steps that are read where nothing is said
_FEWEST_STEPS, _MOST_PASSES, _LEAST_PATIENCE = 1500, 200, 5
_BATCHES, _LEAST_BATCH, _MOST_BATCH = 10, 4, 32  # of an epoch; examples in one
_FILTERS, _ENOUGH = 32, 4  # lengths of a kernel that a series has to have


class _Usual(NamedTuple):
    """What is taken where nothing is said."""

    embedding: int
    hidden: int
    dropout: float
    rate: float
    passes: int


# A few thousand texts have few examples of most words, which are soon known by heart; characters
# are few and come often.
_USUAL = {
    "words": _Usual(embedding=128, hidden=32, dropout=0.6, rate=0.003, passes=5),
    "characters": _Usual(embedding=64, hidden=128, dropout=0.2, rate=0.003, passes=12),
    "series": _Usual(embedding=1, hidden=64, dropout=0.3, rate=0.005, passes=12),
}


@dataclass(frozen=True)
class Prepared:
    """What a fit trains, and what was chosen for it.

    Attributes:
        job: the training.
        chosen: the parameters that were chosen from the data, or given.
        lexicon: the symbols of texts; None of series.
        centre: float64 [channels], what series are measured from; empty of texts.
        spread: float64 [channels], their unit.
    """

    job: LengthJob
    chosen: Choices
    lexicon: Lexicon | None
    centre: Float64s
    spread: Float64s


def prepare(
    settings: ClassifierParameters,
    training: Examples,
    validation: Examples | None,
    classes: Sequence[str],
) -> Prepared:
    """Choose what was left open, and lay out the training.

    Args:
        settings: the parameters.
        training: to learn from.
        validation: to choose by; may be none.
        classes: the labels, in order.
    """
    lexicon = None
    centre = spread = np.zeros(0)
    if training.kind == "texts":
        texts = [str(text) for text in training.items]
        lexicon = Lexicon.of(texts, settings.unit or usual_unit(texts), settings.fewest)
        lengths = [len(lexicon.encode(text, 1 << 30)) for text in texts]
    else:
        values = np.concatenate(training.items)
        centre, spread = values.mean(axis=0), values.std(axis=0)
        spread = np.where(spread > 0, spread, 1.0)
        lengths = [len(series) for series in (*training.items, *_items(validation))]
    chosen = _chosen(settings, lengths, lexicon)
    spec = network(settings, chosen, len(classes), lexicon, len(centre))
    engine = resolve_wish(settings.engine, settings.threads)
    both: tuple[Any, ...] = (*training.items, *_items(validation))
    labels = (*training.labels, *(validation.labels if validation else ()))
    numbers = numbered(labels, classes)
    source = sequences(both, numbers, lexicon, (centre, spread), chosen.longest)
    if spec.convolution is not None:
        source = source.whole()
    job = LengthJob(
        spec=spec,
        engine=open_engine(engine, settings.threads),
        windows=source,
        training=range(len(training)),
        validation=range(len(training), len(both)),
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
                weights=_weights(numbers[: len(training)], len(classes))
                if settings.balanced
                else (),
                clip=settings.clip,
                decay=settings.decay,
            ),
            seed=settings.seed,
        ),
    )
    return Prepared(job, chosen, lexicon, centre, spread)


def _items(examples: Examples | None) -> tuple[Any, ...]:
    return () if examples is None else examples.items


def _chosen(
    settings: ClassifierParameters, lengths: Sequence[int], lexicon: Lexicon | None
) -> Choices:
    longest = settings.longest or min(_LONGEST, max(lengths))
    cut = sum(length > longest for length in lengths)
    if cut and settings.longest is None:
        what = "series" if lexicon is None else "texts"
        notice(
            f"{cut:,} of {len(lengths):,} {what} are longer than {longest} and are read no "
            "further; `longest` says how far."
        )
    batch = settings.batch or int(np.clip(len(lengths) // _BATCHES, _LEAST_BATCH, _MOST_BATCH))
    usual = _USUAL["series" if lexicon is None else lexicon.unit]
    epochs = settings.epochs
    if epochs is None:
        steps = -(-len(lengths) // batch)
        epochs = int(np.clip(round(_FEWEST_STEPS / steps), usual.passes, _MOST_PASSES))
    return Choices(
        longest=longest,
        embedding=settings.embedding or usual.embedding,
        hidden=settings.hidden or usual.hidden,
        filters=0 if lexicon is not None else _filters(settings, lengths, longest),
        dropout=usual.dropout if settings.dropout is None else settings.dropout,
        rate=settings.rate or usual.rate,
        epochs=epochs,
        batch=batch,
        patience=settings.patience or max(_LEAST_PATIENCE, epochs // 4),
    )


def _filters(settings: ClassifierParameters, lengths: Sequence[int], longest: int) -> int:
    """Return the filters of a convolution, which takes series of one length alone."""
    steps = min(longest, max(lengths))
    alike = min(lengths) >= steps
    if settings.filters is None:
        return _FILTERS if alike and steps >= _ENOUGH * settings.kernel else 0
    if settings.filters and not alike:
        raise SettingsError(
            f"`filters` is {settings.filters}, but the series are of different lengths "
            f"({min(lengths)} to {steps} steps), which a convolution cannot be given; take 0."
        )
    return settings.filters


def _weights(labels: Indices, classes: int) -> tuple[float, ...]:
    """Return weights that let all classes count alike; their mean over the examples is 1."""
    counts = np.maximum(np.bincount(labels, minlength=classes), 1)
    return tuple((len(labels) / (classes * counts)).tolist())
