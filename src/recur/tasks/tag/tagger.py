"""The tagger: from sentences with tags to a judged network that gives each word one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np

from recur.data.labelled.conll import read_conll
from recur.data.labelled.sentences import Sentences, check_tagged, numbered, tags_of
from recur.errors import DataError, SettingsError
from recur.judge.tag.judgement import TagJudgement
from recur.judge.tag.perceptron import fit_perceptron
from recur.judge.tag.usual import fit_usual
from recur.seeding import Purpose, Stream
from recur.tasks.base import Learnt, Task, checked
from recur.tasks.run import Trained, run_trainings
from recur.tasks.shares import held_out_share
from recur.tasks.tag.choose import best_weight
from recur.tasks.tag.fitted import FittedTagger, HeldOut, LearnedTagger
from recur.tasks.tag.judge import judged
from recur.tasks.tag.predict import TagAnswers, answered
from recur.tasks.tag.prepare import Prepared, prepare
from recur.tasks.tag.settings import TaggerParameters
from recur.tasks.tag.swaps import swapped
from recur.training.checkpoint import Checkpoint

_TEST = 0.2
_TO_JUDGE, _TO_CHOOSE, _TO_SHARE = range(3)  # the divisions


class Tagger(TaggerParameters, Task):
    """A recurrent network that gives each word of a sentence a tag, judged on unseen sentences.

    Parameters that are None are chosen from the data; `chosen()` tells what they were.
    """

    task: ClassVar[str] = "tag"
    fitted_: FittedTagger

    tags_ = Learnt[tuple[str, ...]]("learned.tags")
    weight_ = Learnt[float]("learned.weight")
    held_out_ = Learnt[HeldOut | None]("held_out")
    judgement_ = Learnt[TagJudgement | None]("judgement")

    def fit(
        self,
        source: Any,
        tags: Any = None,
        *,
        validation: Any = None,
        test: Any = None,
        checkpoint: str | Path | Checkpoint | None = None,
        progress: bool = True,
    ) -> Self:
        """Learn to tag, and judge on sentences that were held out.

        Args:
            source: sentences, each a list of its words; `Sentences`; or the path of a file of
                columns, as `recur tag` takes it.
            tags: of each sentence, where `source` is lists of words.
            validation: sentences to choose by, in any form of `source`, or a pair of words and
                tags; by default a share of the sentences, the parameter of that name.
            test: the share that is held out, drawn at random; 0 for none, then nothing is judged;
                or sentences to judge by, as `validation`. By default a fifth.
            checkpoint: a file that training is saved to, and resumed from if it exists.
            progress: show progress where standard error is a terminal.
        """
        settings = checked(TaggerParameters, self.get_params())
        sentences = _sentences(source, tags)
        check_tagged(sentences)
        rest, held = _held_out(sentences, test, settings.seed)
        training, chosen_by = rest, None if validation is None else _given(validation)
        if chosen_by is None:
            training, chosen_by = _divided(rest, settings.validation, settings.seed, _TO_CHOOSE)
        known = tags_of(training)
        for other in (chosen_by, held):
            if other is not None:
                numbered(other, known)  # refuses tags that nothing is learnt of
        if validation is not None and settings.refit and chosen_by is not None:
            training, chosen_by = _shared(training, chosen_by, settings.seed)
        fitted = _fitted(settings, training, chosen_by, known, checkpoint, progress=progress)
        if held is not None:
            judgement, held_out = judged(fitted, held)
            fitted = replace(fitted, judgement=judgement, held_out=held_out)
        self.fitted_ = fitted
        return self

    def answers(self, source: Any) -> TagAnswers:
        """Return the tags of sentences, and how likely each is.

        Args:
            source: as `fit` takes it, with or without tags.
        """
        self._fitted("used")
        return answered(self.fitted_, _sentences(source))

    def predict(self, source: Any) -> list[list[str]]:
        """Return the tags of each sentence; see `answers`."""
        return [list(tags) for tags in self.answers(source).tags]

    def judge(self, source: Any = None, tags: Any = None) -> TagJudgement:
        """Return how the network does beside the simple answers.

        Args:
            source: as `fit` takes it; by default what `fit` held out.
            tags: of each sentence.
        """
        self._fitted("judged")
        if source is not None:
            return judged(self.fitted_, _sentences(source, tags))[0]
        if self.judgement_ is None:
            raise SettingsError(
                "there is nothing to judge by: give sentences with tags, or `fit` with a `test`."
            )
        return self.judgement_

    def score(self, source: Any = None, tags: Any = None) -> float:
        """Return F1 of `predict`, or the share of right tags where they mark no entities.

        Args:
            source: as in `judge`.
            tags: as in `judge`.
        """
        answer = self.judge(source, tags).answer
        return answer.accuracy if answer.f1 is None else answer.f1


def _sentences(source: Any, tags: Any = None) -> Sentences:
    return read_conll([source]) if isinstance(source, str | Path) else Sentences.of(source, tags)


def _given(other: Any) -> Sentences:
    return _sentences(*other) if isinstance(other, tuple) else _sentences(other)


def _held_out(sentences: Sentences, test: Any, seed: int) -> tuple[Sentences, Sentences | None]:
    """Return what is learnt from, and what is judged by."""
    if test is not None and not isinstance(test, int | float):
        return sentences, _given(test)
    share = held_out_share(test, _TEST)
    return _divided(sentences, share, seed, _TO_JUDGE)


def _divided(
    sentences: Sentences, share: float, seed: int, number: int
) -> tuple[Sentences, Sentences | None]:
    """Divide sentences at random; one whose tag is in the second part alone moves to the first."""
    if not share:
        return sentences, None
    if len(sentences) < 2:
        raise DataError(
            f"{sentences.source} holds a single sentence, of which no share can be held out; give "
            "more, or 0 for the shares."
        )
    order = np.argsort(Stream(seed, Purpose.DATA, step=number).uniform(len(sentences)))
    count = int(np.clip(round(share * len(sentences)), 1, len(sentences) - 1))
    first, second = list(order[count:]), []
    known = {tag for i in first for tag in sentences.tags[i]}
    for i in order[:count]:
        if known >= set(sentences.tags[i]):
            second.append(i)
        else:
            first.append(i)
            known |= set(sentences.tags[i])
    rest = sentences.part(np.sort(np.array(first, np.int64)))
    return rest, sentences.part(np.sort(np.array(second, np.int64))) if second else None


def _shared(training: Sentences, given: Sentences, seed: int) -> tuple[Sentences, Sentences]:
    """Return both parts with half of the given one in the first.

    In the end all is learnt from; so what is chosen has to be right for a network that knows
    sentences of the kind of those it is chosen by.
    """
    if len(given) < 2:
        return training, given
    first, second = _divided(given, 0.5, seed, _TO_SHARE)
    return (training, given) if second is None else (_joined(training, first), second)


def _fitted(
    settings: TaggerParameters,
    training: Sentences,
    validation: Sentences | None,
    tags: Sequence[str],
    checkpoint: str | Path | Checkpoint | None,
    *,
    progress: bool,
) -> FittedTagger:
    """Train on the training part, choose by the validation part, and train on both."""
    prepared = prepare(settings, training, validation, tags)
    again = settings.refit and validation is not None
    every, final = training, prepared
    if again:
        assert validation is not None
        every = _joined(training, validation)
        final = prepare(settings, every, None, tags)
    # The first one chooses; where it is not trained anew, it is the first of those that answer.
    jobs = [prepared.job, *[final.job] * (settings.networks - (0 if again else 1))]
    trained = run_trainings(settings, jobs, checkpoint, progress=progress)
    fitted = _of(settings, prepared, tags, trained[:1] if again else trained, training)
    if validation is not None and settings.mix is not False:
        weight = best_weight(fitted, validation)
        fitted = replace(fitted, learned=fitted.learned.but(weight=weight))
    if not again:
        return fitted
    # The learning curve is of the training that has something to be measured by.
    names = ("history", "kept_epoch", "epochs", "weight")
    kept = {name: getattr(fitted.learned, name) for name in names}
    fitted = _of(settings, final, tags, trained[1:], every)
    return replace(fitted, learned=fitted.learned.but(**kept))


def _of(
    settings: TaggerParameters,
    prepared: Prepared,
    tags: Sequence[str],
    trained: Sequence[Trained],
    sentences: Sentences,
) -> FittedTagger:
    """Return a tagger of trained networks, with simple answers from some sentences."""
    (weights, record), *more = trained
    numbers = numbered(sentences, tags)
    counts = np.bincount(np.concatenate(numbers), minlength=len(tags))
    swaps = swapped(sentences, min(1, settings.swaps), settings.seed)
    return FittedTagger(
        settings=settings,
        learned=LearnedTagger(
            **record,
            chosen=prepared.chosen,
            tags=tuple(tags),
            frequencies=tuple(counts.tolist()),
            lexicon=prepared.lexicon,
        ),
        weights=weights,
        usual=fit_usual(sentences.words, numbers),
        perceptron=fit_perceptron(swaps.words, numbered(swaps, tags), len(tags), settings.seed),
        others=tuple(each.weights for each in more),
    )


def _joined(one: Sentences, other: Sentences) -> Sentences:
    return replace(one, words=one.words + other.words, tags=one.tags + other.tags)
