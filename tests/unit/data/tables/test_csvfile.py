"""CSV files as they come: encodings, separators, blank lines, damage."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from recur.data.tables.content import Content
from recur.data.tables.csvfile import is_binary, read_csv
from recur.data.tables.repairs import Repairs
from recur.errors import DataError, SettingsError


def read(text: str, repairs: Repairs | None = None) -> Content:
    return read_csv(text.encode(), "f.csv", repairs)


CELLS = st.text(st.characters(exclude_characters="\r\0", exclude_categories=["Cs"]), max_size=6)


@given(st.sampled_from(",;\t|"), st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=8))
@example(",", [("", "", "DS"), ("", "", "")])  # a name of times, but no header: "last" comes again
def test_quoted_fields_come_back_as_they_were(separator: str, rows: list[tuple[str, ...]]) -> None:
    rows = [("last", *row) for row in rows]
    file = io.StringIO()
    writer = csv.writer(file, delimiter=separator, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([("a", "b", "c", "d"), *rows])
    found = read(file.getvalue())
    assert found.separator == separator
    assert found.names == ("a", "b", "c", "d")
    assert [tuple(cell or "" for cell in row) for row in found.frame.rows()] == rows


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_byte_order_marks_do_not_matter(newline: str, mark: str) -> None:
    found = read(mark + newline.join(["ä,b", "1,2", "3,4", ""]))
    assert found.names == ("ä", "b")
    assert found.frame.rows() == [("1", "2"), ("3", "4")]


def test_rows_know_their_lines_past_blank_lines_and_line_breaks_in_quotes() -> None:
    repairs = Repairs()
    found = read('\n\na,b\n"x\ny\n",1\n\n,\nz,2\nw,3\n\n , \n', repairs)
    assert found.frame.rows() == [("x\ny\n", "1"), ("z", "2"), ("w", "3")]
    assert [found.line(row) for row in range(3)] == [4, 9, 10]
    assert repairs.sentences == ("Skipped 6 blank lines.",)


def test_a_blank_line_in_a_single_column_is_a_missing_value() -> None:
    assert read("a\n1\n\n3\n\n\n").frame.rows() == [("1",), (None,), ("3",)]


def test_decimal_commas_do_not_pass_for_separators() -> None:
    assert read("day;value\n1;2,5\n2;3,5\n").separator == ";"


def test_rows_may_be_shorter_than_the_header_but_not_longer() -> None:
    assert read("a,b\n1\n2,3\n").frame.rows() == [("1", None), ("2", "3")]
    with pytest.raises(DataError, match=r"f\.csv, row 3 has 3 fields where the header has 2"):
        read("a,b\n1,2\n1,234,5\n")


def test_a_quote_that_is_never_closed_is_named() -> None:
    with pytest.raises(DataError, match=r"f\.csv, row 3 opens a quote that is never closed"):
        read('a,b\n1,2\n3,"4\n5,6\n')


def test_what_is_not_utf_8_is_taken_for_windows_1252_and_told() -> None:
    data = "a,b\n1,2\ncaf\xe9,\x803\n".encode("cp1252", "ignore")
    repairs = Repairs("f.csv")
    assert read_csv(data, "f.csv", repairs).frame[1, 0] == "caf\xe9"
    assert [(one.kind, one.count) for one in repairs.done] == [("encoding", 1)]
    with pytest.raises(DataError, match=r"byte 0xe9 at position 11 \(line 3\)"):
        read_csv(data, "f.csv", Repairs("f.csv", strict=True))
    assert read_csv(data, "f.csv", repairs, "latin-1").frame[1, 0] == "caf\xe9"
    with pytest.raises(DataError, match=r"f\.csv is not ASCII: byte 0xe9 .*another `encoding`"):
        read_csv(data, "f.csv", repairs, "ascii")
    with pytest.raises(SettingsError, match=r"`encoding` is 'klingon', which is none"):
        read_csv(data, "f.csv", repairs, "klingon")
    with pytest.raises(DataError, match=r"byte 0x81 at position 0 \(line 1\)"):
        read_csv(b"\x81,b\n1,2\n", "f.csv")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig"])
def test_a_mark_tells_the_encoding(encoding: str) -> None:
    found = read_csv("\xe4,b\n1,2\n".encode(encoding), "f.csv", Repairs(strict=True))
    assert found.names == ("\xe4", "b")


def test_a_wrong_byte_after_a_byte_order_mark_keeps_its_position() -> None:
    with pytest.raises(DataError, match=r"byte 0xff at position 7 \(line 2\)"):
        read_csv(b"\xef\xbb\xbfa,b\n\xff,1\n", "f.csv")


@pytest.mark.parametrize("text", ["", "\n", " \n\n", "\ufeff"])
def test_an_empty_file_is_said_to_be_empty(text: str) -> None:
    with pytest.raises(DataError, match=r"f\.csv is empty"):
        read(text)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"PK\x03\x04", "workbook"),
        (b"\x1f\x8b\x08", "compressed"),
        ("a,b".encode("utf-16"), ""),
        (b"a,\0\1", "binary"),
        (b"a,b\n", ""),
    ],
)
def test_binary_files_are_told_apart(data: bytes, kind: str) -> None:
    assert kind in is_binary(data)
    assert bool(kind) == bool(is_binary(data))
