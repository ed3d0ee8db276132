"""How a tagger is judged: on sentences it has not seen, beside the simple answers."""

from __future__ import annotations

from recur.data.labelled.sentences import Sentences, numbered
from recur.judge.superiority import NETWORK
from recur.judge.tag.judgement import MIXTURE, TagJudgement, judge_tagger
from recur.judge.tag.verdict import PERCEPTRON
from recur.tasks.tag.fitted import FittedTagger, HeldOut
from recur.tasks.tag.predict import (
    best_chains,
    decoded,
    mixed,
    network_scores,
    simple_answers,
)


def judged(fitted: FittedTagger, sentences: Sentences) -> tuple[TagJudgement, HeldOut]:
    """Return how a tagger does on sentences, and what it and the simple answers answer."""
    numbered(sentences, fitted.learned.tags)  # refuses what cannot be judged
    words, weight = sentences.words, fitted.learned.weight
    found = network_scores(fitted, words)
    told = decoded(fitted, mixed(fitted, words, found, weight))
    answers = {NETWORK: told.tags}
    if weight:
        answers = {NETWORK: tuple(best_chains(fitted, found)), MIXTURE: told.tags}
    answers |= simple_answers(fitted, words)
    judgement = judge_tagger(answers, sentences.tags, PERCEPTRON if weight else None)
    return judgement, HeldOut(sentences, answers, told.confidence)
