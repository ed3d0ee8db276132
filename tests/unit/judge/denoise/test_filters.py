"""Filters do what their names say, choose by the training part, and the causal ones look back."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from scipy.signal import savgol_filter

from recur.arrays import Float64s
from recur.data.signals.recordings import RecordingArrays
from recur.errors import SettingsError
from recur.judge.denoise import filters
from recur.judge.denoise.filters import (
    AHEAD,
    CAUSAL,
    Filter,
    fit_filters,
    moving_average,
    savitzky_golay,
    trailing_average,
)


def waves(
    count: int = 6, steps: int = 200, noise: float = 0.3, seed: int = 0
) -> tuple[RecordingArrays, RecordingArrays]:
    """Return noisy and clean slow sines of a random phase."""
    rng = np.random.default_rng(seed)
    phases = rng.uniform(0, 50, count)
    clean = tuple(2 + np.sin(2 * np.pi * (np.arange(steps)[:, None] + p) / 50) for p in phases)
    return tuple(part + noise * rng.normal(size=part.shape) for part in clean), clean


def squares(one: Filter, noisy: RecordingArrays, clean: RecordingArrays) -> float:
    errors = np.concatenate(one.clean(noisy)) - np.concatenate(clean)
    return float(np.mean(errors**2))


@pytest.fixture(scope="module")
def fitted() -> dict[str, Filter]:
    return {one.name: one for one in fit_filters(*waves())}


def test_averages_are_the_means_of_the_values_that_are_there() -> None:
    x = np.random.default_rng(0).normal(1e6, 1, size=40)
    for t in range(40):
        around, before = x[max(0, t - 3) : t + 4].mean(), x[max(0, t - 6) : t + 1].mean()
        assert moving_average(x, 7)[t] == pytest.approx(around, rel=1e-12)
        assert trailing_average(x, 7)[t] == pytest.approx(before, rel=1e-12)


def test_windows_have_a_middle_and_rise_in_small_steps() -> None:
    windows = np.array(filters._WINDOWS)
    assert (windows % 2 == 1).all()
    assert (windows[0], windows[-1]) == (3, 2049)
    growth = windows[1:] / windows[:-1]
    assert growth.min() > 1.1
    assert growth.max() < 1.7


def test_polynomials_leave_a_cubic_as_it_is() -> None:
    t = np.linspace(-1, 1, 60)[:, None, None]
    cubic = 1 + t - 2 * t**2 + 3 * t**3
    assert savitzky_golay(cubic, 21) == pytest.approx(cubic)


@pytest.mark.parametrize(("steps", "window"), [(5, 5), (60, 7), (200, 31), (4_000, 2_049)])
def test_polynomials_are_those_of_scipy(steps: int, window: int) -> None:
    block = np.random.default_rng(0).normal(size=(steps, 2, 1)).cumsum(axis=0)
    expected = savgol_filter(block, window, 3, axis=0)
    np.testing.assert_allclose(savitzky_golay(block, window), expected, atol=1e-9)


@pytest.mark.parametrize("steps", [1, 2, 3, 4, 5, 6, 40])
def test_recordings_shorter_than_any_window_are_taken(
    steps: int, fitted: dict[str, Filter]
) -> None:
    block = np.random.default_rng(0).normal(size=(steps, 1))
    for one in fitted.values():
        (cleaned,) = one.clean((block,))
        assert cleaned.shape == block.shape
        assert np.isfinite(cleaned).all()


@pytest.mark.parametrize("steps", [1, 2, 3, 4, 5, 6, 7])
def test_filters_can_be_fitted_to_a_few_steps(steps: int) -> None:
    noisy, clean = waves(1, steps)
    for one in fit_filters(noisy, clean):
        assert np.isfinite(squares(one, noisy, clean))


def test_every_filter_takes_noise_away(fitted: dict[str, Filter]) -> None:
    noisy, clean = waves(seed=1)
    assert set(fitted) == {*AHEAD, *CAUSAL}
    for one in fitted.values():
        assert squares(one, noisy, clean) < 0.5 * 0.3**2


def test_the_window_is_the_best_on_the_training_part(fitted: dict[str, Filter]) -> None:
    noisy, clean = waves()
    for name in ("moving_average", "savitzky_golay", "trailing_average"):
        found = squares(fitted[name], noisy, clean)
        for window in (3, 5, 9, 21, 49, 97):
            assert found <= squares(Filter(name, window), noisy, clean)


@pytest.mark.parametrize("name", ["wiener", "causal_wiener"])
def test_hardly_any_weights_do_better_than_those_of_a_wiener_filter(name: str) -> None:
    noisy, clean = waves(count=60)
    own = next(one for one in fit_filters(noisy, clean) if one.name == name)
    ahead = own.window // 2 if name == "wiener" else 0
    seen = np.concatenate(
        [np.lib.stride_tricks.sliding_window_view(x[:, 0], own.window) for x in noisy]
    )
    inside = slice(own.window - 1 - ahead, len(clean[0]) - ahead)
    truth = np.concatenate([x[inside, 0] for x in clean])
    columns = np.column_stack([seen, np.ones(len(seen))])
    least = np.mean((columns @ np.linalg.lstsq(columns, truth)[0] - truth) ** 2)
    cleaned = np.concatenate([x[inside, 0] for x in own.clean(noisy)])
    assert np.mean((cleaned - truth) ** 2) < 1.2 * least


def test_a_wiener_filter_is_no_worse_at_the_ends_than_the_noise_there(
    fitted: dict[str, Filter],
) -> None:
    noisy, clean = waves(count=200, seed=4)
    for name in ("wiener", "causal_wiener"):
        errors = np.stack(fitted[name].clean(noisy)) - np.stack(clean)
        assert np.mean(errors[:, 0] ** 2) < 0.3**2


def test_a_wiener_filter_of_few_steps_sees_few_values() -> None:
    filters = {one.name: one for one in fit_filters(*waves(1, 100))}
    assert filters["wiener"].window <= 5
    assert filters["causal_wiener"].window <= 5


def test_causal_filters_and_no_others_are_blind_to_later_values(
    fitted: dict[str, Filter],
) -> None:
    (noisy, *_), _ = waves(seed=2)
    changed = noisy.copy()
    changed[100:] += 5
    for name, one in fitted.items():
        (before,), (after,) = one.clean((noisy,)), one.clean((changed,))
        same = np.array_equal(before[:100], after[:100])
        assert same == (name in CAUSAL)


def test_channels_are_cleaned_one_by_one() -> None:
    noisy, clean = waves()
    loud, still = tuple(100 * x for x in noisy), tuple(np.zeros_like(x) for x in noisy)
    both = tuple(np.hstack(pair) for pair in zip(noisy, loud, still, strict=True))
    truth = tuple(np.hstack([x, 100 * x, 0 * x]) for x in clean)
    for one in fit_filters(both, truth)[-2:]:
        alone = next(f for f in fit_filters(noisy, clean) if f.name == one.name)
        cleaned = one.clean(both)[0]
        assert cleaned[:, 0] == pytest.approx(alone.clean(noisy)[0][:, 0], abs=1e-6)
        assert cleaned[:, 1] == pytest.approx(100 * cleaned[:, 0], rel=1e-6)
        assert not cleaned[:, 2].any()


def test_a_filter_comes_back_from_json_exactly(fitted: dict[str, Filter]) -> None:
    for one in fitted.values():
        assert Filter.from_dict(json.loads(json.dumps(one.to_dict()))) == one


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": "median"}, "no filter 'median'"),
        ({"name": ["wiener"]}, "no filter"),
        *(({"window": window}, "must be an odd number") for window in (-3, 1, 4, 2051, 3.0, "3")),
        ({"window": True}, "must be an odd number"),
        ({"window": 5}, "not those of its window"),
        ({"moments": []}, "not those of its window"),
        ({"moments": [[0, 0, [1, 0, 0], [0, 1]]]}, "not those of its window"),
        ({"moments": [[0, 0, [1, 0, float("nan")], [0, 1, 0]]]}, "not those of its window"),
        ({"moments": [[0, float("inf"), [1, 0, 0], [0, 1, 0]]]}, "not those of its window"),
        ({"name": "moving_average"}, "not those of its window"),
    ],
)
def test_what_is_no_filter_is_refused(change: dict[str, Any], said: str) -> None:
    sound = {"name": "wiener", "window": 3, "moments": [[0, 0, [1, 0, 0], [0, 1, 0]]]}
    assert Filter.from_dict(sound).window == 3
    with pytest.raises(SettingsError, match=said):
        Filter.from_dict({**sound, **change})


def test_weights_are_solved_once_for_recordings_of_all_lengths(
    fitted: dict[str, Filter], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    solved = filters._solved

    def watched(moments: filters.Moments, seen: slice) -> Float64s:
        asked.append((seen.start, seen.stop))
        return solved(moments, seen)

    monkeypatch.setattr(filters, "_solved", watched)
    fitted["wiener"].clean(tuple(np.ones((steps, 1)) for steps in (200, 150, 220)))
    assert len(asked) == len(set(asked)) == fitted["wiener"].window


def test_filters_are_fitted_to_all_of_a_long_recording() -> None:
    (noisy,), (clean,) = waves(1, 30_000)
    silent = np.zeros((30_000, 1))
    led_in = (np.concatenate([silent, noisy]),), (np.concatenate([silent, clean]),)
    for one in fit_filters(*led_in):
        assert squares(one, *waves(seed=1)) < 0.5 * 0.3**2


def test_slow_signals_in_much_noise_are_seen_through_long_windows() -> None:
    rng = np.random.default_rng(0)
    clean = np.sin(np.arange(20_000) / 300)[:, None]
    windows = {
        one.name: one.window
        for one in fit_filters((clean + 3 * rng.normal(size=clean.shape),), (clean,))
    }
    del windows["trailing_average"]  # which comes the later, the longer it is
    assert min(windows.values()) > 129
    assert windows["wiener"] <= 513


def test_a_wiener_filter_has_no_weights_that_chance_alone_favours() -> None:
    rng = np.random.default_rng(0)
    clean = np.convolve(rng.normal(size=20_000), np.ones(9) / 3)[:, None]
    noisy = clean + rng.normal(size=clean.shape)
    windows = {one.name: one.window for one in fit_filters((noisy,), (clean,))}
    assert 9 <= windows["causal_wiener"] <= windows["wiener"] <= 65
