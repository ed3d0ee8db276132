"""Many series in one flat array: what every task is fitted to."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np

from recur.arrays import Flags, Float64s, Indices
from recur.data.clock import Clock
from recur.data.panel.covariates import TARGET_LABEL, Covariates, rows_of
from recur.data.panel.gaps import carried
from recur.data.panel.mapped import inverted, is_mapped
from recur.data.panel.repairs import Repair
from recur.errors import DataError
from recur.markup import card

_TOGETHER = 1_000_000  # values that are copied at once
_SHOWN = 8  # series of a notebook


@dataclass(frozen=True)
class Panel:
    """Checked series of a target, laid end to end, with no padding.

    Attributes:
        values: float64 [rows], the series one after the other. Differences and scaling are taken
            here, in double precision, before an engine sees float32.
        times: int64 [rows], microseconds since 1970 (UTC), or whole numbers for a clock that
            counts; strictly increasing by one step of `clock` within a series.
        offsets: int64 [series + 1]; series `i` is rows `offsets[i]` to `offsets[i + 1]`.
        ids: the name of each series.
        clock: what one step is.
        target: the name of the column that holds the values; of several, "A, B".
        source: where the values came from, for messages ("sales.csv", "data frame", "array").
        notes: what a reader should tell the user it did or noticed, a sentence each.
        filled: bool [rows], which values were not observed, steps missing from the clock included;
            None where all were. Under this mask stands the last value that was observed.
        covariates: what stands beside the values; None where nothing does.
        repairs: what a reader put right; each is told among the notes as well.
        guessed: the columns that nobody had named, by what they were taken for: `target`, `time`
            and `id`.
        whole: whether these are all series that there are. Of a part of them, what is forecast of a
            series has the same bits whichever others are in the part.
    """

    values: Float64s
    times: Indices
    offsets: Indices
    ids: tuple[str, ...]
    clock: Clock
    target: str = "y"
    source: str = "array"
    notes: tuple[str, ...] = ()
    filled: Flags | None = None
    covariates: Covariates | None = None
    repairs: tuple[Repair, ...] = ()
    guessed: Mapping[str, str] = field(default_factory=dict)
    whole: bool = True

    def __post_init__(self) -> None:
        if (
            self.filled is not None and not self.mapped
        ):  # nothing may come to depend on what was never observed
            known = carried(self.values, ~self.filled, self.offsets)
            object.__setattr__(self, "values", known)

    def __len__(self) -> int:
        """Return the number of series."""
        return len(self.ids)

    @property
    def rows(self) -> int:
        """Return the number of values over all series."""
        return len(self.values)

    @property
    def mapped(self) -> bool:
        """Say whether the values lie in a file, since they need more memory than they may take."""
        return is_mapped(self.values)

    def repaired(self) -> list[dict[str, Any]]:
        """Return what a reader put right, as plain JSON values."""
        return [asdict(repair) for repair in self.repairs]

    @cached_property
    def lengths(self) -> Indices:
        """Return int64 [series], the length of each series."""
        return np.diff(self.offsets)

    @property
    def targets(self) -> tuple[str, ...]:
        """Return the names of the columns that hold the values, one or several."""
        if self.covariates is not None and TARGET_LABEL in self.covariates.label_names:
            at = self.covariates.label_names.index(TARGET_LABEL)
            names = tuple(dict.fromkeys(self.covariates.labels[at]))
            if ", ".join(names) == self.target:  # else a column that happens to have this name
                return names
        return (self.target,)

    def series(self, i: int) -> Float64s:
        """Return the values of series `i`, a view."""
        return self.values[self.offsets[i] : self.offsets[i + 1]]

    def before(self, ends: Indices) -> list[Float64s]:
        """Return the values of each series before its `ends` [series], views."""
        return [values[:end] for values, end in zip(self, ends, strict=True)]

    def clock_times(self, i: int) -> Indices:
        """Return the times of series `i`, a view."""
        return self.times[self.offsets[i] : self.offsets[i + 1]]

    def filled_in(self, i: int) -> Flags:
        """Return which values of series `i` were not observed."""
        if self.filled is None:
            return np.zeros(int(self.lengths[i]), dtype=bool)
        return self.filled[self.offsets[i] : self.offsets[i + 1]]

    @property
    def observed(self) -> tuple[Flags, ...] | None:
        """Return which values of each series were observed; None where all were."""
        if self.filled is None:
            return None
        assert self.seen is not None
        return tuple(np.split(self.seen, self.offsets[1:-1]))

    @cached_property
    def seen(self) -> Flags | None:
        """Bool [rows], which values were observed; None where all were."""
        return None if self.filled is None else inverted(self.filled)

    def __iter__(self) -> Iterator[Float64s]:
        """Yield the values of each series."""
        return (self.series(i) for i in range(len(self)))

    def describe(self) -> str:
        """Return in one line what the panel is."""
        count = "" if len(self) == 1 else f"{len(self):,} series · "
        start, end = (self.clock.text(int(time)) for time in (self.times.min(), self.times.max()))
        return (
            f"{self.source} · {self.target} · {count}{self.rows:,} rows · {start} to {end} · "
            f"{self.clock.describe()}"
        )

    def __repr__(self) -> str:
        return f"<Panel: {self.describe()}>"

    def _repr_html_(self) -> str:
        shown = min(len(self), _SHOWN)
        ends = [(int(self.offsets[i]), int(self.offsets[i + 1]) - 1) for i in range(shown)]
        missing = [int(self.filled_in(i).sum()) for i in range(shown)]
        return card(
            "Panel",
            facts={"data": self.describe()},
            header=("series", "values", "from", "to", "newest", "filled in"),
            rows=[
                (
                    self.ids[i],
                    f"{int(self.lengths[i]):,}",
                    *(self.clock.text(int(self.times[row])) for row in ends[i]),
                    f"{self.values[ends[i][1]]:.6g}",
                    f"{missing[i]:,}" if missing[i] else "",
                )
                for i in range(shown)
            ],
            below=f"and {len(self) - shown:,} more series" if len(self) > shown else "",
        )

    def joined(self, *others: Panel) -> Panel:
        """Return these series and, after them, others on the same kind of clock.

        What stands beside them has the same names in all.
        """
        panels = (self, *others)
        for panel in others:
            if self.clock.describe() != panel.clock.describe():
                raise DataError(
                    f"{panel.source} has a clock of {panel.clock.describe()}, and {self.source} "
                    f"one of {self.clock.describe()}; series that are used together need one."
                )
        masks = [np.zeros(x.rows, bool) if x.filled is None else x.filled for x in panels]
        beside = [panel.covariates for panel in panels if panel.covariates is not None]
        return replace(
            self,
            values=np.concatenate([panel.values for panel in panels]),
            times=np.concatenate([panel.times for panel in panels]),
            offsets=np.append(0, np.cumsum(np.concatenate([panel.lengths for panel in panels]))),
            ids=tuple(chain.from_iterable(panel.ids for panel in panels)),
            filled=np.concatenate(masks) if any(x.filled is not None for x in panels) else None,
            covariates=beside[0].joined(*beside[1:]) if beside else None,
        )

    def all_but(self, names: Collection[str]) -> Indices:
        """Return int64 [series], the places of the series that bear none of some names."""
        others = frozenset(names)
        return np.array([i for i, name in enumerate(self.ids) if name not in others], np.int64)

    def only(self, series: Indices) -> Panel:
        """Return the panel of the series at some places, in their order."""
        if np.array_equal(series, np.arange(len(self))):
            return self
        rows = rows_of(self.offsets, series)
        return replace(
            self,
            values=self.values[rows],
            times=self.times[rows],
            offsets=np.concatenate([[0], np.cumsum(self.lengths[series])]).astype(np.int64),
            ids=tuple(self.ids[i] for i in series),
            filled=None if self.filled is None else self.filled[rows],
            covariates=None if self.covariates is None else self.covariates.only(series),
        )

    def without_last(self, points: int | Indices) -> Panel:
        """Return the panel without the last values of its series: so many of all, or of each."""
        left_out = np.broadcast_to(points, len(self))
        check_length(self, left_out + 1, "leaving out the end")
        from_end = np.repeat(self.offsets[1:], self.lengths) - np.arange(self.rows)
        keep = from_end > np.repeat(left_out, self.lengths)
        offsets = np.concatenate([[0], np.cumsum(self.lengths - left_out)]).astype(np.int64)
        return replace(
            self,
            values=self.values[keep],
            times=self.times[keep],
            offsets=offsets,
            filled=None if self.filled is None else self.filled[keep],
            covariates=None if self.covariates is None else self.covariates.without_last(left_out),
        )


def alike(series: Sequence[Float64s], most: int = _TOGETHER) -> Iterator[tuple[Indices, Any]]:
    """Yield series of one length together, since thousands of calls cost more than they compute.

    Args:
        series: float64 [time] each.
        most: values that are copied at once.

    Yields:
        int64 [series], which ones; and float64 [series, length], copies of their values.
    """
    if len(series) == 1:  # as a server is asked again and again
        yield np.zeros(1, np.int64), series[0][None].copy()
        return
    lengths = np.array([len(values) for values in series], np.int64)
    order = np.argsort(lengths, kind="stable")
    for same in np.split(order, np.flatnonzero(np.diff(lengths[order])) + 1):
        length = int(lengths[same[0]])
        for block in np.array_split(same, -(-len(same) * length // most) or 1):
            together = np.concatenate([series[i] for i in block.tolist()])
            yield block, together.reshape(len(block), length)


def check_longest(panel: Panel, needed: int | Indices, what: str) -> None:
    """Refuse a panel of which no series has as many values as needed.

    Args:
        panel: the series.
        needed: the least length, of any or of each series.
        what: as `check_length` takes it.

    Raises:
        DataError: all series are too short; the message names the one that lacks least.
    """
    least = np.broadcast_to(needed, len(panel))
    best = int(np.argmax(panel.lengths - least))
    if panel.lengths[best] < least[best]:
        raise DataError(_too_short(panel, best, int(least[best]), len(panel) - 1, what))


def check_length(panel: Panel, needed: int | Indices, what: str) -> None:
    """Refuse a panel with a series of fewer than `needed` values.

    Args:
        panel: the series.
        needed: the least length, of all or of each series.
        what: what needs it, such as "a lookback of 24 and a horizon of 12".

    Raises:
        DataError: a series is too short; the message names the first one.
    """
    least = np.broadcast_to(needed, len(panel))
    short = np.flatnonzero(panel.lengths < least)
    if not len(short):
        return
    first = int(short[0])
    raise DataError(_too_short(panel, first, int(least[first]), len(short) - 1, what))


def _too_short(panel: Panel, i: int, least: int, more: int, what: str) -> str:
    length = int(panel.lengths[i])
    others = f" (and {more} more {'is' if more == 1 else 'are'} too short)" if more else ""
    return (
        f"{panel.source}: series `{panel.ids[i]}` has {length} value{'s' * (length != 1)}"
        f"{others}, but {what} takes at least {least}; lower them, or give more data."
    )
