"""What is chosen from the data where the user has not chosen."""

from __future__ import annotations

import numpy as np
import pytest

from recur.data.readers import read_panel
from recur.data.synthetic import random_walk, sine
from recur.errors import SettingsError
from recur.tasks import choices


@pytest.mark.parametrize(
    ("length", "horizon", "expected"),
    [(1000, 1, 200), (1000, 24, 240), (1000, 100, 300), (144, 12, 43), (30, 1, 9), (30, 20, 20)],
)
def test_enough_is_held_out_to_say_something(length: int, horizon: int, expected: int) -> None:
    panel = read_panel(np.arange(float(length)))
    assert choices.test_lengths(panel, horizon, None).tolist() == [expected]


def test_a_given_test_length_has_to_hold_a_horizon_or_be_nothing() -> None:
    panel = read_panel(np.arange(100.0))
    assert choices.test_lengths(panel, 5, 5).tolist() == [5]
    assert choices.test_lengths(panel, 5, 0).tolist() == [0]
    for test in (4, -1):
        with pytest.raises(SettingsError, match=f"`test` is {test}"):
            choices.test_lengths(panel, 5, test)


@pytest.mark.parametrize(
    ("horizon", "season", "history", "expected"),
    [(1, 1, 1000, 24), (1, 50, 1000, 75), (48, 1, 1000, 96), (12, 12, 60, 20), (1, 1, 2, 1)],
)
def test_lookback_covers_a_season_and_two_horizons(
    horizon: int, season: int, history: int, expected: int
) -> None:
    assert choices.lookback_length(None, horizon, season, history) == expected
    assert choices.lookback_length(7, horizon, season, history) == 7


@pytest.mark.parametrize(
    ("windows", "expected"), [(64, 300), (128, 250), (320, 100), (6400, 15), (640_000, 2)]
)
def test_short_series_are_visited_more_often(windows: int, expected: int) -> None:
    assert choices.epochs(None, windows, batch=64, values=windows) == expected
    assert choices.epochs(3, windows, batch=64, values=windows) == 3


def test_a_level_that_drifts_is_scaled_by_the_window() -> None:
    steady = [sine(320, 50, noise=0.3, seed=seed).values for seed in range(20)]
    drifting = [random_walk(320, seed=seed).values for seed in range(40)]
    assert {choices.scaling_kind([values], 24) for values in steady} == {"series"}
    assert {choices.scaling_kind([values], 24) for values in drifting} == {"window"}
    assert choices.scaling_kind([*steady[:3], *drifting[:4]], 24) == "window"
    assert choices.scaling_kind([np.full(50, 7.0)], 24) == "series"
    assert choices.scaling_kind(drifting[:1], 2) == "series"
