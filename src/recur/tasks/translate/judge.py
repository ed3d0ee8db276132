"""How a translator is judged: on texts it has not seen, beside the simple answers."""

from __future__ import annotations

from recur.data.labelled.pairs import TextPairs
from recur.judge.superiority import NETWORK
from recur.judge.translate.judgement import TranslationJudgement, judge_translator
from recur.tasks.translate.fitted import FittedTranslator, HeldOut
from recur.tasks.translate.predict import answered
from recur.tasks.translate.words import simple_answers


def judged(fitted: FittedTranslator, pairs: TextPairs) -> tuple[TranslationJudgement, HeldOut]:
    """Return how a translator does on pairs, and what it and the simple answers answer.

    Each source is translated once; all that may come out of it are truths together.
    """
    sources, truths = pairs.needed().references()
    learned = fitted.learned
    own = answered(fitted, sources, pairs.origin)
    unit = learned.targets.unit
    simple = simple_answers(sources, unit, learned.dictionary, learned.spacing)
    answers = {NETWORK: own.texts, **simple}
    return judge_translator(answers, truths, unit), HeldOut(sources, truths, answers, own.shares)
