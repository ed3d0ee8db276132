"""Classical decomposition: a moving average for the trend, means of its phases for the season."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from recur.arrays import Float64s
from recur.errors import DataError

Kind = Literal["additive", "multiplicative"]

_SEASONS_NEEDED = 3  # with two, the trend leaves one of each phase, and no rest to measure by
_SHORTEST_AVERAGE = 5  # of a trend without a season
_AVERAGES_NEEDED = 3
_ROUNDING = 1e-12  # a rest below this share of the values is rounding


@dataclass(frozen=True, eq=False)
class Decomposition:
    """A series as trend, season and rest: their sum (additive) or product (multiplicative).

    Attributes:
        kind: `additive` or `multiplicative`.
        length: the season in steps, 1 for none.
        observed: float64 [time], the series.
        trend: float64 [time], NaN over half an average at both ends.
        season: float64 [time], around 0 or, where multiplicative, around 1.
        rest: float64 [time], NaN where the trend is.
    """

    kind: Kind
    length: int
    observed: Float64s
    trend: Float64s
    season: Float64s
    rest: Float64s

    @property
    def inside(self) -> slice:
        """Return where the trend is known."""
        known = np.flatnonzero(np.isfinite(self.trend))
        return slice(int(known[0]), int(known[-1]) + 1)

    @property
    def trend_ends(self) -> tuple[float, float]:
        """Return the first and the last known value of the trend."""
        known = self.trend[self.inside]
        return float(known[0]), float(known[-1])

    @cached_property
    def trend_strength(self) -> float:
        """Return the share of the variance without the season that the trend explains, 0 to 1."""
        trend, _, rest = self._sums()
        return _explained(rest, trend + rest, parameters=1)

    @cached_property
    def season_strength(self) -> float:
        """Return the share of the variance around the trend that the season explains, 0 to 1."""
        if self.length == 1:
            return 0.0
        _, season, rest = self._sums()
        return _explained(rest, season + rest, parameters=self.length)

    def _sums(self) -> tuple[Float64s, Float64s, Float64s]:
        """Return trend, season and rest inside, as parts that add up: logarithms of factors."""
        parts = (self.trend[self.inside], self.season[self.inside], self.rest[self.inside])
        if self.kind == "multiplicative":
            trend, season, rest = (np.log(part) for part in parts)
        else:
            scale = float(np.abs(self.observed).max()) or 1.0
            trend, season, rest = (part / scale for part in parts)
        return trend, season, rest


def decompose(values: Float64s, length: int = 1, kind: Kind = "additive") -> Decomposition:
    """Split a series into trend, season and rest.

    The trend is the centred moving average over one season, or over a tenth of the series where
    there is none; the season is the mean of each phase around that trend.

    Args:
        values: float64 [time], finite.
        length: the season in steps, 1 for none.
        kind: `additive`, or `multiplicative`, which takes positive values.

    Raises:
        DataError: the series is too short, or not positive where it has to be.

    Example:
        >>> parts = decompose(np.tile([1.0, 2.0, 3.0, 6.0], 5) + np.arange(20.0), 4)
        >>> parts.season[:4].tolist(), parts.trend[2:5].tolist()
        ([-2.0, -1.0, 0.0, 3.0], [5.0, 6.0, 7.0])
    """
    values = np.asarray(values, dtype=np.float64)
    if len(values) < least_values(length):
        raise DataError(
            f"A decomposition with {_season(length)} takes at least {least_values(length)} values; "
            f"there are {len(values)}."
        )
    if kind == "multiplicative" and not (values > 0).all():
        raise DataError(
            f"A multiplicative decomposition takes positive values; one is {values.min():g}: take "
            "the additive one."
        )
    average = length if length > 1 else max(_SHORTEST_AVERAGE, len(values) // 10) | 1
    trend = moving_average(values, average)
    with np.errstate(all="ignore"):  # an average or a season may be lost beside a value of 1e18
        around = values - trend if kind == "additive" else values / trend
        season = _phase_means(around, length, neutral=0.0 if kind == "additive" else 1.0, kind=kind)
        rest = around - season if kind == "additive" else around / season
    return Decomposition(kind, length, values, trend, season, rest)


def least_values(length: int) -> int:
    """Return the least number of values for a decomposition with a season of so many steps.

    >>> least_values(12), least_values(1)
    (36, 15)
    """
    return max(_SEASONS_NEEDED * length, _AVERAGES_NEEDED * _SHORTEST_AVERAGE)


def likelier(additive: Decomposition, multiplicative: Decomposition | None) -> Decomposition:
    """Return which of two decompositions of one series makes it more likely.

    Both have the same number of parameters; the rest of the one is taken as normal, that of the
    other as log-normal, so that the likelihoods are those of the same values.
    """
    if multiplicative is None:
        return additive
    inside = additive.inside
    scale = float(np.abs(additive.observed).max())
    values = additive.observed[inside] / scale
    plain = np.log(_size(additive.rest[inside] / scale))
    # A density of the logarithm is one of the value once it is divided by the value.
    with np.errstate(all="ignore"):  # a rest that is no number is no likelier than any
        logs = np.log(_size(np.log(multiplicative.rest[inside]))) + float(np.log(values).mean())
    return multiplicative if logs < plain else additive


def moving_average(values: Float64s, length: int) -> Float64s:
    """Return float64 [time], the centred average over `length` steps, NaN where it reaches out.

    Over an even number of steps the two outermost of `length + 1` count half, so that the average
    stays centred and every phase of a season weighs the same.
    """
    level = float(values.mean())
    sums = np.concatenate([[0.0], np.cumsum(values - level)])
    average = (sums[length:] - sums[:-length]) / length
    if length % 2 == 0:
        average = (average[1:] + average[:-1]) / 2
    ends = np.full(length // 2, np.nan)
    return np.concatenate([ends, average + level, ends])


def _phase_means(around: Float64s, length: int, neutral: float, kind: Kind) -> Float64s:
    """Return float64 [time], the mean of each phase, `neutral` on average over a season."""
    if length == 1:
        return np.full(len(around), neutral)
    phase = np.arange(len(around)) % length
    known = np.isfinite(around)
    sums = np.bincount(phase[known], weights=around[known], minlength=length)
    means = sums / np.bincount(phase[known], minlength=length)
    centred = means - means.mean() if kind == "additive" else means / means.mean()
    return np.asarray(centred[phase])


def _explained(left: Float64s, whole: Float64s, parameters: int) -> float:
    """Return the share of a variance that is not left over, for so many fitted parameters."""
    total = float(((whole - whole.mean()) ** 2).sum())
    if total <= len(whole) * _ROUNDING**2:
        return 0.0
    over = float(((left - left.mean()) ** 2).sum())
    share = 1.0 - over / total * (len(whole) - 1) / (len(whole) - parameters)
    return float(np.clip(share, 0.0, 1.0))


def _size(rest: Float64s) -> float:
    """Return the root of the mean square, at least what rounding leaves."""
    return max(float(np.sqrt(np.mean(rest**2))), _ROUNDING)


def _season(length: int) -> str:
    return f"a season of {length} steps" if length > 1 else "no season"
