"""A text in subwords: where they begin, what they spell, and what each costs."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recur.data.text.subwords import in_subwords, learn_subwords
from recur.data.text.text import Text, TextSplit
from recur.data.text.vocabulary import Vocabulary
from recur.errors import DataError

LINES = "the cat sat on the mat\nthe hat sat there\n" * 40


def test_a_text_in_subwords_is_the_same_text() -> None:
    text = Text.of(LINES)
    found = learn_subwords(text, 1200, 40)
    assert found.vocabulary.decode(found.symbols) == LINES
    assert found.characters == len(LINES) == text.characters
    assert len(found) < len(LINES) / 2
    assert " the" in found.vocabulary.symbols
    assert found.vocabulary.alphabet == text.vocabulary.symbols
    assert text.vocabulary.symbols[found.vocabulary.spelt(found.symbols)[5]] == LINES[5]
    spelt = found.vocabulary.spelt(found.symbols)
    assert spelt.tolist() == text.symbols.tolist()


@pytest.mark.parametrize("share", [0.1, 0.237, 0.5])
def test_the_same_characters_are_held_out(share: float) -> None:
    text = Text.of(LINES)
    count = len(TextSplit.of(text, validation=share).training)
    split = TextSplit.of(learn_subwords(text, count, 40), validation=share)
    assert split.validation is not None
    assert split.training.characters == count
    assert split.validation.characters == len(text) - count


def test_nothing_is_learnt_from_what_is_held_out() -> None:
    text = Text.of("ab " * 30 + "xy " * 300)
    found = learn_subwords(text, 90, 99).vocabulary
    learnt = "".join(found.symbols[len(found.alphabet) :])
    assert "ab" in learnt
    assert "x" not in learnt


def test_no_subword_reaches_over_the_start_of_a_text() -> None:
    lines = Text.of("ab\n" * 40 + "ab", lines=True)
    found = learn_subwords(lines, 90, 99)
    starts = [found.vocabulary.decode(found.symbols[:at]).count("\n") for at in found.starts]
    assert starts == list(range(41))
    split = TextSplit.of(found, validation=0.1)
    assert split.validation is not None
    assert split.training.characters % 3 == 0


def test_what_is_unknown_is_refused_or_left_out() -> None:
    vocabulary = learn_subwords(Text.of(LINES), 1600, 40).vocabulary
    other = Text.of("the qat")
    expected = "The text has 'q' (U+0071) at position 4, which is none of the 12 characters that"
    with pytest.raises(DataError, match=re.escape(expected)):
        in_subwords(other, vocabulary)
    kept = in_subwords(other, vocabulary.but(unknown="skip"))
    assert kept.vocabulary.decode(kept.symbols) == "the at"
    with pytest.raises(DataError, match="was read as bytes, but subwords are made of characters"):
        learn_subwords(Text.of(LINES.encode()), 90, 40)


@given(st.text("ab c\n", min_size=1, max_size=40))
def test_a_symbol_costs_its_characters_together_what_it_costs_alone(text: str) -> None:
    vocabulary = Vocabulary(symbols=("\n", " ", "a", "b", "c", "ab", " c"), unit="subwords")
    symbols = vocabulary.encode(text)
    losses = np.random.default_rng(0).random(len(symbols))
    spread = vocabulary.spread(losses, symbols)
    assert len(spread) == len(text)
    np.testing.assert_allclose(spread.sum(), losses.sum())


@pytest.mark.parametrize(
    ("symbols", "unit", "wrong"),
    [
        (("a", "ab"), "subwords", "not made of its characters"),
        (("a", "b", "ab"), "characters", "single characters"),
        (("ab", "a", "b"), "subwords", "single characters"),
        (("a", "b", "ab", "ab"), "subwords", "twice"),
        (("a", "b", "ab", "c"), "subwords", "not made of its characters"),
    ],
)
def test_a_vocabulary_that_cannot_be_is_refused(symbols: Any, unit: Any, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        Vocabulary(symbols=symbols, unit=unit)
