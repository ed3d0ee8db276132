"""chrF and BLEU, as sacrebleu computes them, from counts of each text that add up.

chrF (Popovic 2015): of the n-grams of 1 to 6 characters without spaces, the mean precision P and
the mean recall R; with beta 2, 100 (1 + 4) P R / (4 P + R). Of several truths that with the best
chrF counts. BLEU (Papineni and others 2002): the geometric mean of the precisions of 1 to 4 words,
halved again and again where one is 0, times exp(1 - truth / answer) where the answer is shorter.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from recur.arrays import Float64s

_CHARACTERS, _WORDS, _BETA = 6, 4, 2.0

# The words that BLEU counts: those of the tool mteval-v13a, whose rules are these.
_ENTITIES = (("&quot;", '"'), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"))
_CUTS = (
    (re.compile(r"([\{-\~\[-\` -\&\(-\+\:-\@\/])"), r" \1 "),
    (re.compile(r"([^0-9])([\.,])"), r"\1 \2 "),
    (re.compile(r"([\.,])([^0-9])"), r" \1 \2"),
    (re.compile(r"([0-9])(-)"), r"\1 \2 "),
)


def chrf_counts(answers: Sequence[str], truths: Sequence[Sequence[str]]) -> Float64s:
    """Return float64 [texts, 6, 3]: n-grams of the answer, of its best truth, and of both.

    Args:
        answers: a text each.
        truths: one or more texts for each of them.
    """
    found = np.empty((len(answers), _CHARACTERS, 3))
    for i, (answer, several) in enumerate(zip(answers, truths, strict=True)):
        own = _grams("".join(answer.split()), _CHARACTERS)
        counts = [_shared(own, _grams("".join(truth.split()), _CHARACTERS)) for truth in several]
        found[i] = max(counts, key=lambda one: float(chrf(one)))
    return found


def chrf(counts: Float64s) -> Float64s:
    """Return the chrF of counts [..., 6, 3] that have been added up: 0 to 100 [...]."""
    own, true, both = np.moveaxis(counts, -1, 0)
    real = (own > 0) & (true > 0)
    orders = np.maximum(real.sum(axis=-1), 1)
    precision, recall = (
        np.where(real, both / np.maximum(total, 1), 0.0).sum(axis=-1) / orders
        for total in (own, true)
    )
    below = _BETA**2 * precision + recall
    score = (1 + _BETA**2) * precision * recall / np.where(below > 0, below, 1.0)
    return np.asarray(100 * score)


def chrf_between(texts: Sequence[str]) -> Float64s:
    """Return float64 [texts, texts], the chrF of each text where each of them is the truth."""
    grams = [_grams("".join(text.split()), _CHARACTERS) for text in texts]
    return chrf(np.array([[_shared(own, true) for true in grams] for own in grams]))


def _shared(own: list[Counter[str]], true: list[Counter[str]]) -> Float64s:
    """Return float64 [6, 3]; n-grams of the answer do not count where the truth has none."""
    rows = [
        (mine.total() if other else 0, other.total(), (mine & other).total())
        for mine, other in zip(own, true, strict=True)
    ]
    return np.array(rows, np.float64)


def _grams(text: str, most: int) -> list[Counter[str]]:
    return [Counter(text[i : i + n] for i in range(len(text) - n + 1)) for n in range(1, most + 1)]


def bleu(answers: Sequence[str], truths: Sequence[Sequence[str]]) -> float:
    """Return the BLEU of some answers together, 0 to 100; see `chrf_counts`."""
    both, all_ = np.zeros(_WORDS), np.zeros(_WORDS)
    length = true_length = 0
    for answer, several in zip(answers, truths, strict=True):
        words, others = _words(answer), [_words(truth) for truth in several]
        length += len(words)
        true_length += min((len(other) for other in others), key=lambda n: _away(n, len(words)))
        for n in range(_WORDS):
            own = _word_grams(words, n + 1)
            true: Counter[tuple[str, ...]] = Counter()
            for other in others:
                true |= _word_grams(other, n + 1)
            both[n] += (own & true).total()
            all_[n] += own.total()
    if not both.any() or not all_.all():
        return 0.0
    halvings = np.cumsum(both == 0)
    precision = np.where(both > 0, both, 0.5**halvings) / all_
    shorter = min(0.0, 1 - true_length / length)
    return float(100 * np.exp(np.log(precision).mean() + shorter))


def _away(truth: int, answer: int) -> tuple[int, int]:
    """Return what the closest length is the least of: of two as close the shorter."""
    return abs(truth - answer), truth


def _word_grams(words: list[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1))


def _words(text: str) -> list[str]:
    """Return the words that BLEU counts.

    >>> _words("It's 3.5 m, no?")
    ["It's", '3.5', 'm', ',', 'no', '?']
    """
    line = text.rstrip().replace("<skipped>", "").replace("-\n", "").replace("\n", " ")
    for entity, sign in _ENTITIES:
        line = line.replace(entity, sign)
    line = f" {line} "
    for pattern, cut in _CUTS:
        line = pattern.sub(cut, line)
    return line.split()
