"""The translator: from pairs of texts to a judged network that makes one of the other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np

from recur.data.labelled.pairs import TextPairs, read_pairs
from recur.data.labelled.spacing import Spacing
from recur.errors import DataError, SettingsError
from recur.judge.translate.judgement import TranslationJudgement
from recur.notices import notice
from recur.tasks.base import Learnt, Task, checked
from recur.tasks.run import run_trainings
from recur.tasks.shares import held_out_share
from recur.tasks.translate.fitted import FittedTranslator, HeldOut, LearnedTranslator
from recur.tasks.translate.judge import judged
from recur.tasks.translate.predict import answered
from recur.tasks.translate.prepare import prepare, short_enough
from recur.tasks.translate.settings import TranslatorParameters
from recur.tasks.translate.words import dictionaries_of
from recur.training.checkpoint import Checkpoint

_TEST = 0.1
_FEW = 50  # validation pairs below which a larger share is taken
_LEAST, _MOST = 0.05, 0.3
_TO_JUDGE, _TO_CHOOSE = range(2)  # the divisions


class Translator(TranslatorParameters, Task):
    """An encoder and a decoder that make one text of another, judged on unseen ones.

    Parameters that are None are chosen from the data; `chosen()` tells what they were.
    """

    task: ClassVar[str] = "translate"
    fitted_: FittedTranslator

    dictionary_ = Learnt[dict[str, str]]("learned.dictionary")
    held_out_ = Learnt[HeldOut | None]("held_out")
    judgement_ = Learnt[TranslationJudgement | None]("judgement")

    def fit(
        self,
        source: Any,
        targets: Any = None,
        *,
        test: Any = None,
        checkpoint: str | Path | Checkpoint | None = None,
        progress: bool = True,
    ) -> Self:
        """Learn what should come out of each text, and judge on texts that were held out.

        Args:
            source: texts; `TextPairs`; or the path of a file of pairs, as `recur translate` takes
                it.
            targets: what should come out of each text.
            test: the share that is held out, drawn at random, pairs with the same source together;
                0 for none, then nothing is judged; or pairs to judge by, in any form of `source`
                (texts and targets in a tuple). By default a tenth.
            checkpoint: a file that training is saved to, and resumed from if it exists.
            progress: show progress where standard error is a terminal.
        """
        settings = checked(TranslatorParameters, self.get_params())
        pairs = short_enough(settings, _pairs(source, targets).needed())
        rest, held = _held_out(pairs, test, settings.seed)
        training, validation = _divided(settings, rest)
        prepared = prepare(settings, training, validation)
        jobs = [prepared.job] * settings.networks
        (weights, record), *more = run_trainings(settings, jobs, checkpoint, progress=progress)
        # They choose nothing by the validation part, and learn from that as well.
        dictionary, rare = dictionaries_of(rest, prepared.targets)
        learned = LearnedTranslator(
            **record,
            chosen=prepared.chosen,
            sources=prepared.sources,
            targets=prepared.targets,
            spacing=Spacing.of(rest.targets, prepared.targets.unit),
            dictionary=dictionary,
            rare=rare,
            longest=prepared.longest,
            pairs=len(rest),
        )
        others = tuple(each.weights for each in more)
        fitted = FittedTranslator(settings, learned, weights, others)
        if held is not None:
            judgement, held_out = judged(fitted, held)
            fitted = replace(fitted, judgement=judgement, held_out=held_out)
        self.fitted_ = fitted
        return self

    def predict(self, source: Any) -> list[str]:
        """Return what comes out of each text.

        Args:
            source: as `fit` takes it, with or without targets; a single text is a path.
        """
        self._fitted("used")
        pairs = _pairs(source)
        return list(answered(self.fitted_, pairs.sources, pairs.origin).texts)

    def judge(self, source: Any = None, targets: Any = None) -> TranslationJudgement:
        """Return how the network does beside the simple answers.

        Args:
            source: as `fit` takes it; by default what `fit` held out.
            targets: what should come out of each text.
        """
        self._fitted("judged")
        if source is not None:
            return judged(self.fitted_, _pairs(source, targets))[0]
        if self.judgement_ is None:
            raise SettingsError(
                "there is nothing to judge by: give pairs of texts, or `fit` with a `test`."
            )
        return self.judgement_

    def score(self, source: Any = None, targets: Any = None) -> float:
        """Return the chrF of `predict` as a share, as scikit-learn wants it.

        Args:
            source: as in `judge`.
            targets: as in `judge`.
        """
        return self.judge(source, targets).verdict.chrf / 100


def _pairs(source: Any, targets: Any = None) -> TextPairs:
    if isinstance(source, str | Path):
        pairs = read_pairs([source])
        for note in pairs.notes:
            notice(note)
        return pairs
    return TextPairs.of(source, targets)


def _held_out(pairs: TextPairs, test: Any, seed: int) -> tuple[TextPairs, TextPairs | None]:
    """Return what is learnt from, and what is judged by."""
    if test is not None and not isinstance(test, int | float):
        held = _pairs(*test) if isinstance(test, tuple) else _pairs(test)
        return pairs, held.needed()
    share = held_out_share(test, _TEST)
    if not share:
        return pairs, None
    first, second = pairs.divided(share, seed, _TO_JUDGE)
    if not len(second):
        raise DataError(
            f"{pairs.origin}: all pairs have the same source, so that none can be held out; give "
            "more pairs, or pairs to judge by with `test`."
        )
    return pairs.part(first), pairs.part(second)


def _divided(settings: TranslatorParameters, rest: TextPairs) -> tuple[TextPairs, TextPairs | None]:
    """Return what the network learns from, and what is chosen by."""
    share = settings.validation
    if share is None:
        share = float(np.clip(_FEW / len(rest), _LEAST, _MOST))
    first, second = rest.divided(share, settings.seed, _TO_CHOOSE) if share else (None, ())
    if first is None or not len(second):
        return rest, None
    return rest.part(first), rest.part(np.asarray(second))
