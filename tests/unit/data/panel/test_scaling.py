"""Scaling: what it looks at, what it leaves the same, and that nothing blows up."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from recur.arrays import Float64s
from recur.data.clock import Clock
from recur.data.panel.panel import Panel
from recur.data.panel.scaling import Scaler, ScalingKind
from recur.data.sources.windows import Windows

KINDS: tuple[ScalingKind, ...] = get_args(ScalingKind)
NONE = np.array([0], np.int64)

values = st.floats(-1e6, 1e6).map(lambda x: round(x, 3))
histories = arrays(np.float64, st.integers(2, 60), elements=values)


def walk(length: int, seed: int = 0) -> Float64s:
    return np.cumsum(np.random.default_rng(seed).normal(size=length))


def panel(series: Float64s) -> Panel:
    length = len(series)
    return Panel(series, np.arange(length), np.array([0, length]), ("a",), Clock())


@given(histories, st.sampled_from(KINDS))
def test_scaling_is_undone_to_the_last_digits(history: Float64s, kind: ScalingKind) -> None:
    scaler = Scaler.fit(kind, [history])
    windows = history[None]
    centre, spread = scaler.of(windows, NONE)
    assert (spread > 0).all()
    back = (windows - centre) / spread * spread + centre
    scale = abs(history).max() + abs(centre).max()
    np.testing.assert_allclose(back, windows, rtol=0, atol=4 * np.spacing(scale))


@given(histories)
def test_each_kind_has_the_range_it_promises(history: Float64s) -> None:
    moving = np.ptp(history) > 0
    inputs, _, _ = Scaler.fit("minmax", [history]).scaled(history[None], NONE)
    assert (inputs.min(), inputs.max()) == (0, 1 if moving else 0)
    inputs, _, _ = Scaler.fit("series", [history]).scaled(history[None], NONE)
    assert inputs.mean(dtype=np.float64) == pytest.approx(0, abs=1e-3)
    assert inputs.std(dtype=np.float64) == pytest.approx(1 if moving else 0, abs=1e-3)
    inputs, _, _ = Scaler.fit("window", [history]).scaled(history[None], NONE)
    assert inputs.mean(dtype=np.float64) == pytest.approx(0, abs=1e-3)
    inputs, _, _ = Scaler.fit("none", [history]).scaled(history[None], NONE)
    np.testing.assert_array_equal(inputs[:, 0, 0], history.astype(np.float32))


@pytest.mark.parametrize("kind", KINDS)
def test_inputs_do_not_depend_on_what_is_to_be_forecast(kind: ScalingKind) -> None:
    calm = walk(60)
    wild = np.concatenate([calm[:40], 1e6 * walk(20, 1)])
    scaler = Scaler.fit(kind, [calm[:40]])
    calm_end, wild_end = (
        Windows.over(panel(series), scaler, 12, 3, last=np.array([43])).gather(np.arange(29))
        for series in (calm, wild)
    )
    np.testing.assert_array_equal(calm_end.inputs, wild_end.inputs)
    assert (calm_end.targets[-1] != wild_end.targets[-1]).all()


@given(
    seed=st.integers(0, 999),
    lookback=st.integers(2, 30),
    level=st.floats(-1e4, 1e4),
    factor=st.floats(1e-3, 1e3),
)
def test_window_scaling_does_not_see_level_and_unit(
    seed: int, lookback: int, level: float, factor: float
) -> None:
    series = walk(100, seed)
    windows = np.lib.stride_tricks.sliding_window_view(series, lookback)
    which = np.zeros(len(windows), np.int64)
    inputs, _, spread = Scaler.fit("window", [series]).scaled(windows, which)
    moved = level + factor * windows
    again, centre, spread_moved = Scaler.fit("window", [level + factor * series]).scaled(
        moved, which
    )
    rounding = 1e-10 * (abs(level) + factor) / factor
    np.testing.assert_allclose(again, inputs, atol=1e-5 + rounding)
    np.testing.assert_allclose(spread_moved, factor * spread, rtol=1e-5, atol=rounding)
    np.testing.assert_array_equal(centre, moved[:, -1:])


def test_a_window_scales_by_its_own_values_alone() -> None:
    window = np.array([[1.0, 2.0, 4.0]])
    expected = np.sqrt(window.var() + (0 + 1 + 4) / 3)
    for history in (walk(50), 10 * walk(50)):
        _, spread = Scaler.fit("window", [history]).of(window, NONE)
        assert spread[0, 0] == pytest.approx(expected)


@pytest.mark.parametrize("constant", [0.1, 0.3, 1.1, -7.7, 1e9 + 0.1, 1e-9, 0.0])
def test_a_still_window_takes_the_typical_step_of_its_series(constant: float) -> None:
    series = np.array([0.0, 3.0, 0.0, -3.0, 0.0])
    scaler = Scaler.fit("window", [walk(9), series])
    for lookback in (1, 5, 24, 49):
        _, spread = scaler.of(np.full((2, lookback), constant), np.array([1, 1]))
        assert spread.tolist() == [[3.0], [3.0]]


def test_a_nearly_still_window_is_scaled_like_a_still_one() -> None:
    scaler = Scaler.fit("window", [3 * np.sin(np.arange(50))])
    still = np.full((1, 24), 50.0)
    noisy = still + 1e-13 * np.random.default_rng(0).normal(size=24)
    (_, expected), (_, found) = scaler.of(still, NONE), scaler.of(noisy, NONE)
    np.testing.assert_allclose(found, expected)


def test_the_unit_of_a_window_changes_gradually_as_it_comes_to_a_standstill() -> None:
    scaler = Scaler.fit("window", [np.tile([0.0, 1.0], 20)])
    sizes = np.linspace(0, 0.2, 4001)
    windows = sizes[:, None] * np.tile([0.0, 1.0], 12)
    _, spread = scaler.of(windows, np.zeros(len(sizes), np.int64))
    assert abs(np.diff(spread[:, 0])).max() < 0.002
    assert spread.min() >= 0.0499
    moving = sizes > 0.05
    _, unaided = Scaler("window", np.zeros(1), np.array([1e-9])).of(
        windows[moving], np.zeros(moving.sum(), np.int64)
    )
    np.testing.assert_array_equal(spread[moving], unaided)


@pytest.mark.parametrize(
    "series", [walk(500), np.sin(np.arange(500) / 8) + 0.1 * np.diff(walk(501))]
)
def test_windows_of_ordinary_series_scale_by_their_own_values(series: Float64s) -> None:
    windows = np.lib.stride_tricks.sliding_window_view(series, 12)
    _, spread = Scaler.fit("window", [series]).of(windows, np.zeros(len(windows), np.int64))
    steps = np.diff(windows, axis=1, prepend=windows[:, :1])
    own = np.sqrt(windows.var(axis=1) + np.mean(steps**2, axis=1))
    np.testing.assert_allclose(spread[:, 0], own)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("constant", [0.1, 0.3, 1.1, -7.7, 1e9 + 0.1, 0.0])
def test_a_constant_series_is_scaled_by_one(kind: ScalingKind, constant: float) -> None:
    for length in (1, 10, 49, 1000):
        scaler = Scaler.fit(kind, [np.full(length, constant)])
        _, spread = scaler.of(np.full((1, 24), constant), NONE)
        assert spread.tolist() == [[1.0]]


def test_a_window_that_has_gone_to_another_level_counts_from_there() -> None:
    scaler = Scaler("series", np.array([10.0, 10.0]), np.array([2.0, 100.0]))
    around = 10 + np.sin(np.arange(18))
    windows = np.stack([around] * 6)
    windows[1, -6:] = [20, 21, 22, 23, 24, 25]  # the newest third
    windows[2, -6:-1] = 30  # not the newest value
    windows[3, -4:] = 30  # not long enough
    windows[4, -6:] = [30, -30, 30, -30, 30, -30]  # wild, but at no level
    windows[5] = -300
    expected = [10.0, 22.5, 10.0, 10.0, 10.0, -300.0]
    centre, spread = scaler.of(windows, np.zeros(6, np.int64))
    np.testing.assert_allclose(centre[:, 0], expected)
    assert (spread == 2.0).all()
    assert (scaler.of(windows, np.ones(6, np.int64))[0][:5] == 10.0).all()  # a wide series
    few = np.array([18, 5, 5, 5, 5, 4])  # known values
    centre, _ = scaler.of(windows, np.zeros(6, np.int64), few)
    np.testing.assert_allclose(centre[:, 0], [10.0, 23.0, 10.0, 10.0, 10.0, 10.0])
    for kind in ("minmax", "none"):
        other = Scaler(kind, scaler.centre, scaler.spread)
        assert (other.of(windows, np.zeros(6, np.int64))[0] == 10.0).all()


def test_every_series_has_its_own_scale() -> None:
    scaler = Scaler.fit("minmax", [np.array([0.0, 10.0]), np.array([5.0, 6.0, 9.0])])
    inputs, centre, spread = scaler.scaled(np.array([[5.0, 7.0], [5.0, 7.0]]), np.array([1, 0]))
    assert centre.tolist() == [[5.0], [0.0]]
    assert spread.tolist() == [[4.0], [10.0]]
    np.testing.assert_allclose(inputs[:, :, 0], np.array([[0.0, 0.5], [0.5, 0.7]]))


@pytest.mark.parametrize("kind", KINDS)
def test_scaled_windows_have_the_shape_that_networks_take(kind: ScalingKind) -> None:
    scaler = Scaler.fit(kind, [walk(40), walk(30)])
    windows = np.stack([walk(40)[3:9], walk(30)[3:9], walk(30)[4:10]])
    inputs, centre, spread = scaler.scaled(windows, np.array([0, 1, 1]))
    assert inputs.shape == (6, 3, 1)
    assert inputs.dtype == np.float32
    assert inputs.flags.c_contiguous
    assert centre.shape == spread.shape == (3, 1)
    if kind == "window":
        centre = windows.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(inputs[:, :, 0].T * spread + centre, windows, atol=1e-5)


def test_a_large_level_costs_no_precision() -> None:
    steps = np.sin(np.arange(48))
    near, _, _ = Scaler.fit("window", [steps]).scaled(steps[None, :24], NONE)
    far, _, _ = Scaler.fit("window", [1e9 + steps]).scaled(1e9 + steps[None, :24], NONE)
    np.testing.assert_allclose(far, near, atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_the_scale_of_a_series_does_not_depend_on_those_beside_it(kind: ScalingKind) -> None:
    series = [walk(length, seed=i) for i, length in enumerate((200, 37, 200, 1, 37, 200))]
    together = Scaler.fit(kind, series)
    alone = [Scaler.fit(kind, [one]) for one in series]
    assert together.centre.tolist() == [one.centre[0] for one in alone]
    assert together.spread.tolist() == [one.spread[0] for one in alone]
    if kind == "series":
        assert together.centre.tolist() == [one.mean() for one in series]
