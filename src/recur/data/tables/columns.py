"""Which column of a table is the target, which the time, the id, and what stands beside them."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

import polars as pl

from recur.arrays import Float64s
from recur.data.panel.covariates import TARGET_LABEL
from recur.data.tables.numbers import excerpt, looks_numeric, read_numbers
from recur.data.tables.table import Table
from recur.errors import DataError, SettingsError, UndecidedError, nearest

# A column with one of the first names is taken as the time; one of the others if it reads as times.
SURE_TIME_NAMES = ("ds", "date", "datetime", "timestamp", "time")
LIKELY_TIME_NAMES = ("day", "week", "month", "quarter", "year", "period", "index")
EPOCH_NAMES = ("ts", "epoch", "unixtime", "unix_time", "unix_timestamp", "timestamp_ms", "epoch_ms")
SERIES_ID = "unique_id"
NAMELESS = "y"  # what a target without a name is called, and found by again
LIKELY_ID_NAMES = ("id", "series_id", "series", "item_id", "item", "symbol", "ticker")
# A column of numbers with one of the first names is taken; one of the others is only proposed.
SURE_TARGET_NAMES = ("y", "target", "value")
LIKELY_TARGET_NAMES = (
    *("values", "close", "price", "sales", "demand", "load", "count", "total", "ot"),
)

MOST_LOOKED_AT = 200  # columns, of which a file can have a hundred thousand
_LISTED = 8  # columns that an error shows
_CELLS, _FEW_ROWS = 3, 100
_ENOUGH_ROWS = 10  # that say of a column what fewer would by chance


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
    folded = [i for i, known in enumerate(table.folded) if known == name.casefold()]
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
    return find_column(table, name, "id") if name is not None else first_named(table, [SERIES_ID])


def likely_id(table: Table, taken: Collection[int | None]) -> int | None:
    """Return a column that by its name may tell series apart, and does not number the rows."""
    position = first_named(table, LIKELY_ID_NAMES)
    if position is None or position in taken:
        return None
    rows = table.frame.height
    numbers_rows = rows >= _ENOUGH_ROWS and table.column(position).n_unique() == rows
    return None if numbers_rows else position


def choose_target(table: Table, name: str | None, taken: Collection[int | None]) -> int:
    """Return the column of values: the one asked for, one called so, or the only numeric one."""
    if name is not None:
        return find_column(table, name, "target")
    by_name = first_named(table, SURE_TARGET_NAMES)
    if by_name is not None and by_name not in taken and looks_numeric(table.column(by_name)):
        return by_name
    numeric = numeric_columns(table, taken)
    if len(numeric) == 1:
        return numeric[0]
    if not numeric:
        raise DataError(
            f"{table.source} has no column of numbers to use as the target; "
            f"{nearest('', [known for known in table.names if known])}. `recur write` and "
            "`recur classify` learn from texts."
        )
    raise undecided(table, numeric, "target", "columns of numbers")


def numeric_columns(table: Table, taken: Collection[int | None]) -> list[int]:
    """Return the columns of numbers that may be values, of a very wide table the first of them.

    A column that by its name is a time or an id, that only counts the rows, or whose values are
    all the same, is one where there is no other.
    """
    shunned = (*SURE_TIME_NAMES, *LIKELY_TIME_NAMES, *LIKELY_ID_NAMES, "")
    free = [i for i in range(table.index_columns, len(table.names)) if i not in taken]
    numeric = [i for i in free[:MOST_LOOKED_AT] if looks_numeric(table.column(i))]
    likely = [i for i in numeric if table.folded[i] not in shunned]
    likely = [i for i in likely if not _counts_rows(table.column(i))] or likely or numeric
    if len(likely) < 2 or table.frame.height < _ENOUGH_ROWS:
        return likely
    return [i for i in likely if _varies(table.column(i))] or likely


def _varies(column: pl.Series) -> bool:
    """Say whether a column has two values at least, most of which its first rows show."""
    return column.head(_FEW_ROWS).n_unique() > 1 or column.n_unique() > 1


def _counts_rows(column: pl.Series) -> bool:
    """Say whether the first rows of a column are numbered one by one."""
    first = column.head(_FEW_ROWS).cast(pl.Float64, strict=False)
    return len(first) > 2 and first[0] in (0, 1) and bool((first.diff().drop_nulls() == 1).all())


def undecided(table: Table, positions: Sequence[int], option: str, what: str) -> UndecidedError:
    """Return the error that lists some columns with their first values, for a user to choose."""
    known = [table.folded[at] for at in positions]
    usual = next((known.index(name) for name in LIKELY_TARGET_NAMES if name in known), 0)
    likeliest = table.names[positions[usual]] or NAMELESS
    shown = [f"`{table.names[at]}` ({first_cells(table, at)})" for at in positions[:_LISTED]]
    more = len(positions) - len(shown)
    listed = "; ".join(shown) + (f" and {more:,} more" if more else "")
    least = "at least " if len(table.names) > MOST_LOOKED_AT else ""
    named = f"`--{option} COLUMN` or `{option}=COLUMN`"
    if option == "target":
        named += ", or take all as series with `--wide` or `target='*'`"
    place = "; its first line holds data, so they are called by their place"
    return UndecidedError(
        f"{table.source} has {least}{len(positions):,} {what}; name one with {named}: {listed}"
        f"{place if table.named_by_place else ''}.",
        option,
        likeliest,
    )


def first_cells(table: Table, position: int) -> str:
    """Return the first known values of a column, a few digits of each."""
    cells = table.column(position).head(_FEW_ROWS).cast(pl.String).str.strip_chars().drop_nulls()
    first = cells.filter(cells != "").head(_CELLS)
    numbers = first.cast(pl.Float64, strict=False)
    pairs = zip(first.to_list(), numbers.to_list(), strict=True)
    return ", ".join(
        excerpt(cell, longest=20) if number is None else f"{number:.5g}" for cell, number in pairs
    )


def choose_targets(
    table: Table, names: Sequence[str], taken: Collection[int | None]
) -> tuple[int, ...]:
    """Return the columns of values: those asked for, or the one that `choose_target` finds.

    A name may be a pattern, `store*` say, which stands for all columns of numbers like it.
    """
    if not names:
        return (choose_target(table, None, taken),)
    return tuple(at for name in names for at in _named_or_like(table, name, taken))


def _named_or_like(table: Table, name: str, taken: Collection[int | None]) -> Sequence[int]:
    if not is_pattern(table, name):
        return (find_column(table, name, "target"),)
    alike = [i for i, known in enumerate(table.names) if _matches(known, name)]
    numeric = [i for i in alike if i not in taken and looks_numeric(table.column(i))]
    if not numeric:
        raise DataError(
            f"{table.source} has no column of numbers like `{name}`; "
            f"{nearest(name, [known for known in table.names if known])}."
        )
    return numeric


def is_pattern(table: Table, name: str) -> bool:
    """Say whether a name stands for all columns like it, as `store*` does, and for none itself."""
    return any(sign in name for sign in "*?[") and name.casefold() not in table.folded


def _matches(known: str, pattern: str) -> bool:
    return fnmatchcase(known.casefold(), pattern.casefold())


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


def first_named(table: Table, names: Collection[str]) -> int | None:
    """Return the first column with one of some names, in the order of these names."""
    return next((table.folded.index(name) for name in names if name in table.folded), None)
