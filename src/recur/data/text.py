"""A text as symbols: files in any encoding, the vocabulary, parts to learn from and judge on."""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from encodings.aliases import aliases
from functools import cached_property
from itertools import chain
from os import PathLike
from pathlib import Path
from textwrap import shorten
from typing import Any, BinaryIO, Literal, Self, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import model_validator

from recur.data.streams import Symbols
from recur.errors import DataError, SettingsError, nearest
from recur.settings import Settings

Unit = Literal["characters", "bytes"]
Unknown = Literal["error", "skip"]
Codes = NDArray[np.uint8] | NDArray[np.uint32]  # code points, or bytes

_BLOCK = 1 << 20  # bytes or symbols that are converted at once
_CODES = 0x110000  # code points there are
_MANY = 20_000  # distinct characters beyond which something is probably wrong
_NEWLINE, _RETURN, _ESCAPE = b"\n\r\x1b"
_CONTROLS = tuple({*range(32), 127} - {*range(7, 14), _ESCAPE})
_CONTROL_SHARE, _FOREIGN_SHARE = 0.05, 0.3
_MARKS = (  # the longer ones first, since they begin like the shorter ones
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_USUAL = ("utf-8", "utf-16", "utf-32", "latin-1", "cp1252", "ascii", "mac-roman", "gb18030")


class Vocabulary(Settings):
    """The symbols that a text is made of; each is known by its place among them.

    Attributes:
        symbols: single characters; of bytes, the Latin-1 characters of the same numbers.
        unit: whether a symbol is a character or a byte (of UTF-8, where text is encoded).
        unknown: what is done about a character that is none of them: `error` or `skip`.

    Example:
        >>> vocabulary = Vocabulary(symbols=("a", "b", "n"))
        >>> vocabulary.encode("banana").tolist()
        [1, 0, 2, 0, 2, 0]
        >>> vocabulary.decode([1, 0, 2])
        'ban'
    """

    symbols: tuple[str, ...]
    unit: Unit = "characters"
    unknown: Unknown = "error"

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.symbols or any(len(symbol) != 1 for symbol in self.symbols):
            raise ValueError("`symbols` must be single characters, and at least one.")
        if len(set(self.symbols)) < len(self.symbols):
            raise ValueError("`symbols` holds a character twice.")
        half = next((one for one in self.symbols if "\ud800" <= one <= "\udfff"), None)
        if half is not None:
            raise ValueError(f"U+{ord(half):04X} is half of a character, which no text can hold.")
        if self.unit == "bytes" and max(self.symbols) > "\xff":
            raise ValueError(f"`symbols` holds {max(self.symbols)!r}, which is not a byte.")
        return self

    def __len__(self) -> int:
        """Return the number of symbols."""
        return len(self.symbols)

    @cached_property
    def _codes(self) -> NDArray[np.uint32]:
        """Return [symbols], the code point or byte of each."""
        return _code_points("".join(self.symbols))

    @cached_property
    def _numbers(self) -> NDArray[np.int32]:
        """Return [codes + 1], the number of each code point or byte; -1 where it is no symbol."""
        numbers = np.full(int(self._codes.max()) + 2, -1, np.int32)
        numbers[self._codes] = np.arange(len(self))
        return numbers

    def encode(self, text: str) -> Symbols:
        """Return the numbers of a text's symbols, in the smallest type that holds them.

        Raises:
            DataError: a character is not in the vocabulary, and `unknown` is `error`.
        """
        by_bytes = self.unit == "bytes"
        codes = _bytes(text.encode()) if by_bytes else _code_points(text)
        numbers = self._find(codes)
        unseen = np.flatnonzero(numbers < 0)
        if len(unseen):
            self._refuse(int(codes[unseen[0]]), int(unseen[0]))
        return np.delete(numbers, unseen).astype(_smallest(len(self)))

    def decode(self, numbers: ArrayLike) -> str:
        """Return the text of some symbols; bytes that are no UTF-8 are shown as U+FFFD."""
        return self.decoder()(numbers, True)

    def decoder(self) -> Callable[[ArrayLike, bool], str]:
        """Return a function that turns the next symbols of a stream into text.

        It keeps the bytes of a character that is not complete until the rest comes, or until it is
        told, by its second argument, that these are the last.
        """
        utf8 = codecs.getincrementaldecoder("utf-8")("replace")

        def decode(numbers: ArrayLike, last: bool) -> str:
            codes = self._codes[np.asarray(numbers, np.intp)]
            if self.unit == "bytes":
                return utf8.decode(codes.astype(np.uint8).tobytes(), last)
            return codes.tobytes().decode("utf-32-le")

        return decode

    def _find(self, codes: Codes) -> NDArray[np.int32]:
        return self._numbers.take(codes, mode="clip")

    def _refuse(self, code: int, position: int, source: str = "The text") -> None:
        if self.unknown == "skip":
            return
        named = f"byte 0x{code:02x}" if self.unit == "bytes" else f"{chr(code)!r} (U+{code:04X})"
        raise DataError(
            f"{source} has {named} at position {position}, which is none of the {len(self)} "
            f"{self.unit} that were learnt from; leave it out, or leave out all such {self.unit} "
            f"with {_option('unknown', 'skip')}."
        )


@dataclass(frozen=True, eq=False)
class Text:
    """One long text, or many short ones laid end to end, as symbols.

    Attributes:
        symbols: [characters], by their numbers in the vocabulary, in the smallest type.
        vocabulary: what the numbers stand for.
        starts: int64 [texts], where each text starts.
        source: where the text came from, for messages ("sherlock.txt", "The text").
        notes: what a reader should tell the user it did or noticed, a sentence each.
    """

    symbols: Symbols
    vocabulary: Vocabulary
    starts: NDArray[np.int64]
    source: str = "The text"
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, text: str | bytes, *, size: int | None = None, lines: bool = False) -> Text:
        r"""Take a text itself, its first `size` symbols; bytes are symbols of their own.

        Example:
            >>> text = Text.of("Ann\nBob", lines=True)
            >>> text.starts.tolist(), text.vocabulary.symbols
            ([0, 4], ('\n', 'A', 'B', 'b', 'n', 'o'))
        """
        pieces = (text[at : at + _BLOCK] for at in range(0, len(text), _BLOCK))
        blocks = (_code_points(p) if isinstance(p, str) else _bytes(p) for p in pieces)
        unit: Unit = "characters" if isinstance(text, str) else "bytes"
        return _assemble(blocks, unit, "The text", size, lines=lines)

    def __len__(self) -> int:
        """Return the number of symbols."""
        return len(self.symbols)

    def part(self, start: int, stop: int) -> Text:
        """Return the symbols from `start` to before `stop`, which are not copied."""
        inside = self.starts[(self.starts > start) & (self.starts < stop)] - start
        return replace(self, symbols=self.symbols[start:stop], starts=np.insert(inside, 0, 0))

    def under(self, vocabulary: Vocabulary) -> Text:
        """Return the text by the numbers of another vocabulary, such as a saved model's.

        Raises:
            DataError: it has other units, or a symbol is unknown there, where that is an error.
        """
        if vocabulary.unit != self.vocabulary.unit:
            raise DataError(
                f"{self.source} was read as {self.vocabulary.unit}, but {vocabulary.unit} were "
                f"learnt from; read it with {_option('unit', vocabulary.unit)}."
            )
        numbers = vocabulary._find(self.vocabulary._codes)
        unseen = np.flatnonzero(_look_up(numbers < 0, self.symbols))
        if len(unseen):
            first = self.vocabulary.symbols[self.symbols[unseen[0]]]
            vocabulary._refuse(ord(first), int(unseen[0]), self.source)
        symbols = _look_up(numbers.astype(_smallest(len(vocabulary))), self.symbols)
        kept = np.delete(symbols, unseen)
        starts = np.unique(self.starts - np.searchsorted(unseen, self.starts))
        return replace(
            self, symbols=kept, vocabulary=vocabulary, starts=starts[starts < max(1, len(kept))]
        )


