"""The season of a series: found in its spectrum, measured by how much of the series it explains."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from recur.arrays import Float64s
from recur.data.panel.panel import Panel

Series = Panel | Sequence[Float64s]
"""Several series: a panel, or arrays float64 [time]."""

# A season must come round this often before it is believed.
_CYCLES = 4
_CANDIDATE_CYCLES = 2
# The chance of taking noise for a season that the thresholds aim at, per series: the clock speaks
# for a length that it suggests, nothing but the data for one that is found.
_RISK_SUGGESTED = 1e-3
_RISK_FOUND = 2e-4
# The least share of the variance around the trend that a season must explain.
_LEAST_STRENGTH = 0.15
# A longer season is preferred only when it explains clearly more than a shorter one.
_NEARLY = 0.8
_HARMONICS = 6
_MULTIPLES = 12
_SERIES_LOOKED_AT = 20
# Series that show a season together: so many at least, and such a share of up to so many; of how
# many seasons each; how much the season explains, and how its shapes in both halves go together.
_FEWEST_TOGETHER, _SHARE_TOGETHER, _MOST_TOGETHER = 3, 0.2, 200
_SEASONS_TOGETHER, _CLEAR, _AGREEING = 6, 0.5, 0.6
_DAYS = (24, 48, 96, 144, 288)  # steps in a day: seven of them may be a season too
_BESIDE_CYCLES = 3  # of a season beside another one
_SNAP = 0.02  # a length this near to one that the clock suggests is that one
_LONGEST_LOOK = 2**15


def detect_season(series: Float64s | Series, candidates: tuple[int, ...] = ()) -> int:
    """Return the length of the season in steps, or 1 where there is none.

    A season must stand out of the spectrum of the differences (which is flat for a random walk,
    so that a walk has none) and explain a good share of the variance around the trend.

    Args:
        series: float64 [time], or a panel or several such arrays, of which up to twenty vote.
        candidates: lengths that the clock suggests, such as `Clock.seasons()`; other lengths are
            looked for in the spectrum.

    Example:
        >>> time = np.arange(200.0)
        >>> detect_season(np.sin(2 * np.pi * time / 25) + 0.1 * time)
        25
    """
    if not isinstance(series, np.ndarray):
        return _vote([*series], candidates)
    values = np.asarray(series[-_LONGEST_LOOK:], dtype=np.float64)
    changes = np.diff(values)
    if len(values) < 8 or not np.ptp(changes) > 1e-9 * np.abs(values).max():
        return 1
    spectrum = _Spectrum(changes)
    lengths = {n for n in candidates if 2 <= n <= len(values) // _CANDIDATE_CYCLES}
    seasons = {
        n
        for n in lengths
        if spectrum.contrast(n) > np.log(_HARMONICS * len(lengths) / _RISK_SUGGESTED)
    }
    seasons |= {_snapped(n, lengths) for n in spectrum.seasons(_CYCLES)}
    strengths = {n: seasonal_strength(values, n) for n in seasons}
    best = max(strengths.values(), default=0.0)
    if best < _LEAST_STRENGTH:
        return 1
    found = min(n for n, strength in strengths.items() if strength >= _NEARLY * best)
    return _whole_cycle(values, found, strengths[found], min(lengths, default=1))


def detect_seasons(series: Float64s | Series, candidates: tuple[int, ...] = ()) -> tuple[int, ...]:
    """Return the lengths of all seasons in steps, the shortest first; nothing where there is none.

    Beside the one that `detect_season` finds, those that the clock suggests: each has to stand out
    of what the shorter ones leave, and to explain a good share of it.

    Args:
        series: as `detect_season` takes it.
        candidates: as `detect_season` takes them.

    Example:
        >>> hour = np.arange(24 * 7 * 8)
        >>> detect_seasons(np.sin(2 * np.pi * hour / 24) + (hour // 24 % 7 > 4), (24, 168))
        (24, 168)
    """
    first = detect_season(series, candidates)
    return (first, *seasons_beside(series, first, candidates)) if first > 1 else ()


def seasons_beside(
    series: Float64s | Series, season: int, candidates: tuple[int, ...]
) -> tuple[int, ...]:
    """Return the lengths of the seasons longer than one that is known; see `detect_seasons`.

    Of a panel, those that more than half of a few of its series show.
    """
    longer = longer_seasons(season, candidates)
    if season < 2 or not longer:
        return ()
    if not isinstance(series, np.ndarray):
        several = [*series]
        shown = [seasons_beside(several[i], season, longer) for i in _looked_at(several)]
        return tuple(n for n in longer if 2 * sum(n in each for each in shown) > len(shown))
    values = np.asarray(series[-_LONGEST_LOOK:], dtype=np.float64)
    found: list[int] = []
    for length in longer:
        if len(values) < _BESIDE_CYCLES * length or not np.ptp(values):
            break
        left = _without(values, found[-1] if found else season)
        contrast = np.log(_HARMONICS * len(longer) / _RISK_SUGGESTED)
        changes = np.diff(left)
        if not np.ptp(changes) > 1e-9 * np.abs(values).max():
            break
        clear = _Spectrum(changes).contrast(length) > contrast
        if clear and seasonal_strength(left, length) >= _LEAST_STRENGTH:
            values = left
            found.append(length)
    return tuple(found)


def longer_seasons(season: int, candidates: tuple[int, ...]) -> tuple[int, ...]:
    """Return the lengths above a season that a clock suggests; else a week, if it may be a day.

    >>> longer_seasons(24, (24, 168)), longer_seasons(48, ()), longer_seasons(12, (12,))
    ((168,), (336,), ())
    """
    longer = tuple(n for n in candidates if n > season)
    return longer or ((7 * season,) if season in _DAYS else ())


def _without(values: Float64s, length: int) -> Float64s:
    """Return a series less the mean shape of a season."""
    around = values - _trend(values, length)
    inside = slice(length // 2, len(values) - length // 2)
    phase = np.arange(len(values)) % length
    counts = np.bincount(phase[inside], minlength=length)
    means = np.bincount(phase[inside], around[inside], minlength=length) / np.maximum(counts, 1)
    return np.asarray(values - means[phase])


def _whole_cycle(values: Float64s, found: int, strength: float, cycle: int) -> int:
    """Return the cycle of the clock where a season that was found is a part of it, half a year say.

    It is the season where it explains more: the parts of the cycle are not all alike.
    """
    if found < cycle and cycle % found == 0 and seasonal_strength(values, cycle) > strength:
        return cycle
    return found


def _snapped(length: int, candidates: set[int]) -> int:
    """Return the candidate that a length can hardly be told from, or the length itself."""
    near = [n for n in candidates if abs(n - length) <= max(_SNAP * n, 0.5 if n < 50 else 1)]
    return min(near, key=lambda n: abs(n - length), default=length)


def seasonal_strength(values: Float64s, length: int) -> float:
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
    return float(1.0 - left / total * (len(inside) - 1) / free)


class _Spectrum:
    """The periodogram of a series of changes, each ordinate against those around it."""

    def __init__(self, changes: Float64s) -> None:
        self._changes = (changes - changes.mean()) / changes.std()
        self._time = np.arange(len(changes))
        self._power = np.abs(np.fft.rfft(self._changes))[1:] ** 2 / len(changes)
        self._floor = _noise_floor(self._power)

    def seasons(self, cycles: int) -> set[int]:
        """Return the length of the clearest oscillation, and its multiples, if there is one."""
        count = len(self._changes)
        shortest = count // 3 + 1  # cycles of the shortest season, three steps
        contrast = (self._power / self._floor)[cycles - 1 : shortest]
        if not len(contrast) or contrast.max() < np.log(len(contrast) / _RISK_FOUND):
            return set()
        exact = self._refined(cycles + int(np.argmax(contrast)))
        lengths = {round(k * exact) for k in range(1, _MULTIPLES + 1)}
        return {length for length in lengths if length <= count // cycles}

    def contrast(self, length: int) -> float:
        """Return the clearest contrast of an oscillation of this length or of its harmonics."""
        harmonics = np.arange(1, min(_HARMONICS, length // 2) + 1) / length
        ordinates = np.rint(harmonics * len(self._changes)).astype(int) - 1
        nearest = np.minimum(ordinates, len(self._floor) - 1)
        power = np.array([self._power_at(frequency) for frequency in harmonics])
        return float((power / self._floor[nearest]).max())

    def _power_at(self, frequency: float) -> float:
        wave = np.exp(-2j * np.pi * frequency * self._time)
        return float(np.abs(self._changes @ wave) ** 2 / len(self._changes))

    def _refined(self, cycles: int) -> float:
        """Return the length of the oscillation whose power is largest near an ordinate."""
        tried = (cycles + np.linspace(-1, 1, 81)) / len(self._changes)
        return float(1 / tried[int(np.argmax([self._power_at(frequency) for frequency in tried]))])


def _noise_floor(power: Float64s) -> Float64s:
    """Return float64 [ordinates], the level of noise around each: from a median of neighbours."""
    reach = int(np.clip(len(power) // 50, 16, 100))
    windows = np.lib.stride_tricks.sliding_window_view(
        np.pad(power, reach, mode="reflect"), 2 * reach + 1
    )
    # The ordinates of noise are exponentially distributed: their mean is the median over log 2.
    return np.asarray(np.median(windows, axis=1) / np.log(2) + 1e-12, dtype=np.float64)


def _trend(values: Float64s, length: int) -> Float64s:
    """Return the moving average over one season, centred."""
    kernel = np.ones(length + 1 - length % 2) / length
    if length % 2 == 0:
        kernel[[0, -1]] /= 2
    return np.convolve(values, kernel, mode="same")


def _vote(series: list[Float64s], candidates: tuple[int, ...]) -> int:
    """Return the season that more than half of a few series agree on, or that they show together.

    Series too short to show a season one by one may show one that the clock suggests together.
    """
    seasons = [detect_season(series[i], candidates) for i in _looked_at(series)]
    season = max(set(seasons), key=seasons.count)
    if season > 1 and 2 * seasons.count(season) > len(seasons):
        return season
    return next((n for n in candidates if n > 1 and _shown_together(series, n)), 1)


def _looked_at(series: list[Float64s]) -> list[int]:
    """Return the places of a few series, all over them."""
    return [
        int(i) for i in np.unique(np.linspace(0, len(series) - 1, _SERIES_LOOKED_AT).astype(int))
    ]


def _shown_together(series: list[Float64s], length: int) -> bool:
    """Say whether a season of some length repeats in a good share of some series.

    A series shows it where the season explains half of what it does around its trend, and has the
    same shape in both halves. By chance one series in a hundred does so; series of a panel may
    share that chance.
    """
    enough = np.flatnonzero([len(values) >= _SEASONS_TOGETHER * length for values in series])
    if len(enough) < _FEWEST_TOGETHER:
        return False
    looked_at = enough[np.unique(np.linspace(0, len(enough) - 1, _MOST_TOGETHER).astype(int))]
    shown = 0
    for i in looked_at:
        values = series[i]
        clear = seasonal_strength(values, length) > _CLEAR
        shown += clear and _agreement(values, length) > _AGREEING
    return bool(shown >= max(_FEWEST_TOGETHER, _SHARE_TOGETHER * len(looked_at)))


def _agreement(values: Float64s, length: int) -> float:
    """Return the correlation of the mean shapes that a season has in both halves of a series."""
    around = values - _trend(values, length)
    inside = around[length // 2 : len(around) - length // 2]
    half = len(inside) // (2 * length) * length
    shapes = [
        part.reshape(-1, length).mean(axis=0) for part in (inside[:half], inside[half : 2 * half])
    ]
    first, second = (shape - shape.mean() for shape in shapes)
    size = float(np.sqrt((first @ first) * (second @ second)))
    return float(first @ second) / size if size > 0 else 0.0
