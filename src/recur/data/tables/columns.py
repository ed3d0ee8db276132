"""Which column of a table is the target, which the time, the id, and what stands beside them."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from recur.arrays import Float64s
from recur.data.panel.covariates import TARGET_LABEL
from recur.data.tables.numbers import looks_numeric, read_numbers
from recur.data.tables.table import Table
from recur.data.tables.times import are_times, mostly_times, read_times
from recur.errors import DataError, SettingsError, nearest

# A column with one of the first names is taken as the time; one of the others if it reads as times.
SURE_TIME_NAMES = ("ds", "date", "datetime", "timestamp", "time")
LIKELY_TIME_NAMES = ("day", "week", "month", "quarter", "year", "period", "index")
EPOCH_NAMES = ("ts", "epoch", "unixtime", "unix_time", "unix_timestamp", "timestamp_ms", "epoch_ms")
NO_NAMES = ("", "unnamed: 0", "rownames")  # of a column that was the index of a frame
SERIES_ID = "unique_id"
NAMELESS = "y"  # what a target without a name is called, and found by again
LIKELY_ID_NAMES = ("id", "series_id", "series", "item_id", "item", "symbol", "ticker")


class CovariateColumns(NamedTuple):
    """The positions of the columns that stand beside the target."""

    past: tuple[int, ...] = ()
    known: tuple[int, ...] = ()
    static: tuple[int, ...] = ()


def numbers(table: Table, position: int) -> Float64s:
    """Return float64 [rows], a column of numbers, NaN where a value is missing."""
    return read_numbers(
        table.column(position),
        table.where(position),
        separator=table.separator,
        decimal=table.decimal,
        name=table.names[position],
        repairs=table.repairs,
    )


def as_option(option: str, name: str) -> str:
    """Return how a column is named on the command line, quoted where a shell needs it.

    >>> as_option("--target", "% WEIGHTED ILI")
    "--target '% WEIGHTED ILI'"
    """
    return f"{option} {shlex.quote(name)}"


def find_column(table: Table, name: str, role: str) -> int:
    """Return the position of a named column, without regard to case where that is unambiguous."""
    name = str(name)  # pandas also names columns by numbers, and so do its users
    exact = [i for i, known in enumerate(table.names) if known == name]
    folded = [i for i, known in enumerate(table.names) if known.casefold() == name.casefold()]
    nameless = [i for i, known in enumerate(table.names) if not known and name == NAMELESS]
    positions = exact or folded or nameless
    if len(positions) == 1:
        return positions[0]
    if not positions:
        raise DataError(
            f"{table.source} has no column `{name}` to use as the {role}; "
            f"{nearest(name, [known for known in table.names if known])}."
        )
    spelt = ", ".join(f"`{table.names[i]}`" for i in positions)
    raise DataError(
        f"{table.source} has {len(positions)} columns that `{name}` could mean ({spelt}); "
        "rename all but one of them."
    )


def choose_id(table: Table, name: str | None) -> int | None:
    """Return the column that tells series apart: the one asked for, or `unique_id`."""
    return find_column(table, name, "id") if name is not None else _first(table, [SERIES_ID])


def likely_id(table: Table, taken: Collection[int | None]) -> int | None:
    """Return a column that by its name may tell series apart."""
    position = _first(table, LIKELY_ID_NAMES)
    return None if position in taken else position


def choose_target(table: Table, name: str | None, taken: Collection[int | None]) -> int:
    """Return the column of values: the one asked for, `y` beside `ds`, or the only numeric one."""
    if name is not None:
        return find_column(table, name, "target")
    y = _first(table, ["y"])
    if y is not None and _first(table, ["ds"]) is not None:
        return y
    shunned = (*SURE_TIME_NAMES, *LIKELY_TIME_NAMES, *LIKELY_ID_NAMES, "")
    free = [i for i in range(table.index_columns, len(table.names)) if i not in taken]
    numeric = [i for i in free if looks_numeric(table.column(i))]
    likely = [i for i in numeric if table.names[i].casefold() not in shunned] or numeric
    if len(likely) == 1:
        return likely[0]
    if not likely:
        raise DataError(f"{table.source} has no column of numbers to use as the target.")
    listing = nearest("", [table.names[i] for i in likely])
    place = " (its first line holds data, so they are called by their place)"
    raise DataError(
        f"{table.source} has {len(likely)} columns of numbers; name one with `--target "
        f"COLUMN` or `target=COLUMN`: {listing}{place if table.named_by_place else ''}."
    )


def choose_targets(
    table: Table, names: Sequence[str], taken: Collection[int | None]
) -> tuple[int, ...]:
    """Return the columns of values: those asked for, or the one that `choose_target` finds."""
    if not names:
        return (choose_target(table, None, taken),)
    return tuple(choose_target(table, name, taken) for name in names)


def choose_covariates(
    table: Table, past: Sequence[str], known: Sequence[str], static: Sequence[str]
) -> CovariateColumns:
    """Return the columns that stand beside the target."""
    return CovariateColumns(
        past=tuple(find_column(table, name, "past covariate") for name in past),
        known=tuple(find_column(table, name, "known covariate") for name in known),
        static=tuple(find_column(table, name, "static column") for name in static),
    )


def refuse_shared(
    table: Table, targets: Sequence[int], time: int | None, covariates: CovariateColumns
) -> None:
    """Refuse a column that is asked to be two things at once; an id may be static as well."""
    parts = [(at, "the target") for at in targets]
    parts += [] if time is None else [(time, "the time")]
    parts += [(at, "a past covariate") for at in covariates.past]
    parts += [(at, "a known covariate") for at in covariates.known]
    parts += [(at, "static") for at in covariates.static]
    seen: dict[int, str] = {}
    for at, part in parts:
        if at in seen:
            both = f"{part} twice" if part == seen[at] else f"both {seen[at]} and {part}"
            raise SettingsError(
                f"Column `{table.names[at]}` of {table.source} is named as {both}; name it once."
            )
        seen[at] = part
    label = next((at for at in covariates.static if table.names[at] == TARGET_LABEL), None)
    if label is not None and len(targets) > 1:
        raise SettingsError(
            f"The static column `{TARGET_LABEL}` of {table.source} has the name of the label that "
            "tells several targets apart; rename it."
        )


def choose_time(table: Table, name: str | None, taken: Collection[int | None]) -> int | None:
    """Return the column of times by its name, if there is one."""
    if name is not None:
        return find_column(table, name, "time")
    sure = _first(table, SURE_TIME_NAMES)
    if sure is not None and sure not in taken and not _evenly_decimal(table.column(sure)):
        return sure
    for likely in (*EPOCH_NAMES, *LIKELY_TIME_NAMES):
        position = _first(table, [likely])
        if position is not None and position not in taken and _reads_as_times(table, position):
            return position
    return 0 if 0 not in taken and _nameless_years(table) else None


def _nameless_years(table: Table) -> bool:
    """Say whether the first column has no name and holds years, one after the other."""
    if not (table.named_by_place or table.names[0].casefold() in NO_NAMES):
        return False
    column = table.column(0)
    if column.dtype.is_float() or len(table.names) < 2 or len(column) < 3:
        return False
    try:
        (reading,) = read_times(column, str)
    except (DataError, ValueError):
        return False
    return reading.name == "year" and len(np.unique(np.sign(np.diff(reading.values)))) == 1


def time_by_content(table: Table, taken: Collection[int | None]) -> int | None:
    """Return the only column that reads wholly as dates, whatever its name."""
    free = [i for i in range(len(table.names)) if i not in taken]
    positions = [i for i in free if are_times(table.column(i))]
    positions = positions or [i for i in free if mostly_times(table.column(i))]
    if len(positions) > 1:
        names = ", ".join(f"`{table.names[i]}`" for i in positions)
        raise DataError(
            f"{table.source} has {len(positions)} columns of times ({names}); name one with "
            "`time=COLUMN` (`--time COLUMN`)."
        )
    return positions[0] if positions else None


def _first(table: Table, names: Collection[str]) -> int | None:
    """Return the first column with one of some names, in the order of these names."""
    folded = [name.casefold() for name in table.names]
    return next((folded.index(name) for name in names if name in folded), None)


def _reads_as_times(table: Table, position: int) -> bool:
    column = table.column(position)
    if column.dtype.is_float():
        return False
    if isinstance(column.dtype, pl.Datetime):
        return True  # even with times missing, which are refused by their row later
    try:
        return bool(read_times(column, str))
    except DataError:
        return mostly_times(column)  # to be refused by its bad cell, and not to be passed over


def _evenly_decimal(column: pl.Series) -> bool:
    """Say whether a column counts in evenly spaced decimal numbers, which only give an order."""
    numbers = column.cast(pl.Float64, strict=False) if column.dtype == pl.String else column
    if not numbers.dtype.is_float() or numbers.null_count() or len(numbers) < 2:
        return False
    values = numbers.to_numpy()
    steps = np.diff(values)
    even = steps.min() > 0 and np.ptp(steps) <= 0.1 * np.median(steps)
    return bool(even and (values % 1 != 0).any())
