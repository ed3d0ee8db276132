"""Series in order become a panel: all on one clock, or those of each clock by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from recur.arrays import Float64s
from recur.data.panel.panel import Panel
from recur.data.tables.clocks import check_clock
from recur.data.tables.columns import CovariateColumns
from recur.data.tables.covariate_columns import with_covariates
from recur.data.tables.filled import Fill
from recur.data.tables.filling import constant_series, fill_holes, fill_values, find_future
from recur.data.tables.options import ReadingOptions
from recur.data.tables.regular import regular
from recur.data.tables.repairs import Repairs
from recur.data.tables.stack import Stack, check_size, for_each_target
from recur.data.tables.table import Table
from recur.data.tables.wide import from_first_to_last
from recur.errors import SeveralClocksError

Notes = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Ordered:
    """Series whose rows are in order, and all that it takes to make a panel of them.

    Attributes:
        stack: the series of the first target.
        table: where they came from.
        values: float64 [rows of the table] of each target.
        covariates: the columns that stand beside them.
        options: how the file is read.
        fill: what missing values are.
        pattern: what a user has called all targets together; "" where each was named.
        notes: what was noticed so far.
        guessed: the columns that nobody had named, by their part.
    """

    stack: Stack
    table: Table
    values: Mapping[str, Float64s]
    covariates: CovariateColumns
    options: ReadingOptions
    fill: Fill
    pattern: str = ""
    notes: Notes = ()
    guessed: Mapping[str, str] = field(default_factory=dict)

    def panel(self) -> Panel:
        """Return the panel of all series.

        Raises:
            DataError: they follow no clock, or not the same one (`SeveralClocksError`).
        """
        # Those of each clock are repaired by themselves, after what was put right of all rows.
        repairs = replace(self.table.repairs, done=[*self.table.repairs.done])
        table, stack, notes = replace(self.table, repairs=repairs), self.stack, self.notes
        if stack.kind != "rows":
            stack, brought = regular(stack, self.options, repairs)
            notes += brought
        if self.covariates.past or self.covariates.known:
            stack, leaks = with_covariates(stack, table, self.covariates, self.values)
            notes += leaks
        if self.pattern:
            stack = from_first_to_last(for_each_target(stack, self.values, pattern=self.pattern))
        elif len(self.values) > 1:
            stack = for_each_target(stack, self.values)
        made = finished(replace(stack, merged=None), table.notes + notes, self.fill, repairs)
        return replace(made, guessed=self.guessed)

    def panels(self) -> tuple[Panel, ...]:
        """Return a panel of the series of each clock, in the order in which clocks are met."""
        try:
            return (self.panel(),)
        except SeveralClocksError as several:
            count = len(self.stack.ids)  # of one target: others have the same times
            groups = [sorted({i % count for i in group}) for group in several.groups]
            parts = (replace(self, stack=self.stack.only(np.array(group))) for group in groups)
            return tuple(part.panel() for part in parts)


def finished(stack: Stack, notes: Notes, fill: Fill, repairs: Repairs) -> Panel:
    """Fill or refuse what is missing, find the clock, and build the panel."""
    if stack.covariates is not None and stack.covariates.known_names:
        stack, ahead = find_future(stack)
        notes += ahead
    stack, values_filled = fill_values(stack, repairs, fill=fill)
    check_size(stack)
    clock = check_clock(stack)
    stack, holes_filled = fill_holes(stack, clock, repairs, fill=fill)
    stack = stack.without_future()
    return Panel(
        values=stack.values,
        times=stack.times,
        offsets=stack.offsets,
        ids=stack.ids,
        clock=clock,
        target=stack.target,
        source=stack.source,
        notes=(*repairs.sentences, *notes, *values_filled, *holes_filled, *constant_series(stack)),
        filled=stack.filled if stack.filled is not None and stack.filled.any() else None,
        covariates=stack.covariates,
        repairs=tuple(repairs.done),
    )
