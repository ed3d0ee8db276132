"""Intervals must be measured as a loop by hand measures them, and refused where they are none."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from recur.errors import DataError, SettingsError
from recur.judge import Intervals, Walk, check_levels, level_key, quantiles_for


def walk_of_two() -> Walk:
    numbers = np.random.default_rng(0)
    series = numbers.normal(size=40), 100.0 * numbers.normal(size=30)
    return Walk(series, starts=(28, 22), horizon=3, season=4)


def intervals_on(walk: Walk, levels: tuple[float, ...] = (80, 95), seed: int = 1) -> Intervals:
    """Return intervals around zero of random widths, a width of 1 to 2 scales for each level."""
    numbers = np.random.default_rng(seed)
    ends = [
        tuple(
            walk.seasonal_scales[i] * k * numbers.uniform(0.3, 1.0, size=walk.truth(i).shape)
            for i in range(len(walk))
        )
        for k in range(1, len(levels) + 1)
    ]
    low = tuple(tuple(-end for end in of_level) for of_level in ends)
    return Intervals(walk, "conformal", levels, low, tuple(ends))


def test_the_measures_agree_with_a_loop_written_by_hand() -> None:
    walk = walk_of_two()
    intervals = intervals_on(walk)
    for k, level in enumerate(intervals.levels):
        for step in range(walk.horizon):
            inside = width = score = count = 0.0
            for i in range(len(walk)):
                for row, origin in enumerate(walk.origins(i)):
                    truth = walk.series[i][origin + step]
                    low, high = intervals.low[k][i][row, step], intervals.high[k][i][row, step]
                    history = walk.series[i][: walk.starts[i]]
                    scale = np.mean(np.abs(history[4:] - history[:-4]))
                    penalty = 2 / (1 - level / 100) * (max(low - truth, 0) + max(truth - high, 0))
                    inside += low <= truth <= high
                    width += high - low
                    score += (high - low + penalty) / scale
                    count += 1
            found = intervals.measures[level]
            assert found.coverage[step] == pytest.approx(inside / count)
            assert found.width[step] == pytest.approx(width / count)
            assert found.msis[step] == pytest.approx(score / count)


def test_the_measures_over_all_steps_are_their_means() -> None:
    intervals = intervals_on(walk_of_two())
    for found in intervals.measures.values():
        assert found.overall()["coverage"] == pytest.approx(found.coverage.mean())
        assert found.overall()["msis"] == pytest.approx(found.msis.mean())


def test_a_truth_on_an_end_is_covered() -> None:
    walk = Walk((np.array([0.0, 1.0, 2.0, 3.0]),), (2,), 1)
    on_low, on_high = np.array([[2.0], [2.5]]), np.array([[9.0], [3.0]])
    (found,) = Intervals(walk, "m", (80,), ((on_low,),), ((on_high,),)).measures.values()
    assert found.coverage.tolist() == [1.0]


def test_json_has_keys_as_users_write_levels_and_none_for_what_is_not_known() -> None:
    walk = Walk((np.r_[np.ones(6), 2.0, 3.0],), (6,), 1)  # a history of scale 0
    made = intervals_on(walk, (80.0, 97.5)).to_dict()
    assert json.loads(json.dumps(made, allow_nan=False)) == made
    assert made["method"] == "conformal"
    assert list(made["levels"]) == ["80", "97.5"]
    assert list(made["levels"]["80"]) == ["coverage", "width", "msis", "by_horizon"]
    assert made["levels"]["80"]["msis"] is None
    assert made["levels"]["80"]["by_horizon"] == {"coverage": [0.0], "width": [0.0], "msis": [None]}


def test_a_series_of_scale_0_is_left_out_of_the_msis_alone() -> None:
    one = np.random.default_rng(3).normal(size=20)
    alone = Walk((one,), (12,), 2)
    beside = Walk((one, np.ones(20)), (12, 12), 2)
    ends = np.full(alone.truth(0).shape, 0.5)
    expected = Intervals(alone, "m", (80,), ((-ends,),), ((ends,),)).measures[80]
    found = Intervals(beside, "m", (80,), ((-ends, -ends),), ((ends, ends),)).measures[80]
    np.testing.assert_allclose(found.msis, expected.msis)
    np.testing.assert_allclose(found.coverage, expected.coverage / 2)


@pytest.mark.parametrize("levels", [(), (50,), (80, 95), (99.9,), (66.7, 97.5)])
def test_levels_that_rise_between_the_bounds_are_taken(levels: tuple[float, ...]) -> None:
    check_levels(levels)


@pytest.mark.parametrize(
    ("levels", "message"),
    [
        ((0.95,), "0.95 is not (for 95 % write 95)."),
        ((0.2,), "from 50 to 99.9; 0.2 is not."),
        ((49.9,), "49.9 is not."),
        ((80, 100), "100 is not."),
        ((math.nan,), "nan is not."),
        ((95, 80), "they are 95, 80: write 80, 95."),
        ((80, 80, 95), "they are 80, 80, 95: write 80, 95."),
    ],
)
def test_other_levels_are_refused_with_what_to_write(
    levels: tuple[float, ...], message: str
) -> None:
    with pytest.raises(SettingsError) as error:
        check_levels(levels)
    assert str(error.value).endswith(message)


@pytest.mark.parametrize("levels", [(50.0,), (80, 95), (90, 97.5, 99.9)])
def test_the_quantiles_of_levels_are_symmetric_rising_and_written_in_full(
    levels: tuple[float, ...],
) -> None:
    found = quantiles_for(levels)
    assert len(found) == 2 * len(levels) + 1
    assert list(found) == sorted({*found})
    for k, level in enumerate(levels, start=1):
        low, high = found[len(levels) - k], found[len(levels) + k]
        assert round(low + high, 12) == 1.0
        assert round(100 * (high - low), 9) == level
        assert len(str(low)) < 8


def test_no_levels_leave_the_median() -> None:
    assert quantiles_for(()) == (0.5,)
    assert level_key(99.9) == "99.9"


def test_ends_of_a_wrong_shape_or_order_are_refused_with_their_place() -> None:
    walk = walk_of_two()
    good = intervals_on(walk)
    with pytest.raises(DataError, match="2 levels, 1 lower and 2 upper ends"):
        Intervals(walk, "m", good.levels, good.low[:1], good.high)
    with pytest.raises(DataError, match="0 levels"):
        Intervals(walk, "m", (), (), ())
    with pytest.raises(DataError, match="`m, 80 %, lower end` holds forecasts of 1 of 2 series"):
        Intervals(walk, "m", good.levels, (good.low[0][:1], good.low[1]), good.high)
    crossed = good.low[1][1].copy()
    crossed[4, 2] = 1e6
    with pytest.raises(DataError, match=r"`m, 95 %` .* 1e\+06 above .* series 1, origin 4, step 3"):
        Intervals(walk, "m", good.levels, (good.low[0], (good.low[1][0], crossed)), good.high)
