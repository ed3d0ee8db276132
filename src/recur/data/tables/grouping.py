"""The rows of a table series by series, by the column that tells series apart."""

from __future__ import annotations

import numpy as np
import polars as pl

from recur.arrays import Indices
from recur.data.tables.table import Where
from recur.errors import DataError

Groups = tuple[Indices, Indices, tuple[str, ...]]


def group(column: pl.Series, where: Where, block: int = 100_000) -> Groups:
    """Return the rows series by series, the length of each series, and its id.

    The rows of a series mostly stand together, and only the first of such a run is read.

    Args:
        column: the ids.
        where: says where a row is.
        block: rows of text that are compared at once, which changes no result.
    """
    firsts = _run_starts(column, block)
    names = column.gather(firsts).cast(pl.String).str.strip_chars()
    blank = (names.is_null() | (names == "")).arg_true()
    if len(blank):
        row = int(firsts[int(blank[0])])
        raise DataError(f"{where(row)}: the id is missing; fill it in.")
    ids = names.unique(maintain_order=True)
    series = names.replace_strict(ids, pl.int_range(len(ids), eager=True)).to_numpy()
    run_lengths = np.diff(firsts, append=len(column))
    lengths = np.bincount(series, run_lengths, len(ids)).astype(np.int64)
    if (series[1:] >= series[:-1]).all():
        return np.arange(len(column), dtype=np.min_scalar_type(len(column))), lengths, tuple(ids)
    return np.argsort(np.repeat(series, run_lengths), kind="stable"), lengths, tuple(ids)


def _run_starts(column: pl.Series, block: int) -> Indices:
    """Return int64 [runs], rows before which a column changes, and a few more."""
    starts: list[Indices] = []
    for first in range(0, len(column), block):
        run = column.slice(first, block).rle_id().to_numpy()
        changes = np.flatnonzero(run[1:] != run[:-1]) + 1
        starts.append(first + np.concatenate([[0], changes]))
    return np.concatenate(starts)
