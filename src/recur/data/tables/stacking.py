"""From the columns of a table to series with their times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Float64s, Indices
from recur.data.tables.clocks import check_clock
from recur.data.tables.filling import steps_to_next
from recur.data.tables.grouping import Groups
from recur.data.tables.stack import Stack, TimesKind, bounds, is_increasing, newest_last
from recur.data.tables.table import Table
from recur.data.tables.times import Reading
from recur.errors import DataError

Notes = tuple[str, ...]


def stacked(table: Table, values: Mapping[str, Float64s], groups: Groups | None) -> Stack:
    """Bring the rows of each series together, in the order of the table, yet without their times.

    Of several targets the first one is taken.
    """
    target, first = next(iter(values.items()))
    rows, lengths, ids = groups or (np.arange(len(first)), np.array([len(first)]), (target,))
    values_in_order, offsets = _at(first, rows), bounds(lengths)
    return Stack(values_in_order, rows, rows, offsets, ids, table.source, (target,), table.number)


def _at(column: NDArray[Any], rows: Indices) -> NDArray[Any]:
    """Return a column with its rows in this order, without a copy where they are."""
    return column if (rows[1:] > rows[:-1]).all() else column[rows]


def in_time(
    stack: Stack, readings: list[Reading], table: Table, time_at: int
) -> tuple[Stack, Notes]:
    """Give the series their times, under the one reading that makes sense of them."""
    timed = [_timed(stack, reading) for reading in readings]
    if len(timed) == 1:
        chosen, notes = timed[0]
    else:
        sound = [reading for reading in timed if _is_regular(reading[0])]
        sound = sound or [reading for reading in timed if is_increasing(reading[0])]
        if len(sound) != 1:
            names = " or ".join(reading.name for reading in readings)
            first = table.column(time_at)[0]
            raise DataError(
                f"{table.where(time_at)(0)}: `{first}` can be read as {names}, and the rest of "
                "the column does not settle which; write times as 2019-05-03."
            )
        chosen, notes = sound[0]
    return chosen, notes


def _timed(stack: Stack, reading: Reading) -> tuple[Stack, Notes]:
    kind: TimesKind = "counts" if reading.counted else "dates"
    timed, turned = newest_last(replace(stack, times=_at(reading.values, stack.rows), kind=kind))
    return timed, ((reading.note,) if reading.note else ()) + turned


def _is_regular(stack: Stack) -> bool:
    """Say whether every series is in order on one clock without holes."""
    if not is_increasing(stack):
        return False
    try:
        return bool((steps_to_next(stack, check_clock(stack)) == 1).all())
    except DataError:
        return False
