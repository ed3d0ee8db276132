"""The symbols that a text is made of, and the numbers that stand for them."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from functools import cached_property
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import model_validator

from recur.arrays import Float64s, Indices, Symbols, TextSymbols
from recur.data.text.byte_pairs import BytePairs
from recur.errors import DataError
from recur.settings import Settings

Unit = Literal["characters", "bytes", "subwords"]
Unknown = Literal["error", "skip"]
Codes = NDArray[np.uint8] | NDArray[np.uint32]  # code points, or bytes


class Vocabulary(Settings):
    """The symbols that a text is made of; each is known by its place among them.

    Attributes:
        symbols: single characters; of bytes, the Latin-1 characters of the same numbers; of
            subwords, single characters in their order, then what is made of them, see `BytePairs`.
        unit: whether a symbol is a character, a byte (of UTF-8, where text is encoded), or a piece
            of a word.
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
        alphabet = self.alphabet
        longer = self.symbols[len(alphabet) :]
        if not alphabet or (self.unit != "subwords" and longer):
            raise ValueError("`symbols` must be single characters, and at least one.")
        if len(set(self.symbols)) < len(self.symbols):
            raise ValueError("`symbols` holds a character twice.")
        if not all(len(symbol) > 1 and set(alphabet).issuperset(symbol) for symbol in longer):
            raise ValueError("`symbols` holds a subword that is not made of its characters.")
        half = next((one for one in alphabet if "\ud800" <= one <= "\udfff"), None)
        if half is not None:
            raise ValueError(f"U+{ord(half):04X} is half of a character, which no text can hold.")
        if self.unit == "bytes" and max(self.symbols) > "\xff":
            raise ValueError(f"`symbols` holds {max(self.symbols)!r}, which is not a byte.")
        return self

    def __len__(self) -> int:
        """Return the number of symbols."""
        return len(self.symbols)

    @property
    def alphabet(self) -> tuple[str, ...]:
        """Return the symbols that are single characters, which are the first ones."""
        longer = (number for number, symbol in enumerate(self.symbols) if len(symbol) != 1)
        return self.symbols[: next(longer, len(self.symbols))]

    @cached_property
    def lengths(self) -> Indices:
        """Return int64 [symbols], how many characters, or bytes, each is made of."""
        return np.array([len(symbol) for symbol in self.symbols], np.int64)

    @cached_property
    def codes(self) -> NDArray[np.uint32]:
        """Return [symbols], the code point or byte of each single character."""
        return code_points("".join(self.alphabet))

    @cached_property
    def _pairs(self) -> BytePairs:
        return BytePairs(self.symbols)

    @cached_property
    def _numbers(self) -> Symbols:
        """Return [codes + 1], the number of each code point or byte; -1 where it is no symbol."""
        numbers = np.full(int(self.codes.max()) + 2, -1, np.int32)
        numbers[self.codes] = np.arange(len(self.codes))
        return numbers

    @property
    def measure(self) -> str:
        """Return what losses are told by: `character` or `byte`."""
        return "byte" if self.unit == "bytes" else "character"

    def encode(self, text: str, source: str = "The text") -> TextSymbols:
        """Return the numbers of a text's symbols, in the smallest type that holds them.

        Args:
            text: to be encoded.
            source: what a message calls it.

        Raises:
            DataError: a character is not in the vocabulary, and `unknown` is `error`.
        """
        by_bytes = self.unit == "bytes"
        codes = byte_codes(text.encode()) if by_bytes else code_points(text)
        numbers = self.find(codes)
        unseen = np.flatnonzero(numbers < 0)
        if len(unseen):
            self.refuse(int(codes[unseen[0]]), int(unseen[0]), source)
        if self.unit == "subwords":
            known = "".join(np.delete(np.array(list(text), object), unseen))
            return np.array(self._pairs.encode(known), smallest_type(len(self)))
        return np.delete(numbers, unseen).astype(smallest_type(len(self)))

    def spelt(self, numbers: TextSymbols) -> TextSymbols:
        """Return the numbers of the single characters, or bytes, that symbols are made of."""
        if self.unit != "subwords":
            return numbers
        codes = code_points("".join(self.symbols))
        lengths, ends = self.lengths[numbers], np.cumsum(self.lengths)
        firsts = np.repeat(ends[numbers] - np.cumsum(lengths), lengths)
        return self.find(codes[firsts + np.arange(lengths.sum())])

    def spread(self, values: Float64s, numbers: TextSymbols) -> Float64s:
        """Return a value for each character, or byte, of some symbols: its share of the symbol's.

        >>> vocabulary = Vocabulary(symbols=("a", "b", "ab"), unit="subwords")
        >>> vocabulary.spread(np.array([3.0, 1.0]), np.array([2, 0], np.uint8))
        array([1.5, 1.5, 1. ])
        """
        lengths = self.lengths[numbers]
        return np.repeat(values / lengths, lengths)

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
            if self.unit == "subwords":
                return "".join(self.symbols[number] for number in np.asarray(numbers, np.intp))
            codes = self.codes[np.asarray(numbers, np.intp)]
            if self.unit == "bytes":
                return utf8.decode(codes.astype(np.uint8).tobytes(), last)
            return codes.tobytes().decode("utf-32-le")

        return decode

    def find(self, codes: Codes) -> Symbols:
        """Return the number of each code point or byte; -1 where it is no symbol."""
        return self._numbers.take(codes, mode="clip")

    def refuse(self, code: int, position: int, source: str = "The text") -> None:
        """Refuse a code point or byte that is no symbol, unless `unknown` is `skip`."""
        if self.unknown == "skip":
            return
        unit = f"{self.measure}s"
        named = f"byte 0x{code:02x}" if self.unit == "bytes" else f"{chr(code)!r} (U+{code:04X})"
        raise DataError(
            f"{source} has {named} at position {position}, which is none of the {len(self.codes)} "
            f"{unit} that were learnt from; leave it out, or leave out all such {unit} "
            f"with {option('unknown', 'skip')}."
        )


def option(name: str, value: str) -> str:
    """Say how a choice is made in Python and on the command line."""
    return f"`{name}={value}` (`--{name} {value}`)"


def smallest_type(symbols: int) -> type[Any]:
    """Return the smallest type that numbers so many symbols."""
    return np.uint8 if symbols <= 1 << 8 else np.uint16 if symbols <= 1 << 16 else np.int32


def byte_codes(data: bytes) -> Codes:
    """Return uint8 [bytes], the bytes as numbers."""
    return np.frombuffer(data, np.uint8)


def code_points(text: str) -> NDArray[np.uint32]:
    """Return uint32 [characters], the code point of each character."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
