"""The classifier: from texts or series with labels to a judged network that tells them apart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np

from recur.arrays import Float64s, Indices
from recur.data.labelled.examples import Examples, classes_of, numbered, split
from recur.data.labelled.readers import read_examples
from recur.errors import DataError, SettingsError
from recur.judge.classify.calibration import best_share, best_temperature
from recur.judge.classify.judgement import ClassJudgement
from recur.notices import notice
from recur.report.occlusion import Occlusion
from recur.tasks.base import Learnt, Task, checked
from recur.tasks.classify.explain import explained
from recur.tasks.classify.fitted import FittedClassifier, HeldOut, LearnedClassifier
from recur.tasks.classify.judge import check_labels, judged
from recur.tasks.classify.live import LiveClassifier, live_classifier
from recur.tasks.classify.predict import answered, mixed, network_answers, simple_answers
from recur.tasks.classify.prepare import prepare
from recur.tasks.classify.settings import ClassifierParameters
from recur.tasks.classify.simple import fit_simple, nearest_answers
from recur.tasks.run import run_trainings
from recur.tasks.shares import held_out_share
from recur.training.checkpoint import Checkpoint

_TEST = 0.2
_FEW = 20  # validation examples below which a larger share is taken
_TO_JUDGE, _TO_CHOOSE = range(2)  # the divisions


class Classifier(ClassifierParameters, Task):
    """A recurrent network that tells classes of texts or of series apart, judged on unseen ones.

    Parameters that are None are chosen from the data; `chosen()` tells what they were.
    """

    task: ClassVar[str] = "classify"
    fitted_: FittedClassifier

    classes_ = Learnt[tuple[str, ...]]("learned.classes")
    temperature_ = Learnt[float]("learned.temperature")
    share_ = Learnt[float]("learned.share")
    held_out_ = Learnt[HeldOut | None]("held_out")
    judgement_ = Learnt[ClassJudgement | None]("judgement")

    def fit(
        self,
        source: Any,
        labels: Any = None,
        *,
        groups: Any = None,
        test: Any = None,
        checkpoint: str | Path | Checkpoint | None = None,
        progress: bool = True,
    ) -> Self:
        """Learn to tell classes apart, and judge on examples that were held out.

        Args:
            source: texts, or arrays [time] or [time, channels]; `Examples`; or the path of a file
                or folder of them with their labels, as `recur classify` takes it.
            labels: of each text or array.
            groups: of each, what is kept together when examples are divided.
            test: the share that is held out, drawn at random with like shares of the classes; 0
                for none, then nothing is judged; or examples to judge by, in any form of `source`
                that has labels. By default a fifth.
            checkpoint: a file that training is saved to, and resumed from if it exists.
            progress: show progress where standard error is a terminal.
        """
        settings = checked(ClassifierParameters, self.get_params())
        examples = _examples(source, labels, groups)
        rest, held = _held_out(examples, test, settings.seed)
        classes = classes_of(rest.labels, rest.source)
        if held is not None:
            check_labels(held, classes)
        training, validation = _divided(settings, rest)
        prepared = prepare(settings, training, validation, classes)
        simple = fit_simple(training, classes, prepared.lexicon, validation, seed=settings.seed)
        jobs = [prepared.job] * settings.networks
        (weights, record), *more = run_trainings(settings, jobs, checkpoint, progress=progress)
        counts = np.bincount(numbered(rest.labels, classes), minlength=len(classes))
        learned = LearnedClassifier(
            **record,
            chosen=prepared.chosen,
            kind=rest.kind,
            classes=classes,
            frequencies=tuple(counts.tolist()),
            lexicon=prepared.lexicon,
            channels=len(prepared.centre),
            orders=simple.orders,
            spelt=simple.spelt,
        )
        fitted = FittedClassifier(
            settings, learned, weights, prepared.centre, prepared.spread, simple,
            others=tuple(each.weights for each in more),
        )  # fmt: skip
        if validation is not None:
            fitted = _calibrated(fitted, validation)
        # The simple answers learn from the validation part as well, which they choose nothing by.
        simple = fit_simple(
            rest, classes, prepared.lexicon, strength=simple.strength, seed=settings.seed
        )
        fitted = replace(fitted, simple=simple)
        if held is not None:
            judgement, held_out = judged(fitted, held, nearest_answers(rest, held, classes))
            fitted = replace(fitted, judgement=judgement, held_out=held_out)
        self.fitted_ = fitted
        return self

    def predict_proba(self, source: Any) -> Float64s:
        """Return float64 [examples, classes], the probability of each of `classes_`.

        Args:
            source: as `fit` takes it, with or without labels; a single text is a path.
        """
        self._fitted("used")
        return answered(self.fitted_, _examples(source))

    def predict(self, source: Any) -> list[str]:
        """Return the label of each example; see `predict_proba`."""
        best = self.predict_proba(source).argmax(axis=1)
        return [self.classes_[i] for i in best]

    def live(self, *, state: str | Path | None = None) -> LiveClassifier:
        """Return a stream: `push` takes a time step of a series and returns the answer so far.

        The network has to read forwards and answer by its last state.

        Args:
            state: a file that a stream of this model was saved to.
        """
        self._fitted("followed")
        return live_classifier(self.fitted_, state)

    def judge(self, source: Any = None, labels: Any = None) -> ClassJudgement:
        """Return how the network does beside the simple answers.

        Args:
            source: as `fit` takes it; by default what `fit` held out.
            labels: of each text or array.
        """
        self._fitted("judged")
        if source is not None:
            return judged(self.fitted_, _examples(source, labels))[0]
        if self.judgement_ is None:
            raise SettingsError(
                "there is nothing to judge by: give examples with labels, or `fit` with a `test`."
            )
        return self.judgement_

    def explain(self, source: Any) -> list[Occlusion]:
        """Return what each word or character of texts is worth to the answer, by hiding it.

        Args:
            source: as `predict` takes it.
        """
        self._fitted("explained")
        return explained(self.fitted_, _examples(source))

    def score(self, source: Any = None, labels: Any = None) -> float:
        """Return the share of right answers of `predict`, as scikit-learn wants it.

        Args:
            source: as in `judge`.
            labels: as in `judge`.
        """
        return self.judge(source, labels).answer.accuracy


def _examples(source: Any, labels: Any = None, groups: Any = None) -> Examples:
    if isinstance(source, str | Path):
        examples = read_examples([source])
        for note in examples.notes:
            notice(note)
        return examples
    return Examples.of(source, labels, groups)


def _held_out(examples: Examples, test: Any, seed: int) -> tuple[Examples, Examples | None]:
    """Return what is learnt from, and what is judged by."""
    if test is not None and not isinstance(test, int | float):
        return examples, _examples(*test) if isinstance(test, tuple) else _examples(test)
    share = held_out_share(test, _TEST)
    if not share:
        return examples, None
    classes_of(examples.labels, examples.source)
    first, second = split(examples.labels, examples.groups, share, seed, _TO_JUDGE)
    rest, held = _once_each(examples, first, second)
    if held is None:
        raise DataError(
            f"{examples.source}: no group can be held out, since each class is in a single one; "
            "give examples to judge by with `test`, or leave `group` out."
        )
    return rest, held


def _once_each(
    examples: Examples, first: Indices, second: Indices
) -> tuple[Examples, Examples | None]:
    """Return two parts; an example whose class is in the second alone moves to the first."""
    known = {examples.labels[i] for i in first}
    lost = np.array([i for i in second if examples.labels[i] not in known], np.int64)
    first, second = np.union1d(first, lost), np.setdiff1d(second, lost)
    return examples.part(first), examples.part(second) if len(second) else None


def _divided(settings: ClassifierParameters, rest: Examples) -> tuple[Examples, Examples | None]:
    """Return what the network learns from, and what is chosen by."""
    share = settings.validation
    if share is None:
        share = float(np.clip(_FEW / len(rest), 0.1, 0.3))
    if not share:
        return rest, None
    first, second = split(rest.labels, rest.groups, share, settings.seed, _TO_CHOOSE)
    return _once_each(rest, first, second)


def _calibrated(fitted: FittedClassifier, validation: Examples) -> FittedClassifier:
    """Return a classifier with its temperature, mixed with a simple answer where that helps."""
    labels = numbered(validation.labels, fitted.learned.classes)
    temperature = best_temperature(network_answers(fitted, validation), labels)
    learned = fitted.learned.but(temperature=temperature)
    fitted = replace(fitted, learned=learned)
    if fitted.settings.mix is False:
        return fitted
    own = network_answers(fitted, validation)
    name = fitted.simple.best
    other = simple_answers(fitted, validation)[name]
    share = best_share(own, other, labels)
    if share == 1:
        return fitted
    fitted = replace(fitted, learned=learned.but(share=share, mixed_with=name))
    again = best_temperature(mixed(fitted, own, other), labels)
    return replace(fitted, learned=fitted.learned.but(mixture_temperature=again))
