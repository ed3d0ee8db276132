"""One comparison of losses with a reference's: skill, its interval and the test behind both."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from recur.judge import student

SIZE = 0.02
"""How often one test may claim a difference where there is none, on each side."""

LEVEL = 1.0 - 2.0 * SIZE
"""The level of the two-sided interval that belongs to it."""


FEWEST_INDEPENDENT = 8
"""Independent origins below which nothing is claimed."""

_EQUAL = 1e-9
"""Losses that differ by less than this share are equal: the difference is rounding, not skill."""


@dataclass(frozen=True)
class Comparison:
    """A method's losses against those of one reference.

    Attributes:
        against: the name of the reference.
        skill: 1 - mean loss / mean loss of the reference; None where the reference is exact.
        low: the lower end of the interval for skill; None if unbounded or not to be had.
        high: the upper end, at most 1; None where there is no interval.
        p_value: of the one-sided test that the method is no better; None with too little data.
        finding: what the test says of the method.
    """

    against: str
    skill: float | None
    low: float | None
    high: float | None
    p_value: float | None
    finding: Literal["better", "none", "worse", "too_little"]

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain JSON values."""
        return asdict(self)


def compare(
    against: str,
    reference: NDArray[np.float64],
    losses: NDArray[np.float64],
    degrees: int | None,
) -> Comparison:
    """Compare two sequences of losses over the same times.

    The interval holds every skill s that the test of mean((1 - s) reference - losses) = 0 does not
    reject on either side, so that it excludes 0 exactly when the test finds a difference.

    Args:
        against: the name of the reference.
        reference: float64 [times], its losses.
        losses: float64 [times], those of the method.
        degrees: the degrees of freedom of the long-run variance; None for too little data.

    >>> even = np.tile([1.0, 2.0, 4.0, 3.0], 10)
    >>> compare("last_value", even, 0.5 * even[::-1], degrees=4).skill
    0.5
    """
    losses = np.where(np.isclose(losses, reference, rtol=_EQUAL, atol=0.0), reference, losses)
    level, own = float(np.mean(reference)), float(np.mean(losses))
    skill = 1.0 - own / level if level > 0 else (0.0 if own == 0 else None)
    if degrees is None:
        return Comparison(against, skill, None, None, None, "too_little")
    if skill is None:
        return Comparison(against, None, None, None, 1.0, "worse")
    if level == 0:
        return Comparison(against, 0.0, None, None, 1.0, "none")
    waves = cosine_waves(len(reference), degrees)
    variation, own_variation = waves @ (reference / level), waves @ (losses / level)
    low, high = _interval(own / level, variation, own_variation)
    p_value = max(
        _upper_tail(skill, variation - own_variation),
        _upper_tail(1.0, variation),
    )
    finding: Literal["better", "none", "worse"] = "none"
    if low is not None and low > 0:
        finding = "better"
    elif high is not None and high < 0:
        finding = "worse"
    return Comparison(against, skill, low, high, p_value, finding)


def degrees_of_freedom(times: int, independent_origins: int) -> int | None:
    """Return how many waves measure the error of a mean loss; None for too little data.

    Half the root of the number of times, so that the waves stay slower than the slow changes of
    volatility in prices; at most half the independent origins, because the losses of overlapping
    forecasts go together; and at least 3. `docs/concepts/judging.md` shows the sizes measured.

    >>> degrees_of_freedom(times=200, independent_origins=200)
    7
    >>> degrees_of_freedom(times=177, independent_origins=8)
    4
    """
    if independent_origins < FEWEST_INDEPENDENT:
        return None
    return max(3, int(min(math.sqrt(times), independent_origins) / 2))


def cosine_waves(times: int, degrees: int) -> NDArray[np.float64]:
    """Return float64 [degrees, times], the cosine weights of the long-run variance of a mean.

    The equal-weighted cosine estimator (Lazarus, Lewis, Stock and Watson, 2018): each slow wave
    gives one independent estimate of the error of the mean, and their squares add to a chi-squared
    of `degrees` degrees of freedom. Scaled so that the sum of squares is the variance of the mean.
    """
    wave = np.arange(1, degrees + 1)[:, None]
    at = (np.arange(times) + 0.5) / times
    return math.sqrt(2.0 / degrees) / times * np.cos(np.pi * wave * at)


def _upper_tail(mean: float, variation: NDArray[np.float64]) -> float:
    """Return the chance that Student's t exceeds mean / error; no error and no mean gives 1."""
    error = math.sqrt(variation @ variation)
    if error == 0:
        return 0.0 if mean > 0 else 1.0
    return student.upper_tail(len(variation), mean / error)


def _interval(
    ratio: float, variation: NDArray[np.float64], own_variation: NDArray[np.float64]
) -> tuple[float | None, float | None]:
    """Return the skills that the test does not reject, from Fieller's quadratic in 1 - skill.

    With losses in units of the reference's mean, x = 1 - skill is rejected where
    (x - ratio)^2 > t^2 |x variation - own_variation|^2. Where the mean of the reference itself
    cannot be told from 0, because its losses are few and uneven, the set has no ends that say
    anything, and nothing is claimed.
    """
    t_squared = student.quantile(len(variation), 1.0 - SIZE) ** 2
    square = 1.0 - t_squared * float(variation @ variation)
    half = ratio - t_squared * float(variation @ own_variation)
    constant = ratio**2 - t_squared * float(own_variation @ own_variation)
    if square <= 0:
        return None, None
    spread = math.sqrt(max(half**2 - square * constant, 0.0))
    low, high = 1.0 - (half + spread) / square, 1.0 - (half - spread) / square
    return min(low, 1.0 - ratio), min(max(high, 1.0 - ratio), 1.0)  # whatever the rounding
