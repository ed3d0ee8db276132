"""Of several translations the one that the others agree with most."""

from __future__ import annotations

import numpy as np
import pytest

from recur.judge.translate.metrics import chrf, chrf_between, chrf_counts
from recur.tasks.translate.consensus import most_agreed


def test_what_most_agree_with_is_taken_where_it_is_less_likely_itself() -> None:
    texts = ["Il pue.", "Il joue au foot.", "Il joue au football.", "Elle joue au football."]
    assert most_agreed(texts, np.log([0.3, 0.25, 0.25, 0.2])) == 2
    assert most_agreed(texts, np.log([0.61, 0.13, 0.13, 0.13])) == 2  # roots count
    assert most_agreed(texts, np.log([0.94, 0.02, 0.02, 0.02])) == 0


def test_the_same_text_twice_counts_with_both_of_its_probabilities() -> None:
    texts = ["Va-t'en.", "Cours !", "Cours !"]
    assert most_agreed(texts, np.log([0.4, 0.3, 0.3])) == 1
    assert most_agreed(texts[:2], np.log([0.4, 0.3])) == 0


def test_of_equal_ones_the_first_is_taken() -> None:
    assert most_agreed(["un", "dé"], [-1.0, -1.0]) == 0
    assert most_agreed(["un"], [-900.0]) == 0


def test_the_likeness_of_texts_is_their_chrf() -> None:
    texts = ["Il joue au foot.", "Elle joue", "x"]
    for i, row in enumerate(chrf_between(texts)):
        for j, value in enumerate(row):
            assert value == pytest.approx(chrf(chrf_counts([texts[i]], [[texts[j]]]))[0])
