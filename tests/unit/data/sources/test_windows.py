"""Windows: against a double loop in plain Python, for any lengths, bounds and strides."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recur.data.clock import Clock
from recur.data.panel.panel import Panel
from recur.data.panel.scaling import Scaler
from recur.data.sources.covariates import CovariateInputs
from recur.data.sources.windows import Residual, Windows

RESIDUALS = get_args(Residual)


def numbered(lengths: list[int]) -> Panel:
    """Return series whose values are 1000 * series + position."""
    series = [1000.0 * i + np.arange(length) for i, length in enumerate(lengths)]
    return Panel(
        values=np.concatenate(series),
        times=np.concatenate([np.arange(length) for length in lengths]),
        offsets=np.concatenate([[0], np.cumsum(lengths)]),
        ids=tuple(str(i) for i in range(len(lengths))),
        clock=Clock(),
    )


def unscaled(panel: Panel) -> Scaler:
    return Scaler.fit("none", list(panel))


def naive(
    lengths: list[int],
    lookback: int,
    horizon: int,
    first: list[int] | None,
    last: list[int] | None,
    stride: int,
) -> list[tuple[list[float], list[float]]]:
    """Return the known and future values of every window, found one after the other."""
    windows = []
    for i, length in enumerate(lengths):
        low = max(lookback, first[i]) if first else lookback
        origin = (last[i] if last else length) - horizon
        found = []
        while origin >= low:
            known = [1000.0 * i + t for t in range(origin - lookback, origin)]
            future = [1000.0 * i + t for t in range(origin, origin + horizon)]
            found.append((known, future))
            origin -= stride
        windows += found[::-1]
    return windows


@given(st.data())
def test_windows_are_those_of_a_double_loop(data: st.DataObject) -> None:
    lengths = data.draw(st.lists(st.integers(1, 25), min_size=1, max_size=5), label="lengths")
    lookback, horizon = data.draw(st.integers(1, 12)), data.draw(st.integers(1, 6))
    stride = data.draw(st.integers(1, 7))
    bounds = st.one_of(st.none(), st.tuples(*(st.integers(0, length) for length in lengths)))
    first, last = data.draw(bounds, label="first"), data.draw(bounds, label="last")
    panel = numbered(lengths)
    windows = Windows.over(
        panel,
        unscaled(panel),
        lookback,
        horizon,
        first=None if first is None else np.array(first),
        last=None if last is None else np.array(last),
        stride=stride,
    )
    expected = naive(lengths, lookback, horizon, first and list(first), last and list(last), stride)
    assert len(windows) == len(expected)
    everything = np.arange(len(windows))
    assert windows.known(everything).tolist() == [known for known, _ in expected]
    assert windows.future(everything).tolist() == [future for _, future in expected]
    assert windows.series.tolist() == [int(future[0] // 1000) for _, future in expected]
    assert windows.origins.dtype == windows.series.dtype == np.int64


def test_the_newest_values_are_forecast_whatever_the_stride() -> None:
    panel = numbered([23, 10])
    for stride in range(1, 9):
        windows = Windows.over(panel, unscaled(panel), 4, 3, stride=stride)
        newest = [windows.future(np.flatnonzero(windows.series == i)[-1:])[0, -1] for i in (0, 1)]
        assert newest == [22, 1009]


def test_series_that_are_too_short_have_no_window_and_disturb_no_other() -> None:
    panel = numbered([3, 8, 1])
    windows = Windows.over(panel, unscaled(panel), 4, 2)
    assert windows.known(np.arange(len(windows)))[:, 0].tolist() == [1000.0, 1001.0, 1002.0]
    none = Windows.over(panel, unscaled(panel), 9, 2)
    assert len(none) == 0
    assert none.gather(np.arange(0)).inputs.shape == (9, 0, 1)


def test_training_and_validation_share_no_target() -> None:
    panel = numbered([30])
    border = np.array([20])
    training = Windows.over(panel, unscaled(panel), 5, 3, last=border)
    validation = Windows.over(panel, unscaled(panel), 5, 3, first=border)
    seen = set(training.future(np.arange(len(training))).ravel())
    judged = set(validation.future(np.arange(len(validation))).ravel())
    assert seen == set(range(5, 20))
    assert judged == set(range(20, 30))
    assert validation.known(np.array([0])).tolist() == [[15, 16, 17, 18, 19]]


def test_joined_windows_are_both_in_order() -> None:
    panel = numbered([12, 15])
    early = Windows.over(panel, unscaled(panel), 3, 2, last=np.array([7, 8]))
    late = Windows.over(panel, unscaled(panel), 3, 2, first=np.array([7, 8]), stride=2)
    both = early.joined(late)
    assert len(both) == len(early) + len(late)
    for part in ("known", "future"):
        rows = [getattr(w, part)(np.arange(len(w))) for w in (early, late)]
        np.testing.assert_array_equal(getattr(both, part)(np.arange(len(both))), np.vstack(rows))
    assert both.series.tolist() == early.series.tolist() + late.series.tolist()


@pytest.mark.parametrize("kind", ["window", "series", "minmax", "none"])
def test_inputs_and_targets_are_scaled_alike_and_in_double_precision(kind: Any) -> None:
    panel = numbered([20, 20])
    values = 1e9 + np.random.default_rng(0).normal(size=40)
    panel = Panel(values, panel.times, panel.offsets, panel.ids, panel.clock)
    windows = Windows.over(panel, Scaler.fit(kind, list(panel)), 6, 2)
    chosen = np.array([3, 20, 3, 0])
    batch = windows.gather(chosen)
    assert batch.inputs.shape == (6, 4, 1)
    assert batch.inputs.dtype == np.float32
    assert batch.targets.shape == (4, 2)
    assert batch.targets.dtype == np.float32
    centre, spread = windows.scaler.of(windows.known(chosen), windows.series[chosen])
    known, future = windows.known(chosen) - centre, windows.future(chosen) - centre
    if kind == "window":
        known -= known.mean(axis=1, keepdims=True)
    np.testing.assert_array_equal(batch.inputs[:, :, 0].T, (known / spread).astype(np.float32))
    np.testing.assert_array_equal(batch.targets, (future / spread).astype(np.float32))
    assert batch.mask is None


@pytest.mark.parametrize("kind", ["window", "series", "minmax", "none"])
def test_the_start_is_the_newest_known_value_in_the_units_of_the_targets(kind: Any) -> None:
    panel = numbered([20, 20])
    windows = Windows.over(panel, Scaler.fit(kind, list(panel)), 6, 2)
    chosen = np.array([3, 20, 0])
    batch, next_one = windows.gather(chosen), windows.gather(chosen + 1)
    assert batch.start is not None
    assert batch.start.shape == (3, 1)
    assert batch.start.dtype == np.float32
    if kind == "window":  # targets count from the newest value
        np.testing.assert_array_equal(batch.start, 0)
    else:  # what is the first target here is the newest value one window on
        np.testing.assert_array_equal(batch.targets[:, :1], next_one.start)


def test_windows_copy_no_values() -> None:
    panel = numbered([50])
    windows = Windows.over(panel, unscaled(panel), 10, 5)
    assert windows.values is panel.values


# What a network is given of a window, and what it is to answer, found value by value.


def gaps(panel: Panel, draw: Any) -> Panel:
    """Return the panel with some values that were not observed."""
    return replace(
        panel,
        filled=np.array(draw(st.lists(st.booleans(), min_size=panel.rows, max_size=panel.rows))),
    )


def base_of(series: list[float], newest: int, ahead: int, residual: str, season: int) -> float:
    """Return what the value `ahead` steps after the row `newest` of a series counts from."""
    if residual == "last":
        return series[newest]
    if residual == "none":
        return 0.0
    row = newest + 1 + ahead
    while row > newest:
        row -= season
    return series[row] if row >= 0 else series[newest]


@given(st.data())
def test_what_is_seen_and_aimed_at_is_that_of_a_double_loop(data: st.DataObject) -> None:
    draw = data.draw
    lengths = draw(st.lists(st.integers(8, 16), min_size=1, max_size=3), label="lengths")
    lookback, horizon = draw(st.integers(1, 7)), draw(st.integers(1, 4))
    season, residual = draw(st.integers(1, lookback)), draw(st.sampled_from(RESIDUALS))
    least = draw(st.integers(1, lookback), label="least")
    every = draw(st.booleans(), label="every")
    past, known, ahead, spare = 1, 2, draw(st.integers(1, 4)), 4
    panel = gaps(numbered(lengths), draw)
    rng = np.random.default_rng(0)
    panel = replace(panel, values=panel.values + rng.integers(0, 50, panel.rows))
    steps = rng.normal(size=(panel.rows + spare * len(lengths), past + known)).astype(np.float32)
    constants = rng.normal(size=(len(lengths), 2)).astype(np.float32)
    windows = Windows.over(
        panel, unscaled(panel), lookback, horizon, residual=residual, season=season, least=least,
        every=every, covariates=CovariateInputs(steps, past, ahead, spare, constants),
    )  # fmt: skip
    batch = windows.gather(np.arange(len(windows)))
    assert batch.inputs.shape[2] == windows.inputs == 1 + past + 2 * known + 2 + 1
    assert batch.counted is not None
    assert (batch.mask is not None) == (least < lookback)
    place = 0
    for i, length in enumerate(lengths):
        series = panel.series(i).tolist()
        seen = (~panel.filled_in(i)).tolist()
        wide = steps[panel.offsets[i] + i * spare :]
        for origin in range(least, length - horizon + 1):
            for t in range(lookback):
                row = origin - lookback + t
                if batch.mask is not None:
                    assert batch.mask[t, place] == (row >= 0)
                if row < 0:
                    continue
                later = wide[row + ahead, past:]
                given = [series[row], *wide[row], *later, *constants[i], seen[row]]
                np.testing.assert_array_equal(batch.inputs[t, place], np.array(given, np.float32))
                if not every and t < lookback - 1:
                    continue
                at = (t, place) if every else place
                targets, counted = batch.targets[at], batch.counted[at]
                truth = series[row + 1 : row + 1 + horizon]
                assert counted.tolist() == seen[row + 1 : row + 1 + horizon]
                bases = [base_of(series, row, k, residual, season) for k in range(horizon)]
                np.testing.assert_array_equal(targets, np.subtract(truth, bases))
            place += 1
    assert place == len(windows)


@pytest.mark.parametrize("residual", RESIDUALS)
@pytest.mark.parametrize("kind", ["window", "series"])
def test_the_last_time_step_aims_at_what_a_window_does(kind: Any, residual: Any) -> None:
    """Of short histories too: where no season is known, both have to count from the same value."""
    panel = numbered([12, 20])
    panel = replace(panel, values=panel.values**2)
    lay = partial(Windows.over, panel, Scaler.fit(kind, list(panel)), 8, 3, least=2)
    once, every = (lay(residual=residual, season=6, every=each) for each in (False, True))
    everything = np.arange(len(once))
    np.testing.assert_array_equal(
        every.gather(everything).targets[-1], once.gather(everything).targets
    )


def test_masked_steps_have_no_part_in_a_scale() -> None:
    """A short window is scaled as the same values are by a lookback of their number."""
    values = np.random.default_rng(0).normal(size=20) + 50
    panel = replace(numbered([20]), values=values)
    scaler = Scaler.fit("window", list(panel))
    whole = Windows.over(panel, scaler, 8, 3, least=2)
    for known in range(2, 8):
        short = Windows.over(panel, scaler, known, 3)
        first, second = whole.gather(np.array([known - 2])), short.gather(np.array([0]))
        assert first.mask is not None
        assert first.mask[:, 0].sum() == known
        np.testing.assert_allclose(first.inputs[-known:], second.inputs, rtol=1e-6, atol=1e-7)
        np.testing.assert_allclose(first.targets, second.targets, rtol=1e-6)


def test_a_window_that_moves_on_takes_its_forecasts_for_observed() -> None:
    panel = replace(numbered([30]), filled=np.arange(30) >= 16)
    windows = Windows.over(panel, unscaled(panel), 6, 3).from_origins(np.array([20]), np.array([0]))
    known = np.concatenate([windows.known(np.array([0])), [[7.0, 8.0]]], axis=1)
    seen = windows.model_inputs(known[:, 2:], np.array([0]), onward=2)
    assert seen.inputs[:, 0, 0].tolist() == [15, 15, 15, 15, 7, 8]  # the last one observed
    assert seen.inputs[:, 0, 1].tolist() == [0, 0, 0, 0, 1, 1]
