"""A text as symbols: a file in any encoding, its vocabulary, and parts to learn from and judge on."""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from encodings.aliases import aliases
from functools import cached_property
from os import PathLike
from pathlib import Path
from textwrap import shorten
from typing import BinaryIO, Literal, Self, cast, get_args

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
_CONTROL_SHARE = 0.05
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
        codes = np.frombuffer(text.encode(), np.uint8) if by_bytes else _code_points(text)
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
        source: where the text came from, for messages ("sherlock.txt", "text").
        notes: what a reader should tell the user it did or noticed, a sentence each.
    """

    symbols: Symbols
    vocabulary: Vocabulary
    starts: NDArray[np.int64]
    source: str = "text"
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, text: str | bytes, *, size: int | None = None, lines: bool = False) -> Text:
        """Take a text itself, its first `size` symbols; bytes are symbols of their own.

        Example:
            >>> text = Text.of("Ann\\nBob", lines=True)
            >>> text.starts.tolist(), text.vocabulary.symbols
            ([0, 4], ('\\n', 'A', 'B', 'b', 'n', 'o'))
        """
        pieces = (text[at : at + _BLOCK] for at in range(0, len(text), _BLOCK))
        blocks = (_code_points(p) if isinstance(p, str) else _bytes(p) for p in pieces)
        unit: Unit = "characters" if isinstance(text, str) else "bytes"
        return _assemble(blocks, unit, "text", size, lines=lines)

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
        pieces = [text.part(a, b) for a, b in zip([0, *ends], ends, strict=False)]
        wanted = [True, validation > 0, test > 0]
        if not all(len(piece) for piece, want in zip(pieces, wanted, strict=True) if want):
            what = f"{len(text.starts)} texts" if len(text.starts) > 1 else f"{len(text)} symbols"
            raise DataError(
                f"{text.source} has {what}, too little for {sum(wanted)} parts (validation "
                f"{validation}, test {test}); give more text, or ask for fewer parts."
            )
        return cls(pieces[0], *(p if want else None for p, want in zip(pieces, wanted)[1:]))


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
        name = "The bytes" if isinstance(source, bytes) else Path(source).name
        raw = iter(lambda: stream.read(_BLOCK), b"")
        blocks = map(_bytes, raw) if unit == "bytes" else _decoded(raw, encoding, name)
        return _assemble(blocks, unit, name, size, lines=lines)
