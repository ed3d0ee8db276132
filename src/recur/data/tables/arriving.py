"""Rows that come one line after the other: a number alone, with its time, or named by a header."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from recur.data.tables.numbers import MISSING, excerpt
from recur.errors import DataError, nearest

_SEPARATORS = "\t;,"
_TIMES = ("time", "ds", "date", "datetime", "timestamp", "ts")
_SERIES = ("unique_id",)


@dataclass(frozen=True)
class Arrival:
    """A row that has come.

    Attributes:
        where: which line of what it is, for messages.
        values: a number of each column of values, NaN where it is missing.
        time: as it is written; None where there is none.
        series: its name; None where no column says one.
        beside: what stands in the columns beside the values, by their names.
        complaint: what is wrong with the values, a sentence; empty where nothing is.
        text: the line as it is, where it is read as no row.
    """

    where: str
    values: tuple[float, ...]
    time: str | None = None
    series: str | None = None
    beside: Mapping[str, str] = field(default_factory=dict)
    complaint: str = ""
    text: str = ""


@dataclass(frozen=True)
class RowColumns:
    """Which columns of a row are what.

    Attributes:
        targets: those of values, as they were learnt.
        named: whether a user has named them, so that they have to be there.
        time: that of times; None for one that is called so.
        series: that which tells series apart; None for `unique_id`.
        beside: those that a model reads beside the values, as far as they are there.
    """

    targets: tuple[str, ...]
    named: bool = False
    time: str | None = None
    series: str | None = None
    beside: tuple[str, ...] = ()


class TextReader:
    """Takes lines as they are.

    Args:
        source: what messages call it.
    """

    def __init__(self, source: str) -> None:
        self._source, self.lines = source, 0

    def read(self, line: str) -> Arrival:
        """Return a line."""
        self.lines += 1
        return Arrival(f"{self._source}, line {self.lines}", (), text=line.rstrip("\r\n"))


class LineReader:
    """Reads lines as rows; the first one says what the columns are.

    Without a header a line is the values, or a time and the values. A line of JSON is an object.

    Args:
        source: what messages call it.
        columns: which columns are what.
    """

    def __init__(self, source: str, columns: RowColumns) -> None:
        self._source, self._columns = source, columns
        self._separator = ""
        self._places: dict[str, int] | None = None
        self.lines = 0

    def read(self, line: str) -> Arrival | None:
        """Return the row that a line holds; None where it is blank, a comment or the header.

        Raises:
            DataError: the first line does not say where the values are.
        """
        self.lines += 1
        text = line.strip().lstrip("\ufeff")
        if not text or text.startswith("#"):
            return None
        if text.startswith("{"):
            return self._of_object(text)
        if self._places is None and self._begin(text):
            return None
        fields, places = self._fields(text), self._places or {}
        most = 1 + max(places.values())
        if len(fields) < most:
            return self._bad(f"it has {len(fields)} of {most} columns")
        return self._arrival({name: fields[place] for name, place in places.items()})

    @property
    def where(self) -> str:
        """Return which line the newest one is, for messages."""
        return f"{self._source}, line {self.lines}"

    def _begin(self, text: str) -> bool:
        """Settle the columns by the first line; say whether it is a header."""
        self._separator = max(_SEPARATORS, key=text.count) if len(text.split()) else ""
        if self._separator not in text:
            self._separator = ""
        fields, count = self._fields(text), len(self._columns.targets)
        if all(_number(field) is None for field in fields):
            self._places = self._by_names(fields)
            return True
        if self._columns.named or self._columns.series or self._columns.time:
            raise DataError(f"{self.where}: expected a header with the names of the columns.")
        if len(fields) not in (count, count + 1):
            values = "a value" if count == 1 else f"{count} values"
            raise DataError(
                f"{self.where}: it has {len(fields)} columns and no header; expected {values}, a "
                f"time and {values}, or a first line with the names of the columns."
            )
        names = [f"value {i}" for i in range(count)]
        names = ["time", *names] if len(fields) > count else names
        self._places = {name: place for place, name in enumerate(names)}
        return False

    def _by_names(self, names: Sequence[str]) -> dict[str, int]:
        """Return where the columns stand, by the names of a header."""
        columns, folded = self._columns, [name.casefold() for name in names]
        places = {}
        for part, name, usual in (
            ("time", columns.time, _TIMES), ("series", columns.series, _SERIES)
        ):  # fmt: skip
            found = next((x for x in ([name] if name else usual) if x.casefold() in folded), None)
            if found is not None:
                places[part] = folded.index(found.casefold())
            elif name is not None:
                raise DataError(f"{self.where}: no column `{name}`; {nearest(name, names)}.")
        for name in columns.beside:
            if name.casefold() in folded:
                places[f"beside {name}"] = folded.index(name.casefold())
        left = [i for i in range(len(names)) if i not in places.values()]
        missing = [name for name in columns.targets if name.casefold() not in folded]
        if missing and (columns.named or len(left) != len(columns.targets)):
            raise DataError(
                f"{self.where}: no column `{missing[0]}`; {nearest(missing[0], names)}. Name the "
                "one of values with `target`."
            )
        if not missing:
            left = [folded.index(name.casefold()) for name in columns.targets]
        return places | {f"value {i}": place for i, place in enumerate(left)}

    def _of_object(self, text: str) -> Arrival:
        try:
            row = json.loads(text)
        except ValueError:
            return self._bad("it is no object of JSON")
        flat = {str(name): "" if cell is None else str(cell) for name, cell in row.items()}
        try:
            places = self._by_names(list(flat))
        except DataError as error:
            return Arrival(self.where, self._missing, complaint=str(error))
        cells = list(flat.values())
        return self._arrival({name: cells[place] for name, place in places.items()})

    def _arrival(self, cells: dict[str, str]) -> Arrival:
        time, series = cells.get("time"), cells.get("series")
        texts = [cells[f"value {i}"] for i in range(len(self._columns.targets))]
        numbers = [_number(text) for text in texts]
        odd = next((text for text, n in zip(texts, numbers, strict=True) if n is None), None)
        values = tuple(math.nan if n is None else n for n in numbers)
        why = "" if odd is None else f"`{excerpt(odd)}` is not a number"
        beside = {
            name: cells[f"beside {name}"]
            for name in self._columns.beside
            if f"beside {name}" in cells
        }
        return Arrival(self.where, values, time, series, beside, why and f"{self.where}: {why}.")

    def _bad(self, why: str) -> Arrival:
        return Arrival(self.where, self._missing, complaint=f"{self.where}: {why}.")

    @property
    def _missing(self) -> tuple[float, ...]:
        return (math.nan,) * len(self._columns.targets)

    def _fields(self, text: str) -> list[str]:
        """Return the fields of a line."""
        if not self._separator:
            return [text]
        [fields] = csv.reader([text], delimiter=self._separator, skipinitialspace=True)
        return [field.strip() for field in fields]


def numbers_in(text: str) -> float | list[float] | None:
    """Return the number that stands in a column, or the several in brackets; None for neither.

    >>> numbers_in("12,5"), numbers_in("[1, 2.5, 3]"), numbers_in("calm")
    (12.5, [1.0, 2.5, 3.0], None)
    """
    if not text.startswith("["):
        return _number(text)
    several = [_number(part.strip()) for part in text[1:].removesuffix("]").split(",")]
    found = [number for number in several if number is not None]
    return found if len(found) == len(several) else None


def _number(text: str) -> float | None:
    """Return the number that a text is, NaN where it says that it is missing, None for no number.

    >>> _number("1e3"), _number("12,5"), _number("warm")
    (1000.0, 12.5, None)
    """
    if text.casefold() in MISSING:
        return math.nan
    for spelt in (text, text.replace(",", ".", 1)):
        try:
            value = float(spelt)
        except ValueError:
            continue
        return value if math.isfinite(value) else math.nan
    return None
