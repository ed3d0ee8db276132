"""The simple answers that stand beside a network: fitted to the same examples in seconds."""

from __future__ import annotations

from collections.abc import Sequence

from recur.arrays import Float64s
from recur.data.labelled.examples import Examples, numbered
from recur.data.labelled.lexicon import Lexicon
from recur.judge.classify.kernels import KernelRidge, fit_kernels
from recur.judge.classify.neighbours import neighbours
from recur.judge.classify.ngrams import NgramCounter, best_strength, fit_ngrams
from recur.tasks.classify.predict import simple_inputs

Simple = NgramCounter | KernelRidge
"""What answers beside a network."""

_ORDERS = {"words": (1, 2), "characters": (1, 2, 3, 4)}
_SPELT = {"words": (3, 4, 5), "characters": ()}  # of the characters of words
_STRENGTH = 1.0  # where there is nothing to choose it by


def fit_simple(
    examples: Examples,
    classes: Sequence[str],
    lexicon: Lexicon | None,
    validation: Examples | None = None,
    strength: float | None = None,
    seed: int = 0,
) -> Simple:
    """Return the simple answer that is kept with a classifier.

    Args:
        examples: to learn from.
        classes: the labels, in order.
        lexicon: of texts.
        validation: to choose by what is held small, where that is not given.
        strength: of what holds weights small.
        seed: of the random numbers of series.
    """
    inputs, labels = simple_inputs(examples, lexicon), numbered(examples.labels, classes)
    if lexicon is None:
        return fit_kernels(inputs, labels, len(classes), seed)
    orders, spelt = _ORDERS[lexicon.unit], _SPELT[lexicon.unit]
    if validation is None:
        return fit_ngrams(inputs, labels, len(classes), orders, strength or _STRENGTH, spelt)
    held = simple_inputs(validation, lexicon)
    held_labels = numbered(validation.labels, classes)
    return best_strength(inputs, labels, held, held_labels, len(classes), orders, spelt)


def nearest_answers(
    examples: Examples, held: Examples, classes: Sequence[str]
) -> dict[str, Float64s]:
    """Return the answers of the nearest neighbours of held-out series; none of texts."""
    if examples.kind == "texts":
        return {}
    labels = numbered(examples.labels, classes)
    inputs, asked = (simple_inputs(each, None) for each in (examples, held))
    return neighbours(inputs, labels, len(classes), asked)
