"""What the pretrained network forecasts of histories: as `recur.tasks.forecast.pretrained`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from recur.data.histories.inputs import HistoryInputs
from recur.data.histories.spans import FEWEST, longest_read
from recur.export.parts import Array
from recur.tasks.forecast.pretrained import periods
from recur.tasks.forecast.quantile_head import ordered, places_of

Answer = Callable[..., Array]

LEAST_AHEAD = 64  # steps that it looks ahead at once, or two seasons


def told(state: Array, summary: Array, ahead: Array) -> Array:
    """Return [1, steps * series, inputs], what the decoder is told of each step ahead."""
    known = np.concatenate([state, summary], axis=1)
    both = np.concatenate([np.broadcast_to(known, (len(ahead), *known.shape)), ahead], axis=2)
    return both.reshape(1, -1, both.shape[2]).astype(np.float32)


def in_order(raw: Array, ahead: Array, middle: int) -> Array:
    """Return quantiles [steps, series, levels] of what the decoder answers."""
    return ordered(raw.astype(np.float64).reshape(*ahead.shape[:2], -1), middle)


def mean_answer(*quantiles: Array) -> Array:
    """Return the mean of what several networks say."""
    return np.mean(quantiles, axis=0)


def history_quantiles(
    answer: Answer, histories: Array, horizon: int, levels: list[float], season: int,
    suggested: list[int],
) -> Array:  # fmt: skip
    """Return quantiles [series, horizon, levels] of the steps after each history.

    Args:
        answer: the networks.
        histories: [series, time], not a number where a value is missing.
        horizon: steps ahead.
        levels: of the quantiles.
        season: that the model has found or was told, 1 for none.
        suggested: the seasons that the clock suggests.
    """
    begins = np.isfinite(histories).argmax(axis=1)
    longest = int((histories.shape[1] - begins).max())
    period, second = periods(season, suggested, longest)
    read = longest_read(period, second)
    made = []
    for history, begin in zip(histories, begins, strict=True):
        values = history[begin:][-read:]
        observed = values[np.isfinite(values)]
        if len(observed) < FEWEST:
            made.append(walk_from(observed, horizon, levels))
        else:
            made.append(onward(answer, values[None], horizon, levels, period, second)[0])
    return np.stack(made)


def walk_from(observed: Array, horizon: int, levels: list[float]) -> Array:
    """Return what is said of one value or two: the last one, and a walk of steps as large."""
    step = np.ptp(observed) or np.abs(observed[-1])
    reach = step * np.sqrt(np.arange(1, horizon + 1))
    return observed[-1] + np.outer(reach, places_of(levels))


def onward(
    answer: Answer, values: Array, horizon: int, levels: list[float], period: int, second: int
) -> Array:
    """Return quantiles as far as asked, in blocks of as many steps as the network looks."""
    middle, at_once = levels.index(0.5), max(LEAST_AHEAD, 2 * period)
    blocks, width = [], np.zeros((len(values), 1, len(levels)))
    for first in range(0, horizon, at_once):
        block = both_ways(answer, values, min(at_once, horizon - first), period, second)
        centre = block[:, :, middle, None]
        # What was fed on was not known: how uncertain its end was is added.
        reach = np.sign(block - centre) * np.hypot(block - centre, width)
        blocks.append(centre + reach)
        width = reach[:, -1:]
        values = np.concatenate([values, centre[:, :, 0]], axis=1)
    return np.concatenate(blocks, axis=1)


def both_ways(answer: Answer, values: Array, steps: int, period: int, second: int) -> Array:
    """Return the mean of what it makes of the values and, with a season, of their logarithms.

    Each weighs as the odds of the season are in it, what it explains over what it does not.
    """
    plain, odds = answered(answer, values, steps, period, second)
    if period > 1 and np.nanmin(values) > 0:
        part, others = answered(answer, np.log(values), steps, period, second)
        # No value absurdly far above what was ever seen.
        back = np.exp(np.minimum(part, np.log(np.nanmax(values)) + 3.0))
        plain += (others / (others + odds))[:, None, None] * (back - plain)
    return plain


def answered(
    answer: Answer, values: Array, steps: int, period: int, second: int
) -> tuple[Array, Array]:
    """Return quantiles [series, steps, levels], and the odds of the season of each series."""
    inputs = HistoryInputs.read(values, period, second)
    ahead, base = inputs.ahead(np.arange(1, steps + 1))
    mean = answer(inputs.patches, inputs.begun, inputs.summary, ahead)
    answers = mean * inputs.scale[None, :, None] + base[..., None]
    return answers.transpose(1, 0, 2), inputs.seasonal_odds


def median(quantiles: Array, levels: list[float]) -> Array:
    """Return the forecasts [series, horizon]."""
    return quantiles[:, :, levels.index(0.5)]


def ends_of(quantiles: Array, levels: list[float], wanted: list[float]) -> tuple[Array, Array]:
    """Return both ends [levels, series, horizon] of intervals of some levels, in percent."""
    low, high = (
        np.stack([at_level(quantiles, levels, 0.5 + side * level / 200) for level in wanted])
        for side in (-1, 1)
    )
    return low, high


def at_level(quantiles: Array, levels: list[float], level: float) -> Array:
    """Return one more quantile of those that the network gave: between two, or beyond."""
    places, (wanted,) = places_of(levels), places_of([level])
    right = int(np.clip(np.searchsorted(places, wanted), 1, len(places) - 1))
    share = (wanted - places[right - 1]) / (places[right] - places[right - 1])
    lower, upper = quantiles[..., right - 1], quantiles[..., right]
    return lower + share * (upper - lower)


def stretched_ends(centre: Array, low: Array, high: Array, by: Array) -> tuple[Array, Array]:
    """Return ends that reach so many times as far, none less than those of the level below."""
    lower = centre - by[:, None] * (centre - low)
    upper = centre + by[:, None] * (high - centre)
    return np.minimum.accumulate(lower, axis=0), np.maximum.accumulate(upper, axis=0)
