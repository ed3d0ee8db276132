"""Symbols as a reader sees them."""

from __future__ import annotations

import pytest

from recur import Text
from recur.report.symbols import alone, pieces
from recur.report.writing import legible

FAMILY, THUMB, FLAGS = "👨\u200d👩\u200d👧", "👍🏽", "🇩🇪🇫🇷"


def shown(text: str | bytes) -> list[tuple[str, int]]:
    read = Text.of(text)
    return pieces(read.vocabulary, read.symbols)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ab", [("a", 1), ("b", 1)]),
        ("e\u0301\u0323a", [("e\u0301\u0323", 3), ("a", 1)]),
        ("कि", [("कि", 2)]),
        (f"{FAMILY}x{THUMB}", [(FAMILY, 5), ("x", 1), (THUMB, 2)]),
        (FLAGS, [(FLAGS[:2], 2), (FLAGS[2:], 2)]),
        ("\n\u0301", [("\n", 1), ("\u0301", 1)]),
        ("שלם", [("ש", 1), ("ל", 1), ("ם", 1)]),
    ],
)
def test_what_is_seen_as_one_sign_is_one_piece(text: str, expected: list[tuple[str, int]]) -> None:
    assert shown(text) == expected


def test_bytes_are_shown_as_the_characters_they_spell() -> None:
    assert shown("aש水".encode()) == [("a", 1), ("ש", 2), ("水", 3)]
    assert shown("e\u0301".encode()) == [("e\u0301", 3)]
    assert shown("水".encode()[:2]) == [("\ufffd", 2)]
    cut = shown("水a".encode()[1:])
    assert "".join(text for text, _ in cut).strip("\ufffd") == "a"
    assert sum(count for _, count in cut) == 3


@pytest.mark.parametrize(
    ("symbol", "expected"),
    [("a", "a"), (" ", "␣"), ("\n", "↵"), ("\u0301", "◌\u0301"), ("\u200d", "U+200D"),
     ("\u00a0", "U+00A0"), ("水", "水"), ("\x1b", "?")],
)  # fmt: skip
def test_a_symbol_can_be_seen_by_itself(symbol: str, expected: str) -> None:
    assert alone(Text.of(symbol).vocabulary, 0) == expected


def test_a_byte_that_is_no_character_is_named() -> None:
    vocabulary = Text.of("aש".encode()).vocabulary
    assert [alone(vocabulary, i) for i in range(3)] == ["a", "0xa9", "0xd7"]


def test_blanks_and_marks_of_other_scripts_are_kept() -> None:
    text = "\u3000水\u00a0»\u200f\u00ad"
    assert legible(text) == text
    assert legible("\u202ea\x07") == "?a?"
