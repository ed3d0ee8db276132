"""A text as symbols: reading, vocabulary, many short texts, and parts."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recur.data import text as module
from recur.data.text import Parts, Text, Unit, Vocabulary, read_text
from recur.errors import DataError, SettingsError

TEXTS = st.text(min_size=1, max_size=200)
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030")


@pytest.fixture
def blocks_of_seven(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut everything into blocks so short that characters and lines fall between them."""
    monkeypatch.setattr(module, "_BLOCK", 7)


def shown(text: Text) -> str:
    return text.vocabulary.decode(text.symbols)


def texts(text: Text) -> list[str]:
    ends = [*text.starts[1:].tolist(), len(text)]
    return [shown(text.part(a, b)) for a, b in zip(text.starts.tolist(), ends, strict=True)]


def written(folder: Path, data: bytes) -> Path:
    path = folder / "told.txt"
    path.write_bytes(data)
    return path


# Vocabulary


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
    assert shown(text) == "a\ufffd\ufffd"
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
        ({"symbols": ("a",), "unit": "words"}, "'characters' or 'bytes'"),
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


# Reading


@given(text=TEXTS.filter(lambda text: "\0" not in text), encoding=st.sampled_from(ENCODINGS))
def test_a_text_is_read_in_any_encoding_as_it_stands(text: str, encoding: str) -> None:
    text = "So many words that nothing looks binary. " * 100 + text
    source = read_text(text.encode(encoding), encoding=encoding)
    assert shown(source) == text
    assert source.starts.tolist() == [0]


@pytest.mark.usefixtures("blocks_of_seven")
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_characters_may_fall_between_blocks(tmp_path: Path, encoding: str) -> None:
    text = "é\U0001f600日本\r\nabc\rdef\n" * 5
    path = written(tmp_path, text.encode(encoding))
    assert shown(read_text(path, encoding=encoding)) == text
    assert shown(Text.of(text)) == text
    assert read_text(path, encoding=encoding, size=20).symbols.size == 20


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "mac-roman", "Latin1"])
def test_other_encodings_are_read_by_name(encoding: str) -> None:
    assert shown(read_text("café\n".encode(encoding), encoding=encoding)) == "café\n"


def test_a_path_is_read_and_a_text_is_taken(tmp_path: Path) -> None:
    path = written(tmp_path, b"\xef\xbb\xbfa\r\nb\rc\n")
    assert shown(read_text(path)) == shown(read_text(str(path))) == "a\r\nb\rc\n"
    assert read_text(path).source == "told.txt"
    assert shown(Text.of(str(path))) == str(path)


def test_bytes_are_kept_raw(tmp_path: Path) -> None:
    data = b"\xef\xbb\xbfa\r\n\0\xff"
    text = read_text(written(tmp_path, data), unit="bytes")
    assert bytes(ord(text.vocabulary.symbols[i]) for i in text.symbols) == data


@pytest.mark.parametrize("size", [1, 3, 6, 100])
def test_the_first_characters_are_read(size: int) -> None:
    assert shown(read_text("aébécé".encode(), size=size)) == "aébécé"[:size]
    assert shown(Text.of("aébécé", size=size)) == "aébécé"[:size]


@pytest.mark.usefixtures("blocks_of_seven")
def test_nothing_is_read_after_what_is_wanted() -> None:
    assert shown(read_text(b"seven b" + b"\xff" * 9, size=7)) == "seven b"


def option(encoding: str) -> str:
    return f"read it with `encoding={encoding}` (`--encoding {encoding}`)."


@pytest.mark.usefixtures("blocks_of_seven")
@pytest.mark.parametrize(
    ("data", "encoding", "place", "advice"),
    [
        ("a\nb\ncafé au".encode("latin-1"), "utf-8", "0xe9 at position 7 (line 3)", "latin-1"),
        ("a long “word”".encode("cp1252"), "utf-8", "0x93 at position 7 (line 1)", "cp1252"),
        ("a long é".encode("latin-1"), "utf-8", "0xe9 at position 7 (line 1)", "latin-1"),
        ("a word".encode("utf-16"), "utf-8", "0xff at position 0 (line 1)", "utf-16"),
        ("a word".encode("utf-16"), "latin-1", "0xff at position 0 (line 1)", "utf-16"),
        ("a word".encode("utf-16-le"), "utf-8", "0x00 at position 1 (line 1)", "utf-16-le"),
        ("a word".encode("utf-16-be"), "utf-8", "0x00 at position 0 (line 1)", "utf-16-be"),
        ("a word".encode("utf-32"), "utf-8", "0xff at position 0 (line 1)", "utf-32"),
        (b"a word", "utf-16", "0x61 at position 0 (line 1)", "utf-8"),
        ("a\ncafé".encode(), "ascii", "0xc3 at position 5 (line 2)", "utf-8"),
    ],
)
def test_a_wrong_encoding_is_named_with_the_right_one(
    tmp_path: Path, data: bytes, encoding: str, place: str, advice: str
) -> None:
    expected = f"told.txt is not {encoding.upper()}: the first byte out of place is {place}; "
    with pytest.raises(DataError) as caught:
        read_text(written(tmp_path, data), encoding=encoding)
    assert str(caught.value) == f"{expected}it looks like {advice.upper()}: {option(advice)}"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [("日本語です".encode("shift-jis"), "utf-8"), ("日本".encode("gb18030") + b"\xff", "gb18030")],
)
def test_an_encoding_that_cannot_be_told_is_asked_for(data: bytes, encoding: str) -> None:
    with pytest.raises(DataError, match=r"; name its encoding with `encoding=NAME` \(`--enc"):
        read_text(data, encoding=encoding)


