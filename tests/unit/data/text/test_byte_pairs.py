"""Byte pairs: what is joined, what is not, and that nothing is lost."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recur.data.text.byte_pairs import BytePairs, words
from recur.errors import SettingsError

SOME = "the cat sat on the mat. the hat that the cat had sat on was flat.\n" * 3


def by_hand(text: str, count: int) -> list[str]:
    """Join the commonest neighbours, counted anew each time, the first in order among equals."""
    spelt = [list(word) for word in words(text)]
    found: list[str] = []
    while len(found) < count:
        together = Counter(pair for parts in spelt for pair in pairwise(parts))
        best = min(together, key=lambda pair: (-together[pair], pair))
        if "".join(best) not in found:
            found.append("".join(best))
        for i, parts in enumerate(spelt):
            out: list[str] = []
            for part in parts:
                if out and out[-1] + part == "".join(best):
                    out[-1] += part
                else:
                    out.append(part)
            spelt[i] = out
    return found


def test_what_stands_together_most_often_is_joined_first() -> None:
    alphabet = len(set(SOME))
    pairs = BytePairs.learn(SOME, alphabet + 12, fewest=1)
    assert list(pairs.symbols[:alphabet]) == sorted(set(SOME))
    assert list(pairs.symbols[alphabet:]) == by_hand(SOME, 12)
    assert " the" in pairs.symbols


def test_a_word_is_spelt_in_the_order_of_learning() -> None:
    pairs = BytePairs(("a", "b", "c", "bc", "ab", "abc"))
    assert pairs.encode("abc") == [5]  # b and c first, then a and bc
    assert pairs.encode("abab") == [4, 4]
    assert pairs.encode("bcbc") == [3, 3]
    assert pairs.encode("a?c") == [0, -1, 2]


@given(st.text(max_size=60), st.integers(0, 30))
def test_nothing_is_lost_whatever_the_script(text: str, more: int) -> None:
    learnt = BytePairs.learn(text * 3, len(set(text)) + more, fewest=2)
    assert len(learnt.symbols) <= len(set(text)) + more
    assert "".join(learnt.symbols[number] for number in learnt.encode(text)) == text
    assert "".join(words(text)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ay, 20 of  them!\n\nGo", ["Ay", ",", " 20", " of", " ", " them", "!\n\n", "Go"]),
        ("नमस्ते दुनिया", ["नमस्ते", " दुनिया"]),
        ("水は、青い。", ["水は", "、", "青い", "。"]),
        ("שלם עלם", ["שלם", " עלם"]),
        ("a \n b ", ["a", " ", "\n", " b", " "]),
    ],
)
def test_no_symbol_reaches_over_the_end_of_a_word(text: str, expected: list[str]) -> None:
    assert list(words(text)) == expected


def test_what_is_rare_is_not_learnt() -> None:
    assert BytePairs.learn("ab" * 19 + " ", 99).symbols == (" ", "a", "b")
    assert "ab" in BytePairs.learn("ab " * 20, 99).symbols


def test_characters_are_symbols_even_where_they_were_not_seen() -> None:
    assert BytePairs.learn("aa", 3, alphabet="ba").symbols == ("a", "b")
    expected = "2 symbols were asked for, but the text has 3 distinct characters"
    with pytest.raises(SettingsError, match=re.escape(expected)):
        BytePairs.learn("abc", 2)
