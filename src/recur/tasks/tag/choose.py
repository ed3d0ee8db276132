"""What is chosen by the validation part: how sure of `O` a tagger is to be, and what it mixes.

Likelihood, which training goes by, says `O` where in doubt; F1 of entities asks for more of them.
How much of the perceptron is mixed in is chosen by likelihood all the same: a few sentences say far
more of it than of F1, which a handful of entities decides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from recur.arrays import Indices
from recur.data.labelled.sentences import Sentences, Words, numbered
from recur.judge.tag.entities import OUTSIDE, Counts, counted, marks_entities
from recur.networks.chain import unlikelihood
from recur.tasks.tag.fitted import FittedTagger
from recur.tasks.tag.predict import Scores, adjusted, best_chains, network_scores

_LOWERED = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)  # in nats
_OF_SUMS = (0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0)  # of the perceptron, whose sums are larger
_WEIGHTS = (0.0, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2)  # of those sums


def choose(fitted: FittedTagger, validation: Sentences, *, mix: bool) -> FittedTagger:
    """Return a tagger with what does best on the validation part; of equals, what is nearest 0.

    Args:
        fitted: that has not learnt from it.
        validation: to choose by.
        mix: whether the perceptron may be mixed in.
    """
    words, tags, perceptron = validation.words, fitted.learned.tags, fitted.perceptron
    marks = OUTSIDE in tags and marks_entities(tags)
    lowered, of_sums = (_LOWERED, _OF_SUMS) if marks else ((0.0,), (0.0,))
    found, numbers = network_scores(fitted, words), numbered(validation, tags)

    def likelihood(weight: float) -> float:
        given = [adjusted(fitted, words, each, weight, 0.0) for each in found]
        return -sum(_lost(each, numbers) for each in given)

    def worth(weight: float, less: float) -> float:
        given = [adjusted(fitted, words, each, weight, less) for each in found]
        return score(validation.tags, best_chains(fitted, given))

    def of_perceptron(less: float) -> float:
        own = perceptron.lowered(tags.index(OUTSIDE), less) if less else perceptron
        answers = [tuple(tags[i] for i in own.answers(one)) for one in words]
        return score(validation.tags, answers)

    weight = best_of(_WEIGHTS, likelihood) if mix else 0.0
    learned = fitted.learned.but(
        lowered=best_of(lowered, lambda less: worth(0.0, less)),
        weight=weight,
        mixture_lowered=best_of(lowered, lambda less: worth(weight, less)) if weight else 0.0,
        perceptron_lowered=best_of(of_sums, of_perceptron),
    )
    return replace(fitted, learned=learned)


def _lost(given: Scores, numbers: Sequence[Indices]) -> float:
    """Return how unlikely the true tags are, by some scores."""
    true = np.zeros(given.mask.shape, np.int64)
    for lane, place in enumerate(given.places):
        own = numbers[place]
        true[: len(own), lane] = own
    return float(unlikelihood(given.outputs, given.chain, true, given.mask).sum())


def best_of(choices: Sequence[float], worth: Callable[[float], float]) -> float:
    """Return the first of the choices that are worth most."""
    return choices[int(np.argmax([worth(each) for each in choices]))]


def score(true: Sequence[Words], given: Sequence[Words]) -> float:
    """Return F1 of entities, or the share of right tags where they mark none."""
    pairs = list(zip(true, given, strict=True))
    if marks_entities(tag for own in true for tag in own):
        return Counts(*np.sum([counted(*pair) for pair in pairs], axis=0).tolist()).f1
    right = sum(a == b for own, other in pairs for a, b in zip(own, other, strict=True))
    return right / sum(map(len, true))