@dataclass(frozen=True)
class Parts:
    """A text in contiguous parts, in this order; None where a part was not asked for."""

    training: Text
    validation: Text | None
    test: Text | None

    @classmethod
    def of(cls, text: Text, *, validation: float = 0.1, test: float = 0.0) -> Parts:
        """Cut off the last shares of a text; many texts are cut where one of them starts.

        Raises:
            SettingsError: the shares leave nothing to learn from.
            DataError: there is too little text for a part.
        """
        if not (validation >= 0 and test >= 0 and validation + test < 1):
            raise SettingsError(
                f"`validation` is {validation} and `test` is {test}; they must be shares of the "
                "text from 0, below 1 together, such as 0.1."
            )
        ends = [_cut(text, 1 - validation - test), _cut(text, 1 - test), len(text)]
        starts = [0, *ends[:2]]
        training, judged, tested = map(text.part, starts, ends)
        parts = [training, *([judged] if validation else []), *([tested] if test else [])]
        if not all(map(len, parts)):
            many = len(text.starts) > 1
            raise DataError(
                f"{text.source} has {len(text.starts) if many else len(text)} "
                f"{'texts' if many else text.vocabulary.unit}, too few for {len(parts)} parts "
                f"(`validation` {validation}, `test` {test}); give more text, or ask for less."
            )
        return cls(training, judged if validation else None, tested if test else None)


