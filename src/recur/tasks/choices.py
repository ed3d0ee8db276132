"""What is chosen from the data where the user has not chosen: test stretch, lookback, epochs."""

from __future__ import annotations

from math import ceil

from recur.data.panel import Panel
from recur.data.season import detect_season
from recur.errors import SettingsError

# A small network has learnt what it will after so many optimiser steps. A short series gets them
# only at the price of many passes, and passes beyond a hundred teach it the noise by heart, so it
# has to do with fewer.
_STEPS, _PASSES = 1500, 100
_FEWEST_STEPS, _MOST_PASSES = 500, 300


def test_length(panel: Panel, horizon: int, test: int | None) -> int:
    """Return how many values at the end of each series are held out for judging.

    By default a fifth, or up to three tenths where a fifth does not hold the ten horizons after
    which a verdict can say something; of the shortest series.
    """
    shortest = int(panel.lengths.min())
    if test is None:
        fifth, most = round(0.2 * shortest), round(0.3 * shortest)
        return max(min(horizon, shortest // 3), min(max(fifth, 10 * horizon), most))
    if test < 0 or 0 < test < horizon:
        raise SettingsError(
            f"`test` is {test}; it must be 0 (judge nothing) or at least the horizon, {horizon}."
        )
    return test


def season_length(panel: Panel, season: int | None) -> int:
    """Return the season in steps (1 for none), detected in the values where it is not given."""
    if season is None:
        return detect_season(panel, panel.clock.seasons())
    shortest = int(panel.lengths.min())
    if season >= shortest:
        raise SettingsError(
            f"`season` is {season}, but the shortest history has {shortest} values: none of it "
            "would have been seen twice; take a shorter season, or 1 for none."
        )
    return season


def lookback_length(lookback: int | None, horizon: int, season: int, history: int) -> int:
    """Return how many known values a window holds.

    By default one and a half seasons, two horizons and 24 steps, whichever is most, but at most
    a third of the shortest training history.
    """
    if lookback is not None:
        return lookback
    wanted = max(24, ceil(1.5 * season) if season > 1 else 0, 2 * horizon)
    return max(1, min(wanted, history // 3))


def epochs(epochs: int | None, windows: int, batch: int) -> int:
    """Return how often the training windows are visited: until enough steps were taken."""
    if epochs is not None:
        return epochs
    steps = ceil(windows / batch)
    usual = min(_PASSES, _STEPS / steps)
    least = min(_MOST_PASSES, _FEWEST_STEPS / steps)
    return max(5, round(max(usual, least)))
