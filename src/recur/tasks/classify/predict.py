"""What a fitted classifier answers: probabilities of the classes, calibrated and mixed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from recur.arrays import Float32s, Float64s, Indices, require_finite
from recur.data.labelled.examples import Examples
from recur.data.labelled.lexicon import Lexicon, pieces
from recur.data.sources.sequences import Sequences
from recur.engines.registry import open_engine
from recur.errors import DataError
from recur.judge.classify.calibration import tempered
from recur.tasks.classify.fitted import FittedClassifier

_AT_ONCE = 256  # examples that the network is run over in a call


def sequences(
    items: Sequence[Any],
    labels: Indices,
    lexicon: Lexicon | None,
    scale: tuple[Float64s, Float64s],
    longest: int,
) -> Sequences:
    """Return examples as a network learns them: each with its label at every step."""
    if lexicon is not None:
        parts: list[Any] = [lexicon.encode(text, longest) for text in items]
    else:
        centre, spread = scale
        with np.errstate(over="ignore"):  # what the network then says is looked at
            parts = [((one[:longest] - centre) / spread).astype(np.float32) for one in items]
    lengths = np.array([len(part) for part in parts], np.int64)
    return Sequences(
        inputs=np.concatenate(parts),
        targets=np.repeat(labels, lengths).astype(np.int32),
        starts=np.cumsum(lengths) - lengths,
        steps=int(lengths.max()),
        lengths=lengths,
    )


def network_answers(fitted: FittedClassifier, examples: Examples) -> Float64s:
    """Return float64 [examples, classes], those of the network, or the mean of several."""
    learned = fitted.learned
    _check(fitted, examples)
    engine = open_engine(learned.engine, fitted.settings.threads)
    lengths = [_length(fitted, item) for item in examples.items]
    steps = learned.chosen.longest
    if learned.network.convolution is not None and set(lengths) != {steps}:
        other = next(length for length in lengths if length != steps)
        raise DataError(
            f"{examples.source} has a series of {other} steps; this classifier has a convolution "
            f"and takes series of {steps}: bring all to that length, or fit with `filters` 0."
        )
    order = np.argsort(lengths, kind="stable")
    answers = np.empty((len(examples), len(learned.classes)))
    for first in range(0, len(order), _AT_ONCE):
        places = order[first : first + _AT_ONCE]
        source = sequences(
            [examples.items[i] for i in places],
            np.zeros(len(places), np.int64),
            learned.lexicon,
            (fitted.centre, fitted.spread),
            steps,
        )
        batch = source.gather(np.arange(len(places)))
        mask = None if learned.network.convolution is not None else batch.mask
        every = [
            probable(engine.forward(learned.network, weights, batch.inputs, mask=mask)[0])
            for weights in (fitted.weights, *fitted.others)
        ]
        answers[places] = np.mean(every, axis=0)
    return tempered(answers, learned.temperature)


def probable(outputs: Float32s) -> Float64s:
    """Return the probabilities that a network's outputs stand for."""
    require_finite("what the network answers", outputs)
    odds = outputs.astype(np.float64)
    odds = np.exp(odds - odds.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def answered(fitted: FittedClassifier, examples: Examples) -> Float64s:
    """Return float64 [examples, classes], the probabilities that `predict` answers with."""
    own = network_answers(fitted, examples)
    learned = fitted.learned
    if not learned.mixed_with:
        return own
    return mixed(fitted, own, simple_answers(fitted, examples)[learned.mixed_with])


def mixed(fitted: FittedClassifier, own: Float64s, other: Float64s) -> Float64s:
    """Return the calibrated mixture of the network's probabilities with those of another."""
    learned = fitted.learned
    both = learned.share * own + (1 - learned.share) * other
    return tempered(both, learned.mixture_temperature)


def simple_answers(fitted: FittedClassifier, examples: Examples) -> dict[str, Float64s]:
    """Return the probabilities of the simple answers that are kept beside the network, by name."""
    return fitted.simple.answers(simple_inputs(examples, fitted.learned.lexicon))


def simple_inputs(examples: Examples, lexicon: Lexicon | None) -> list[Any]:
    """Return examples as the simple answers take them."""
    if lexicon is None:
        return list(examples.items)
    return [pieces(str(text), lexicon.unit) for text in examples.items]


def _length(fitted: FittedClassifier, item: Any) -> int:
    lexicon, longest = fitted.learned.lexicon, fitted.learned.chosen.longest
    return len(lexicon.encode(item, longest) if lexicon is not None else item[:longest])


def _check(fitted: FittedClassifier, examples: Examples) -> None:
    learned = fitted.learned
    if examples.kind != learned.kind:
        raise DataError(
            f"{examples.source} holds {examples.kind}, but this classifier was trained on "
            f"{learned.kind}."
        )
    if examples.kind == "series" and examples.items[0].shape[1] != learned.channels:  # type: ignore[union-attr]
        raise DataError(
            f"{examples.source} has {np.shape(examples.items[0])[1]} channels; this classifier was "
            f"trained on {learned.channels}."
        )
