"""Columns beside the values as numbers: how each was fitted, scaled, or told apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated

import numpy as np
from pydantic import Field

from recur.arrays import Float64s, Indices
from recur.data.panel.panel import Panel
from recur.errors import DataError, nearest
from recur.settings import Settings

TOGETHER = 1_000_000
"""Rows that are looked at together."""


class NumberColumn(Settings):
    """How the numbers of a column are scaled: (value - mean) / spread."""

    name: str
    mean: float
    spread: Annotated[float, Field(gt=0)]


class LabelColumn(Settings):
    """The categories of a label, in the order of their first appearance."""

    name: str
    categories: tuple[str, ...]


def fitted(
    names: Sequence[str], values: Float64s, lengths: Indices, ends: Indices
) -> tuple[NumberColumn, ...]:
    """Return the scales of columns; one that never changes is only centred.

    Args:
        names: of the columns.
        values: float64 [rows, names], series by series.
        lengths: int64 [series], the rows of each.
        ends: int64 [series], those of them that are looked at.
    """
    if not names:
        return ()
    begins = np.cumsum(lengths) - lengths
    counted = int(ends.sum())
    first = values[begins[int(np.argmax(ends > 0))]]

    def mean(of: Callable[[Float64s], Float64s]) -> Float64s:
        """Return float64 [names], a mean whose sum goes over so many rows at a time, in order."""
        total = np.zeros(len(names))
        for at in range(0, len(values), TOGETHER):
            rows = np.arange(at, min(at + TOGETHER, len(values)))
            series = np.searchsorted(begins + lengths, rows, side="right")
            seen = values[rows[rows - begins[series] < ends[series]]]
            total += of(seen - first).sum(axis=0)
        return total / counted

    means = mean(lambda moved: moved)  # of what differs from the first: of a constant exactly 0
    spreads = np.sqrt(mean(lambda moved: (moved - means) ** 2))
    return tuple(
        NumberColumn(name=name, mean=float(mean), spread=float(spread) or 1.0)
        for name, mean, spread in zip(names, first + means, spreads, strict=True)
    )


def scaled_by(columns: Sequence[NumberColumn], values: Float64s) -> Float64s:
    """Return float64 [rows, columns]."""
    mean = np.array([column.mean for column in columns])
    return np.asarray((values - mean) / np.array([column.spread for column in columns]))


def one_hot(
    label: LabelColumn, categories: Sequence[str], ids: Sequence[str], source: str
) -> Float64s:
    """Return float64 [series, categories]."""
    place = {category: i for i, category in enumerate(label.categories)}
    unseen = next((i for i, name in enumerate(categories) if name not in place), None)
    if unseen is not None:
        raise DataError(
            f"{source}: series `{ids[unseen]}` has the category "
            f"`{categories[unseen]}` in column `{label.name}`, which training has not seen; "
            f"{nearest(categories[unseen], label.categories)}."
        )
    return np.eye(len(label.categories))[[place[name] for name in categories]]


def positions_of(
    columns: Sequence[NumberColumn | LabelColumn], names: Sequence[str], what: str, panel: Panel
) -> list[int]:
    """Return where the columns stand among a panel's, without regard to case as in a table."""
    folded = [name.casefold() for name in names]
    positions = []
    for column in columns:
        alike = folded.count(column.name.casefold()) == 1
        if not alike and column.name not in names:
            raise DataError(
                f"{panel.source} was read without the {what} `{column.name}`, which the network "
                f"was trained with; {nearest(column.name, names)}."
            )
        positions.append(
            folded.index(column.name.casefold()) if alike else names.index(column.name)
        )
    return positions
