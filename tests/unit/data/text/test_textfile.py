"""Files of text: any encoding is read as it stands; what is no text, or another, is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recur.data.text.text import Text, read_text
from recur.errors import DataError, SettingsError

TEXTS = st.text(min_size=1, max_size=200)
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030")


def shown(text: Text) -> str:
    return text.vocabulary.decode(text.symbols)


def written(folder: Path, data: bytes) -> Path:
    path = folder / "told.txt"
    path.write_bytes(data)
    return path


@given(text=TEXTS.filter(lambda text: "\0" not in text), encoding=st.sampled_from(ENCODINGS))
def test_a_text_is_read_in_any_encoding_as_it_stands(text: str, encoding: str) -> None:
    text = "So many words that nothing looks binary. " * 100 + text
    source = read_text(text.encode(encoding), encoding=encoding)
    assert shown(source) == text
    assert source.starts.tolist() == [0]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_characters_may_fall_between_blocks(tmp_path: Path, encoding: str) -> None:
    text = "é\U0001f600日本\r\nabc\rdef\n" * 5
    path = written(tmp_path, text.encode(encoding))
    assert shown(read_text(path, encoding=encoding, block=7)) == text
    assert shown(Text.of(text, block=7)) == text
    assert read_text(path, encoding=encoding, size=20, block=7).symbols.size == 20


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


def test_nothing_is_read_after_what_is_wanted() -> None:
    assert shown(read_text(b"seven b" + b"\xff" * 9, size=7, block=7)) == "seven b"


def option(encoding: str) -> str:
    return f"read it with `encoding={encoding}` (`--encoding {encoding}`)."


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
        read_text(written(tmp_path, data), encoding=encoding, block=7)
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


def test_a_binary_file_that_begins_like_a_text_is_refused() -> None:
    with pytest.raises(DataError, match=r"is a binary file, not a text \(U\+0000 on line 2\)"):
        read_text(b"a word or two\n\0\n", block=7)


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
        ({"unit": "words"}, "`unit` is 'words'; it is `characters`, `bytes` or `subwords`."),
    ],
)
def test_choices_out_of_range_are_refused(choice: dict[str, Any], complaint: str) -> None:
    with pytest.raises(SettingsError, match=complaint):
        read_text(b"a word", **choice)


def test_a_path_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"There is no file `gone.txt`; check .*; in Python, `Text.of`"
    ):
        read_text("gone.txt")
    with pytest.raises(DataError, match="is a folder; name a text file in it"):
        read_text(tmp_path)
    for words in ("To be, or not to be. " * 500, "a\0b"):
        with pytest.raises(DataError, match=r"cannot be read: .*`Text\.of`"):
            read_text(words)
    with pytest.raises(DataError, match="expected, not a `int`"):
        read_text(3)  # type: ignore[arg-type]
