"""What is chosen from the data where the user has not chosen: test stretch, lookback, epochs."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Literal

import numpy as np

from recur.arrays import Float32s, Float64s, Indices
from recur.data.clock import Clock
from recur.data.describe.season import detect_season
from recur.data.histories.spans import FEWEST
from recur.data.panel.panel import Panel
from recur.data.panel.scaling import ScalingKind
from recur.data.sources.windows import Residual
from recur.errors import SettingsError
from recur.judge.forecast.conformal import windows_needed

_REPEATS = 0.8
_SERIES_LOOKED_AT = 1000
_WILD = 1.65
_SIZES = ((32, 100_000), (64, 10**18))  # units of the hidden state, up to so many values
_LONGEST = 384  # known values that a window holds by default
_STEADY = 0.08  # 4 in 10,000 random walks of 320 steps are below it, noisy seasons always


def test_lengths(panel: Panel, horizon: int, test: int | None) -> Indices:
    """Return int64 [series], how many values at the end of each are held out for judging.

    By default a fifth of each series, or up to three tenths where a fifth does not hold the ten
    horizons after which a verdict can say something; never less than a horizon.
    """
    if test is None:
        fifth, most = np.rint(0.2 * panel.lengths), np.rint(0.3 * panel.lengths)
        lengths = np.minimum(np.maximum(fifth, 10 * horizon), most)
        return np.asarray(np.maximum(lengths, horizon), np.int64)
    if test < 0 or 0 < test < horizon:
        raise SettingsError(
            f"`test` is {test}; it must be 0 (judge nothing) or at least the horizon, {horizon}."
        )
    return np.full(len(panel), test, np.int64)


def season_length(histories: Sequence[Float64s], clock: Clock, season: int | None) -> int:
    """Return the season in steps (1 for none), detected in the values where it is not given."""
    if season is None:
        return detect_season(histories, clock.seasons())
    longest = max(len(values) for values in histories)
    if season >= longest:
        raise SettingsError(
            f"`season` is {season}, but the longest history has {longest} values: none of it "
            "would have been seen twice; take a shorter season, or 1 for none."
        )
    return season


def scaling_kind(histories: Sequence[Float64s], lookback: int) -> ScalingKind:
    """Return how values are scaled: by the series where its level stays, else by the window.

    A level stays where the means of the thirds, quarters and fifths of a history differ by little
    beside the values themselves, and the newest stretch of it is at none that was never there
    before. Of many series some always drift, or leave their range: they are scaled by the window.
    """
    several = len(histories) > 1
    if lookback <= (1 if several else 2):
        return "series"
    if several:
        return "window"
    [history] = histories
    steady = max(_between(history, parts) for parts in (3, 4, 5)) < _STEADY
    return "series" if steady and not _has_gone(history, lookback) else "window"


def residual_kind(
    histories: Sequence[Float64s], season: int, horizon: int, scaling: ScalingKind
) -> Residual:
    """Return what forecasts count from: the value a season before where that repeats better.

    Both are compared on the training values, in the middle one of up to a thousand series. Where
    the level stays, forecasts count from that level: the noise of no single value is then in them.
    """
    if scaling != "window":
        return "none"
    if season == 1:
        return "last"
    sample = histories[:: -(-len(histories) // _SERIES_LOOKED_AT)]
    shares = [_repeats(history, season, horizon) for history in sample]
    return "seasonal" if np.median(shares) < _REPEATS else "last"


def _repeats(history: Float64s, season: int, horizon: int) -> float:
    """Return the squared error of repeating the last season over that of the last value."""
    ahead = min(horizon, season)
    if len(history) <= season + ahead:
        return np.inf
    steps = [history[ahead - k :] - history[: len(history) - (ahead - k)] for k in range(ahead)]
    last = float(np.mean([np.mean(step**2) for step in steps]))
    seasonal = float(np.mean((history[season:] - history[:-season]) ** 2))
    return seasonal / last if last > 0 else np.inf


def loss_kind(targets: Float32s, series: int) -> Literal["mse", "mae"]:
    """Return the loss that suits some scaled targets: the absolute one where a few are far out.

    Squared, the few would be all that counts: the root of the mean square is 1.25 times the mean
    size for normal errors, 1.5 for returns of stocks, and above 1.8 for electricity demand. Among
    many series there always are some that are harder than the others, whatever that number says.

    Args:
        targets: float32 [targets].
        series: how many they are of.
    """
    if series > 1:
        return "mae"
    sizes = np.abs(targets.astype(np.float64))
    wild = np.sqrt(np.mean(sizes**2)) > _WILD * np.mean(sizes)
    return "mae" if wild else "mse"


def hidden_size(hidden: int | None, values: int) -> int:
    """Return the size of the hidden state: by default the larger, the more there is to learn."""
    if hidden is not None:
        return hidden
    return next(size for size, most in _SIZES if values < most)


def _between(history: Float64s, parts: int) -> float:
    """Return the share of the variance that lies between the means of the parts of a history."""
    moved = history - history[0]
    variance = moved.var()
    means = [part.mean() for part in np.array_split(moved, parts) if len(part)]
    return float(np.var(means) / variance) if variance > 0 else 0.0


def _has_gone(history: Float64s, lookback: int) -> bool:
    """Say whether the newest lookback of a history is at a level that none before it was near.

    That is a standard deviation from the mean of what was before, and beyond the means of all
    lookbacks there by half the range of these.
    """
    before = history[:-lookback] - history[0]
    if len(before) < 2 * lookback:
        return False
    sums = np.concatenate([[0.0], np.cumsum(before)])
    means = (sums[lookback:] - sums[:-lookback]) / lookback
    newest = (history[-lookback:] - history[0]).mean()
    beyond = max(newest - means.max(), means.min() - newest)
    return bool(abs(newest - before.mean()) > before.std() and beyond > np.ptp(means) / 2)


def lookback_length(
    lookback: int | None, horizon: int, season: int, histories: Indices | int
) -> int:
    """Return how many known values a window holds.

    By default one and a half seasons, two horizons and 24 steps, whichever is most, and no more
    than 384 or a horizon: a training takes as long as its windows are. Of one series at most a
    third of the training history, so that there are windows enough. Of several, whose windows are
    enough together, at most the history of the middle one: what is shorter is masked. Three values
    are seen where there are so many, since of two no trend can be told from noise.

    Args:
        lookback: where it is given.
        horizon: steps ahead.
        season: in steps, 1 for none.
        histories: int64 [series], how many values of each there are to learn from.
    """
    if lookback is not None:
        return lookback
    steps = max(24, ceil(1.5 * season) if season > 1 else 0, 2 * horizon)
    typical = int(np.median(histories))
    most = typical if np.size(histories) > 1 else typical // 3
    most = max(most, min(FEWEST, typical - horizon))
    return max(1, min(steps, max(_LONGEST, horizon), most))


def least_history(lookback: int, histories: Indices, steps: int | None) -> int:
    """Return how many known values a window has at least: few, where one of several is short.

    Args:
        lookback: known values that a window holds.
        histories: int64 [series], how many values of each there are to learn from.
        steps: that follow a window, where its lookback was asked for and not chosen: then a series
            that holds one whole window is long enough.
    """
    enough = 3 * lookback if steps is None else lookback + steps
    if len(histories) == 1 or int(histories.min()) >= enough:
        return lookback
    return min(lookback, FEWEST)


def calibration_lengths(
    share: float, ends: Indices, horizon: int, levels: Sequence[float], learning: int
) -> Indices:
    """Return int64 [series], how many values before each end intervals are calibrated on.

    A share of the history, and where that has too few windows for the highest level, as many
    values as it takes, up to three tenths of the history. Only the first `learning` series are
    calibrated on.
    """
    windows = -(-windows_needed(max(levels)) // learning)
    needed = windows + horizon - 1
    lengths = np.maximum(np.ceil(share * ends), np.minimum(needed, 0.3 * ends))
    return np.asarray(np.maximum(lengths, horizon), np.int64)
