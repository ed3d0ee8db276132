"""Windows: against a double loop in plain Python, for any lengths, bounds and strides."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recur.data.clock import Clock
from recur.data.panel import Panel
from recur.data.scaling import Scaler
from recur.data.windows import Windows


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
