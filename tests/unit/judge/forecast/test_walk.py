"""The walk forward: which origins, which truths, which scales."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recur.arrays import Float64s
from recur.errors import DataError, SettingsError
from recur.judge import NAIVE, Walk, linear_autoregression, references, seasonal_scale


@given(
    history=st.integers(1, 20),
    held_out=st.integers(1, 40),
    horizon=st.integers(1, 10),
    stride=st.integers(1, 7),
)
def test_every_origin_is_held_out_and_leaves_a_whole_horizon(
    history: int, held_out: int, horizon: int, stride: int
) -> None:
    if held_out < horizon:
        return
    length = history + held_out
    walk = Walk((np.arange(length, dtype=float),), (history,), horizon, stride=stride)
    origins = walk.origins(0)
    assert origins[0] >= history
    assert origins[0] - stride < history  # no origin was left out at the start
    assert origins[-1] == length - horizon
    assert (np.diff(origins) == stride).all()
    np.testing.assert_array_equal(walk.truth(0)[:, 0], origins)
    np.testing.assert_array_equal(walk.truth(0)[:, -1], origins + horizon - 1)
    np.testing.assert_array_equal(walk.values_at(-1), origins - 1)


def test_series_of_different_lengths_line_up_at_their_ends() -> None:
    walk = Walk((np.arange(30.0), np.arange(23.0)), (10, 12), horizon=3, stride=4)
    from_the_end = [len(s) - walk.origins(i)[::-1] for i, s in enumerate(walk.series)]
    assert from_the_end[0][: len(from_the_end[1])].tolist() == from_the_end[1].tolist()


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_all_origins_at_once_are_those_of_each_series_in_turn(stride: int) -> None:
    series = (np.arange(30.0), 100.0 - np.arange(23.0), 200.0 + np.arange(9.0))
    walk = Walk(series, (10, 12, 6), horizon=3, stride=stride)
    each = range(len(walk))
    assert walk.counts.tolist() == [len(walk.origins(i)) for i in each]
    np.testing.assert_array_equal(walk.truths, np.concatenate([walk.truth(i) for i in each]))
    np.testing.assert_array_equal(
        walk.values_at(-2), np.concatenate([s[walk.origins(i) - 2] for i, s in enumerate(series)])
    )
    times = [np.arange(walk.times - len(walk.origins(i)), walk.times) for i in each]
    np.testing.assert_array_equal(walk.time_index, np.concatenate(times))
    assert walk.largest.tolist() == [29.0, 100.0, 208.0]


@pytest.mark.parametrize(
    ("held_out", "horizon", "stride", "independent"),
    [(24, 12, 1, 2), (24, 1, 1, 24), (24, 1, 4, 6), (25, 5, 5, 5), (29, 10, 1, 2)],
)
def test_independent_origins_are_the_forecasts_that_fit_end_to_end(
    held_out: int, horizon: int, stride: int, independent: int
) -> None:
    walk = Walk((np.arange(50.0),), (50 - held_out,), horizon, stride=stride)
    assert walk.independent_origins == independent


def test_more_series_are_not_more_independent_origins() -> None:
    one = Walk((np.arange(50.0),), (30,), 2)
    many = Walk((np.arange(50.0),) * 9, (30,) * 9, 2)
    assert many.independent_origins == one.independent_origins


def test_scales_come_from_the_history_alone() -> None:
    series = np.array([0.0, 1.0, 0.0, 1.0, 50.0, -50.0])
    assert Walk((series,), (4,), 1).scales.tolist() == [1.0]


def test_a_constant_history_takes_the_largest_scale_of_the_others() -> None:
    walk = Walk((np.ones(9), np.arange(9.0) * 2, np.arange(9.0)), (5, 5, 5), 1)
    assert walk.scales.tolist() == [4.0, 4.0, 1.0]
    assert Walk((np.ones(9),), (5,), 1).scales.tolist() == [1.0]


@pytest.mark.parametrize(
    ("series", "starts", "horizon", "message"),
    [
        ((np.arange(9.0),), (0,), 1, "Series 0 has 9 values and is held out from row 0"),
        ((np.arange(9.0),), (7,), 3, "3 \\(one horizon\\) from it on"),
        ((np.array([1.0, np.nan, 2.0]),), (2,), 1, "Series 0 holds nan at row 1"),
        ((np.arange(9.0),), (5, 6), 1, "1 series and 2 starts"),
        ((), (), 1, "0 series"),
    ],
)
def test_a_walk_that_cannot_be_walked_says_why(
    series: tuple[Float64s, ...], starts: tuple[int, ...], horizon: int, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        Walk(series, starts, horizon)


@pytest.mark.parametrize("name", ["horizon", "season", "stride"])
def test_steps_are_counted_from_one(name: str) -> None:
    with pytest.raises(SettingsError, match=f"`{name}` is 0"):
        Walk((np.arange(9.0),), (5,), **{"horizon": 1, name: 0})  # type: ignore[arg-type]


def test_forecasts_of_a_wrong_shape_are_refused_with_both_shapes() -> None:
    walk = Walk((np.arange(9.0),), (5,), 2)
    with pytest.raises(DataError, match=r"`mine` .* \(3,\) for series 0; .* \(3, 2\)"):
        walk.forecasts("mine", lambda i, origins: np.zeros(len(origins)))


def test_ready_forecasts_are_checked_like_those_of_a_method() -> None:
    walk = Walk((np.arange(9.0), np.arange(12.0)), (5, 8), 2)
    ready = (np.zeros((3, 2)), np.zeros((3, 2)))
    made = walk.forecasts("mine", ready)
    assert all(one is other for one, other in zip(made, ready, strict=True))
    with pytest.raises(DataError, match="`mine` holds forecasts of 1 of 2 series"):
        walk.forecasts("mine", ready[:1])
    with pytest.raises(DataError, match=r"\(2, 2\) for series 1; .* \(3, 2\)"):
        walk.forecasts("mine", (ready[0], ready[1][1:]))
    broken = (ready[0], np.array([[np.nan, 0.0], [0.0, 0.0], [0.0, 0.0]]))
    with pytest.raises(DataError, match="nan for series 1, one step ahead from row 8"):
        walk.forecasts("mine", broken)


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e300])
def test_forecasts_that_are_not_finite_are_refused_with_their_place(bad: float) -> None:
    walk = Walk((np.arange(9.0),), (5,), 2)
    forecast = np.zeros((3, 2))
    forecast[1, 1] = bad
    with pytest.raises(DataError, match="2 steps ahead from row 6"):
        walk.forecasts("mine", lambda i, origins: forecast)


@pytest.mark.parametrize("season", [1, 4, 60])
def test_scales_of_many_series_are_those_of_each_alone_to_the_last_bit(season: int) -> None:
    rng = np.random.default_rng(0)
    series = tuple(rng.normal(size=length).cumsum() for length in (90, 40, 90, 33))
    starts = (70, 25, 70, 9)
    walk = Walk(series, starts, horizon=2, season=season)
    histories = [values[:start] for values, start in zip(series, starts, strict=True)]
    assert walk.scales.tolist() == [np.mean(np.diff(one) ** 2) for one in histories]
    assert walk.seasonal_scales.tolist() == [seasonal_scale(one, season) for one in histories]


def test_simple_answers_of_many_series_are_those_of_each_alone() -> None:
    rng = np.random.default_rng(0)
    series = tuple(rng.normal(size=length).cumsum() for length in (50, 31))
    walk = Walk(series, (40, 25), horizon=3, season=7)
    alone = [
        Walk((values,), (start,), 3, 7) for values, start in zip(series, (40, 25), strict=True)
    ]
    for name in NAIVE:
        expected = [one.forecasts(name, references(one, 5)[name])[0] for one in alone]
        for found, other in zip(
            walk.forecasts(name, references(walk, 5)[name]), expected, strict=True
        ):
            np.testing.assert_array_equal(found, other)
    linear = references(walk, 5)["linear"]
    each = [linear(i, walk.origins(i)) for i in range(len(walk))]
    fitted = linear_autoregression(walk.histories, 5, 3)
    for i, (values, found) in enumerate(zip(series, each, strict=True)):
        windows = np.stack([values[origin - 5 : origin] for origin in walk.origins(i)])
        np.testing.assert_allclose(found, fitted.forecast(i, windows), rtol=1e-12)
