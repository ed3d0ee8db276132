"""Covariates and calendar as a network takes them, encoded by what training rows have shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from recur.arrays import Flags, Float32s, Float64s, Indices
from recur.data.clock import Clock
from recur.data.panel.calendar import calendar_features, seen_features
from recur.data.panel.columns import (
    TOGETHER,
    LabelColumn,
    NumberColumn,
    fitted,
    one_hot,
    positions_of,
    scaled_by,
)
from recur.data.panel.covariates import TARGET_LABEL, Covariates
from recur.data.panel.holidays import HOLIDAY, on_holiday
from recur.data.panel.mapped import zeros_beside
from recur.data.panel.panel import Panel
from recur.errors import DataError
from recur.settings import Settings


class Encoded(NamedTuple):
    """What stands beside the values of a panel, as a network takes it.

    Attributes:
        steps: float32 [rows + series * horizon, past | known | calendar | holidays], series by
            series, each with `horizon` rows beyond its newest value; columns of the past are 0
            there, and never to be read.
        constants: float32 [series, statics | categories], the category of a series being 1 and
            the others 0.
        names: of the columns of `steps`, then of `constants`.
    """

    steps: Float32s
    constants: Float32s
    names: tuple[str, ...]


class Encoding(Settings):
    """How covariates become numbers of a network, fitted to training rows alone.

    Attributes:
        past: columns known up to the newest value only.
        known: columns known in the future as well.
        statics: numbers of each series.
        labels: categories of each series.
        calendar: the calendar features, by name; empty where none were asked for.
        holidays: the country whose holidays are seen; None where none was asked for.
    """

    past: tuple[NumberColumn, ...] = ()
    known: tuple[NumberColumn, ...] = ()
    statics: tuple[NumberColumn, ...] = ()
    labels: tuple[LabelColumn, ...] = ()
    calendar: tuple[str, ...] = ()
    holidays: str | None = None

    @classmethod
    def fit(cls, panel: Panel, ends: Indices, calendar: bool) -> Encoding:
        """Fit to the rows of each series before its `ends` [series]; no other is looked at.

        Args:
            panel: the series.
            ends: int64 [series], where the training rows of each series end.
            calendar: whether times are features: those of cycles that have come round twice in
                the training rows of the longest series.
        """
        names = seen_features(panel.clock, _longest_span(panel, ends)) if calendar else ()
        covariates = panel.covariates
        if covariates is None:
            return cls(calendar=names)
        labels = zip(covariates.label_names, covariates.labels, strict=True)
        return cls(
            past=fitted(covariates.past_names, covariates.past, covariates.lengths, ends),
            known=fitted(
                covariates.known_names,
                covariates.known,
                covariates.lengths + covariates.ahead,
                ends,
            ),
            statics=fitted(
                covariates.static_names,
                covariates.statics,
                np.array([len(panel)]),
                np.array([len(panel)]),
            ),
            labels=tuple(
                LabelColumn(name=name, categories=tuple(dict.fromkeys(held)))
                for name, held in labels
            ),
            calendar=names,
        )

    def targets(self, target: str) -> tuple[str, ...]:
        """Return the columns that were forecast, several where a panel's target names them all."""
        categories = {label.name: label.categories for label in self.labels}
        names = categories.get(TARGET_LABEL, ())
        return names if ", ".join(names) == target else (target,)

    def columns(self, target: str) -> dict[str, tuple[str, ...]]:
        """Return the columns to be read beside the target of a panel, as a reader takes them."""
        labels = tuple(label.name for label in self.labels)
        if len(self.targets(target)) > 1:
            labels = tuple(name for name in labels if name != TARGET_LABEL)
        return {
            "past": tuple(column.name for column in self.past),
            "known": tuple(column.name for column in self.known),
            "static": (*(column.name for column in self.statics), *labels),
        }

    @property
    def past_columns(self) -> int:
        """Return how many columns of the steps, the first, are known up to the newest value."""
        return len(self.past)

    @property
    def known_columns(self) -> int:
        """Return how many columns of the steps, the last, are known in the future as well."""
        return len(self.known) + len(self.calendar) + bool(self.holidays)

    @property
    def constant_columns(self) -> int:
        """Return how many numbers each series has."""
        return len(self.statics) + sum(len(label.categories) for label in self.labels)

    def encode(self, panel: Panel, horizon: int, *, need_ahead: bool = False) -> Encoded:
        """Return the covariates and the calendar of a panel as a network takes them.

        Args:
            panel: series with the columns that this was fitted to, in any order.
            horizon: rows to add beyond the newest value of each series.
            need_ahead: whether the known columns have to reach over all of these rows; otherwise
                they are 0 where they do not.

        Raises:
            DataError: a column or a category is not there, or a known column ends too early.
        """
        covariates = self.matched(panel)
        if need_ahead and self.known:
            _check_ahead(panel, covariates.ahead, horizon, self.known[0].name)
        wide = panel.lengths + horizon
        shape = (int(wide.sum()), self.past_columns + self.known_columns)
        steps = zeros_beside(panel.values, shape, np.float32)
        ends = np.cumsum(wide)
        firsts = np.flatnonzero(np.diff((ends - 1) // TOGETHER, prepend=-1)).tolist()
        for first, last in pairwise([*firsts, len(panel)]):
            some = np.arange(first, last)
            into = steps[ends[first] - wide[first] : ends[last - 1]]
            self._fill_in(into, panel.only(some), covariates.only(some), horizon)
        constants = self.constants(covariates, panel.ids, panel.source)
        return Encoded(steps, constants, self._names())

    def constants(self, covariates: Covariates, ids: Sequence[str], source: str) -> Float32s:
        """Return float32 [series, statics | categories]; see `Encoded`.

        Args:
            covariates: what stands beside the series, with the columns of this encoding.
            ids: the names of the series, for messages.
            source: where they came from, for messages.

        Raises:
            DataError: training has not seen a category.
        """
        labels = zip(self.labels, covariates.labels, strict=True)
        categories = [one_hot(label, held, ids, source) for label, held in labels]
        numbers = scaled_by(self.statics, covariates.statics)
        return np.concatenate([numbers, *categories], axis=1).astype(np.float32)

    def scaled(self, numbers: Float64s) -> Float64s:
        """Return float64 [..., past | known], as a network takes them, of such numbers."""
        return scaled_by((*self.past, *self.known), numbers)

    def matched(self, panel: Panel) -> Covariates:
        """Return what stands beside a panel with the columns of this encoding, in its order.

        Raises:
            DataError: a column is not there.
        """
        covariates = panel.covariates or Covariates.none(panel.lengths)
        labels = dict(zip(covariates.label_names, covariates.labels, strict=True))
        if TARGET_LABEL in (label.name for label in self.labels):  # one of several, alone
            labels.setdefault(TARGET_LABEL, (panel.target,) * len(panel))
        past = positions_of(self.past, covariates.past_names, "past covariate", panel)
        known = positions_of(self.known, covariates.known_names, "known covariate", panel)
        statics = positions_of(
            self.statics, covariates.static_names, "static column of numbers", panel
        )
        labels_at = positions_of(self.labels, tuple(labels), "static column of text", panel)
        return replace(
            covariates,
            past_names=tuple(column.name for column in self.past),
            known_names=tuple(column.name for column in self.known),
            static_names=tuple(column.name for column in self.statics),
            label_names=tuple(label.name for label in self.labels),
            past=_columns(covariates.past, past),
            known=_columns(covariates.known, known),
            statics=covariates.statics[:, statics],
            labels=tuple(tuple(labels.values())[at] for at in labels_at),
        )

    def _fill_in(self, steps: Float32s, panel: Panel, beside: Covariates, horizon: int) -> None:
        """Write what stands beside some series into their rows of `Encoded.steps`, all 0."""
        rows, wide = panel.lengths, panel.lengths + horizon
        past, known = self.past_columns, self.past_columns + len(self.known)
        if past:
            steps[_before(rows, wide), :past] = scaled_by(self.past, beside.past)
        if self.known:
            reach = rows + np.minimum(beside.ahead, horizon)
            steps[_before(reach, wide), past:known] = scaled_by(
                self.known, beside.known[_before(reach, rows + beside.ahead)]
            )
        if self.calendar or self.holidays:
            steps[:, known:] = self._features_of_times(panel, wide)

    def _names(self) -> tuple[str, ...]:
        by_time = (*self.calendar, *((HOLIDAY,) if self.holidays else ()))
        steps = (*(column.name for column in (*self.past, *self.known)), *by_time)
        categories = (f"{label.name}: {name}" for label in self.labels for name in label.categories)
        return (*steps, *(column.name for column in self.statics), *categories)

    def _features_of_times(self, panel: Panel, wide: Indices) -> Float64s:
        """Return float64 [wide.sum(), calendar | holidays], of the steps ahead too."""
        step, lengths = _steps_of(wide), np.repeat(panel.lengths, wide)
        rows = np.repeat(panel.offsets[:-1], wide) + np.minimum(step, lengths - 1)
        times = panel.clock.shift(panel.times[rows], np.maximum(0, step - lengths + 1))
        return self.features(panel.clock, times, panel.source)

    def features(self, clock: Clock, times: Indices, source: str) -> Float64s:
        """Return float64 [n, calendar | holidays], what is seen of times [n] on a clock.

        Raises:
            DataError: the clock has not the cycles that were learnt; the message names the source.
        """
        names, features = calendar_features(clock, times)
        if not set(self.calendar) <= set(names):
            raise DataError(
                f"{source}: the network was trained with {', '.join(self.calendar)}, and "
                f"a clock of {clock.describe()} has {', '.join(names) or 'none of these'}; "
                "give it data on the clock of its training."
            )
        calendar = features[:, [names.index(name) for name in self.calendar]]
        if not self.holidays:
            return calendar
        return np.column_stack([calendar, on_holiday(self.holidays, clock, times)])


def _columns(rows: Float64s, places: list[int]) -> Float64s:
    """Return columns of rows [n, columns], without a copy where they are all, in order."""
    return rows if places == [*range(rows.shape[1])] else rows[:, places]


def _longest_span(panel: Panel, ends: Indices) -> int:
    """Return the longest time from the first to the last row before `ends` [series]."""
    firsts = panel.offsets[:-1]
    return int((panel.times[firsts + np.maximum(ends, 1) - 1] - panel.times[firsts]).max())


def _steps_of(lengths: Indices) -> Indices:
    """Return int64 [lengths.sum()], the step of each row within its series."""
    starts = np.cumsum(lengths) - lengths
    return np.asarray(np.arange(lengths.sum()) - np.repeat(starts, lengths))


def _before(ends: Indices, lengths: Indices) -> Flags:
    """Return bool [lengths.sum()], which rows of series of these lengths lie before their ends."""
    return np.asarray(_steps_of(lengths) < np.repeat(ends, lengths))


def _check_ahead(panel: Panel, ahead: Indices, horizon: int, column: str) -> None:
    """Refuse a panel with a series whose known columns end before the horizon."""
    short = np.flatnonzero(ahead < horizon)
    if not len(short):
        return
    first = int(short[0])
    raise DataError(
        f"{panel.source}: a horizon of {horizon} needs the known covariate `{column}` of series "
        f"`{panel.ids[first]}` in {horizon} row{'s' * (horizon > 1)} after its newest value, and "
        f"has {ahead[first]}; add the rows that are missing, with the target left blank."
    )
