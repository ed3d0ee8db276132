"""Examples are divided in like shares of the classes, and groups stay together."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recur.data.labelled.examples import Examples, classes_of, split
from recur.data.labelled.lexicon import UNKNOWN, Lexicon, pieces, usual_unit
from recur.errors import DataError


@given(
    labels=st.lists(st.sampled_from("abc"), min_size=6, max_size=200),
    share=st.floats(0.05, 0.5),
    seed=st.integers(0, 5),
)
def test_a_split_holds_every_example_once_and_the_classes_in_like_shares(
    labels: list[str], share: float, seed: int
) -> None:
    first, second = split(labels, (), share, seed, 0)
    assert sorted([*first, *second]) == list(range(len(labels)))
    counts, held = Counter(labels), Counter(labels[i] for i in second)
    for name, count in counts.items():
        if count > 1:
            assert 1 <= held[name] <= max(1.0, share * count + 1)
            assert held[name] < count
    again = split(labels, (), share, seed, 0)
    assert np.array_equal(again[1], second)


def test_another_seed_or_division_draws_others() -> None:
    labels = ["a", "b"] * 50
    parts = {tuple(split(labels, (), 0.3, *which)[1]) for which in ((0, 0), (0, 1), (1, 0))}
    assert len(parts) == 3


@given(st.lists(st.sampled_from("pqrstu"), min_size=8, max_size=80), st.integers(0, 3))
def test_a_group_is_never_divided(groups: list[str], seed: int) -> None:
    labels = ["a" if group < "s" else "b" for group in groups]
    first, second = split(labels, groups, 0.3, seed, 0)
    assert not {groups[i] for i in first} & {groups[i] for i in second}
    assert len(first) + len(second) == len(groups)


def test_one_class_and_a_class_of_one_are_refused_with_their_names() -> None:
    with pytest.raises(DataError, match="all 2 examples have the label `a`"):
        classes_of(["a", "a"], "x.csv")
    with pytest.raises(DataError, match="the class `c` has a single example"):
        classes_of(["a", "a", "b", "b", "c"], "x.csv")
    with pytest.raises(DataError, match="has no labels"):
        classes_of([], "x.csv")


def test_empty_texts_and_missing_values_are_refused() -> None:
    with pytest.raises(DataError, match="text 2 is empty"):
        Examples.of(["a", " "], ["x", "y"])
    with pytest.raises(DataError, match="series 1 has a value that is missing"):
        Examples.of([np.array([1.0, np.nan]), np.zeros(2)], [0, 1])
    with pytest.raises(DataError, match="2 texts and 1 labels"):
        Examples.of(["a", "b"], ["x"])


def test_rare_symbols_are_unknown_and_words_are_of_any_script() -> None:
    texts = ["Ein Fluß, ein Baum", "ein Baum!"]
    lexicon = Lexicon.of(texts, "words", fewest=2)
    assert lexicon.symbols == ("ein", "baum")
    assert lexicon.encode("Ein neuer Baum", 9).tolist() == [1, UNKNOWN, 2]
    assert lexicon.encode("ein ein ein", 2).tolist() == [1, 1]
    assert lexicon.encode("", 5).tolist() == [UNKNOWN]
    assert pieces("Добрый день, 世界", "words") == ["добрый", "день", ",", "世界"]
    assert pieces("Aß", "characters") == ["A", "ß"]


def test_texts_of_several_words_are_read_as_words() -> None:
    assert usual_unit(["a good film", "not so good"]) == "words"
    assert usual_unit(["Khoury", "O'Neill", "van Dam"]) == "characters"


def test_every_example_has_its_label_and_its_group() -> None:
    with pytest.raises(DataError, match="there are 2 texts and 1 labels; each needs one"):
        Examples(("a", "b"), ("x",))
    with pytest.raises(DataError, match="there are 2 texts and 3 groups; each needs one"):
        Examples(("a", "b"), groups=("x", "y", "z"))
    with pytest.raises(DataError, match="there are no examples; at least two are needed"):
        Examples(())
