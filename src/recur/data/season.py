"""The season of a series: found in its spectrum, measured by how much of the series it explains."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recur.data.panel import Panel

Floats = NDArray[np.float64]

# A season must come round this often before it is believed.
_CYCLES = 4
_CANDIDATE_CYCLES = 2
# Chance of taking noise for a season, per series; one for suggested lengths, one for found ones.
_RISK = 1e-3
# The least share of the variance around the trend that a season must explain.
_LEAST_STRENGTH = 0.15
# A longer season is preferred only when it explains clearly more than a shorter one.
_NEARLY = 0.9
_HARMONICS = 6
_SERIES_LOOKED_AT = 20


def detect_season(series: Floats | Panel, candidates: tuple[int, ...] = ()) -> int:
    """Return the length of the season in steps, or 1 where there is none.

    A season must stand out of the spectrum of the differences (which is flat for a random walk,
    so that a walk has none) and explain a good share of the variance around the trend.

    Args:
        series: float64 [time], or a panel, of which up to twenty series vote.
        candidates: lengths that the clock suggests, such as `Clock.seasons()`; other lengths are
            looked for in the spectrum.

    Example:
        >>> time = np.arange(200.0)
        >>> detect_season(np.sin(2 * np.pi * time / 25) + 0.1 * time)
        25
    """
    if isinstance(series, Panel):
        return _vote(series, candidates)
    values = np.asarray(series, dtype=np.float64)
    changes = np.diff(values)
    if len(values) < 8 or not np.ptp(changes) > 1e-9 * np.abs(values).max():
        return 1
    spectrum = _Spectrum(changes)
    lengths = {n for n in candidates if 2 <= n <= len(values) // _CANDIDATE_CYCLES}
    seasons = {
        n for n in lengths if spectrum.contrast(n) > np.log(_HARMONICS * len(lengths) / _RISK)
    }
    seasons |= spectrum.seasons(_CYCLES)
    strengths = {n: seasonal_strength(values, n) for n in seasons}
    best = max(strengths.values(), default=0.0)
    if best < _LEAST_STRENGTH:
        return 1
    return min(n for n, strength in strengths.items() if strength >= _NEARLY * best)


def seasonal_strength(values: Floats, length: int) -> float:
    """Return the share of the variance around the trend that a repeating season explains.

    Args:
        values: float64 [time].
        length: the season in steps.
    """
    around = values - _trend(values, length)
    inside = around[length // 2 : len(around) - length // 2]
    phase = np.arange(len(inside)) % length
    counts = np.bincount(phase, minlength=length)
    means = np.bincount(phase, weights=inside, minlength=length) / np.maximum(counts, 1)
    total = float(((inside - inside.mean()) ** 2).sum())
    free = len(inside) - length
    if total == 0.0 or free < 1:
        return 0.0
    left = float(((inside - means[phase]) ** 2).sum())
    return 1.0 - left / total * (len(inside) - 1) / free


class _Spectrum:
    """The periodogram of a series of changes, each ordinate against those around it."""

    def __init__(self, changes: Floats) -> None:
        self._changes = (changes - changes.mean()) / changes.std()
        self._time = np.arange(len(changes))
        self._power = np.abs(np.fft.rfft(self._changes))[1:] ** 2 / len(changes)

    def seasons(self, cycles: int) -> set[int]:
        """Return the length of the clearest oscillation, and its multiples, if there is one."""
        bins = np.arange(1, len(self._power) + 1)
        length = len(self._changes) / bins
        usable = np.flatnonzero((bins >= cycles) & (length >= 3))
        if not len(usable):
            return set()
        contrast = np.array([self._power[i] / self._floor(i) for i in usable])
        if contrast.max() < np.log(len(usable) / _RISK):
            return set()
        exact = self._refine(int(bins[usable[np.argmax(contrast)]]))
        longest = len(self._changes) // cycles
        return {round(k * exact) for k in range(1, _HARMONICS + 1) if round(k * exact) <= longest}

    def contrast(self, length: int) -> float:
        """Return the clearest contrast of an oscillation of this length and its harmonics."""
        return max(
            self._power_at(k / length) / self._floor(round(k * len(self._changes) / length) - 1)
            for k in range(1, min(_HARMONICS, length // 2) + 1)
        )

    def _power_at(self, frequency: float) -> float:
        wave = np.exp(-2j * np.pi * frequency * self._time)
        return float(np.abs(self._changes @ wave) ** 2 / len(self._changes))

    def _floor(self, i: int) -> float:
        """Return the level of noise around ordinate `i`: the median of its neighbours."""
        reach = max(8, len(self._power) // 50)
        around = self._power[max(0, i - reach) : i + reach + 1]
        return float(np.median(around) / np.log(2)) + 1e-12

    def _refine(self, cycles: int) -> float:
        """Return the length of the oscillation whose power is largest near an ordinate."""
        tried = (cycles + np.linspace(-1, 1, 81)) / len(self._changes)
        return 1.0 / tried[int(np.argmax([self._power_at(f) for f in tried]))]


def _trend(values: Floats, length: int) -> Floats:
    """Return the moving average over one season, centred."""
    kernel = np.ones(length + 1 - length % 2) / length
    if length % 2 == 0:
        kernel[[0, -1]] /= 2
    return np.convolve(values, kernel, mode="same")


def _vote(panel: Panel, candidates: tuple[int, ...]) -> int:
    """Return the season that more than half of a few series agree on."""
    looked_at = np.unique(np.linspace(0, len(panel) - 1, _SERIES_LOOKED_AT).astype(int))
    found = [detect_season(panel.series(int(i)), candidates) for i in looked_at]
    season = max(set(found), key=found.count)
    return season if 2 * found.count(season) > len(found) else 1
