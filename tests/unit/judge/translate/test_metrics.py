"""chrF and BLEU against sacrebleu, of answers that are good, bad, short and odd."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recur.judge.translate.metrics import bleu, chrf, chrf_counts

sacrebleu = pytest.importorskip("sacrebleu")

_WORDS = (
    *("le", "chat", "dort", "Tom", "J'ai", "mangé", "3.5", "1,000", "10-20", "(oui)", "non !"),
    *("...", "&amp;", "«", "l\u2019eau", "a", "-", "e.g.", "日本語", "x<y"),
)
texts = st.lists(st.sampled_from(_WORDS), max_size=9).map(" ".join)
some = st.lists(
    st.tuples(texts, st.lists(texts.filter(bool), min_size=1, max_size=3)), min_size=1, max_size=6
)


@settings(max_examples=150, deadline=None)
@given(some)
def test_both_are_those_of_sacrebleu(pairs: list[tuple[str, list[str]]]) -> None:
    answers, truths = [one for one, _ in pairs], [several for _, several in pairs]
    most = max(map(len, truths))
    streams = [[each[i] if i < len(each) else None for each in truths] for i in range(most)]
    ours = float(chrf(chrf_counts(answers, truths).sum(axis=0)))
    assert ours == pytest.approx(sacrebleu.corpus_chrf(answers, streams).score, abs=1e-9)
    theirs = sacrebleu.corpus_bleu(answers, streams, force=True).score
    assert bleu(answers, truths) == pytest.approx(theirs, abs=1e-9)


def test_both_are_those_of_sacrebleu_on_many_sentences() -> None:
    draw = random.Random(4)
    truths = [" ".join(draw.choices(_WORDS, k=draw.randint(1, 12))) for _ in range(300)]
    answers = [" ".join(w for w in one.split() if draw.random() < 0.7) for one in truths]
    several = [[one] for one in truths]
    ours = float(chrf(chrf_counts(answers, several).sum(axis=0)))
    assert ours == pytest.approx(sacrebleu.corpus_chrf(answers, [truths]).score, abs=1e-9)
    theirs = sacrebleu.corpus_bleu(answers, [truths], force=True).score
    assert 20 < bleu(answers, several) == pytest.approx(theirs, abs=1e-9)


def test_the_counts_of_texts_add_up() -> None:
    answers, truths = ["un chat", "deux chiens"], [["un chat"], ["deux chats"]]
    counts = chrf_counts(answers, truths)
    assert float(chrf(counts[0])) == pytest.approx(100)
    assert float(chrf(counts[1])) < 100
    np.testing.assert_array_equal(
        counts.sum(axis=0), chrf_counts(answers[::-1], truths[::-1]).sum(axis=0)
    )
