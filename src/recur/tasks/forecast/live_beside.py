"""What stands beside the values of a stream: as it is said, and as the network reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from recur.arrays import Flags, Float64s, Indices
from recur.data.panel.covariates import Covariates
from recur.data.panel.encoding import Encoding
from recur.data.panel.panel import Panel
from recur.data.sources.newest import NewestWindows
from recur.data.tables.numbers import excerpt
from recur.data.tables.stack import LARGEST
from recur.errors import DataError, SettingsError, nearest
from recur.tasks.streams import State

Beside = Mapping[str, Any]
"""Columns by their names, and what each holds."""


def statics_beside(encoding: Encoding, panel: Panel) -> dict[str, list[Any]]:
    """Return what each series of a panel has one of, by the names of the columns."""
    held = encoding.matched(panel)
    numbers = zip(held.static_names, held.statics.T.tolist(), strict=True)
    return {**dict(numbers), **dict(zip(held.label_names, map(list, held.labels), strict=True))}


class BesideColumns:
    """Columns beside growing series, the numbers of which are said with each value.

    As numbers they are kept until a series is as long as is read; the network's own rows lie
    beside the values, see `NewestWindows`.

    Args:
        encoding: how they become numbers of a network.
        ids: the names of the series.
        keep: values that the network reads.
        spare: steps ahead that it looks.
        statics: what each series has one of: one for all, or one of each.

    Attributes:
        constants: float32 [series, constants], as the network takes them.
        statics: what was given, one of each series.
        come: whether columns come with the values.
    """

    def __init__(
        self, encoding: Encoding, ids: Sequence[str], keep: int, spare: int, statics: Beside | None
    ) -> None:
        self._encoding, self._spare, self._keep = encoding, spare, keep
        self._past = tuple(column.name for column in encoding.past)
        self._known = tuple(column.name for column in encoding.known)
        self.come, numbers = bool(self._past or self._known), len(self._past + self._known)
        held = Covariates.none(np.zeros(len(ids), np.int64))
        self.statics = _one_each(encoding, statics or {}, len(ids))
        self._held = replace(
            held,
            past_names=self._past,
            known_names=self._known,
            static_names=tuple(column.name for column in encoding.statics),
            label_names=tuple(label.name for label in encoding.labels),
            statics=np.array(
                [self.statics[column.name] for column in encoding.statics], np.float64
            ).reshape(-1, len(ids)).T,
            labels=tuple(tuple(self.statics[label.name]) for label in encoding.labels),
        )  # fmt: skip
        self.constants = encoding.constants(self._held, ids, "the stream")
        self._rows = np.zeros((len(ids), keep + spare if numbers else 0, numbers))
        self._ahead = np.zeros((len(ids), len(self._known)), np.int64)

    def forget(self) -> None:
        """Be as if no value had come."""
        self._ahead[:] = 0

    def state(self) -> State:
        """Return all arrays that values change, by name."""
        return {"beside": self._rows, "ahead": self._ahead} if self.come else {}

    def begin(self, panel: Panel) -> None:
        """Take what stands beside a history of all series."""
        if not self.come:
            return
        held, past = self._encoding.matched(panel), len(self._past)
        self._ahead[:] = np.minimum(held.ahead, self._spare)[:, None]
        for i in np.flatnonzero(panel.lengths < self._keep).tolist():
            length, known = int(panel.lengths[i]), held.known_rows(i)[: self._rows.shape[1]]
            self._rows[i, :length, :past] = held.past[panel.offsets[i] : panel.offsets[i + 1]]
            self._rows[i, : len(known), past:] = known

    def read(self, given: Beside | None, count: int) -> Float64s:
        """Return float64 [count, 1 + spare, past | known], NaN where nothing is said.

        Args:
            given: columns of the past, a number for all series or one of each [count]; and those
                that are known ahead, of this step and those after it, for all series [steps] or
                of each [count, steps].
            count: series that values come of.

        Raises:
            SettingsError: a column is not there, or none that is read.
            DataError: it holds no such numbers.
        """
        said = np.full((count, 1 + self._spare, self._rows.shape[2]), np.nan)
        names = (*self._past, *self._known)
        given = {} if given is None else _by_names(given, names, "each value")
        for at, name in enumerate(names):
            if name in given:
                ahead = at >= len(self._past)
                numbers = _numbers(name, given[name], count, ahead=ahead)
                steps = min(numbers.shape[1], said.shape[1])
                said[:, :steps, at] = numbers[:, :steps]
            elif at < len(self._past):
                raise SettingsError(
                    f"this model reads the column `{name}` beside each value; give it with "
                    f'`beside={{"{name}": ...}}`, or None where it is missing.'
                )
        return said

    def check(self, series: Indices, said: Float64s, begun: Flags, passed: Indices) -> None:
        """Refuse values beside which too little is said.

        Args:
            series: int64 [n], of which they come.
            said: float64 [n, 1 + spare, past | known].
            begun: bool [n], which have values already.
            passed: int64 [n], steps between the value before and this one.

        Raises:
            DataError: a column has not been known yet.
            SettingsError: it is not known as far ahead as is read.
        """
        count = len(self._past)
        unknown = np.isnan(said[:, 0, :count]) & ~begun[:, None]
        if unknown.any():
            raise DataError(
                f"the column `{self._past[int(np.argwhere(unknown)[0, 1])]}` is missing beside "
                "the first value of a series, and nothing came before that it could repeat."
            )
        told = (~np.isnan(said[:, :, count:])).sum(axis=1) - 1
        reach = np.maximum(told, self._ahead[series] - 1 - passed[:, None])
        if (reach < self._spare).any():
            n, at = np.argwhere(reach < self._spare)[0]
            raise SettingsError(
                f"the column `{self._known[at]}` is known {max(0, reach[n, at])} steps ahead, and "
                f"this model reads it {self._spare} ahead; give the values of this step and of "
                f'those after it, `beside={{"{self._known[at]}": [...]}}`, {1 + self._spare} in '
                "all."
            )

    def write(self, newest: NewestWindows, series: Indices, said: Float64s | None = None) -> None:
        """Write what stands beside the next value of some series [n], before it is taken.

        What is missing repeats what it was before; what was said of a step last, counts.

        Args:
            newest: the values.
            series: int64 [n].
            said: as `read` gives it; None where nothing was.
        """
        if not self.come:
            return
        if said is None:
            said = np.full((len(series), 1 + self._spare, self._rows.shape[2]), np.nan)
        if not newest.left:
            newest.make_room()
        unsaid, past = np.isnan(said), len(self._past)
        repeated = unsaid[:, 0].copy()
        repeated[:, past:] &= self._ahead[series] < 1
        short = newest.counts[series] < self._keep
        for rows, some, places, values in (
            (newest.columns[:, :, : said.shape[2]], slice(None),
             (newest.ends - newest.firsts)[series], self._encoding.scaled(said)),
            (self._rows, short, newest.counts[series][short], said[short]),
        ):  # fmt: skip
            own = series[some]
            at = own[:, None], places[:, None] + np.arange(1 + self._spare)
            now = np.where(unsaid[some], rows[at], values)
            before = rows[own, np.maximum(places - 1, 0)]
            now[:, 0] = np.where(repeated[some], before, now[:, 0])
            rows[at] = now
        told = (~unsaid[:, :, past:]).sum(axis=1)
        self._ahead[series] = np.maximum(np.maximum(told, self._ahead[series]) - 1, 0)

    def pass_on(self, series: Indices) -> None:
        """Forget what was said ahead of some series, of which more steps pass than are read."""
        self._ahead[series] = 0

    def covariates(self, series: Indices, lengths: Indices) -> Covariates | None:
        """Return what stands beside series [n] that are not yet as long as is read."""
        if not (self.come or self.statics):
            return None
        past, ahead = len(self._past), np.full_like(lengths, self._spare)
        rows = [self._rows[i, : n + self._spare] for i, n in zip(series, lengths, strict=True)]
        parts = [own[:n, :past] for own, n in zip(rows, lengths, strict=True)]
        labels = tuple(tuple(held[i] for i in series) for held in self._held.labels)
        return replace(
            self._held,
            past=np.concatenate(parts) if past else np.zeros((int(lengths.sum()), 0)),
            known=np.concatenate([own[:, past:] for own in rows])
            if self.come
            else np.zeros((int((lengths + ahead).sum()), 0)),
            statics=self._held.statics[series],
            labels=labels,
            lengths=lengths,
            ahead=ahead,
        )


def _one_each(encoding: Encoding, given: Beside, count: int) -> dict[str, list[Any]]:
    """Return what each of so many series has one of, by the names of the columns."""
    numbers = tuple(column.name for column in encoding.statics)
    names = (*numbers, *(label.name for label in encoding.labels))
    given = _by_names(given, names, "a stream")
    held = {}
    for name in names:
        if name not in given:
            raise SettingsError(
                f"this model reads the column `{name}`, of which each series has one; begin the "
                f'stream with a history, or with `beside={{"{name}": ...}}`.'
            )
        one = given[name]
        each = list(one) if isinstance(one, list | tuple | np.ndarray) else [one] * count
        if len(each) != count:
            raise DataError(f"`{name}` holds {len(each)} for {count} series; give one of each.")
        if name in numbers:
            held[name] = _numbers(name, each, count, ahead=False)[:, 0].tolist()
            if not np.isfinite(held[name]).all():
                raise DataError(f"`{name}` is missing; each series has one.")
        else:
            held[name] = [str(label) for label in each]
    return held


def _by_names(given: Beside, names: Sequence[str], of: str) -> Beside:
    """Return columns by the names that they were learnt by."""
    folded = {name.casefold(): name for name in names}
    found = {}
    for name, held in given.items():
        own = name if name in names else folded.get(str(name).casefold())
        if own is None:
            raise SettingsError(
                f"this model reads no column `{excerpt(str(name))}` beside {of}; "
                + (f"{nearest(str(name), names)}." if names else "it reads none.")
            )
        found[own] = held
    return found


def _numbers(name: str, given: Any, count: int, *, ahead: bool) -> Float64s:
    """Return float64 [count, steps], a single step of what is not known ahead."""
    try:
        numbers = np.array(given, np.float64)
    except (TypeError, ValueError, OverflowError):
        text = excerpt(str(given))
        raise DataError(f"the column `{name}` holds `{text}`, which is no number.") from None
    if ahead:
        numbers = np.atleast_1d(numbers)
        numbers = numbers[None] if numbers.ndim == 1 else numbers
    else:
        numbers = numbers[..., None] if numbers.ndim else numbers[None, None]
    if numbers.ndim != 2 or len(numbers) not in (1, count) or not numbers.shape[1]:
        wanted = "[steps] or [series, steps]" if ahead else "one number, or one of each series"
        raise DataError(
            f"the column `{name}` has the shape {np.shape(given)} for {count} series; expected "
            f"{wanted}."
        )
    if ahead and not np.isfinite(numbers).all():
        raise DataError(f"the column `{name}` is missing, and has to be known ahead.")
    if (np.abs(numbers) > LARGEST).any():
        raise DataError(f"the column `{name}` holds a value above {LARGEST:g}; use a larger unit.")
    return np.broadcast_to(numbers, (count, numbers.shape[1]))
