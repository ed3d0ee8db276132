"""What is chosen from the data where the user has not chosen."""

from __future__ import annotations

import numpy as np
import pytest

from recur.data.synthetic import random_walk, sine
from recur.data.tables.readers import read_panel
from recur.errors import SettingsError
from recur.tasks.budget import enough_epochs
from recur.tasks.forecast import defaults


@pytest.mark.parametrize(
    ("length", "horizon", "expected"),
    [(1000, 1, 200), (1000, 24, 240), (1000, 100, 300), (144, 12, 43), (30, 1, 9), (30, 20, 20)],
)
def test_enough_is_held_out_to_say_something(length: int, horizon: int, expected: int) -> None:
    panel = read_panel(np.arange(float(length)))
    assert defaults.test_lengths(panel, horizon, None).tolist() == [expected]


def test_a_given_test_length_has_to_hold_a_horizon_or_be_nothing() -> None:
    panel = read_panel(np.arange(100.0))
    assert defaults.test_lengths(panel, 5, 5).tolist() == [5]
    assert defaults.test_lengths(panel, 5, 0).tolist() == [0]
    for test in (4, -1):
        with pytest.raises(SettingsError, match=f"`test` is {test}"):
            defaults.test_lengths(panel, 5, test)


@pytest.mark.parametrize(
    ("horizon", "season", "history", "expected"),
    [
        (1, 1, 1000, 24),
        (1, 50, 1000, 75),
        (48, 1, 1000, 96),
        (12, 12, 60, 20),
        (1, 1, 2, 1),
        (1, 3000, 20_000, 384),
        (336, 1, 20_000, 384),
        (600, 3000, 20_000, 600),
    ],
)
def test_lookback_covers_a_season_and_two_horizons(
    horizon: int, season: int, history: int, expected: int
) -> None:
    assert defaults.lookback_length(None, horizon, season, history) == expected
    assert defaults.lookback_length(7, horizon, season, history) == 7


@pytest.mark.parametrize(
    ("windows", "expected"), [(64, 300), (128, 250), (320, 100), (6400, 15), (640_000, 2)]
)
def test_short_series_are_visited_more_often(windows: int, expected: int) -> None:
    assert enough_epochs(None, windows, batch=64, values=windows) == expected
    assert enough_epochs(3, windows, batch=64, values=windows) == 3


def test_a_few_short_series_do_not_decide_what_all_are_seen_by() -> None:
    lengths = np.array([70] * 9 + [4])
    assert defaults.lookback_length(None, 6, 12, lengths) == 24
    assert defaults.lookback_length(None, 6, 12, lengths[-2:]) == 24
    assert defaults.least_history(24, lengths, None) == 3
    assert (
        defaults.least_history(24, lengths[:9] + 2, None) == 24
    )  # whole windows where all have them
    assert defaults.least_history(67, lengths[:9], 3) == 67  # asked for, and held by each
    assert defaults.least_history(68, lengths[:9], 3) == 3
    assert defaults.lookback_length(None, 2, 1, np.array([8])) == 3  # a trend takes three


def test_a_level_that_drifts_is_scaled_by_the_window() -> None:
    steady = [sine(320, 50, noise=0.3, seed=seed).values for seed in range(20)]
    drifting = [random_walk(320, seed=seed).values for seed in range(40)]
    assert {defaults.scaling_kind([values], 24) for values in steady} == {"series"}
    assert {defaults.scaling_kind([values], 24) for values in drifting} == {"window"}
    assert defaults.scaling_kind([*steady[:3], *drifting[:4]], 24) == "window"
    assert defaults.scaling_kind([np.full(50, 7.0)], 24) == "series"
    assert defaults.scaling_kind(drifting[:1], 2) == "series"
    assert defaults.scaling_kind(drifting[:2], 2) == "window"


def test_a_newest_stretch_at_another_level_is_scaled_by_the_window() -> None:
    steady = [sine(320, 25, noise=0.3, seed=seed).values for seed in range(40)]
    assert {defaults.scaling_kind([values], 38) for values in steady} == {"series"}
    for seed in range(20):
        around = 34 + 3 * np.random.default_rng(seed).normal(size=600)
        spike = np.concatenate([around, np.full(1, 0.1), around[:9]])
        gone = np.concatenate([around, np.full(10, 0.1)])  # which moves no mean of a fifth by much
        assert defaults.scaling_kind([spike], 24) == "series"
        assert defaults.scaling_kind([gone], 24) == "window"
    assert defaults.scaling_kind([np.full(200, 7.0)], 24) == "series"


def test_forecasts_count_from_what_repeats_better() -> None:
    seasonal = [sine(300, 12, noise=0.1, seed=i).values for i in range(3)]
    drifting = [random_walk(300, seed=i).values for i in range(4)]
    kind = defaults.residual_kind
    assert kind(seasonal, 12, 12, "window") == "seasonal"
    assert kind(seasonal, 1, 12, "window") == "last"  # there is no season
    assert kind(drifting, 12, 12, "window") == "last"
    assert kind([*seasonal, *drifting], 12, 12, "window") == "last"  # the middle one decides
    assert kind(seasonal, 12, 12, "series") == "none"
    assert kind([np.full(60, 3.0)], 12, 12, "window") == "last"
    assert kind([seasonal[0][:20]], 12, 12, "window") == "last"  # too short to have repeated


@pytest.mark.parametrize(
    ("share", "ends", "horizon", "levels", "expected"),
    [
        (0.15, [1000], 1, (80, 95), [150]),  # the share is plenty
        (0.1, [100], 1, (80,), [10]),
        (0.05, [100], 1, (95,), [19]),  # nineteen windows support 95 %
        (0.05, [100], 6, (95,), [24]),  # and take a horizon more
        (0.05, [40], 1, (95,), [12]),  # but no more than three tenths
        (0.05, [100, 60, 300], 2, (95,), [8, 8, 15]),  # several series share the windows
        (0.05, [10], 4, (80,), [4]),  # and never less than a horizon
    ],
)
def test_as_much_is_kept_to_calibrate_on_as_a_level_takes(
    share: float, ends: list[int], horizon: int, levels: tuple[float, ...], expected: list[int]
) -> None:
    found = defaults.calibration_lengths(share, np.array(ends), horizon, levels, len(ends))
    assert found.tolist() == expected


def test_series_to_choose_by_are_not_calibrated_on() -> None:
    ends = np.array([100, 50, 50, 50])
    assert defaults.calibration_lengths(0.05, ends, 1, (95,), learning=1)[0] == 19


def test_the_size_follows_how_much_there_is_to_learn() -> None:
    assert defaults.hidden_size(5, 10**9) == 5
    assert defaults.hidden_size(None, 1_000) < defaults.hidden_size(None, 10**6)


def test_a_few_wild_targets_take_the_absolute_loss() -> None:
    normal = np.random.default_rng(0).normal(size=(500, 4)).astype(np.float32)
    assert defaults.loss_kind(normal, 1) == "mse"
    wild = normal.copy()
    wild[::50] *= 20
    assert defaults.loss_kind(wild, 1) == "mae"
    assert defaults.loss_kind(1000 * wild, 1) == "mae"  # whatever the unit
    assert defaults.loss_kind(np.zeros((3, 2), np.float32), 1) == "mse"
    assert defaults.loss_kind(normal, 2) == "mae"  # series differ
