"""The plan of a job: which parts it has, found without reading more than the heads of files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from recur.data.panel.panel import Panel
from recur.data.tables.parted import FilePart, Kind, kind_of, no_panic, scan
from recur.distributed.cuts import beginning, cut, names_in
from recur.distributed.parts import Part
from recur.errors import DataError, SettingsError
from recur.tasks.reading import named_columns

BASE = 300_000_000
"""Bytes of memory that recur takes before it has read anything."""

_ROW, _CELL = 40, 24  # bytes that a row takes while it is read and forecast, and each value of it
_TEXT, _OTHER = 7, 40  # and that a byte of a text takes, or of a file of another kind
_SLICE = 500_000_000  # bytes that a part of a large file takes, of however much there is
_PARTS = 64  # of small files, before they are put together
_SAMPLE = 200_000_000  # bytes of memory for what the columns are told by


def for_ids(memory: int) -> int:
    """Return how many bytes of a memory are kept for the table of ids."""
    return (memory - BASE) // 4


def needed(files: Sequence[str]) -> int:
    """Return how many bytes of memory files take, about, that are read as one."""
    extents = [_extent(name, kind_of(name)) for name in files]
    return BASE + sum(units * each for units, each in extents)


def sample_of(name: str, *, several: bool) -> FilePart:
    """Return the beginning of a file, which tells columns and clock, whatever the memory is."""
    kind = kind_of(name)
    units, each = _extent(name, kind)
    if kind == "other" or units * each <= _SAMPLE:
        return FilePart(name, several=several)
    return beginning(name, kind, _SAMPLE // each)


def columns_of(panel: Panel, first: FilePart, columns: dict[str, Any]) -> dict[str, Any]:
    """Return which columns are what in all parts: as named, or as guessed at the beginning.

    Args:
        panel: what the beginning was read to.
        first: the beginning.
        columns: those that were named, as `read_columns` takes them.
    """
    guessed: dict[str, Any] = {**panel.guessed}
    if "target" in guessed:
        guessed["target"] = [guessed["target"]]
    return named_columns(first, columns) | guessed


def plan(
    files: Sequence[str], id_: str | None, memory: int, *, skip_bad: bool = False
) -> list[Part]:
    """Return the parts of some files, in order, each of which is read within a memory.

    A file is a part; one that is larger than the memory is cut between series, and of very many
    files those that are small are put together, as they follow each other.

    Args:
        files: their names.
        id_: the column that tells series apart; None where there is none.
        memory: bytes that the process may take, itself included.
        skip_bad: whether a file that cannot be looked at is a part of its own, to be set aside,
            rather than the end.
    """
    if memory - BASE < BASE // 4:
        raise SettingsError(
            f"`memory` is {memory / 1e6:,.0f}MB, and recur itself takes {BASE / 1e6:,.0f}MB; it "
            f"must be {(BASE + BASE // 4) / 1e6:,.0f}MB or more."
        )
    sizes = [*_sizes(files, skip_bad=skip_bad)]
    parts = _sources(sizes, id_, memory - BASE - for_ids(memory))
    return [Part(number, sources) for number, sources in enumerate(parts)]


class _Size(NamedTuple):
    """What a file is and takes; no `kind` where that cannot be told."""

    name: str
    kind: Kind | None = None
    units: int = 0
    each: int = 0

    @property
    def takes(self) -> int:
        return self.units * self.each


def _sources(sizes: Sequence[_Size], id_: str | None, most: int) -> Iterator[tuple[FilePart, ...]]:
    """Yield what is read for each part: a file, rows of a large one, or several small ones."""
    small = min(most, _SLICE, sum(size.takes for size in sizes) // _PARTS)
    together, taken = list[FilePart](), 0
    for size in sizes:
        if together and (size.kind is None or taken + size.takes > small):
            yield tuple(together)
            together, taken = [], 0
        whole = FilePart(size.name, several=len(sizes) > 1)
        if size.kind is not None and size.takes > most:
            for part in cut(size.name, size.kind, id_, min(most, _SLICE) // size.each):
                yield (part,)
        elif size.kind is None or size.takes > small:
            yield (whole,)
        else:
            together.append(whole)
            taken += size.takes
    if together:
        yield tuple(together)


def _sizes(files: Sequence[str], *, skip_bad: bool) -> Iterator[_Size]:
    """Look at each file, and refuse those that have other columns than the first."""
    first: tuple[str, dict[str, str]] | None = None
    for name in files:
        try:
            kind = kind_of(name)
            (units, each), columns = _extent(name, kind), names_in(name, kind)
        except (OSError, pl.exceptions.PolarsError) as error:
            if not skip_bad:
                raise DataError(f"`{name}` cannot be read: {reason_of(error)}.") from None
            yield _Size(name)
            continue
        if columns is not None and first is not None:
            _check_columns(name, columns, *first)
        elif columns is not None:
            first = name, columns
        yield _Size(name, kind, units, each)


def _extent(name: str, kind: Kind) -> tuple[int, int]:
    """Return the rows of a file, or its bytes, and how much memory each takes, about."""
    if kind in ("text", "other"):
        return Path(name).stat().st_size, _TEXT if kind == "text" else _OTHER
    with no_panic():
        table = scan(name, kind)
        rows = int(table.select(pl.len()).collect().item())
        return rows, _ROW + _CELL * len(table.collect_schema())


def _check_columns(name: str, columns: dict[str, str], first: str, others: dict[str, str]) -> None:
    """Refuse files that are not of the same columns, or of others kinds of values in them."""
    here, there = ({key.casefold(): kind for key, kind in x.items()} for x in (columns, others))
    if here.keys() != there.keys():
        listed, other = (", ".join(f"`{key}`" for key in list(x)[:6]) for x in (columns, others))
        raise DataError(
            f"`{name}` has other columns ({listed}) than `{first}` ({other}); files that are "
            "forecast together need the same ones."
        )
    for key, kind in here.items():
        if kind and there[key] and kind != there[key]:
            raise DataError(
                f"column `{key}` holds {kind} in `{name}` and {there[key]} in `{first}`; files "
                "that are forecast together need columns of the same types."
            )


def state_of(name: str) -> list[int]:
    """Return the size of a file, and when it was changed."""
    try:
        state = Path(name).stat()
    except OSError:
        raise DataError(f"There is no file `{name}`; check the name and the folder.") from None
    return [state.st_size, state.st_mtime_ns]


def reason_of(error: Exception) -> str:
    """Say in a few words why a file cannot be looked at."""
    lines = (getattr(error, "strerror", None) or str(error)).splitlines()
    return lines[0].rstrip(".") if lines else "no reason is known"
