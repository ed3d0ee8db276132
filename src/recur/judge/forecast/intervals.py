"""Intervals around the forecasts of a walk: their levels, and what they held when measured."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recur.errors import DataError, SettingsError
from recur.judge.forecast.walk import Forecasts, Walk, WalkSize
from recur.judge.metrics import mean_weighed

LOWEST_LEVEL, HIGHEST_LEVEL = 50.0, 99.9
"""The levels that may be asked for, in percent."""

_SUMS = 5  # that measures are made of, see `_summed`


@dataclass(frozen=True, eq=False)
class Measures:
    """What the intervals of one level held, at each step ahead and over all of them.

    The mean over all is the mean over the steps, each weighed by its truths that were observed.

    Attributes:
        coverage: float64 [horizon], the share of truths that lie in their intervals.
        width: float64 [horizon], the mean width in the units of the data.
        msis: float64 [horizon], the mean scaled interval score: the width, and for a truth outside
            2 / alpha times its distance, in units of the seasonal scale of the series; alpha is
            the share that may lie outside. Series of scale 0 are left out; NaN if that leaves none.
        truths: float64 [horizon], how many there are; None where every step has as many.
    """

    coverage: NDArray[np.float64]
    width: NDArray[np.float64]
    msis: NDArray[np.float64]
    truths: NDArray[np.float64] | None = None

    def overall(self) -> dict[str, float | None]:
        """Return each measure over all steps by name; None where it has no finite value."""
        return {name: _or_none(self._mean(values)) for name, values in self._by_name()}

    def _mean(self, values: NDArray[np.float64]) -> float:
        if self.truths is None:
            return float(values.mean())
        return mean_weighed(values, self.truths)

    def to_dict(self) -> dict[str, Any]:
        """Return every measure, over all steps and `by_horizon`, as plain JSON values."""
        by_horizon = {
            name: [_or_none(float(value)) for value in values] for name, values in self._by_name()
        }
        if self.truths is not None:
            by_horizon["truths"] = list(self.truths)
        return {**self.overall(), "by_horizon": by_horizon}

    def _by_name(self) -> list[tuple[str, NDArray[np.float64]]]:
        return [("coverage", self.coverage), ("width", self.width), ("msis", self.msis)]


@dataclass(frozen=True, eq=False)
class Intervals:
    """Intervals of one method for every forecast of a walk.

    Attributes:
        walk: what was forecast.
        method: how the intervals were made, such as "conformal".
        levels: in percent, rising.
        low: for each level and series, the lower ends, float64 [origins, horizon].
        high: the upper ends, in the same layout.

    >>> walk = Walk((np.array([0.0, 2.0, 0.0, 2.0, 9.0]),), starts=(3,), horizon=1)
    >>> ends = np.array([[0.0], [0.0]]), np.array([[4.0], [4.0]])
    >>> intervals = Intervals(walk, "conformal", (80,), ((ends[0],),), ((ends[1],),))
    >>> intervals.to_dict()["levels"]["80"]["coverage"]
    0.5
    """

    walk: Walk
    method: str
    levels: tuple[float, ...]
    low: tuple[Forecasts, ...]
    high: tuple[Forecasts, ...]

    def __post_init__(self) -> None:
        check_levels(self.levels)
        if not self.levels or not len(self.levels) == len(self.low) == len(self.high):
            raise DataError(
                f"Intervals need one or more levels and ends for each; there are "
                f"{len(self.levels)} levels, {len(self.low)} lower and {len(self.high)} upper ends."
            )
        for level, low, high in zip(self.levels, self.low, self.high, strict=True):
            name = f"{self.method}, {level_key(level)} %"
            self.walk.forecasts(f"{name}, lower end", low)
            self.walk.forecasts(f"{name}, upper end", high)
            _check_order(name, low, high)

    @staticmethod
    def together(walk: Walk, parts: Sequence[Intervals]) -> Intervals | None:
        """Return the intervals of a walk from those of its parts; None for none."""
        if not parts:
            return None
        low, high = (
            tuple(tuple(chain.from_iterable(level)) for level in zip(*ends, strict=True))
            for ends in ([part.low for part in parts], [part.high for part in parts])
        )
        return Intervals(walk, parts[0].method, parts[0].levels, low, high)

    def __repr__(self) -> str:
        levels = ", ".join(map(level_key, self.levels))
        return f"<Intervals: {self.method}, {levels} %>"

    @cached_property
    def measures(self) -> dict[float, Measures]:
        """What the intervals of each level held, by level."""
        sums = np.zeros((len(self.levels), _SUMS, self.walk.horizon))
        for some, part in self.walk.parts():
            sums += self._sums(some, part)
        return measures_from(self.walk, self.levels, sums)

    @property
    def sums(self) -> NDArray[np.float64]:
        """float64 [levels, sums, horizon], what is summed over those of one part of a walk."""
        return self._sums(slice(0, len(self.walk)), self.walk)

    def _sums(self, some: slice, part: Walk) -> NDArray[np.float64]:
        ends = zip(self.levels, self.low, self.high, strict=True)
        return np.stack(
            [
                _summed(part, level, np.concatenate(low[some]), np.concatenate(high[some]))
                for level, low, high in ends
            ]
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the method and the measures of every level, without the ends, for JSON."""
        return _told(self.method, self.measures)


