"""Columns of a table that stand beside the target, read and checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import polars as pl

from recur.arrays import Float64s
from recur.data.panel.covariates import Covariates
from recur.data.tables.columns import CovariateColumns, numbers
from recur.data.tables.numbers import read_truths
from recur.data.tables.stack import LARGEST, Stack
from recur.data.tables.table import Table
from recur.errors import DataError

Notes = tuple[str, ...]


def with_covariates(
    stack: Stack, table: Table, covariates: CovariateColumns, targets: Mapping[str, Float64s]
) -> tuple[Stack, Notes]:
    """Return series in their final order with what stands beside each row, and what to note.

    Args:
        stack: the series.
        table: where they came from.
        covariates: the columns to take.
        targets: float64 [rows of the table] of each target, which no covariate should repeat.
    """
    past = {table.names[at]: _read(table, at) for at in covariates.past}
    known = {table.names[at]: _known_throughout(table, at) for at in covariates.known}
    by_row = replace(
        stack.covariates or Covariates.none(np.diff(stack.offsets)),
        past_names=tuple(past),
        known_names=tuple(known),
        past=_covariate_rows(past, stack),
        known=_covariate_rows(known, stack),
    )
    return replace(stack, covariates=by_row), _leaks(past, known, targets)


def with_statics(stack: Stack, table: Table, positions: Sequence[int]) -> Stack:
    """Return series with what each of them has one of.

    Raises:
        DataError: a series has several values in a static column, or none.
    """
    labelled = [at for at in positions if _is_text(table, at)]
    numeric = [at for at in positions if at not in labelled]
    statics = np.empty((len(stack.ids), len(numeric)))
    for i, at in enumerate(numeric):
        statics[:, i] = _one_each(_known_or_null(_read(table, at)), stack, table, at)
    labels = tuple(tuple(_one_each(_categories(table, at), stack, table, at)) for at in labelled)
    return replace(
        stack,
        covariates=replace(
            Covariates.none(np.diff(stack.offsets)),
            static_names=tuple(table.names[at] for at in numeric),
            label_names=tuple(table.names[at] for at in labelled),
            statics=statics,
            labels=labels,
        ),
    )


def _leaks(
    past: Mapping[str, Float64s], known: Mapping[str, Float64s], targets: Mapping[str, Float64s]
) -> Notes:
    """Say which covariates hold the values of a target."""
    useless = (
        f"The past covariate `{name}` holds the very values of the target `{target}`, which the "
        "network sees already; leave it out."
        for name, target in _equal(past, targets)
    )
    leaking = (
        f"LEAK: the known covariate `{name}` holds the very values of the target `{target}`, so "
        "the network is told what it has to forecast, and its errors and verdict mean nothing; "
        "leave it out."
        for name, target in _equal(known, targets)
    )
    return (*leaking, *useless)


def _equal(
    covariates: Mapping[str, Float64s], targets: Mapping[str, Float64s]
) -> Iterator[tuple[str, str]]:
    """Yield each covariate and target that agree in every row that has both."""
    for (name, column), (target, values) in product(covariates.items(), targets.items()):
        both = np.isfinite(values) & np.isfinite(column)
        if both.any() and np.allclose(column[both], values[both], rtol=1e-9, atol=0):
            yield name, target


def _read(table: Table, at: int) -> Float64s:
    """Return float64 [rows], numbers, or true and false as 1 and 0; NaN where one is missing."""
    truths = read_truths(table.column(at))
    values = numbers(table, at) if truths is None else truths
    large = np.flatnonzero(np.isfinite(values) & (np.abs(values) > LARGEST))
    if len(large):
        row = int(large[0])
        raise DataError(
            f"{table.where(at)(row)}: the value {values[row]:g} is too large to compute with; "
            f"express the values in a larger unit, below {LARGEST:g}."
        )
    return values


def _known_throughout(table: Table, at: int) -> Float64s:
    """Return float64 [rows]; refuse a known covariate that is missing anywhere."""
    values = _read(table, at)
    missing = np.flatnonzero(~np.isfinite(values))
    if len(missing):
        raise DataError(
            f"{table.where(at)(int(missing[0]))}: the value is missing, but a known covariate has "
            "to be known in every row, those of the future included; fill it in, or take the "
            "column as a past covariate."
        )
    return values


def _covariate_rows(columns: Mapping[str, Float64s], stack: Stack) -> Float64s:
    """Return float64 [rows, columns], in the order of the series."""
    rows = np.empty((len(stack.rows), len(columns)))
    for i, column in enumerate(columns.values()):
        rows[:, i] = stack.read(column, "mean")
    return rows


def _is_text(table: Table, at: int) -> bool:
    """Say whether a static column holds categories: text that is not all numbers, or truths."""
    column = table.column(at)
    if column.dtype != pl.String or read_truths(column) is not None:
        return False
    try:
        numbers(table, at)
    except DataError:
        return True
    return False


def _known_or_null(values: Float64s) -> pl.Series:
    return pl.Series(np.where(np.isfinite(values), values, np.nan), nan_to_null=True)


def _categories(table: Table, at: int) -> pl.Series:
    text = table.column(at).cast(pl.String).str.strip_chars()
    return text.set(text == "", None)


def _one_each(column: pl.Series, stack: Stack, table: Table, at: int) -> pl.Series:
    """Return the one value that each series has in a static column, whose gaps are null."""
    series = np.repeat(np.arange(len(stack.ids)), np.diff(stack.offsets))
    rows = pl.DataFrame({"series": series, "row": stack.rows, "value": column[stack.rows]})
    known = rows.drop_nulls("value")
    firsts = known.unique("series", keep="first", maintain_order=True)
    if firsts.height < len(stack.ids):
        first = int(np.setdiff1d(series, firsts["series"].to_numpy())[0])
        raise DataError(
            f"{table.source}: series `{stack.ids[first]}` has no value in the static column "
            f"`{table.names[at]}`; fill it in."
        )
    other = known.join(firsts, on="series", suffix="_first", maintain_order="left").filter(
        pl.col("value") != pl.col("value_first")
    )
    if other.height:
        row = other.row(0, named=True)
        raise DataError(
            f"{table.where(at)(row['row'])}: series `{stack.ids[row['series']]}` has the value "
            f"`{row['value']}` after `{row['value_first']}`, but a static column has one value in "
            "each series; if these are several series, name the column that tells them apart with "
            "`id=COLUMN` (`--id COLUMN`)."
        )
    return firsts["value"]
