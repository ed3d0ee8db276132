"""How a classifier is judged: on examples it has not seen, beside the simple answers."""

from __future__ import annotations

import numpy as np

from recur.arrays import Float64s
from recur.data.labelled.examples import Examples, numbered
from recur.errors import DataError
from recur.judge.classify.judgement import MIXTURE, ClassJudgement, judge_classifier
from recur.judge.classify.verdict import FREQUENT
from recur.judge.superiority import NETWORK
from recur.tasks.classify.fitted import FittedClassifier, HeldOut
from recur.tasks.classify.predict import mixed, network_answers, simple_answers


def judged(
    fitted: FittedClassifier, examples: Examples, more: dict[str, Float64s] | None = None
) -> tuple[ClassJudgement, HeldOut]:
    """Return how a classifier does on examples, and what it and the simple answers answer.

    Args:
        fitted: a trained classifier.
        examples: that it has not seen.
        more: answers of simple methods that are not kept with it, by name.
    """
    learned = fitted.learned
    check_labels(examples, learned.classes)
    labels = numbered(examples.labels, learned.classes)
    frequent = np.zeros((len(examples), len(learned.classes)))
    frequent[:, int(np.argmax(learned.frequencies))] = 1.0
    simple = {FREQUENT: frequent, **simple_answers(fitted, examples), **(more or {})}
    own = network_answers(fitted, examples)
    answers = {NETWORK: own}
    if learned.mixed_with:
        answers[MIXTURE] = mixed(fitted, own, simple[learned.mixed_with])
    kind = "text" if learned.kind == "texts" else "series"
    judgement = judge_classifier(
        answers | simple,
        labels,
        learned.classes,
        kind,
        learned.mixed_with or None,
        learned.share,
    )
    return judgement, HeldOut(examples, labels, answers | simple)


def check_labels(examples: Examples, classes: tuple[str, ...]) -> None:
    """Refuse examples without labels, or with one that training has not seen."""
    if not examples.labels:
        raise DataError(
            f"{examples.source} has no labels, without which nothing can be judged; name their "
            "column with `label`, or give what has them."
        )
    unseen = sorted(set(examples.labels) - set(classes))
    if unseen:
        known = ", ".join(f"`{name}`" for name in classes[:6])
        raise DataError(
            f"{examples.source} has the label `{unseen[0]}`, which training has not seen; it knows "
            f"{known}{f' and {len(classes) - 6} more' if len(classes) > 6 else ''}."
        )