@dataclass(frozen=True, eq=False)
class MeasuredIntervals:
    """What intervals held when they were measured, without their ends.

    Attributes:
        walk: how much was forecast.
        method: how the intervals were made.
        measures: what the intervals of each level held, by level in percent, rising.
    """

    walk: WalkSize
    method: str
    measures: dict[float, Measures]

    @property
    def levels(self) -> tuple[float, ...]:
        """Return the levels in percent, rising."""
        return tuple(self.measures)

    def to_dict(self) -> dict[str, Any]:
        """Return what `Intervals.to_dict` does."""
        return _told(self.method, self.measures)

    @staticmethod
    def told(walk: WalkSize, plain: PlainIntervals) -> MeasuredIntervals:
        """Return what `to_dict` told of intervals."""
        measures = {
            level: Measures(
                **{
                    name: np.array(values, np.float64)
                    for name, values in vars(held.by_horizon).items()
                    if values is not None
                }
            )
            for level, held in plain.levels.items()
        }
        return MeasuredIntervals(walk, plain.method, measures)


@dataclass(frozen=True)
class _PlainSteps:
    coverage: list[float | None]
    width: list[float | None]
    msis: list[float | None]
    truths: list[float] | None = None


@dataclass(frozen=True)
class _PlainMeasures:
    by_horizon: _PlainSteps


@dataclass(frozen=True)
class PlainIntervals:
    """What `Intervals.to_dict` tells and `MeasuredIntervals` holds, as plain JSON values."""

    method: str
    levels: dict[float, _PlainMeasures]


def _told(method: str, measures: Mapping[float, Measures]) -> dict[str, Any]:
    levels = {level_key(level): found.to_dict() for level, found in measures.items()}
    return {"method": method, "levels": levels}


def check_levels(levels: Sequence[float]) -> None:
    """Raise `SettingsError` unless levels are percentages that rise, from 50 to 99.9."""
    for level in levels:
        if not LOWEST_LEVEL <= level <= HIGHEST_LEVEL:
            raise SettingsError(
                f"A level of intervals is a percentage from {LOWEST_LEVEL:g} to {HIGHEST_LEVEL:g}; "
                f"{level:g} is not{_percentage_meant(level)}."
            )
    if any(later <= earlier for earlier, later in pairwise(levels)):
        shown, rising = (", ".join(map(level_key, each)) for each in (levels, sorted({*levels})))
        raise SettingsError(
            f"The levels of intervals rise and are named once; they are {shown}: write {rising}."
        )


def level_key(level: float) -> str:
    """Return a level as it is written, without a trailing .0.

    >>> [level_key(level) for level in (80, 95.0, 97.5)]
    ['80', '95', '97.5']
    """
    return f"{level:.12g}"


def quantiles_for(levels: Sequence[float]) -> tuple[float, ...]:
    """Return the quantiles that are the ends of central intervals, and the median between them.

    >>> quantiles_for((80, 95))
    (0.025, 0.1, 0.5, 0.9, 0.975)
    """
    tails = [round((100.0 - level) / 200.0, 12) for level in reversed(levels)]
    return (*tails, 0.5, *(round(1.0 - tail, 12) for tail in reversed(tails)))


def _summed(
    part: Walk, level: float, low: NDArray[np.float64], high: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return float64 [sums, horizon], what intervals [origins, horizon] of a part come to.

    They are the truths, those inside, the widths, the truths of series that ever change, and the
    scaled scores of these.
    """
    outside = np.maximum(np.maximum(low - part.truths, part.truths - high), 0.0)
    width, alpha = high - low, 1.0 - level / 100.0
    scales = part.per_origin(part.seasonal_scales)
    known, counted = scales > 0, part.counted
    if counted is None:
        counted = np.ones(width.shape, np.bool_)
    with np.errstate(over="ignore"):
        scaled = (width + 2.0 / alpha * outside)[known] / scales[known][:, None]
        of = ((outside == 0, counted), (width, counted), (scaled, counted[known]))
        inside, widths, scores = (np.where(seen, each, 0.0).sum(axis=0) for each, seen in of)
    return np.stack([counted.sum(axis=0), inside, widths, counted[known].sum(axis=0), scores])


def measures_from(
    walk: Walk, levels: Sequence[float], sums: NDArray[np.float64]
) -> dict[float, Measures]:
    """Return what the intervals of each level held, from `Intervals.sums` over all parts."""
    measures = {}
    for level, (truths, inside, widths, changing, scores) in zip(levels, sums, strict=True):
        measures[level] = Measures(
            coverage=_mean(inside, truths),
            width=_mean(widths, truths),
            msis=_mean(scores, changing),
            truths=None if walk.observed is None else truths,
        )
    return measures


def _mean(sums: NDArray[np.float64], counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return float64 [horizon], the mean at each step; NaN for none."""
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def _check_order(name: str, low: Forecasts, high: Forecasts) -> None:
    for i, (lower, upper) in enumerate(zip(low, high, strict=True)):
        if (lower > upper).any():
            row, step = np.argwhere(lower > upper)[0]
            raise DataError(
                f"`{name}` has a lower end of {lower[row, step]:g} above the upper end of "
                f"{upper[row, step]:g} for series {i}, origin {row}, step {step + 1}."
            )


def _percentage_meant(level: float) -> str:
    meant = 100.0 * level
    fits = LOWEST_LEVEL <= meant <= HIGHEST_LEVEL and level < 1
    return f" (for {meant:g} % write {meant:g})" if fits else ""


def _or_none(value: float) -> float | None:
    return value if math.isfinite(value) else None
