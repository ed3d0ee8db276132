"""What stands beside the target: columns of the past, of the known future, and of each series."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

import numpy as np

from recur.arrays import Float64s, Indices

# The label that says which column a series comes from, where there are several targets.
TARGET_LABEL = "target"


@dataclass(frozen=True, eq=False)
class Covariates:
    """Columns that go with the values of a panel, series by series in its order.

    Attributes:
        past_names: numbers that are known up to the newest value only.
        known_names: numbers that are known in the future as well.
        static_names: numbers that each series has one of.
        label_names: categories that each series has one of.
        past: float64 [rows, past], row by row beside the values of the panel.
        known: float64 [rows + ahead.sum(), known]; series `i` has `lengths[i] + ahead[i]` rows,
            those of its values and those of the steps that follow them.
        statics: float64 [series, statics].
        labels: the categories of all series, for each label.
        lengths: int64 [series], the values of each series.
        ahead: int64 [series], steps after its newest value for which a series has known rows.
    """

    past_names: tuple[str, ...]
    known_names: tuple[str, ...]
    static_names: tuple[str, ...]
    label_names: tuple[str, ...]
    past: Float64s
    known: Float64s
    statics: Float64s
    labels: tuple[tuple[str, ...], ...]
    lengths: Indices
    ahead: Indices

    @classmethod
    def none(cls, lengths: Indices) -> Covariates:
        """Return no columns at all, beside series of these lengths [series]."""
        rows = np.zeros((int(lengths.sum()), 0))
        return cls(
            past_names=(),
            known_names=(),
            static_names=(),
            label_names=(),
            past=rows,
            known=rows,
            statics=np.zeros((len(lengths), 0)),
            labels=(),
            lengths=lengths,
            ahead=np.zeros_like(lengths),
        )

    @cached_property
    def known_offsets(self) -> Indices:
        """Return int64 [series + 1], the bounds of the series in `known`."""
        return np.concatenate([[0], np.cumsum(self.lengths + self.ahead)]).astype(np.int64)

    def known_rows(self, i: int) -> Float64s:
        """Return float64 [lengths[i] + ahead[i], known], the known rows of series `i`, a view."""
        return self.known[self.known_offsets[i] : self.known_offsets[i + 1]]

    def only(self, series: Indices) -> Covariates:
        """Return what stands beside the series at some places, in their order."""
        offsets = np.concatenate([[0], np.cumsum(self.lengths)])
        return replace(
            self,
            past=self.past[rows_of(offsets, series)],
            known=self.known[rows_of(self.known_offsets, series)],
            statics=self.statics[series],
            labels=tuple(tuple(label[i] for i in series) for label in self.labels),
            lengths=self.lengths[series],
            ahead=self.ahead[series],
        )

    @property
    def names(self) -> tuple[tuple[str, ...], ...]:
        """Return what there is: in the past, known ahead, numbers and categories of a series."""
        return self.past_names, self.known_names, self.static_names, self.label_names

    def joined(self, *others: Covariates) -> Covariates:
        """Return what stands beside these series and, after them, others, of the same names."""
        parts = (self, *others)
        assert len({part.names for part in parts}) == 1
        return replace(
            self,
            past=np.concatenate([part.past for part in parts]),
            known=np.concatenate([part.known for part in parts]),
            statics=np.concatenate([part.statics for part in parts]),
            labels=tuple(
                tuple(chain.from_iterable(label))
                for label in zip(*(part.labels for part in parts), strict=True)
            ),
            lengths=np.concatenate([part.lengths for part in parts]),
            ahead=np.concatenate([part.ahead for part in parts]),
        )

    def without_last(self, points: Indices) -> Covariates:
        """Return what stands beside a panel without the last `points` [series] of its values.

        The past ends with the values; what is known in the future stays known.
        """
        from_end = np.repeat(np.cumsum(self.lengths), self.lengths) - np.arange(len(self.past))
        return replace(
            self,
            past=self.past[from_end > np.repeat(points, self.lengths)],
            lengths=self.lengths - points,
            ahead=self.ahead + points,
        )


def rows_of(offsets: Indices, series: Indices) -> Indices | slice:
    """Return int64 [rows], those of the series at some places, laid end to end at `offsets`.

    Where they stand one after the other it is a slice, which needs no copy.
    """
    if len(series) and (np.diff(series) == 1).all():
        return slice(int(offsets[series[0]]), int(offsets[series[-1] + 1]))
    return runs(offsets[series], offsets[np.asarray(series) + 1] - offsets[series])


def runs(firsts: Indices, counts: Indices) -> Indices:
    """Return the rows of runs that begin at `firsts` [n] and are `counts` [n] long."""
    into = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.asarray(np.repeat(firsts, counts) + into, np.int64)
