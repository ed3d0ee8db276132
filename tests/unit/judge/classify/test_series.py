"""The simple answers to series: random kernels, ridge and neighbours, beside slow ones by hand."""

from __future__ import annotations

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
    features, truth = numbers.normal(size=(12, 20)), numbers.normal(size=(12, 2))
    _, left_out = kernels._ridge(features, truth)
    errors = []
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
    assert min(errors) < 1e-8


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
