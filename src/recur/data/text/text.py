"""A text as symbols: one long text or many short ones, and parts to learn from and judge on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Indices, TextSymbols
from recur.data.text.textfile import check_encoding, decoded, open_file
from recur.data.text.vocabulary import Codes, Unit, byte_codes, code_points, option, smallest_type
from recur.data.text.vocabulary import Vocabulary as Vocabulary  # whoever takes texts names it
from recur.errors import DataError, SettingsError

_BLOCK = 1 << 20  # bytes or symbols that are converted at once
_CODES = 0x110000  # code points there are
_MANY = 20_000  # distinct characters beyond which something is probably wrong
_NEWLINE, _RETURN = b"\n\r"


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

    symbols: TextSymbols
    vocabulary: Vocabulary
    starts: Indices
    source: str = "The text"
    notes: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        text: str | bytes,
        *,
        size: int | None = None,
        lines: bool = False,
        block: int = _BLOCK,
    ) -> Text:
        r"""Take a text itself; bytes are symbols of their own.

        Args:
            text: the text.
            size: how many symbols are read, the first ones; None reads all.
            lines: as in `read_text`.
            block: symbols that are converted at once, which changes no result.

        Example:
            >>> text = Text.of("Ann\nBob", lines=True)
            >>> text.starts.tolist(), text.vocabulary.symbols
            ([0, 4], ('\n', 'A', 'B', 'b', 'n', 'o'))
        """
        pieces = (text[at : at + block] for at in range(0, len(text), block))
        blocks = (code_points(p) if isinstance(p, str) else byte_codes(p) for p in pieces)
        unit: Unit = "characters" if isinstance(text, str) else "bytes"
        return _assemble(blocks, unit, "The text", size, lines=lines)

    def __len__(self) -> int:
        """Return the number of symbols."""
        return len(self.symbols)

    @property
    def characters(self) -> int:
        """Return how many characters, or bytes, it has."""
        if self.vocabulary.unit != "subwords":
            return len(self)
        return int(self.vocabulary.lengths[self.symbols].sum())

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
                f"learnt from; read it with {option('unit', vocabulary.unit)}."
            )
        numbers = vocabulary.find(self.vocabulary.codes)
        unseen = np.flatnonzero(_look_up(numbers < 0, self.symbols))
        if len(unseen):
            first = self.vocabulary.symbols[self.symbols[unseen[0]]]
            vocabulary.refuse(ord(first), int(unseen[0]), self.source)
        symbols = _look_up(numbers.astype(smallest_type(len(vocabulary))), self.symbols)
        kept = np.delete(symbols, unseen)
        starts = np.unique(self.starts - np.searchsorted(unseen, self.starts))
        return replace(
            self, symbols=kept, vocabulary=vocabulary, starts=starts[starts < max(1, len(kept))]
        )


@dataclass(frozen=True)
class TextSplit:
    """A text in contiguous parts, in this order; None where a part was not asked for."""

    training: Text
    validation: Text | None
    test: Text | None

    @classmethod
    def of(cls, text: Text, *, validation: float = 0.1, test: float = 0.0) -> TextSplit:
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
    block: int = _BLOCK,
) -> Text:
    """Read a text file; a text itself goes to `Text.of`.

    Newlines are kept as they are; a byte-order mark is no part of a text of characters.

    Args:
        source: the path of a file, or what a file holds as bytes.
        encoding: how characters are encoded.
        size: how many characters (or bytes) are read, the first ones; None reads all.
        unit: whether characters are the symbols, or raw bytes; subwords are learnt of characters.
        lines: each line that is not blank is a text of its own, ended by its newline.
        block: bytes that are read at once, which changes no result.

    Raises:
        DataError: the source holds no such text; the message says where and why.
        SettingsError: a choice is unknown or out of its range.
    """
    if unit not in get_args(Unit):
        raise SettingsError(f"`unit` is {unit!r}; it is `characters`, `bytes` or `subwords`.")
    check_encoding(encoding)
    with open_file(source) as stream:
        name = "The input" if isinstance(source, bytes) else Path(source).name
        raw = iter(lambda: stream.read(block), b"")
        blocks = map(byte_codes, raw) if unit == "bytes" else decoded(raw, encoding, name)
        read_as: Unit = "bytes" if unit == "bytes" else "characters"
        return _assemble(blocks, read_as, name, size, lines=lines)


def _look_up(table: NDArray[Any], symbols: TextSymbols) -> NDArray[Any]:
    """Return `table[symbols]`, a block at a time: an index of another type is copied to int64."""
    values = np.empty(len(symbols), table.dtype)
    for at in range(0, len(symbols), _BLOCK):
        values[at : at + _BLOCK] = table[symbols[at : at + _BLOCK]]
    return values


def _cut(text: Text, share: float) -> int:
    """Return the symbol before which the first share of a text ends."""
    whole = text.characters
    cut = int(share * whole + 1e-6)  # 1 - .4 - .3 is a little less than .3
    many = len(text.starts) > 1
    if cut == whole or not (many or text.vocabulary.unit == "subwords"):
        return len(text) if cut == whole else cut
    lengths = text.vocabulary.lengths[text.symbols]
    places = np.cumsum(lengths) - lengths  # characters before each symbol
    starts = text.starts[1:] if many else np.arange(1, len(text))
    return int(starts[np.argmin(np.abs(places[starts] - cut))])


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
    parts: list[TextSymbols] = []
    for block in blocks:
        numbered = numbers[block]
        new = np.unique(block[numbered < 0])
        if len(new):
            numbers[new] = np.arange(known, known + len(new))
            known += len(new)
            numbered = numbers[block]
        parts.append(numbered.astype(smallest_type(known)))
    if not known:
        raise DataError(f"{source} is empty; a text to learn from is expected.")
    codes = np.flatnonzero(numbers >= 0)
    ranks = np.empty(known, smallest_type(known))
    ranks[numbers[codes]] = np.arange(known)
    symbols = _joined(parts, ranks)
    vocabulary = Vocabulary(symbols=tuple(map(chr, codes.tolist())), unit=unit)
    notes = (_many_symbols(known),) if known > _MANY else ()
    if not lines:
        return Text(symbols, vocabulary, np.zeros(1, np.int64), source, notes)
    symbols, starts, blank = _lines(symbols, vocabulary, source)
    skipped = f"Skipped {blank} blank line{'s' * (blank > 1)}."
    return Text(symbols, vocabulary, starts, source, notes + (skipped,) * (blank > 0))


def _joined(parts: list[TextSymbols], ranks: NDArray[Any]) -> TextSymbols:
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
    symbols: TextSymbols, vocabulary: Vocabulary, source: str
) -> tuple[TextSymbols, Indices, int]:
    """Return the lines that are not blank, where each starts, and how many were blank."""
    newline, carriage_return = vocabulary.find(np.array([_NEWLINE, _RETURN], np.uint32))
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
        f"of {option('unit', 'bytes')} there are 256 at most."
    )
