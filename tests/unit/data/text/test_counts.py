"""The tree of counts: the chances of the n-grams that it is made of, and nothing but a tree."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recur.arrays import AnySymbols
from recur.data.text.counts import NEVER, Counts
from recur.data.text.ngram import NGram
from recur.errors import SettingsError


def some_text(seed: int, length: int, vocabulary: int) -> AnySymbols:
    rng = np.random.default_rng(seed)
    return rng.choice(vocabulary, length, p=rng.dirichlet(np.full(vocabulary, 0.5)))


def tree(seed: int = 0, length: int = 300, order: int = 4, vocabulary: int = 5) -> Counts:
    return Counts.of(NGram.fit(some_text(seed, length, vocabulary), order, vocabulary))


@given(
    seed=st.integers(0, 2**32 - 1),
    length=st.integers(1, 200),
    order=st.integers(1, 9),
    vocabulary=st.integers(1, 7),
)
def test_it_gives_the_chances_of_its_n_grams(
    seed: int, length: int, order: int, vocabulary: int
) -> None:
    model = NGram.fit(some_text(seed, length, vocabulary), order, vocabulary)
    counts = Counts.of(model)
    text = np.random.default_rng(seed).integers(0, vocabulary, 30)
    logs = counts.logs(counts.contexts(text[:-1, None], counts.start(1)))[:, 0]
    own = -logs[np.arange(29), text[1:]]
    expected = model.losses(text[1:], text[:1])
    np.testing.assert_allclose(own, expected, atol=2e-3)  # a file's steps, one for each length
    np.testing.assert_allclose(np.exp(logs).sum(axis=1), 1, atol=5e-3)


def test_contexts_go_on_where_they_ended() -> None:
    counts, text = tree(), some_text(1, 40, 5).reshape(20, 2)
    whole = counts.contexts(text, counts.start(2))
    first = counts.contexts(text[:13], counts.start(2))
    assert np.array_equal(whole[13:], counts.contexts(text[13:], first[-1]))
    assert (whole[-1] != NEVER).any()
    assert (whole[0, :, 2:] == NEVER).all()  # nothing stands before the first symbol


def test_it_has_the_longest_n_grams_of_which_there_are_few_enough() -> None:
    text = some_text(0, 2000, 5)
    sizes = [len(NGram.fit(text, order, 5)) for order in range(1, 7)]
    for most, order in ((sizes[3], 4), (sizes[3] - 1, 3), (sizes[5], 6), (1, 1)):
        found, expected = Counts.fit(text, 6, 5, most), Counts.of(NGram.fit(text, order, 5))
        assert found.order == order
        for name in ("symbols", "first", "chances", "weights"):
            assert np.array_equal(getattr(found, name), getattr(expected, name))


def test_what_a_file_holds_is_the_tree() -> None:
    counts = tree()
    again = Counts.read(counts.tensors(), 5, counts.order)
    for name in ("symbols", "first", "chances", "weights"):
        assert np.array_equal(getattr(again, name), getattr(counts, name))
    assert counts.tensors()["symbols"].dtype == np.uint8
    wide = tree(vocabulary=300, length=2000)
    assert wide.tensors()["symbols"].dtype == np.uint16
    assert np.array_equal(Counts.read(wide.tensors(), 300, wide.order).symbols, wide.symbols)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("symbols", lambda a: a[:-1]),
        ("symbols", lambda a: np.full_like(a, 200)),
        ("symbols", lambda a: a[::-1].copy()),
        ("symbols", lambda a: a.astype(np.float32)),
        ("children", lambda a: np.zeros_like(a)),
        ("children", lambda a: a[::-1].copy()),
        ("chances", lambda a: a[:, None]),
        ("weights", lambda a: a[1:]),
    ],
)
def test_what_is_no_tree_is_refused(name: str, change: object) -> None:
    counts = tree()
    told = counts.tensors()
    told[name] = change(told[name])  # type: ignore[operator]
    with pytest.raises(SettingsError, match="its counts are"):
        Counts.read(told, 5, counts.order)


def test_an_order_that_it_does_not_have_is_refused() -> None:
    with pytest.raises(SettingsError, match="3 symbols at most"):
        Counts.read(tree(order=4).tensors(), 5, 3)
    with pytest.raises(KeyError):
        Counts.read({}, 5, 3)