def read_text(
    source: str | PathLike[str] | bytes,
    *,
    encoding: str = "utf-8",
    size: int | None = None,
    unit: Unit = "characters",
    lines: bool = False,
) -> Text:
    """Read a text file; a text itself goes to `Text.of`.

    Newlines are kept as they are; a byte-order mark is no part of a text of characters.

    Args:
        source: the path of a file, or what a file holds as bytes.
        encoding: how characters are encoded.
        size: how many characters (or bytes) are read, the first ones; None reads all.
        unit: whether characters are the symbols, or raw bytes.
        lines: each line that is not blank is a text of its own, ended by its newline.

    Raises:
        DataError: the source holds no such text; the message says where and why.
        SettingsError: a choice is unknown or out of its range.
    """
    if unit not in get_args(Unit):
        raise SettingsError(f"`unit` is {unit!r}; it is `characters` or `bytes`.")
    _check_encoding(encoding)
    with _open(source) as stream:
        name = "The input" if isinstance(source, bytes) else Path(source).name
        raw = iter(lambda: stream.read(_BLOCK), b"")
        blocks = map(_bytes, raw) if unit == "bytes" else _decoded(raw, encoding, name)
        return _assemble(blocks, unit, name, size, lines=lines)


def _option(name: str, value: str) -> str:
    """Say how a choice is made in Python and on the command line."""
    return f"`{name}={value}` (`--{name} {value}`)"


def _smallest(symbols: int) -> type[Any]:
    """Return the smallest type that numbers so many symbols."""
    return np.uint8 if symbols <= 1 << 8 else np.uint16 if symbols <= 1 << 16 else np.int32


def _bytes(data: bytes) -> Codes:
    return np.frombuffer(data, np.uint8)


def _code_points(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def _look_up(table: NDArray[Any], symbols: Symbols) -> NDArray[Any]:
    """Return `table[symbols]`, a block at a time: an index of another type is copied to int64."""
    found = np.empty(len(symbols), table.dtype)
    for at in range(0, len(symbols), _BLOCK):
        found[at : at + _BLOCK] = table[symbols[at : at + _BLOCK]]
    return found


def _cut(text: Text, share: float) -> int:
    """Return the symbol before which the first share of a text ends."""
    cut = int(share * len(text) + 1e-6)  # 1 - .4 - .3 is a little less than .3
    if len(text.starts) == 1 or cut == len(text):
        return cut
    return int(text.starts[1:][np.argmin(np.abs(text.starts[1:] - cut))])


def _assemble(
    blocks: Iterable[Codes], unit: Unit, source: str, size: int | None, *, lines: bool
) -> Text:
    """Number the symbols of a text that comes in blocks, and order the numbers at the end."""
    if size is not None:
        if size < 1:
            raise SettingsError(f"`size` is {size}; it is how many {unit} are read, at least 1.")
        blocks = _first(blocks, size)
    if lines:
        blocks = _ended(blocks)
    numbers, known = np.full(_CODES, -1, np.int32), 0
    parts: list[Symbols] = []
    for block in blocks:
        found = numbers[block]
        new = np.unique(block[found < 0])
        if len(new):
            numbers[new] = np.arange(known, known + len(new))
            known += len(new)
            found = numbers[block]
        parts.append(found.astype(_smallest(known)))
    if not known:
        raise DataError(f"{source} is empty; a text to learn from is expected.")
    codes = np.flatnonzero(numbers >= 0)
    ranks = np.empty(known, _smallest(known))
    ranks[numbers[codes]] = np.arange(known)
    symbols = _joined(parts, ranks)
    vocabulary = Vocabulary(symbols=tuple(map(chr, codes.tolist())), unit=unit)
    notes = (_many_symbols(known),) if known > _MANY else ()
    if not lines:
        return Text(symbols, vocabulary, np.zeros(1, np.int64), source, notes)
    symbols, starts, blank = _lines(symbols, vocabulary, source)
    skipped = f"Skipped {blank} blank line{'s' * (blank > 1)}."
    return Text(symbols, vocabulary, starts, source, notes + (skipped,) * (blank > 0))


def _joined(parts: list[Symbols], ranks: NDArray[Any]) -> Symbols:
    """Lay the parts end to end by their ranks, letting go of each."""
    end = sum(map(len, parts))
    joined = np.empty(end, ranks.dtype)
    while parts:
        part = parts.pop()
        joined[end - len(part) : end] = ranks[part]
        end -= len(part)
    return joined


def _first(blocks: Iterable[Codes], size: int) -> Iterator[Codes]:
    """Cut blocks off after so many symbols, and ask for no more of them."""
    for block in blocks:
        yield block[:size]
        size -= len(block)
        if size <= 0:
            return


def _ended(blocks: Iterable[Codes]) -> Iterator[Codes]:
    """End a text with a newline where it does not."""
    last = _NEWLINE
    for block in blocks:
        yield block
        last = block[-1] if len(block) else last
    if last != _NEWLINE:
        yield np.array([_NEWLINE], np.uint32)


def _lines(
    symbols: Symbols, vocabulary: Vocabulary, source: str
) -> tuple[Symbols, NDArray[np.int64], int]:
    """Return the lines that are not blank, where each starts, and how many were blank."""
    newline, carriage_return = vocabulary._find(np.array([_NEWLINE, _RETURN], np.uint32))
    ends = np.flatnonzero(symbols == newline) + 1
    starts = np.insert(ends[:-1], 0, 0)
    lengths = ends - starts
    blank = (lengths == 1) | ((lengths == 2) & (symbols[starts] == carriage_return))
    if blank.all():
        raise DataError(f"{source} has blank lines alone; a text to learn from is expected.")
    if blank.any():
        symbols, lengths = symbols[np.repeat(~blank, lengths)], lengths[~blank]
        starts = np.insert(np.cumsum(lengths[:-1]), 0, 0)
    return symbols, starts, int(blank.sum())


def _many_symbols(symbols: int) -> str:
    return (
        f"The text has {symbols:,} distinct characters, which makes a large and slow network; "
        "unless its script has so many, the encoding is probably another; "
        f"of {_option('unit', 'bytes')} there are 256 at most."
    )


def _open(source: str | PathLike[str] | bytes) -> BinaryIO:
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
            f"There is no file `{shown}`; check the name and the folder (a text itself is taken by "
            "`Text.of`)."
        ) from None
    except (OSError, RuntimeError, ValueError) as error:  # no such home; a null in it
        reason = getattr(error, "strerror", None) or str(error).rstrip(".")
        raise DataError(
            f"`{shown}` cannot be read: {reason} (a text itself is taken by `Text.of`)."
        ) from None
    raise DataError(f"`{shown}` is a folder; name a text file in it.")