def test_a_damaged_file_is_told_from_one_of_another_encoding() -> None:
    with pytest.raises(DataError, match=r"0xff at position 5 \(line 2\); all before it is UTF-8"):
        read_text("é\nab".encode() + b"\xff more")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "byte 0x00 at position 8"),
        (b"\1\2\3\4text", "4 of its first 8 bytes are control characters"),
    ],
)
def test_a_binary_file_is_refused(tmp_path: Path, data: bytes, reason: str) -> None:
    path = written(tmp_path, data)
    with pytest.raises(DataError) as caught:
        read_text(path)
    assert str(caught.value) == (
        f"told.txt is a binary file, not a text ({reason}); name a text file, or take its bytes as "
        "the symbols with `unit=bytes` (`--unit bytes`)."
    )
    assert len(read_text(path, unit="bytes")) == len(data)


@pytest.mark.usefixtures("blocks_of_seven")
def test_a_binary_file_that_begins_like_a_text_is_refused() -> None:
    with pytest.raises(DataError, match=r"is a binary file, not a text \(U\+0000 on line 2\)"):
        read_text(b"a word or two\n\0\n")


def test_escapes_of_a_terminal_make_no_binary_file() -> None:
    assert len(read_text(b"\x1b[1mbold\x1b[0m\f\n")) == 14


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("lines", [False, True])
def test_an_empty_file_is_refused(tmp_path: Path, data: bytes, lines: bool) -> None:
    with pytest.raises(
        DataError, match=r"^told\.txt is empty; a text to learn from is expected\.$"
    ):
        read_text(written(tmp_path, data), lines=lines)
    with pytest.raises(DataError, match=r"^The text is empty"):
        Text.of("", lines=lines)


@pytest.mark.parametrize(
    ("choice", "complaint"),
    [
        ({"encoding": "latin-9x"}, "there is no encoding 'latin-9x'; the nearest is `latin-1`;"),
        ({"encoding": "rot13"}, "there is no encoding 'rot13'; there are `utf-8`, `utf-16`,"),
        ({"encoding": "a\0"}, r"there is no encoding 'a\\x00'"),
        ({"size": 0}, "`size` is 0; it is how many characters are read, at least 1."),
        ({"unit": "words"}, "`unit` is 'words'; it is `characters` or `bytes`."),
    ],
)
def test_choices_out_of_range_are_refused(choice: dict[str, Any], complaint: str) -> None:
    with pytest.raises(SettingsError, match=complaint):
        read_text(b"a word", **choice)


def test_a_path_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"There is no file `gone.txt`; check .* by `Text.of`\)"):
        read_text("gone.txt")
    with pytest.raises(DataError, match="is a folder; name a text file in it"):
        read_text(tmp_path)
    for words in ("To be, or not to be. " * 500, "a\0b"):
        with pytest.raises(DataError, match=r"cannot be read: .*`Text\.of`"):
            read_text(words)
    with pytest.raises(DataError, match="expected, not a `int`"):
        read_text(3)  # type: ignore[arg-type]


def test_half_a_character_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"U\+DC80 is half of a character"):
        Text.of("a\udc80")


def test_very_many_characters_are_remarked_on() -> None:
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


@pytest.mark.usefixtures("blocks_of_seven")
@pytest.mark.parametrize("unit", ["characters", "bytes"])
def test_lines_keep_their_ends_and_blank_ones_are_counted(unit: Unit) -> None:
    text = read_text("Änne\r\n\r\n\nBob\nC".encode(), lines=True, unit=unit)
    assert texts(text) == ["Änne\r\n", "Bob\n", "C\n"]
    assert text.notes == ("Skipped 2 blank lines.",)
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
        parts = Parts.of(text, validation=validation, test=test)
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
    parts = Parts.of(text)
    assert (len(parts.training), parts.test) == (90, None)
    assert parts.validation is not None
    assert len(parts.validation) == 10
    assert np.shares_memory(parts.validation.symbols, text.symbols)


def test_shares_are_rounded_as_they_are_meant() -> None:
    parts = Parts.of(Text.of("abcdefghij"), validation=0.4, test=0.3)
    assert [len(part) for part in (parts.training, parts.validation, parts.test) if part] == [
        3,
        4,
        3,
    ]


def test_many_texts_are_cut_between_two() -> None:
    text = Text.of("\n".join(["Ann", "Barbara", "Cy", "Dominic", "Eve"]), lines=True)
    parts = Parts.of(text, validation=0.3, test=0.1)
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
        Parts.of(names, validation=0.2, test=0.2)
    with pytest.raises(DataError, match="text has 1 characters, too few for 2 parts"):
        Parts.of(Text.of("a"))


@pytest.mark.parametrize(("validation", "test"), [(1.0, 0.0), (-0.1, 0), (0.6, 0.4), (10, 0)])
def test_shares_that_leave_nothing_are_refused(validation: float, test: float) -> None:
    with pytest.raises(SettingsError, match=f"`validation` is {validation} and `test` is {test};"):
        Parts.of(Text.of("abc"), validation=validation, test=test)


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
