"""What predictions are made of, against recur's own functions: in NumPy, and in a graph."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.parity.exported import by_onnxruntime

from recur.data.clock import DAY, HOUR, Clock
from recur.data.panel.bounds import bounds_at
from recur.data.panel.calendar import calendar_features
from recur.data.panel.panel import Panel
from recur.data.panel.scaling import STILL, Scaler
from recur.data.sources.residual import base_of, own_base
from recur.export.onnx_model import model_bytes
from recur.export.parts import calendar, classes, given, histories, intervals, signals, windows
from recur.export.plan import Plan, Port
from recur.export.program import Function, Program

RANDOM = np.random.default_rng(0)


def both_ways(function: Function, *given: Any, plain: tuple[Any, ...] = ()) -> list[Any]:
    """Return what a function makes of arrays, once a graph of it has made the same.

    Args:
        function: takes the plain values behind the arrays.
        given: arrays [batch, ...].
        plain: numbers.
    """
    arrays = [np.asarray(one) for one in given]
    made = function(*arrays, *plain)
    results = list(made) if isinstance(made, tuple) else [made]
    names = [f"given_{i}" for i in range(len(arrays))]
    program = Program("one", "One function.", tuple(names))
    outputs = [f"made_{i}" for i in range(len(results))]
    program.add(" ".join(outputs), function, *(program[name] for name in names), *plain)
    program.returning(*(program.calls[0].gives))
    kinds = {"float64": "f8", "int64": "i8", "bool": "?", "float32": "f4"}
    ports = [
        Port(name, kinds[str(one.dtype)], ("batch", *one.shape[1:]), "")
        for name, one in zip(names, arrays, strict=True)
    ]
    ends = [
        Port(name, kinds[str(one.dtype)], tuple(f"{name}_{i}" for i in range(one.ndim)), "")
        for name, one in zip(outputs, results, strict=True)
    ]
    plan = Plan("", "", program, tuple(ports), tuple(ends), (), {}, {})
    graph = by_onnxruntime(model_bytes(plan, "one"), dict(zip(names, arrays, strict=True)))
    for ours, theirs in zip(graph, results, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9)
    return results


def some_windows() -> tuple[Any, Any, Any]:
    """Return windows [batch, 20], how many values of each are real, and a typical step of each."""
    values = 50 + np.cumsum(RANDOM.normal(size=(60, 20)), axis=1)
    values[:10] = 7.0  # still
    values[10:20] = 7.0 + RANDOM.normal(size=(10, 20)) * 1e-3  # nearly so
    values[20:30, 12:] += 40.0  # gone to another level, by their newest part
    values[30:40, 9:] -= 40.0
    count = RANDOM.integers(2, 21, 60)
    count[:45] = 20
    for row, known in zip(values, count, strict=True):
        row[: 20 - known] = row[20 - known]
    return values, count, RANDOM.uniform(0.5, 2, (60, 1))


def test_the_scale_of_a_window_is_that_of_recur() -> None:
    values, count, typical = some_windows()
    real = histories.real_steps(count, 20)
    centre, spread = both_ways(windows.window_scale, values, real, typical)
    scaler = Scaler("window", np.zeros(60), typical[:, 0])
    expected = scaler.scaled(values, np.arange(60), count)
    np.testing.assert_allclose(centre, expected[1])
    np.testing.assert_allclose(spread, expected[2])
    assert (spread[:10] == typical[:10] * 1.0).all()
    assert (spread[10:20] < typical[10:20] + 1 / STILL).all()
    (inputs,) = both_ways(windows.around_mean, values, real, centre, spread)
    np.testing.assert_allclose(inputs, expected[0][:, :, 0].T, rtol=1e-5, atol=1e-6)


def test_the_level_of_a_series_is_that_of_recur() -> None:
    values, count, typical = some_windows()
    mean = np.full((60, 1), 50.0)
    (level,) = both_ways(windows.series_level, values, count, mean, typical)
    scaler = Scaler("series", mean[:, 0], typical[:, 0])
    np.testing.assert_allclose(level, scaler.of(values, np.arange(60), count)[0])
    assert (level != mean).any()
    assert (level == mean).any()


@pytest.mark.parametrize("season", [1, 4, 25])
def test_what_forecasts_count_from_is_what_recur_counts_from(season: int) -> None:
    values, count, _ = some_windows()
    level = values[:, :1]
    (base,) = both_ways(windows.season_before, values, count, plain=(season, 7))
    expected = base_of("seasonal", values, level, count, 7, season)
    np.testing.assert_array_equal(base, expected)
    (own,) = both_ways(windows.base_of_newest, values, count, plain=(season,))
    np.testing.assert_array_equal(own, own_base("seasonal", values, expected, count, season))


@pytest.mark.parametrize("kind", ["window", "series", "minmax"])
def test_the_scale_of_a_series_is_found_as_recur_finds_it(kind: Any) -> None:
    values, count, _ = some_windows()
    begun = histories.real_steps(count, 20)
    scaler = Scaler.fit(kind, [row[20 - known :] for row, known in zip(values, count, strict=True)])
    spread: Function = {
        "window": histories.typical_step, "series": histories.own_deviation,
        "minmax": lambda values, _begun: histories.own_range(values),
    }[kind]  # fmt: skip
    (found,) = both_ways(spread, values, begun)
    np.testing.assert_allclose(found[:, 0], scaler.spread)
    centre: Function = {
        "window": lambda values, _begun: values[:, :1] * 0, "series": histories.own_mean,
        "minmax": lambda values, _begun: histories.own_least(values),
    }[kind]  # fmt: skip
    (found,) = both_ways(centre, values, begun)
    np.testing.assert_allclose(found[:, 0], scaler.centre)


def test_what_is_missing_is_carried_on_and_begins_with_the_first_that_is_known() -> None:
    values = np.array([[np.nan, np.nan, 3.0, np.nan, 5.0], [1.0, np.nan, np.nan, 4.0, np.nan]])
    filled = histories.carried_on(values, histories.seen_values(values))
    assert filled.tolist() == [[3, 3, 3, 3, 5], [1, 1, 1, 4, 4]]


BOUNDED = {
    "counts": RANDOM.poisson(3, 80) * 1.0,
    "few counts": RANDOM.poisson(3, 12) * 1.0,
    "sales": RANDOM.gamma(1, 10, 80),
    "few sales": RANDOM.gamma(1, 10, 30),
    "far above": RANDOM.normal(1000, 1, 80),
    "far above, a little": RANDOM.uniform(30, 100, 80),
    "shares": RANDOM.uniform(0, 1, 80),
    "full shares": np.minimum(RANDOM.uniform(0.5, 1.2, 80), 1.0),
    "percentages": np.minimum(RANDOM.uniform(50, 120, 80), 100.0),
    "both sides": RANDOM.normal(size=80),
    "zeros and ones": RANDOM.integers(0, 2, 80) * 1.0,
}


@pytest.mark.parametrize("name", BOUNDED)
def test_bounds_are_those_of_recur(name: str) -> None:
    values = BOUNDED[name]
    panel = Panel(values, np.arange(len(values)), np.array([0, len(values)]), ("a",), Clock())
    expected = bounds_at(panel, np.array([0]), np.array([len(values)]))
    low, high = both_ways(intervals.bounds, values[None], np.ones((1, len(values)), bool))
    assert (low[0, 0], high[0, 0]) == (expected.low[0, 0], expected.high[0, 0])
    # A history that begins later has fewer values, whatever stands in front.
    padded = np.concatenate([np.full(60, values[0]), values])[None]
    begun = (np.arange(padded.shape[1]) >= 60)[None]
    assert intervals.bounds(padded, begun)[0] == low


CYCLES = {
    "hour of day": (Clock("fixed", HOUR), calendar.hour_of_day),
    "weekday": (Clock("fixed", DAY), calendar.weekday),
    "day of year": (Clock("fixed", DAY), calendar.day_of_year),
    "month of year": (Clock("months", 1), calendar.month_of_year),
}


@pytest.mark.parametrize("cycle", CYCLES)
def test_the_calendar_is_that_of_recur(cycle: str) -> None:
    clock, phase = CYCLES[cycle]
    days = np.concatenate([np.arange(-8000, 30_000, 13), np.arange(18_200, 19_000)])
    times = days * DAY + RANDOM.integers(0, 24, len(days)) * HOUR
    if cycle != "hour of day":
        times = days * DAY
    (passed,) = both_ways(phase, times[None])
    (waves,) = both_ways(calendar.wave, passed)
    names, features = calendar_features(clock, times)
    place = names.index(f"{cycle} (sine)")
    np.testing.assert_allclose(waves[0], features[:, place : place + 2], atol=1e-6)


def test_histories_come_as_lists_arrays_and_columns_of_a_frame() -> None:
    column = pd.Series([1.0, 2.0, np.nan], index=[7, 8, 9])
    expected = [[1.0, 2.0, np.nan]]
    for one in (column, [1, 2, np.nan], np.array([[1, 2, np.nan]])):
        np.testing.assert_array_equal(given.histories_of(one), expected)
    several = given.histories_of([column, [5.0]])
    np.testing.assert_array_equal(several, [*expected, [np.nan, np.nan, 5.0]])
    for nothing in ([], [[1.0], []], [np.nan]):
        with pytest.raises(ValueError, match="a history has no value"):
            given.histories_of(nothing)


@pytest.mark.parametrize(
    ("call", "why"),
    [
        (lambda h: given.check_history(h, 4), "3 values, and this network needs 4"),
        (lambda h: given.series_of(["a"], ["a", "b"], h), "1 names for 2 histories"),
        (lambda h: given.columns_of([[1, 2]], ["x"], h, 1), r"x: expected \(2, 4, 1\) numbers"),
        (lambda h: given.categories_of(["k", "z"], ["k"], h), r"one of \['k'\] for each series"),
        (lambda h: given.times_of(["2024-01-01"], h, 2), "expected 5 times, .* 2 steps ahead"),
        (lambda h: signals.recording(h, 2), r"expected \[time, 2\], found the shape \(2, 3\)"),
        (lambda h: signals.recording(h[0], 2), r"expected \[time, 2\], found the shape \(3,\)"),
        (lambda h: signals.recording(np.inf * h, 3), "a value is missing or infinite"),
        (lambda h: classes.whole_series(h, h > 0, 5), "expected series of 5 steps each"),
        (lambda h: classes.whole_series(h, h > 1, 2), "expected series of 2 steps each"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(call: Function, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        call(np.ones((2, 3)))
