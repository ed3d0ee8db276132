"""The simple answers to noise: averages, Savitzky and Golay's polynomials, Wiener's filter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from recur.arrays import Float64s
from recur.data.signals.recordings import RecordingArrays, by_length, each_by_length
from recur.errors import SettingsError, nearest

AHEAD = ("moving_average", "savitzky_golay", "wiener")
"""The filters that see what comes after the value they clean."""

CAUSAL = ("trailing_average", "causal_wiener")
"""Those that see only what came before, and can be used while a signal comes in."""

_WINDOWS = (
    3, 5, 7, 9, 13, 17, 21, 25, 33, 41, 49, 65, 81, 97, 129, 193, 257, 385, 513, 769, 1025, 1537,
    2049,
)  # fmt: skip
_USUAL_WIENER, _LONGEST_WIENER = 65, 513  # the most that is seen of short recordings, and of any
_STEPS_FOR_EACH = 20  # training steps for each value that a Wiener filter sees
_RIDGE = 1e-6  # of the signal's power
_ORDER = 3  # of the polynomials
_FITTED = 20_000  # training steps that filters are fitted to, at least, where there are so many
_PIECE = 2_500  # steps that are taken of a recording at once
_TOGETHER = 1 << 18  # steps of recordings that are filtered at once


@dataclass(frozen=True)
class Moments:
    """What a Wiener filter knows of one channel.

    Attributes:
        noisy: mean of the noisy values.
        clean: mean of the clean ones.
        own: mean product of two noisy values so many steps apart, from 0 on.
        cross: mean product of a clean value and a noisy one so many steps later, the most
            negative first; as many before lag 0 as after it, or what is left of them.
    """

    noisy: float
    clean: float
    own: tuple[float, ...]
    cross: tuple[float, ...]

    def within(self, before: int, after: int) -> Moments:
        """Return what a filter needs that sees so many values before and after a value."""
        middle = len(self.cross) // 2
        cross = self.cross[middle - before : middle + after + 1]
        return Moments(self.noisy, self.clean, self.own[: before + after + 1], cross)

    def fits(self, window: int) -> bool:
        """Say whether they are finite and what a filter needs that sees so many values."""
        finite = np.isfinite([self.noisy, self.clean, *self.own, *self.cross]).all()
        return bool(finite) and len(self.own) == len(self.cross) == window


@dataclass(frozen=True)
class Filter:
    """A way to clean a signal without a network, fitted to training recordings.

    Attributes:
        name: one of `AHEAD` or `CAUSAL`.
        window: values that it sees at once.
        moments: of a Wiener filter, for each channel; none for other filters.
    """

    name: str
    window: int
    moments: tuple[Moments, ...] = ()

    @staticmethod
    def from_dict(values: dict[str, Any]) -> Filter:
        """Return the filter that `to_dict` has described."""
        name, window = str(values["name"]), values["window"]
        if name not in (*AHEAD, *CAUSAL):
            raise SettingsError(f"there is no filter {name!r}; {nearest(name, (*AHEAD, *CAUSAL))}.")
        if type(window) is not int or window % 2 == 0 or not 3 <= window <= _WINDOWS[-1]:
            raise SettingsError(
                f"the window of the filter `{name}` is {window!r}; it must be an odd number from "
                f"3 to {_WINDOWS[-1]:,}."
            )
        moments = tuple(
            Moments(float(noisy), float(clean), tuple(map(float, own)), tuple(map(float, cross)))
            for noisy, clean, own, cross in values["moments"]
        )
        if bool(moments) == (name in _BY_WINDOW) or not all(m.fits(window) for m in moments):
            raise SettingsError(f"the moments of the filter `{name}` are not those of its window.")
        return Filter(name, window, moments)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        moments = [[m.noisy, m.clean, list(m.own), list(m.cross)] for m in self.moments]
        return {"name": self.name, "window": self.window, "moments": moments}

    def clean(self, parts: RecordingArrays) -> RecordingArrays:
        """Return recordings, each [time, channels], cleaned."""
        weights: list[_Weights] = [{} for _ in self.moments]
        return each_by_length(parts, lambda block: self.on(block, weights), _TOGETHER)

    def on(self, block: Float64s, weights: Sequence[_Weights] | None = None) -> Float64s:
        """Return recordings of one length, float64 [time, recordings, channels], cleaned.

        Weights of each channel's Wiener filter are solved once where they are kept in `weights`.
        """
        if not self.moments:
            return _BY_WINDOW[self.name](block, self.window)
        before, after = _reach(self.name, self.window)
        kept = weights or [{} for _ in self.moments]
        channels = [
            _wiener(block[:, :, i], moments, kept[i], before, after)
            for i, moments in enumerate(self.moments)
        ]
        return np.stack(channels, axis=2)


def fit_filters(noisy: RecordingArrays, clean: RecordingArrays) -> tuple[Filter, ...]:
    """Return every filter, fitted to training recordings by the least squared error.

    Each has the window that is best there, of up to 2,049 values; Wiener filters, whose weights
    are fitted too, see up to 513. Of several channels each is cleaned by itself.
    """
    some = _some(noisy, clean)
    return (
        *(_best_window(name, some) for name in _BY_WINDOW),
        _fit_wiener("wiener", some),
        _fit_wiener("causal_wiener", some),
    )


def moving_average(block: Float64s, window: int) -> Float64s:
    """Return the means of `window` values around each one; of fewer at the ends.

    >>> moving_average(np.array([0.0, 3.0, 6.0, 0.0]), window=3)
    array([1.5, 3. , 3. , 3. ])
    """
    return _means(block, before=window // 2, after=window // 2)


def trailing_average(block: Float64s, window: int) -> Float64s:
    """Return the means of each value and those before it, `window` in all.

    >>> trailing_average(np.array([0.0, 3.0, 6.0, 0.0]), window=3)
    array([0. , 1.5, 3. , 3. ])
    """
    return _means(block, before=window - 1, after=0)


def savitzky_golay(block: Float64s, window: int) -> Float64s:
    """Return the values of cubic polynomials fitted to `window` values around each one.

    Where a recording is shorter than the window, the window is as long as the recording; one too
    short for a cubic stays as it is.
    """
    longest = len(block) - 1 + len(block) % 2
    if longest <= _ORDER:
        return block.copy()
    width = max(_ORDER + 2, min(window, longest))
    half, inner = width // 2, len(block) - width + 1
    powers = np.vander(np.linspace(-1.0, 1.0, width), _ORDER + 1)
    fitted = powers @ np.linalg.pinv(powers)  # at each place of a window, from its values
    cleaned = np.empty_like(block)
    cleaned[:half] = np.tensordot(fitted[:half], block[:width], 1)
    cleaned[half : half + inner] = sum(fitted[half, k] * block[k : k + inner] for k in range(width))
    cleaned[half + inner :] = np.tensordot(fitted[half + 1 :], block[-width:], 1)
    return cleaned


_BY_WINDOW: dict[str, Callable[[Float64s, int], Float64s]] = {
    "moving_average": moving_average,
    "savitzky_golay": savitzky_golay,
    "trailing_average": trailing_average,
}

_Weights = dict[tuple[int, int], Float64s]
"""The weights of a Wiener filter where so much of its window is there, from one to another."""

_Blocks = list[tuple[Float64s, Float64s]]
"""Noisy and clean recordings of one length, each [time, recordings, channels]."""


def _means(block: Float64s, before: int, after: int) -> Float64s:
    first = block[:1]  # taken off, so that sums of a high level lose no digits
    sums = np.concatenate([np.zeros_like(first), np.cumsum(block - first, axis=0)])
    time = np.arange(len(block))
    low, high = np.maximum(time - before, 0), np.minimum(time + after + 1, len(block))
    counts = (high - low).reshape(-1, *(1 for _ in block.shape[1:]))
    return np.asarray(first + (sums[high] - sums[low]) / counts)


def _best_window(name: str, blocks: _Blocks) -> Filter:
    """Return the filter with the window of the least squared error."""
    longest = max(len(noisy) for noisy, _ in blocks)
    filters = [Filter(name, w) for w in _WINDOWS if w <= max(_WINDOWS[0], longest)]
    return min(filters, key=lambda one: _squares(one, blocks))


def _squares(one: Filter, blocks: _Blocks) -> float:
    return sum(float(np.sum((one.on(noisy) - clean) ** 2)) for noisy, clean in blocks)


def _steps(blocks: _Blocks) -> int:
    return sum(noisy.shape[0] * noisy.shape[1] for noisy, _ in blocks)


def _fit_wiener(name: str, blocks: _Blocks) -> Filter:
    """Return the Wiener filter with the window of the least squared error.

    Its weights are fitted to the very steps that its error is over, so each costs that error what
    it is expected to gain there and to lose elsewhere (Akaike's criterion).
    """
    windows, steps = _wiener_windows(blocks), _steps(blocks)
    moments = [_moments(blocks, i, windows[-1]) for i in range(blocks[0][0].shape[2])]
    filters = [Filter(name, w, tuple(m.within(*_reach(name, w)) for m in moments)) for w in windows]
    return min(filters, key=lambda one: _squares(one, blocks) * (1 + 2 * one.window / steps))


def _wiener_windows(blocks: _Blocks) -> list[int]:
    """Return the windows to be tried: few values where moments would be mostly chance."""
    length = max(len(noisy) for noisy, _ in blocks)
    longest = min(
        max(_USUAL_WIENER, length // 4), _LONGEST_WIENER, _steps(blocks) // _STEPS_FOR_EACH
    )
    return [window for window in _WINDOWS if window <= max(_WINDOWS[0], longest)]


def _reach(name: str, window: int) -> tuple[int, int]:
    """Return how many values before a value and after it a filter sees."""
    after = window // 2 if name in AHEAD else 0
    return window - 1 - after, after


def _moments(blocks: _Blocks, channel: int, window: int) -> Moments:
    """Return the moments of a channel up to lags of a window, both ways."""
    pairs = [(noisy[:, :, channel], clean[:, :, channel]) for noisy, clean in blocks]
    count = sum(noisy.size for noisy, _ in pairs)
    means = [sum(float(pair[i].sum()) for pair in pairs) / count for i in (0, 1)]
    pairs = [(noisy - means[0], clean - means[1]) for noisy, clean in pairs]
    own = [_product([(x, x) for x, _ in pairs], lag) for lag in range(window)]
    cross = [_product([(y, x) for x, y in pairs], lag) for lag in range(1 - window, window)]
    return Moments(means[0], means[1], tuple(own), tuple(cross))


def _product(pairs: _Blocks, lag: int) -> float:
    """Return the mean product of values and others so many steps later, 0 where there are none."""
    total, count = 0.0, 0
    ahead, back = max(lag, 0), max(-lag, 0)
    for first, second in pairs:
        if abs(lag) >= len(first):
            continue
        products = first[back : len(first) - ahead] * second[ahead : len(second) - back]
        total, count = total + float(np.sum(products)), count + products.size
    return total / max(1, count)


def _wiener(
    block: Float64s, moments: Moments, weights: _Weights, before: int, after: int
) -> Float64s:
    """Return recordings [time, recordings], each value a weighted sum of those around it.

    The weights are those of least squared error for values with such moments, at every step for
    the values that are there; at the ends of a recording they are fewer. Those that were not asked
    for before are added to `weights`.
    """
    steps = len(block)
    padded = np.pad(block - moments.noisy, ((before, after), (0, 0)))
    cleaned = np.empty_like(block)
    for t in range(steps):
        seen = slice(max(0, before - t), min(before + after + 1, before + steps - t))
        key = seen.start, seen.stop
        if key not in weights:
            weights[key] = _solved(moments, seen)
        cleaned[t] = weights[key] @ padded[t + seen.start : t + seen.stop]
    return cleaned + moments.clean


def _solved(moments: Moments, seen: slice) -> Float64s:
    from scipy.linalg import solve_toeplitz  # slow to import

    own, cross = np.array(moments.own), np.array(moments.cross)[seen]
    if own[0] == 0:
        return np.zeros_like(cross)
    own[0] *= 1 + _RIDGE
    return np.asarray(solve_toeplitz(own[: len(cross)], cross))


def _some(noisy: RecordingArrays, clean: RecordingArrays) -> _Blocks:
    """Return pieces spread evenly over all recordings, of as many steps as filters need."""
    every = max(1, sum(map(len, noisy)) // _FITTED)
    taken = [_pieces(parts)[::every] for parts in (noisy, clean)]
    return [
        (block, np.stack([taken[1][i] for i in some], axis=1))
        for some, block in by_length(taken[0], _FITTED)
    ]


def _pieces(parts: RecordingArrays) -> RecordingArrays:
    return tuple(
        part[first : first + _PIECE] for part in parts for first in range(0, len(part), _PIECE)
    )
