"""Whether a series can be told from a random walk: a variance ratio test of known size."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from recur.arrays import Float64s

SIZE = 0.02
"""How often the test calls a random walk distinguishable."""

HORIZONS = (2, 4, 8, 16)
"""Steps over which variances are compared, besides the season."""

FEWEST_VALUES = 48
"""Values below which the test is not made."""

_CHANGES_PER_STEP = 10  # changes needed for each step of a horizon, so that ratios are near normal
_SAME = 1e-9  # changes that vary less than this share of the values do not vary


@dataclass(frozen=True)
class RandomWalkTest:
    """A joint test that the changes of a series are uncorrelated, whatever their variances.

    Attributes:
        horizons: over how many steps the variance was taken.
        ratios: the variance of changes over a horizon, over that of single steps times the
            horizon: 1 for a random walk, below where changes are taken back, above where they go
            on.
        statistics: each ratio less 1, in its standard errors.
        p_value: of the largest of the statistics, allowing for their number.
        size: how often a random walk is called distinguishable.
    """

    horizons: tuple[int, ...]
    ratios: tuple[float, ...]
    statistics: tuple[float, ...]
    p_value: float
    size: float = SIZE

    @property
    def distinguishable(self) -> bool:
        """Return whether the series can be told from a random walk."""
        return self.p_value < self.size

    @property
    def sentence(self) -> str:
        """Say what the test says, in plain words."""
        test = f"variance ratios over {_listed(self.horizons)} steps, {_p_value(self.p_value)}"
        if not self.distinguishable:
            return (
                "Not distinguishable from a random walk: its changes show no correlation beyond "
                f"chance ({test}, where a claim takes less than {self.size:g})."
            )
        strongest = int(np.argmax(np.abs(self.statistics)))
        horizon, ratio = self.horizons[strongest], self.ratios[strongest]
        how = "are partly taken back" if ratio < 1 else "tend to go on"
        return (
            f"Distinguishable from a random walk: its changes {how}, their variance over {horizon} "
            f"steps being {ratio:.2g} times that of a random walk ({test})."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the fields, the finding and its sentence as plain JSON values."""
        fields = {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}
        return {**fields, "distinguishable": self.distinguishable, "sentence": self.sentence}


def check_random_walk(values: Float64s, season: int = 1) -> RandomWalkTest | None:
    """Test whether a series is a random walk, with or without a drift.

    The statistics are those of Lo and MacKinlay (1988), which hold for changes of varying
    variance; the largest is judged as Chow and Denning (1993) do, by Sidak's bound for as many
    normal statistics as there are horizons.

    Args:
        values: float64 [time], finite.
        season: its length in steps; a horizon of its own where the series is long enough.

    Returns:
        The test, or None with fewer than 48 values or where all changes are the same.

    Example:
        >>> wave = np.sin(np.arange(200.0) / 8)
        >>> check_random_walk(wave).distinguishable
        True
    """
    if len(values) < FEWEST_VALUES:
        return None
    scale = float(np.abs(values).max()) or 1.0
    changes = np.diff(values / scale)
    if np.ptp(changes) <= _SAME:
        return None
    horizons = _horizons(len(changes), season)
    correlations, variances = _autocorrelations(changes - changes.mean(), max(horizons))
    ratios, statistics = [], []
    for horizon in horizons:
        weights = 2.0 * (1.0 - np.arange(1, horizon) / horizon)
        excess = float(weights @ correlations[: horizon - 1])
        ratios.append(1.0 + excess)
        statistics.append(excess / math.sqrt(float(weights**2 @ variances[: horizon - 1])))
    single = math.erfc(max(map(abs, statistics)) / math.sqrt(2.0))
    joint = -math.expm1(len(horizons) * math.log1p(-min(single, 1.0 - 1e-16)))
    return RandomWalkTest(horizons, tuple(ratios), tuple(statistics), joint)


def _horizons(changes: int, season: int) -> tuple[int, ...]:
    candidates = {*HORIZONS, season} - {1}
    return tuple(sorted(h for h in candidates if h * _CHANGES_PER_STEP <= changes or h == 2))


def _autocorrelations(changes: Float64s, below: int) -> tuple[Float64s, Float64s]:
    """Return the autocorrelations of changes at lags 1 to `below` - 1, and their variances.

    That the mean was taken out pulls each correlation below 0 by (n - lag) / (n (n - 1)) on
    average, which is added again. The variances hold where the changes vary in variance, too.
    """
    count = len(changes)
    lags = np.arange(1, below)
    total = float(changes @ changes)
    correlations = _lagged_products(changes, below)[1:] / total
    correlations += (count - lags) / (count * (count - 1))
    variances = _lagged_products(changes**2, below)[1:] / total**2
    # No less than a small share of what equal variances give: a single jump leaves next to none.
    return correlations, np.maximum(variances, 1e-3 * (count - lags) / count**2)


def _lagged_products(values: Float64s, lags: int) -> Float64s:
    """Return float64 [lags], the sum of the products of values `lag` steps apart, from lag 0."""
    spectrum = np.abs(np.fft.rfft(values, 2 * len(values))) ** 2
    return np.asarray(np.fft.irfft(spectrum)[:lags])


def _listed(numbers: tuple[int, ...]) -> str:
    """Write numbers as a list.

    >>> _listed((2, 4, 8)), _listed((2,))
    ('2, 4 and 8', '2')
    """
    *first, last = map(str, numbers)
    return f"{', '.join(first)} and {last}" if first else last


def _p_value(p_value: float) -> str:
    return "p < 0.001" if p_value < 0.001 else f"p {p_value:.2g}"
