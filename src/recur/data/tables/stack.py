"""Series laid end to end on their way into a panel: their order is checked here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, NoReturn

import numpy as np

from recur.arrays import Flags, Float64s, Indices
from recur.data.clock import date_text
from recur.data.panel.covariates import TARGET_LABEL, Covariates
from recur.data.tables.aggregation import Merged
from recur.data.tables.options import Aggregate
from recur.errors import DataError

TimesKind = Literal["rows", "counts", "dates"]

LARGEST = 1e100  # sums of its square stay finite


@dataclass(frozen=True)
class Stack:
    """Series that are not yet known to be sound.

    Attributes:
        values: float64 [rows], NaN or infinite where missing.
        times: int64 [rows], microseconds since 1970 or whole numbers.
        rows: int64 [rows], where each value stood in its table.
        offsets: int64 [series + 1], the bounds of the series.
        ids: the name of each series.
        source: what messages call the file, frame or array.
        targets: the names of the columns of values, of each as many series as of the others.
        number: says what a user calls a row of the table.
        kind: what the times are: row numbers, counts, or dates.
        filled: bool [rows], which values were not observed; None where all were.
        covariates: the covariates of all rows; None where there are none.
        future: bool [rows], which rows at the end of a series hold what is known of the future
            and no value; None where there can be none.
        merged: which rows of the table each row was made of; None where it was of one.
    """

    values: Float64s
    times: Indices
    rows: Indices
    offsets: Indices
    ids: tuple[str, ...]
    source: str
    targets: tuple[str, ...]
    number: Callable[[int], int]
    kind: TimesKind = "rows"
    filled: Flags | None = None
    covariates: Covariates | None = None
    future: Flags | None = None
    merged: Merged | None = None

    def read(self, column: Float64s, how: Aggregate | None = None) -> Float64s:
        """Return float64 [rows], what stands in a column of the table beside each value.

        Args:
            column: float64 [rows of the table].
            how: what the values of rows that were merged become; by default as those of the target.
        """
        return column[self.rows] if self.merged is None else self.merged.of(column, how)

    @property
    def target(self) -> str:
        """Return what the values are called."""
        return ", ".join(self.targets)

    def column(self, i: int) -> str:
        """Return the name of the column that value `i` stood in."""
        return self.targets[self._series_of(i) * len(self.targets) // len(self.ids)]

    def place(self, i: int) -> str:
        """Say where value `i` stood, with its series where there are several."""
        return f"{self.source}, {self._series_at(i)}row {self.row(i)}"

    def row(self, i: int) -> int:
        """Return what a user calls the row of value `i`."""
        return self.number(int(self.rows[i]))

    def text(self, i: int) -> str:
        """Write the time of value `i`."""
        return date_text(int(self.times[i])) if self.kind == "dates" else str(self.times[i])

    def starts(self) -> Flags:
        """Return bool [rows], whether each value is the first of its series."""
        first = np.zeros(len(self.times), dtype=bool)
        first[self.offsets[:-1]] = True
        return first

    def taken(self, keep: Indices | Flags, lengths: Indices) -> Stack:
        """Return the stack with its values chosen anew, series by series of new lengths."""
        return replace(
            self,
            values=self.values[keep],
            times=self.times[keep],
            rows=self.rows[keep],
            offsets=bounds(lengths),
            filled=None if self.filled is None else self.filled[keep],
            covariates=None if self.covariates is None else _taken(self.covariates, keep, lengths),
            future=None if self.future is None else self.future[keep],
            merged=None,
        )

    def only(self, series: Indices) -> Stack:
        """Return the stack of the series at some places, in their order."""
        chosen = np.zeros(len(self.ids), bool)
        chosen[series] = True
        lengths = np.diff(self.offsets)
        keep = np.repeat(chosen, lengths)
        return replace(
            replace(self, covariates=None).taken(keep, lengths[chosen]),
            ids=tuple(self.ids[i] for i in series),
            covariates=None if self.covariates is None else self.covariates.only(series),
            merged=None if self.merged is None else self.merged.kept(keep),
        )

    def without_future(self) -> Stack:
        """Return the stack without the rows of the future, which stay known beside it."""
        if self.future is None:
            return self
        ahead = np.add.reduceat(self.future.astype(np.int64), self.offsets[:-1])
        covariates = None if self.covariates is None else self.covariates.without_last(ahead)
        alone = replace(self, covariates=None, future=None)
        return replace(
            alone.taken(~self.future, np.diff(self.offsets) - ahead), covariates=covariates
        )

    def _series_of(self, i: int) -> int:
        return int(np.searchsorted(self.offsets, i, side="right")) - 1

    def _series_at(self, i: int) -> str:
        return f"series `{self.ids[self._series_of(i)]}`, " if len(self.ids) > 1 else ""


def for_each_target(stack: Stack, values: Mapping[str, Float64s], pattern: str = "") -> Stack:
    """Return the series of several targets, those of the first target first, and label them.

    Args:
        stack: the series of one of them, with what stands beside it.
        values: float64 [rows of the table] of each target.
        pattern: what a user has called all of them; they are then series like any, without label.
    """
    count, names = len(values), tuple(values)
    ids = names
    if len(stack.ids) > 1:
        ids = tuple(f"{id_} · {name}" for name in names for id_ in stack.ids)
    lengths = np.tile(np.diff(stack.offsets), count)
    labels = {} if pattern else {TARGET_LABEL: tuple(name for name in names for _ in stack.ids)}
    covariates = stack.covariates or Covariates.none(np.diff(stack.offsets))
    beside = labels or stack.covariates is not None
    return replace(
        stack,
        values=np.concatenate([stack.read(column) for column in values.values()]),
        times=np.tile(stack.times, count),
        rows=np.tile(stack.rows, count),
        offsets=bounds(lengths),
        ids=ids,
        targets=(pattern,) if pattern else names,
        covariates=replace(
            covariates,
            label_names=(*labels, *covariates.label_names),
            past=np.tile(covariates.past, (count, 1)),
            known=np.tile(covariates.known, (count, 1)),
            statics=np.tile(covariates.statics, (count, 1)),
            labels=(*labels.values(), *(held * count for held in covariates.labels)),
            lengths=lengths,
            ahead=np.zeros_like(lengths),
        )
        if beside
        else None,
    )


def _taken(covariates: Covariates, keep: Indices | Flags, lengths: Indices) -> Covariates:
    """Return covariates with their rows chosen anew, before any of them are of the future."""
    return replace(
        covariates, past=covariates.past[keep], known=covariates.known[keep], lengths=lengths
    )


def bounds(lengths: Indices) -> Indices:
    """Return int64 [series + 1], the offsets of series of these lengths."""
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def numbered(offsets: Indices) -> Indices:
    """Return int64 [rows], the number of each row within its series."""
    return np.arange(offsets[-1]) - np.repeat(offsets[:-1], np.diff(offsets))


def newest_last(stack: Stack) -> tuple[Stack, tuple[str, ...]]:
    """Turn series round whose times are all strictly decreasing, and say so."""
    alone = len(stack.times) == len(stack.ids)
    if alone or not _within(stack, stack.times[1:] < stack.times[:-1]):
        return stack, ()
    lengths = np.diff(stack.offsets)
    ends = np.repeat(stack.offsets[:-1] + stack.offsets[1:] - 1, lengths)
    backwards = ends - np.arange(len(stack.times))
    return stack.taken(backwards, lengths), (
        "The file begins with the newest times; it was reversed.",
    )


def is_increasing(stack: Stack) -> bool:
    """Say whether the times of every series are strictly increasing."""
    return _within(stack, stack.times[1:] > stack.times[:-1])


def _within(stack: Stack, holds: Flags) -> bool:
    """Say whether what holds of times and those before them does so within every series."""
    holds[stack.offsets[1:-1] - 1] = True
    return bool(holds.all())


def refuse_order(stack: Stack, *, id_named: bool) -> NoReturn:
    """Refuse times that repeat or go back, naming the first such row."""
    series = np.repeat(np.arange(len(stack.ids)), np.diff(stack.offsets))
    order = np.lexsort((np.arange(len(series)), stack.times, series))
    same = np.diff(stack.times[order], prepend=0) == 0
    same &= np.diff(series[order], prepend=-1) == 0
    if same.any():
        at = np.flatnonzero(same)
        first = at[int(np.argmin(stack.rows[order[at]]))]
        raise DataError(
            _repeated(stack, int(order[first]), int(order[first - 1]), id_named=id_named)
        )
    back = np.flatnonzero((np.diff(stack.times, prepend=0) < 0) & ~stack.starts())
    i = int(back[int(np.argmin(stack.rows[back]))])
    raise DataError(
        f"{stack.place(i)}: the time {stack.text(i)} comes after {stack.text(i - 1)}; sort the "
        "rows by time."
    )


def check_size(stack: Stack) -> None:
    """Refuse finite values so large that their squares would not be finite."""
    large = np.flatnonzero(np.abs(stack.values) > LARGEST)
    if len(large):
        i = int(large[int(np.argmin(stack.rows[large]))])
        raise DataError(
            f"{stack.place(i)}: the value {stack.values[i]:g} of column `{stack.column(i)}` is too "
            f"large to compute with; express the values in a larger unit, below {LARGEST:g}."
        )


def _repeated(stack: Stack, i: int, earlier: int, *, id_named: bool) -> str:
    several = (
        ""
        if id_named
        else "; if there are several series, name the column that tells them apart with "
        "`id=COLUMN` (`--id COLUMN`)"
    )
    return (
        f"{stack.place(i)} repeats the time {stack.text(i)} of row {stack.row(earlier)}; keep one "
        f"value for each time{several}, or take their mean or sum with `aggregate` (`--aggregate "
        "mean`)."
    )