def _check_encoding(name: str) -> None:
    """Refuse a name that no encoding of text has."""
    try:
        io.TextIOWrapper(io.BytesIO(), name)
        codecs.getincrementaldecoder(name)
    except (LookupError, ValueError):  # a null in it
        others = sorted({alias.replace("_", "-") for alias in aliases.values()})
        known = [one for one in others if not one.endswith(("-codec", "-13")) and one != "mbcs"]
        known = list(dict.fromkeys([*_USUAL, *known]))
        raise SettingsError(f"there is no encoding {name!r:.80}; {nearest(name, known)}.") from None


def _decoded(raw: Iterable[bytes], encoding: str, source: str) -> Iterator[Codes]:
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
        codes = _code_points(text)
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
        f"as the symbols with {_option('unit', 'bytes')}."
    )


def _refuse_binary(head: bytes, encoding: str, source: str) -> None:
    """Refuse what the beginning of a file shows to be another encoding, or no text at all."""
    if codecs.lookup(encoding).name.startswith(("utf-16", "utf-32")):
        return
    if wide := _wide(head):
        at = 0 if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else head.index(0)
        advice = f"it looks like {wide.upper()}: read it with {_option('encoding', wide)}"
        line = head[:at].count(b"\n") + 1
        raise _misfit(source, encoding, head[at : at + 1], at, line, advice)
    if 0 in head:
        raise _binary(source, f"byte 0x00 at position {head.index(0)}")
    controls = int(np.isin(_bytes(head), _CONTROLS).sum())
    if controls > _CONTROL_SHARE * len(head):
        raise _binary(source, f"{controls} of its first {len(head)} bytes are control characters")


def _wide(head: bytes) -> str:
    """Name the encoding of 16 or 32 bits that a file begins like; empty for none."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    zero = _bytes(head[: len(head) // 2 * 2]).reshape(-1, 2) == 0
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
    codes = _bytes(data)
    guess = ""
    if named != "utf-8" and codes.all() and _decodes(data, "utf-8"):
        guess = "utf-8"
    elif named in ("utf-8", "ascii") and np.mean(codes >= 0x80) < _FOREIGN_SHARE:
        western = "cp1252" if ((codes >= 0x80) & (codes < 0xA0)).any() else "latin-1"
        guess = western if _decodes(data, western) else ""
    if guess:
        return f"it looks like {guess.upper()}: read it with {_option('encoding', guess)}"
    return f"name its encoding with {_option('encoding', 'NAME')}"


def _decodes(data: bytes, encoding: str) -> bool:
    """Say whether some bytes, that may end within a character, are in an encoding."""
    try:
        codecs.getincrementaldecoder(encoding)().decode(data)
    except UnicodeError:
        return False
    return True
