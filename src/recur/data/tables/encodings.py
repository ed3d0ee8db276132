"""Bytes to text: by a mark, as UTF-8, as the user says, or else as Windows-1252."""

from __future__ import annotations

import codecs

from recur.data.tables.repairs import Repairs
from recur.errors import DataError, SettingsError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins like the mark of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LAST = "cp1252"  # what spreadsheets of the west have written before UTF-8


def decode(data: bytes, source: str, encoding: str | None, repairs: Repairs) -> str:
    """Return the text of a file, its mark left out and its line ends brought to one form."""
    mark, marked = next(((m, name) for m, name in _MARKS if data.startswith(m)), (b"", ""))
    body = data[len(mark) :] if mark else data
    if encoding is not None:
        text = _decode(body, source, known(encoding), len(mark), asked=True)
    elif marked:
        text = _decode(body, source, marked, len(mark))
    else:
        text = _decode_unmarked(body, source, repairs)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text


def is_marked(data: bytes) -> bool:
    """Say whether a file begins with the mark of an encoding."""
    return any(data.startswith(mark) for mark, _ in _MARKS)


def known(encoding: str) -> str:
    """Return the name of an encoding; refuse one that there is not."""
    try:
        name = codecs.lookup(encoding).name
        "".encode(name)  # some codecs make no text
    except (LookupError, TypeError, ValueError):
        raise SettingsError(
            f"`encoding` is {encoding!r}, which is none; it takes a name such as utf-8, cp1252, "
            "latin-1, utf-16 or shift_jis."
        ) from None
    return name


def _decode_unmarked(data: bytes, source: str, repairs: Repairs) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        try:
            text = data.decode(_LAST)
        except UnicodeDecodeError:
            raise _undecodable(error, data, source, "utf-8", 0) from None
        count = sum(byte > 127 for byte in data) if len(data) < 1 << 20 else 0
        letters = (
            f"{count:,} character{'s' * (count != 1)} beyond ASCII" if count else "its letters"
        )
        line = data[: error.start].count(b"\n") + 1
        repairs.made(
            "encoding",
            count,
            f"{source} is not UTF-8 (line {line}); {letters} were read as Windows-1252; another "
            "one can be named with `--encoding`.",
            refusal=str(_undecodable(error, data, source, "utf-8", 0)),
        )
        return text


def _decode(data: bytes, source: str, encoding: str, skipped: int, *, asked: bool = False) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _undecodable(error, data, source, encoding, skipped, asked=asked) from None


def _undecodable(
    error: UnicodeDecodeError,
    data: bytes,
    source: str,
    encoding: str,
    skipped: int,
    *,
    asked: bool = False,
) -> DataError:
    bad, at = data[error.start], error.start + skipped
    line = data[: error.start].count(b"\n") + 1
    advice = "name another `encoding`" if asked else "name its `encoding`, or save it as UTF-8"
    return DataError(
        f"{source} is not {encoding.upper()}: byte 0x{bad:02x} at position {at} (line {line}) "
        f"cannot be decoded; {advice} (in a spreadsheet, `CSV UTF-8`)."
    )
