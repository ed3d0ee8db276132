"""A text as symbols: how much is read, many short texts, other numbers, and parts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recur.data.text.text import Text, TextSplit, read_text
from recur.data.text.vocabulary import Unit, Vocabulary
from recur.errors import DataError, SettingsError


def shown(text: Text) -> str:
    return text.vocabulary.decode(text.symbols)


def texts(text: Text) -> list[str]:
    ends = [*text.starts[1:].tolist(), len(text)]
    return [shown(text.part(a, b)) for a, b in zip(text.starts.tolist(), ends, strict=True)]


@pytest.mark.parametrize("size", [1, 3, 6, 100])
def test_the_first_characters_are_read(size: int) -> None:
    assert shown(read_text("aébécé".encode(), size=size)) == "aébécé"[:size]
    assert shown(Text.of("aébécé", size=size)) == "aébécé"[:size]


def test_half_a_character_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"U\+DC80 is half of a character"):
        Text.of("a\udc80")


def test_very_many_characters_are_noticed() -> None:
    few, many = ("".join(map(chr, range(0x4E00, 0x4E00 + n))) for n in (20_000, 20_001))
    assert Text.of(few).notes == ()
    assert "20,001 distinct characters" in Text.of(many).notes[0]


# Many short texts


@given(st.lists(st.text(alphabet="ab é", max_size=5), min_size=1, max_size=20), st.booleans())
def test_each_line_that_is_not_blank_is_a_text(lines: list[str], ended: bool) -> None:
    kept = [line + "\n" for line in lines if line]
    source = "\n".join(lines) + "\n" * ended
    if not kept:
        with pytest.raises(DataError, match=r"blank lines alone|is empty"):
            Text.of(source, lines=True)
        return
    text = Text.of(source, lines=True)
    assert texts(text) == kept
    assert texts(read_text(source.encode(), lines=True, unit="characters")) == kept


@pytest.mark.parametrize("unit", ["characters", "bytes"])
def test_lines_keep_their_ends_and_blank_ones_are_counted(unit: Unit) -> None:
    text = read_text("Änne\r\n\r\n\nBob\nC".encode(), lines=True, unit=unit, block=7)
    assert texts(text) == ["Änne\r\n", "Bob\n", "C\n"]
    assert text.notes == ("Skipped 2 blank lines.",)
    assert read_text(b"a\n\nb", lines=True, unit=unit).notes == ("Skipped 1 blank line.",)
    assert texts(read_text(b"one line", lines=True)) == ["one line\n"]


# A text by the numbers of another vocabulary


def test_a_text_is_taken_by_the_numbers_of_a_model() -> None:
    vocabulary = Text.of("zebra").vocabulary
    text = Text.of("bear").under(vocabulary)
    assert shown(text) == "bear"
    assert text.vocabulary is vocabulary
    with pytest.raises(
        DataError, match=r"^The text has 'o' \(U\+006F\) at position 1, .* the 5 cha"
    ):
        Text.of("zoo").under(vocabulary)
    with pytest.raises(DataError, match=r"was read as bytes, but characters were learnt from"):
        Text.of(b"zebra").under(vocabulary)


def test_unknown_symbols_leave_the_starts_where_texts_start() -> None:
    vocabulary = Vocabulary(symbols=tuple("\nab"), unknown="skip")
    text = Text.of("xab\nxx\nbxa\n", lines=True).under(vocabulary)
    assert texts(text) == ["ab\n", "\n", "ba\n"]
    letters = Vocabulary(symbols=tuple("ab"), unknown="skip")
    assert texts(Text.of("xab\nxx\nbxa\nx", lines=True).under(letters)) == ["ab", "ba"]


def test_only_the_characters_of_a_part_have_to_be_known() -> None:
    part = Text.of("aab").part(0, 2)
    assert shown(part.under(Vocabulary(symbols=("a",)))) == "aa"


# Parts


@given(st.integers(20, 500), st.floats(0, 0.45), st.floats(0, 0.45))
def test_parts_are_contiguous_and_together_the_text(n: int, validation: float, test: float) -> None:
    text = Text.of("abcdefghij" * 50, size=n)
    try:
        parts = TextSplit.of(text, validation=validation, test=test)
    except DataError:
        assert min(share for share in (validation, test) if share) * n < 1.001
        return
    pieces = [parts.training, parts.validation, parts.test]
    assert [piece is not None for piece in pieces] == [True, validation > 0, test > 0]
    assert "".join(shown(piece) for piece in pieces if piece) == shown(text)
    for piece, share in zip(pieces, (1 - validation - test, validation, test), strict=True):
        assert abs((len(piece) if piece else 0) - share * n) < 1.001


def test_the_last_tenth_is_held_out_and_nothing_is_copied() -> None:
    text = Text.of("abcdefghij" * 10)
    parts = TextSplit.of(text)
    assert (len(parts.training), parts.test) == (90, None)
    assert parts.validation is not None
    assert len(parts.validation) == 10
    assert np.shares_memory(parts.validation.symbols, text.symbols)


def test_shares_are_rounded_as_they_are_meant() -> None:
    parts = TextSplit.of(Text.of("abcdefghij"), validation=0.4, test=0.3)
    assert [len(part) for part in (parts.training, parts.validation, parts.test) if part] == [
        3,
        4,
        3,
    ]


def test_many_texts_are_cut_between_two() -> None:
    text = Text.of("\n".join(["Ann", "Barbara", "Cy", "Dominic", "Eve"]), lines=True)
    parts = TextSplit.of(text, validation=0.3, test=0.1)
    assert parts.validation is not None
    assert parts.test is not None
    assert texts(parts.training) == ["Ann\n", "Barbara\n", "Cy\n"]
    assert texts(parts.validation) == ["Dominic\n"]
    assert texts(parts.test) == ["Eve\n"]


def test_too_little_for_a_part_is_refused() -> None:
    names = Text.of("Ann\nBob", lines=True)
    with pytest.raises(
        DataError, match=r"The text has 2 texts, too few for 3 parts \(`validation` 0.2"
    ):
        TextSplit.of(names, validation=0.2, test=0.2)
    with pytest.raises(DataError, match="text has 1 characters, too few for 2 parts"):
        TextSplit.of(Text.of("a"))


@pytest.mark.parametrize(("validation", "test"), [(1.0, 0.0), (-0.1, 0), (0.6, 0.4), (10, 0)])
def test_shares_that_leave_nothing_are_refused(validation: float, test: float) -> None:
    with pytest.raises(SettingsError, match=f"`validation` is {validation} and `test` is {test};"):
        TextSplit.of(Text.of("abc"), validation=validation, test=test)


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "size", "characters", "symbols"),
    [
        ("shakespeare", 10_000, 10_000, 57),
        ("shakespeare", None, 3_801_089, 66),
        ("sherlock", None, 3_010_866, 99),
        ("tinyshakespeare", None, 1_115_394, 65),
    ],
)
def test_known_texts_have_their_known_symbols(
    realdata: Path, name: str, size: int | None, characters: int, symbols: int
) -> None:
    text = read_text(realdata / "text" / f"{name}.txt", size=size)
    assert (len(text), len(text.vocabulary), text.notes) == (characters, symbols, ())
