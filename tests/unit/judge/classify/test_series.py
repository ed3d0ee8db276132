"""The simple answers to series: random kernels, ridge and neighbours, beside slow ones by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from recur.arrays import Float64s, Indices
from recur.errors import SettingsError
from recur.judge.classify import kernels
from recur.judge.classify.kernels import KernelRidge, brought_to, fit_kernels
from recur.judge.classify.neighbours import neighbours, warped


def bumps(count: int = 40, seed: int = 0) -> tuple[list[Float64s], Indices]:
    """Return noisy series with one bump, upwards or downwards, somewhere."""
    numbers = np.random.default_rng(seed)
    labels = numbers.integers(0, 2, count)
    series = []
    for label in labels:
        line = numbers.normal(0, 0.2, 50)
        at = numbers.integers(5, 40)
        line[at : at + 6] += 2.0 if label else -2.0
        series.append(line[:, None])
    return series, labels


def test_a_kernel_is_a_dilated_convolution_of_minus_one_and_two() -> None:
    line = np.random.default_rng(0).normal(size=(1, 30, 1))
    for dilation in (1, 3):
        taps = kernels._taps(line, dilation)
        for k in (0, 40, 83):
            weights = np.where(np.isin(np.arange(9), kernels._KERNELS[k]), 2.0, -1.0)
            padded = np.pad(line[0, :, 0], 4 * dilation)
            expected = [
                sum(w * padded[t + i * dilation] for i, w in enumerate(weights)) for t in range(30)
            ]
            np.testing.assert_allclose(kernels._outputs(taps, k, 0)[0], expected)


def test_what_each_example_gets_from_the_others_is_what_leaving_it_out_gives() -> None:
    numbers = np.random.default_rng(1)
    features, noise = numbers.normal(size=(12, 20)), numbers.normal(size=(12, 2))
    truth = features @ numbers.normal(size=(20, 2)) + 0.5 * noise
    weights, left_out = kernels._ridge(features, truth)
    errors, squares = [], []
    for factor in kernels._STRENGTHS:  # the one that was chosen is not told
        x = features - features.mean(axis=0)
        strength = factor * np.linalg.eigvalsh(x @ x.T).clip(0).mean()
        found = []
        for i in range(12):
            kept = np.arange(12) != i
            centre, mean = features[kept].mean(axis=0), truth[kept].mean(axis=0)
            own = features[kept] - centre
            dual = np.linalg.solve(own @ own.T + strength * np.eye(11), truth[kept] - mean)
            found.append(mean + (features[i] - centre) @ own.T @ dual)
        errors.append(np.abs(np.array(found) - left_out).max())
        squares.append(((np.array(found) - truth) ** 2).mean())
    assert min(errors) < 1e-8
    assert np.argmin(errors) == np.argmin(squares)  # the one that misses least is taken
    assert 0 < np.argmin(squares) < len(squares) - 1
    x = features - features.mean(axis=0)
    strength = kernels._STRENGTHS[np.argmin(squares)] * np.linalg.eigvalsh(x @ x.T).clip(0).mean()
    dual = np.linalg.solve(x @ x.T + strength * np.eye(12), truth - truth.mean(axis=0))
    np.testing.assert_allclose(weights[:-1], x.T @ dual, atol=1e-10)
    np.testing.assert_allclose(features.mean(axis=0) @ weights[:-1] + weights[-1], truth.mean(0))


def test_features_are_shares_of_steps_above_a_bias_in_whatever_blocks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    numbers = np.random.default_rng(3)
    values, biases = numbers.normal(size=(5, 20, 2)), numbers.normal(size=(2, 84, 3))
    some = KernelRidge(
        20, np.array([1, 2]), numbers.integers(0, 2, (2, 84)), biases.astype(np.float32),
        np.zeros((505, 2), np.float32), 1.0,
    )  # fmt: skip
    found = kernels._features(some, values).reshape(5, 2, 84, 3)
    for d, k, b in ((0, 0, 0), (1, 83, 2), (1, 40, 1)):
        taps = kernels._taps(values, int(some.dilations[d]))
        outputs = kernels._outputs(taps, k, int(some.channels[d, k]))
        expected = (outputs > some.biases[d, k, b]).mean(axis=1) - 0.5
        np.testing.assert_allclose(found[:, d, k, b], expected)
    monkeypatch.setattr(kernels, "_BLOCK", 2)
    assert np.array_equal(kernels._features(some, values).ravel(), found.ravel())


def test_kernels_are_as_many_and_as_wide_as_their_series_ask_for() -> None:
    numbers = np.random.default_rng(4)
    series = [numbers.normal(size=(steps, 2)) for steps in (60, 33, 60, 41)]
    fitted = fit_kernels(series, np.array([0, 1, 2, 0]), 3, seed=0)
    assert fitted.length == 60
    assert fitted.dilations.tolist() == [1, 2, 3, 4, 5, 6, 7]  # nine taps span 57 of 60 steps
    assert set(fitted.channels.ravel().tolist()) == {0, 1}
    assert fitted.biases.shape == (7, 84, 17)  # some 10,000
    assert fitted.weights.shape == (7 * 84 * 17 + 1, 3)
    answers = fitted.answers(series)["random_kernels"]
    assert answers.sum(axis=1) == pytest.approx(1)
    other = fit_kernels(series, np.array([0, 1, 2, 0]), 3, seed=1)
    assert not np.array_equal(other.channels, fitted.channels)
    short = fit_kernels([numbers.normal(size=(3, 1)) for _ in range(4)], np.arange(4) % 2, 2, 0)
    assert (short.length, short.dilations.tolist()) == (9, [1])


DAMAGED: list[tuple[str, Any, str]] = [
    ("channels", lambda kept: kept[:, :-1], "fit together"),
    ("channels", lambda kept: kept - 1, "what its series do not have"),
    ("channels", lambda kept: kept + 1, "what its series do not have"),
    ("biases", lambda kept: kept[:-1], "fit together"),
    ("biases", lambda kept: kept * np.nan, "fit together"),
    ("weights", lambda kept: kept[:-1], "fit together"),
    ("weights", lambda kept: kept + np.inf, "fit together"),
    ("dilations", lambda kept: kept - 1, "fit together"),
    ("dilations", lambda kept: kept + 50, "what its series do not have"),
    ("scalars", lambda kept: kept[:1], "fit together"),
    ("scalars", lambda kept: kept * [0, 1], "fit together"),
    ("scalars", lambda kept: kept * [1, 0], "fit together"),
    ("scalars", lambda kept: kept * [1e6, 1], "fit together"),
    ("scalars", lambda kept: kept * [1, np.nan], "fit together"),
]


@pytest.mark.parametrize(("name", "damage", "why"), DAMAGED)
def test_each_damage_to_what_a_file_has_kept_is_seen(name: str, damage: Any, why: str) -> None:
    kept = KernelRidge(
        50, np.array([1, 6]), np.zeros((2, 84), np.int64), np.zeros((2, 84, 1), np.float32),
        np.zeros((169, 2), np.float32), 1.0,
    ).tensors()  # fmt: skip
    assert KernelRidge.read(2, 1, kept).length == 50
    with pytest.raises(SettingsError, match=why):
        KernelRidge.read(2, 1, kept | {f"simple.{name}": damage(kept[f"simple.{name}"])})


def test_shapes_at_any_place_are_told_apart_and_kept_in_a_file() -> None:
    series, labels = bumps()
    asked, truth = bumps(seed=5)
    fitted = fit_kernels(series, labels, 2, seed=0)
    answers = fitted.answers(asked)["random_kernels"]
    assert (answers.argmax(axis=1) == truth).mean() > 0.9
    again = KernelRidge.read(2, 1, fitted.tensors())
    assert np.array_equal(again.answers(asked)["random_kernels"], answers)
    with pytest.raises(SettingsError, match="do not fit together"):
        KernelRidge.read(3, 1, fitted.tensors())
    wrong = fitted.tensors() | {"simple.channels": fitted.channels + 1}
    with pytest.raises(SettingsError, match="read what its series do not have"):
        KernelRidge.read(2, 1, wrong)


def test_the_warped_distance_is_the_least_over_all_paths() -> None:
    numbers = np.random.default_rng(2)
    one, other = numbers.normal(size=(2, 3, 7, 2))

    def slow(a: Float64s, b: Float64s, band: int) -> float:
        best = np.full((8, 8), np.inf)
        best[0, 0] = 0
        for i in range(1, 8):
            for j in range(1, 8):
                if abs(i - j) <= band:
                    cost = ((a[i - 1] - b[j - 1]) ** 2).sum()
                    best[i, j] = cost + min(best[i - 1, j], best[i, j - 1], best[i - 1, j - 1])
        return float(best[7, 7])

    for band in (1, 3, 7):
        expected = [slow(a, b, band) for a, b in zip(one, other, strict=True)]
        np.testing.assert_allclose(warped(one, other, band), expected)
    assert warped(one, one, 2).max() == 0


def test_the_nearest_series_answers() -> None:
    series, labels = bumps(12)
    answers = neighbours(series, labels, 2, series)
    assert set(answers) == {"neighbour_euclid", "neighbour_warped"}
    for answer in answers.values():
        assert (answer.argmax(axis=1) == labels).all()


def test_series_are_stretched_along_straight_lines() -> None:
    found = brought_to([np.array([[0.0], [2.0]]), np.zeros((5, 1))], 5)
    assert found[0, :, 0].tolist() == [0, 0.5, 1, 1.5, 2]
