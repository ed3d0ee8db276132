"""A vocabulary: what is encoded is decoded again, and what is unknown is named or skipped."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recur.data.text.text import Text, read_text
from recur.data.text.vocabulary import Unit, Vocabulary
from recur.errors import DataError, SettingsError

TEXTS = st.text(min_size=1, max_size=200)


@given(TEXTS)
def test_what_is_encoded_is_decoded_again(text: str) -> None:
    vocabulary = Text.of(text).vocabulary
    assert vocabulary.decode(vocabulary.encode(text)) == text
    assert Text.of(text).symbols.tolist() == vocabulary.encode(text).tolist()
    assert list(vocabulary.symbols) == sorted(set(text))


@given(TEXTS)
def test_bytes_are_encoded_as_utf_8(text: str) -> None:
    vocabulary = Text.of(text.encode()).vocabulary
    assert vocabulary.unit == "bytes"
    assert vocabulary.decode(vocabulary.encode(text)) == text


@given(TEXTS, st.integers(1, 4))
def test_a_stream_of_bytes_shows_no_half_characters(text: str, taken: int) -> None:
    source = Text.of(text.encode())
    decode = source.vocabulary.decoder()
    pieces = [decode(source.symbols[at : at + taken], False) for at in range(0, len(source), taken)]
    assert "".join(pieces) == text
    assert decode([], True) == ""


def test_bytes_that_are_no_text_are_only_shown_as_replaced() -> None:
    text = Text.of(b"a\xff\xc3")
    assert text.vocabulary.decode(text.symbols) == "a\ufffd\ufffd"
    decode = text.vocabulary.decoder()
    assert (decode(text.symbols, False), decode([], True)) == ("a\ufffd", "\ufffd")


@pytest.mark.parametrize("unit", ["characters", "bytes"])
def test_a_vocabulary_goes_through_json_unchanged(unit: Unit) -> None:
    vocabulary = read_text("a\n\té\U0001f600\u2028".encode(), unit=unit).vocabulary
    again = Vocabulary.from_dict(json.loads(json.dumps(vocabulary.to_dict())))
    assert again == vocabulary
    assert again.decode(range(len(again))) == vocabulary.decode(range(len(vocabulary)))


def test_an_unknown_character_is_named_with_its_place() -> None:
    vocabulary = Vocabulary(symbols=tuple("abc"))
    expected = (
        "The text has 'é' (U+00E9) at position 2, which is none of the 3 characters that were "
        "learnt from; leave it out, or leave out all such characters with `unknown=skip` "
        "(`--unknown skip`)."
    )
    with pytest.raises(DataError, match=f"^{re.escape(expected)}$"):
        vocabulary.encode("abécdé")


def test_unknown_symbols_are_skipped_where_that_is_wanted() -> None:
    vocabulary = Vocabulary(symbols=tuple("bca"), unknown="skip")
    assert vocabulary.encode("xaéb\U0010ffff\0c").tolist() == [2, 0, 1]
    assert vocabulary.encode("xyz").tolist() == []


def test_an_unknown_byte_is_named() -> None:
    vocabulary = Vocabulary(symbols=tuple("ab"), unit="bytes")
    with pytest.raises(DataError, match=r"has byte 0xc3 at position 1, which is none of the 2 by"):
        vocabulary.encode("aé")


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"symbols": ()}, "at least one"),
        ({"symbols": ("ab",)}, "single characters"),
        ({"symbols": ("a", "b", "a")}, "holds a character twice"),
        ({"symbols": ("\ud800",)}, r"U\+D800 is half of a character"),
        ({"symbols": ("a", "ā"), "unit": "bytes"}, "which is not a byte"),
        ({"symbols": ("a",), "unit": "words"}, "'characters', 'bytes' or 'subwords'"),
        ({"symbols": ("a",), "unknown": "guess"}, "'error' or 'skip'"),
    ],
)
def test_a_vocabulary_that_makes_no_sense_is_refused(
    values: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(SettingsError, match=complaint):
        Vocabulary.from_dict(values)


@pytest.mark.parametrize(
    ("symbols", "expected"), [(2, np.uint8), (256, np.uint8), (257, np.uint16), (65_537, np.int32)]
)
def test_symbols_take_the_smallest_type(symbols: int, expected: type) -> None:
    points = [code for code in range(symbols + 2048) if not 0xD800 <= code < 0xE000][:symbols]
    text = Text.of("".join(map(chr, points)))
    assert text.symbols.dtype == text.vocabulary.encode("\0\1").dtype == expected
    assert text.symbols.tolist() == list(range(symbols))
