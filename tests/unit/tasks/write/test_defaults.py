"""What is chosen from a text where the user has not chosen."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recur.data.text.text import Text, TextSplit
from recur.errors import DataError
from recur.tasks.write.defaults import (
    least_characters,
    long_windows,
    refuse_short,
    suggested,
    suggestions,
)


@pytest.mark.parametrize(
    ("characters", "sizes"),
    [
        (9_000, [128]),
        (49_999, [128]),
        (50_000, [256, 128]),
        (499_999, [256, 128]),
        (500_000, [512, 256, 128]),
    ],
)
def test_more_text_takes_a_larger_network(characters: int, sizes: list[int]) -> None:
    assert [one["hidden"] for one in suggestions(characters, 65)] == sizes


def test_without_a_time_a_network_is_taken_that_makes_some_passes_in_the_usual_one() -> None:
    assert [suggested(count, 65)["hidden"] for count in (10**5, 10**6, 10**7)] == [256, 256, 128]


def test_a_size_that_time_can_choose_comes_with_all_that_belongs_to_it_when_it_is_given() -> None:
    for one in suggestions(10**6, 65):
        assert suggested(10**6, 65, hidden=one["hidden"]) == one
    assert suggested(10**6, 65, hidden=300) == suggested(10**6, 65)


@given(st.integers(1, 10**9), st.integers(1, 100_000), st.sampled_from(["rnn", "gru", "lstm"]))
def test_suggestions_can_always_be_trained(characters: int, symbols: int, cell: str) -> None:
    chosen = suggested(characters, symbols, cell)
    assert chosen in suggestions(characters, symbols, cell)
    assert 1 <= chosen["embedding"] <= symbols
    assert 8 <= chosen["steps"] <= 128
    assert 1 <= chosen["streams"] <= 64
    if characters >= 160:
        assert characters // chosen["streams"] // chosen["steps"] >= 20
    assert 0 <= chosen["dropout"] < 1
    assert chosen["rate"] > 0


def test_a_vanilla_rnn_is_warned_of_long_windows() -> None:
    assert "hardly learns over more than about 50 steps; windows of 101" in long_windows("rnn", 101)
    assert long_windows("rnn", 100) == long_windows("gru", 500) == long_windows("lstm", 500) == ""


@given(
    st.integers(1, 40),
    st.integers(1, 8),
    st.sampled_from([0.0, 0.05, 0.1, 0.13, 0.3]),
    st.sampled_from([0.0, 0.07, 0.1, 0.2]),
)
def test_the_least_text_holds_a_window_in_every_part(
    steps: int, streams: int, validation: float, test: float
) -> None:
    def enough(characters: int) -> bool:
        text = Text.of("ab" * characters, size=characters)
        try:
            parts = TextSplit.of(text, validation=validation, test=test)
        except DataError:
            return False
        held_out = [part for part in (parts.validation, parts.test) if part is not None]
        return len(parts.training) > streams * steps and all(len(p) > steps for p in held_out)

    least = least_characters(steps, streams, validation, test)
    assert all(enough(least + more) for more in range(30))
    rounding = round(2 / min(share for share in (validation, test, 0.5) if share))
    assert least - rounding < 1 or not enough(least - rounding)


def test_a_text_that_is_too_short_is_refused_with_the_numbers() -> None:
    assert least_characters(64, 8, 0.1) == 650
    assert least_characters(64, 8, 0.0) == 513
    refuse_short(650, 64, 8, 0.1)
    expected = (
        "The text has 649 characters, but 8 `streams` of 64 `steps`, with 10% held out, need at "
        "least 650; give more text, or take fewer streams or steps."
    )
    with pytest.raises(DataError, match=f"^{re.escape(expected)}$"):
        refuse_short(649, 64, 8, 0.1)
    with pytest.raises(DataError, match="64 `steps` need at least 513;"):
        refuse_short(512, 64, 8, 0.0)
