"""What is chosen by the validation part: how much of the perceptron is mixed in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from recur.data.labelled.sentences import Sentences, Words
from recur.judge.tag.entities import Counts, counted, marks_entities
from recur.tasks.tag.fitted import FittedTagger
from recur.tasks.tag.predict import best_chains, mixed, network_scores

_WEIGHTS = (0.0, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2)  # of the perceptron's sums
_USUAL, _FAR = 0.05, 0.1
_DEVIATION = 0.5  # of what a single entity or tag says of the score, about


def best_weight(fitted: FittedTagger, validation: Sentences) -> float:
    """Return by how much the perceptron's sums are to count beside the network's scores.

    Where few entities or tags tell, both are to have a say: a weight far from the usual one costs
    as much as the score is uncertain.

    Args:
        fitted: that has not learnt from the validation part.
        validation: to choose by.
    """
    found, words = network_scores(fitted, validation.words), validation.words
    true = [counted(own, own).true for own in validation.tags]
    unsure = _DEVIATION / np.sqrt(max(1, sum(true) or validation.tokens))
    worth = [
        score(validation.tags, best_chains(fitted, mixed(fitted, words, found, weight)))
        - unsure * abs(weight - _USUAL) / _FAR
        for weight in _WEIGHTS
    ]
    return _WEIGHTS[int(np.argmax(worth))]


def score(true: Sequence[Words], given: Sequence[Words]) -> float:
    """Return F1 of entities, or the share of right tags where they mark none."""
    pairs = list(zip(true, given, strict=True))
    if marks_entities(tag for own in true for tag in own):
        return Counts(*np.sum([counted(*pair) for pair in pairs], axis=0).tolist()).f1
    right = sum(a == b for own, other in pairs for a, b in zip(own, other, strict=True))
    return right / sum(map(len, true))
