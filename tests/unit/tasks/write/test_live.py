"""What may come next in a text, asked piece by piece, is what reading it whole says."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recur import DataError, SettingsError, Text, Writer
from recur.tasks.write.judge import read_losses

_TEXT = "the cat sat on the mat, and the rat sat on the cat. "


@cache
def writer(*, counting: bool) -> Writer:
    """Return a small writer, mixed with counts or alone."""
    model = Writer(hidden=6, embedding=3, layers=1, epochs=1, steps=8, streams=3, counting=counting)
    return model.fit(Text.of(_TEXT * 12), progress=False)


@settings(max_examples=20)
@given(
    text=st.text(alphabet=sorted(set(_TEXT)), min_size=2, max_size=30), counting=st.booleans(),
    cuts=st.sets(st.integers(1, 29)), saved=st.integers(0, 3), reset=st.booleans(),
)  # fmt: skip
def test_the_chances_of_the_next_symbol_are_those_of_the_whole_text(
    text: str, counting: bool, cuts: set[int], saved: int, reset: bool,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:  # fmt: skip
    model = writer(counting=counting)
    live, whole = model.live(), model.live()
    if reset:
        live.push("sat")
        live.reset()
    places = [0, *sorted(cut for cut in cuts if cut < len(text)), len(text)]
    losses = read_losses(model.fitted_, model.vocabulary_.encode(text))
    for number, (first, last) in enumerate(pairwise(places)):
        told = live.push(text[first:last])
        if number == saved:
            path = live.save(tmp_path_factory.mktemp("stream") / "state")
            live = model.live(state=path)
        if last < len(text):
            chance = told.probabilities[model.vocabulary_.symbols.index(text[last])]
            assert -np.log(chance) == pytest.approx(losses[last - 1], rel=1e-9)
    assert np.array_equal(told.probabilities, whole.push(text).probabilities)
    assert told.probabilities.sum() == pytest.approx(1)


def test_the_likeliest_symbols_come_first() -> None:
    told = writer(counting=True).live().push("the ca")
    (first, chance), *others = told.likeliest(3)
    assert first == "t"
    assert [chance, *(other for _, other in others)] == sorted(told.probabilities)[:-4:-1]
    assert told.to_dict()["probabilities"]["t"] == chance


def test_what_no_text_had_is_refused_and_changes_nothing() -> None:
    live, twin = writer(counting=True).live(), writer(counting=True).live()
    with pytest.raises(DataError, match="none of the"):
        live.push("caß")
    with pytest.raises(SettingsError, match="at least one"):
        live.push("")
    assert np.array_equal(live.push("c").probabilities, twin.push("c").probabilities)
