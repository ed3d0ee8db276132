"""What the pretrained network reads of each history, and what it is told of each step ahead."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recur.arrays import Flags, Float32s, Float64s, Indices
from recur.data.histories.seasonal import known_mean, seasonal_indices
from recur.data.histories.spans import PATCH, SPANS, finest, longest_read

_NEWEST = 12
_MEMORIES = (2.5, 6.0, 16.0, 45.0, 150.0)  # points that a discounted line remembers
_RIDGE = 1e-3
_SMOOTHINGS = (1.0, 0.7, 0.45, 0.25, 0.12, 0.05)
_MOST_STEPS = 100  # that count in the choice of a smoothing
_NOTHING = 1e-12  # what is kept of a value that does not count any more
PER_STEP = 5 * PATCH + 1
SUMMARY = 12 + 2 * _NEWEST + 2 * len(_MEMORIES) + 4
AHEAD = 20
SIMPLE = (8, -4, -3, -2, -1)
"""Of what is told of a step ahead: the value a season before it, and where the lines go."""


def compressed(values: Float64s) -> Float64s:
    """Return values as they are near zero, and as their logarithm far from it."""
    return np.arcsinh(values)


@dataclass(frozen=True, eq=False)
class HistoryInputs:
    """Histories of one period, made ready; the newest value is the last.

    Attributes:
        patches: float32 [steps, series, PER_STEP], for the recurrence, the oldest first.
        begun: bool [steps, series], whether a history has begun by the end of a patch.
        summary: float32 [series, SUMMARY].
        anchor: float64 [series], the level that forecasts count from.
        scale: float64 [series], what one is in the numbers of the network.
        seasonal_odds: float64 [series], what the season explains over what it does not.
    """

    patches: Float32s
    begun: Flags
    summary: Float32s
    anchor: Float64s
    scale: Float64s
    seasonal_odds: Float64s
    _relative: Float64s
    _known: Float64s
    _periods: tuple[int, int]
    _indices: tuple[Float64s, Float64s]
    _lines: tuple[Float64s, Float64s]

    @classmethod
    def read(cls, values: Float64s, period: int, second: int = 0) -> HistoryInputs:
        """Read histories.

        Args:
            values: float64 [series, time]; NaN where a value is missing, and before the first
                where a history is shorter than others.
            period: steps in a season, 1 for none.
            second: steps in a longer season beside it, 0 for none.
        """
        values = np.asarray(values, np.float64)[:, -longest_read(period, second) :]
        known = np.isfinite(values) * 1.0
        values = np.where(known > 0, values, 0.0)
        first_indices, clear = seasonal_indices(values, known, period)
        adjusted = values - _repeated(first_indices, values.shape[1])
        if second:
            second_indices, clear_too = seasonal_indices(adjusted, known, second)
            adjusted = adjusted - _repeated(second_indices, values.shape[1])
        else:
            second_indices, clear_too = np.zeros((len(values), 1)), np.zeros((len(values), 2))
        anchor = _newest_level(adjusted, known)
        seasonal_steps, both = _steps(values, known, period)
        scale, step = _scales(seasonal_steps, both, adjusted, known, period)
        divisor = np.where(scale > 0, scale, 1.0)[:, None]
        relative = (adjusted - anchor[:, None]) / divisor * known
        levels, slopes = _discounted_lines(relative, known, finest(period))
        summary = _summary(
            relative, known, period, second, np.hstack([clear, clear_too]),
            step / divisor[:, 0], values, (levels, slopes),
        )  # fmt: skip
        patches, begun = _patches(relative, known, seasonal_steps / divisor, both, finest(period))
        return cls(
            patches=patches,
            begun=begun,
            summary=summary.astype(np.float32),
            anchor=anchor,
            scale=scale,
            seasonal_odds=1 / (1 - np.clip(clear[:, 1], 0.01, 0.999)) - 1,
            _relative=relative,
            _known=known,
            _periods=(period, second),
            _indices=(first_indices, second_indices),
            _lines=(levels, slopes),
        )

    def alone(self, i: int) -> HistoryInputs:
        """Return those of one history, which have the same bits beside others."""
        one = slice(i, i + 1)
        first, second = self._indices
        levels, slopes = self._lines
        return HistoryInputs(
            patches=np.ascontiguousarray(self.patches[:, one]),
            begun=np.ascontiguousarray(self.begun[:, one]),
            summary=self.summary[one],
            anchor=self.anchor[one],
            scale=self.scale[one],
            seasonal_odds=self.seasonal_odds[one],
            _relative=self._relative[one],
            _known=self._known[one],
            _periods=self._periods,
            _indices=(first[one], second[one]),
            _lines=(levels[one], slopes[one]),
        )

    def ahead(self, steps: Indices) -> tuple[Float32s, Float64s]:
        """Return what is known of steps ahead, 1 for the next.

        Returns:
            float32 [steps, series, AHEAD]; float64 [steps, series], what the network's answers
            are added to, in units of the data.
        """
        period, second = self._periods
        count, length = self._relative.shape
        first = self._indices[0][:, (steps - 1) % self._indices[0].shape[1]].T
        other = self._indices[1][:, (steps - 1) % self._indices[1].shape[1]].T
        divisor = np.where(self.scale > 0, self.scale, 1.0)
        column = steps[:, None] * np.ones(count)
        lengths = self._known.sum(axis=1)
        turn = 2 * np.pi * ((steps - 1) % period) / period
        told = [
            np.log(column), np.sqrt(column) / 4, np.minimum(column / period, 4.0) / 2,
            np.log(column / np.maximum(lengths, 1)),
            np.sin(turn)[:, None] * np.ones(count), np.cos(turn)[:, None] * np.ones(count),
            compressed(first / divisor), compressed(other / divisor),
        ]  # fmt: skip
        for lag, rounds in ((period, 3), (second, 2)):
            back = (steps - 1) // max(lag, 1) + 1
            for k in range(rounds):
                at = length - 1 + steps - (back + k) * lag
                inside = (at >= 0) & (lag > 1)
                safe = np.where(inside, at, 0)
                seen = self._known[:, safe].T * inside[:, None]
                told += [compressed(self._relative[:, safe].T * seen)]
                if k == 0 or (lag == period and k == 1):
                    told += [seen]
        levels, slopes = self._lines
        for k in (1, 2, 3, 4):
            told += [compressed(levels[:, k] + slopes[:, k] * column)]
        return (
            np.stack(told, axis=2).astype(np.float32),
            np.asarray(self.anchor + first + other),
        )


def _repeated(places: Float64s, length: int) -> Float64s:
    """Return float64 [series, length], the places of a season up to the newest value."""
    period = places.shape[1]
    return places[:, (np.arange(length) - length) % period]


def _newest_level(adjusted: Float64s, known: Float64s) -> Float64s:
    """Return float64 [series], the level that simple exponential smoothing arrives at.

    Each smoothing weighs by how likely its errors one step ahead make it, as by Akaike's weights:
    of a random walk the last value counts alone, of noise nearly all do alike.
    """
    count = len(adjusted)
    levels, errors = np.empty((len(_SMOOTHINGS), count)), np.empty((len(_SMOOTHINGS), count))
    has_before = known[:, 1:] * (np.cumsum(known, axis=1)[:, :-1] > 0)
    for k, alpha in enumerate(_SMOOTHINGS):
        path = _smoothed(adjusted, known, alpha)
        levels[k] = path[:, -1]
        errors[k] = known_mean((adjusted[:, 1:] - path[:, :-1]) ** 2, has_before)
    least = errors.min(axis=0)
    steps = np.minimum(has_before.sum(axis=1), _MOST_STEPS)
    with np.errstate(over="ignore"):  # infinitely worse than one without errors counts for nothing
        worse = np.log(np.maximum(errors, 1e-300) / np.maximum(least, 1e-300))
    likely = np.exp(-0.5 * steps * worse)
    return np.asarray((likely * levels).sum(axis=0) / likely.sum(axis=0))


def _smoothed(values: Float64s, known: Float64s, alpha: float) -> Float64s:
    """Return the level at each value, of what is known up to it."""
    if alpha == 1.0:  # the last known value stands where one is missing
        place = np.maximum.accumulate(np.where(known > 0, np.arange(values.shape[1]), 0), axis=1)
        return np.take_along_axis(values, place, axis=1)
    path, weight = (_discounted_sums(part, 1 - alpha) for part in (values * known, known))
    return np.asarray(path / np.maximum(weight, 1e-12))


def _discounted_sums(values: Float64s, kept: float) -> Float64s:
    """Return sums over time of which a share is kept at each step.

    By doubling: of one step, then of two, of four, until nothing is kept. The same bits whatever
    stands beside a series, and before it, which a product of matrices would not give.
    """
    sums, reach = values.copy(), 1
    while reach < values.shape[1] and kept**reach > _NOTHING:
        sums[:, reach:] += kept**reach * sums[:, :-reach]
        reach *= 2
    return sums


def _steps(values: Float64s, known: Float64s, lag: int) -> tuple[Float64s, Float64s]:
    """Return what changed since some steps before, and 1 where both values are known."""
    moved, both = np.zeros_like(values), np.zeros_like(known)
    if lag < values.shape[1]:
        both[:, lag:] = known[:, lag:] * known[:, :-lag]
        moved[:, lag:] = (values[:, lag:] - values[:, :-lag]) * both[:, lag:]
    return moved, both


def _scales(
    moved: Float64s, pairs: Float64s, adjusted: Float64s, known: Float64s, period: int
) -> tuple[Float64s, Float64s]:
    """Return the mean size of a seasonal step, and of a single one without the season."""
    single, both = _steps(adjusted, known, 1)
    step = known_mean(np.abs(single), both)
    scale = known_mean(np.abs(moved), pairs)
    few = pairs.sum(axis=1) < np.minimum(period, 4)
    return np.asarray(np.where(few | (scale <= 0), step, scale)), step


def _discounted_lines(relative: Float64s, known: Float64s, span: int) -> tuple[Float64s, Float64s]:
    """Return level and slope, at the newest value, of lines that forget at several speeds."""
    back = -np.arange(relative.shape[1], dtype=np.float64)[::-1]
    speeds = np.array(_MEMORIES) * span
    weights = np.exp(back[:, None] / speeds)
    w0, w1, w2 = (_weighed(known, weights * back[:, None] ** power) for power in (0, 1, 2))
    y0, y1 = (_weighed(relative, weights * back[:, None] ** power) for power in (0, 1))
    w2 = w2 + _RIDGE * speeds**2 + 2.0
    w0 = np.maximum(w0, 1e-12)
    slope = (y1 - y0 * w1 / w0) / (w2 - w1**2 / w0)
    level = (y0 - slope * w1) / w0
    return level, slope


def _weighed(values: Float64s, weights: Float64s) -> Float64s:
    """Return float64 [series, weights], the sums of values under weights [time, weights].

    A product of matrices adds in an order that depends on how many series there are.
    """
    columns = np.ascontiguousarray(weights.T)
    return np.stack([np.einsum("ij,j->i", values, column) for column in columns], axis=1)


def _patches(
    relative: Float64s, known: Float64s, seasonal: Float64s, both: Float64s, span: int
) -> tuple[Float32s, Flags]:
    """Return float32 [steps, series, PER_STEP], the newest values finest, and which have begun."""
    count, length = relative.shape
    edges = [0]  # of values, counted back from the newest
    for times in SPANS:
        for _ in range(PATCH):
            if edges[-1] < length:
                edges.append(edges[-1] + times * span)
    missing = -(len(edges) - 1) % PATCH
    last = edges[-1] - edges[-2]
    edges += [edges[-1] + last * (k + 1) for k in range(missing)]
    cuts = np.clip(length - np.array(edges[::-1]), 0, length)  # oldest first

    def means(values: Float64s, weights: Float64s) -> tuple[Float64s, Float64s]:
        sums, counts = (
            np.diff(np.concatenate([np.zeros((count, 1)), part.cumsum(axis=1)], axis=1)[:, cuts])
            for part in (values * weights, weights)
        )
        return sums / np.maximum(counts, 1), counts

    value, seen = means(relative, known)
    change, pairs = means(seasonal, both)
    widths = np.diff(np.array(edges))[::-1]
    share = seen / widths
    has = seen > 0
    before = np.zeros_like(value)
    before[:, 1:] = (value[:, 1:] - value[:, :-1]) * has[:, 1:] * has[:, :-1]
    parts = (
        compressed(value), compressed(before), compressed(change), share, pairs / widths,
    )  # fmt: skip
    steps = value.shape[1] // PATCH
    shaped = [part.reshape(count, steps, PATCH) for part in parts]
    coarse = np.log2(widths.reshape(steps, PATCH)[:, :1] / span) / 3
    shaped.append(np.broadcast_to(coarse, (count, steps, 1)))
    read = np.concatenate(shaped, axis=2).transpose(1, 0, 2)
    begun = known.argmax(axis=1) < cuts[PATCH::PATCH, None]
    return np.ascontiguousarray(read, dtype=np.float32), begun


def _summary(
    relative: Float64s, known: Float64s, period: int, second: int, clear: Float64s,
    step: Float64s, values: Float64s, lines: tuple[Float64s, Float64s],
) -> Float64s:  # fmt: skip
    """Return float64 [series, SUMMARY], each history in some forty numbers."""
    count, length = relative.shape
    lengths = known.sum(axis=1)
    ones = np.ones(count)
    single, both = _steps(relative, known, 1)
    size = np.sqrt(known_mean(single**2, both)) + 1e-6
    mean = known_mean(relative, known)
    spread = np.sqrt(known_mean((relative - mean[:, None]) ** 2, known))
    lagged, pairs = _steps(single, both, 1)
    rough = known_mean(lagged**2, pairs)
    autocorrelation = 1 - rough / (2 * size**2)
    far, far_pairs = _steps(relative, known, period if period > 1 else 2)
    slow = known_mean(np.abs(far), far_pairs)
    reach = np.where(known > 0, np.abs(values), 0).max(axis=1) + 1e-300
    zeros = known_mean((np.abs(values) <= 1e-9 * reach[:, None]) * 1.0, known)
    told = [
        np.log(np.maximum(lengths, 1)) / 3, np.log(period) / 3 * ones,
        np.log(max(second, 1)) / 5 * ones, np.log(np.maximum(lengths, 1) / period) / 3,
        np.log(step + 0.01), np.log(size / np.maximum(step, 1e-6)), np.log(spread + 0.01),
        autocorrelation, np.log(slow + 0.01), zeros, lengths / (length - known.argmax(axis=1)),
        compressed(-relative.min(axis=1)),
    ]  # fmt: skip
    newest_values = np.zeros((count, 2 * _NEWEST))
    width = min(_NEWEST, length)
    newest_values[:, _NEWEST - width : _NEWEST] = compressed(relative[:, -width:])
    newest_values[:, 2 * _NEWEST - width :] = known[:, -width:]
    levels, slopes = lines
    return np.hstack(
        [np.stack(told, axis=1), newest_values, compressed(levels), compressed(8 * slopes), clear]
    )
