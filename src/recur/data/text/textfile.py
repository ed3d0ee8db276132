"""A file of text: opened, decoded block by block, or refused with advice on its encoding."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterable, Iterator
from encodings.aliases import aliases
from itertools import chain
from os import PathLike
from pathlib import Path
from textwrap import shorten
from typing import BinaryIO

import numpy as np

from recur.data.text.vocabulary import Codes, byte_codes, code_points, option
from recur.errors import DataError, SettingsError, nearest

_ESCAPE = 0x1B
_CONTROLS = tuple({*range(32), 127} - {*range(7, 14), _ESCAPE})
_CONTROL_SHARE, _FOREIGN_SHARE = 0.05, 0.3
_MARKS = (  # the longer ones first, since they begin like the shorter ones
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_USUAL = ("utf-8", "utf-16", "utf-32", "latin-1", "cp1252", "ascii", "mac-roman", "gb18030")


def open_file(source: str | PathLike[str] | bytes) -> BinaryIO:
    """Open a file for reading bytes, or bytes like a file."""
    if isinstance(source, bytes):
        return io.BytesIO(source)
    if not isinstance(source, str | PathLike):
        raise DataError(
            f"The path of a text file is expected, not a `{type(source).__name__}`; a text itself "
            "is taken by `Text.of`."
        )
    shown = shorten(str(source).replace("\0", "\\0"), 300, placeholder=" ...")
    try:
        path = Path(source).expanduser()
        if not path.is_dir():
            return path.open("rb")
    except FileNotFoundError:
        raise DataError(
            f"There is no file `{shown}`; check the name and the folder; in Python, "
            "`Text.of` takes a text itself."
        ) from None
    except (OSError, RuntimeError, ValueError) as error:  # no such home; a null in it
        reason = getattr(error, "strerror", None) or str(error).rstrip(".")
        raise DataError(
            f"`{shown}` cannot be read: {reason}; in Python, `Text.of` takes a text itself."
        ) from None
    raise DataError(f"`{shown}` is a folder; name a text file in it.")


def check_encoding(name: str) -> None:
    """Refuse a name that no encoding of text has."""
    try:
        io.TextIOWrapper(io.BytesIO(), name)
        codecs.getincrementaldecoder(name)
    except (LookupError, ValueError):  # a null in it
        others = sorted({alias.replace("_", "-") for alias in aliases.values()})
        known = [
            other for other in others if not other.endswith(("-codec", "-13")) and other != "mbcs"
        ]
        known = list(dict.fromkeys([*_USUAL, *known]))
        raise SettingsError(f"there is no encoding {name!r:.80}; {nearest(name, known)}.") from None


def decoded(raw: Iterable[bytes], encoding: str, source: str) -> Iterator[Codes]:
    """Decode a file that comes in blocks of bytes."""
    decoder = codecs.getincrementaldecoder(encoding)()
    head, before, line, plain = b"", 0, 1, True  # bytes and lines so far; whether all were ASCII
    for block in chain(raw, [b""]):
        if not before:
            head = block
            _refuse_binary(head, encoding, source)
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeError as error:
            data = getattr(error, "object", block)
            start = getattr(error, "start", 0)
            at = before + len(block) - len(data) + start
            line += data[:start].decode(encoding, "replace").count("\n")
            damaged = not (plain and data[:start].isascii())
            advice = _advice(head + data, encoding, damaged=damaged)
            raise _misfit(source, encoding, data[start : start + 1], at, line, advice) from None
        if not before:
            text = text.removeprefix("\ufeff")
        codes = code_points(text)
        if not codes.all():
            line += text[: text.index("\0")].count("\n")
            raise _binary(source, f"U+0000 on line {line}")
        yield codes
        before, line, plain = before + len(block), line + text.count("\n"), plain and text.isascii()


def _misfit(source: str, encoding: str, byte: bytes, at: int, line: int, advice: str) -> DataError:
    return DataError(
        f"{source} is not {encoding.upper()}: the first byte out of place is 0x{byte.hex()} at "
        f"position {at} (line {line}); {advice}."
    )


def _binary(source: str, reason: str) -> DataError:
    return DataError(
        f"{source} is a binary file, not a text ({reason}); name a text file, or take its bytes "
        f"as the symbols with {option('unit', 'bytes')}."
    )


def _refuse_binary(head: bytes, encoding: str, source: str) -> None:
    """Refuse what the beginning of a file shows to be another encoding, or no text at all."""
    if codecs.lookup(encoding).name.startswith(("utf-16", "utf-32")):
        return
    if wide := _wide(head):
        at = 0 if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else head.index(0)
        advice = f"it looks like {wide.upper()}: read it with {option('encoding', wide)}"
        line = head[:at].count(b"\n") + 1
        raise _misfit(source, encoding, head[at : at + 1], at, line, advice)
    if 0 in head:
        raise _binary(source, f"byte 0x00 at position {head.index(0)}")
    controls = int(np.isin(byte_codes(head), _CONTROLS).sum())
    if controls > _CONTROL_SHARE * len(head):
        raise _binary(source, f"{controls} of its first {len(head)} bytes are control characters")


def _wide(head: bytes) -> str:
    """Name the encoding of 16 or 32 bits that a file begins like; empty for none."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    zero = byte_codes(head[: len(head) // 2 * 2]).reshape(-1, 2) == 0
    low, high = zero.mean(axis=0) if len(zero) else (0.0, 0.0)
    for name, filled, empty in (("utf-16-le", low, high), ("utf-16-be", high, low)):
        if empty > 0.5 and filled < 0.05 and _decodes(head, name):
            return name
    return ""


def _advice(data: bytes, encoding: str, *, damaged: bool) -> str:
    """Say what to do about bytes that are not in the encoding that was named.

    Western European text has few letters beyond ASCII; encodings of other scripts are not guessed.
    """
    named = codecs.lookup(encoding).name
    if damaged and named == "utf-8":
        return "all before it is UTF-8, so the file is damaged there: mend it, or take less of it"
    codes = byte_codes(data)
    guess = ""
    if named != "utf-8" and codes.all() and _decodes(data, "utf-8"):
        guess = "utf-8"
    elif named in ("utf-8", "ascii") and np.mean(codes >= 0x80) < _FOREIGN_SHARE:
        western = "cp1252" if ((codes >= 0x80) & (codes < 0xA0)).any() else "latin-1"
        guess = western if _decodes(data, western) else ""
    if guess:
        return f"it looks like {guess.upper()}: read it with {option('encoding', guess)}"
    return f"name its encoding with {option('encoding', 'NAME')}"


def _decodes(data: bytes, encoding: str) -> bool:
    """Say whether some bytes, that may end within a character, are in an encoding."""
    try:
        codecs.getincrementaldecoder(encoding)().decode(data)
    except UnicodeError:
        return False
    return True
