"""Temperatures, mixtures and calibration errors, beside what they are by hand."""

from __future__ import annotations

import numpy as np
import pytest

from recur.arrays import Float64s, Indices
from recur.judge.classify.calibration import (
    best_share,
    best_temperature,
    calibration_error,
    log_loss,
    tempered,
)


def drawn(count: int = 4000) -> tuple[Float64s, Indices]:
    """Return probabilities, and classes that were drawn by them."""
    numbers = np.random.default_rng(3)
    probabilities = numbers.dirichlet(np.ones(3), count)
    labels = (numbers.random(count)[:, None] > probabilities.cumsum(axis=1)).sum(axis=1)
    return probabilities, labels


@pytest.mark.parametrize("off", [0.4, 1.0, 3.0])
def test_a_temperature_undoes_what_made_probabilities_too_sure_or_too_shy(off: float) -> None:
    probabilities, labels = drawn()
    wrong = tempered(probabilities, off)
    found = best_temperature(wrong, labels)
    assert found == pytest.approx(1 / off, rel=0.1)
    mended = tempered(wrong, found)
    assert calibration_error(mended, labels) < 0.03
    assert log_loss(mended, labels) <= log_loss(wrong, labels)
    assert (mended.argmax(axis=1) == probabilities.argmax(axis=1)).all()


def test_the_share_of_a_mixture_goes_to_what_knows_more() -> None:
    probabilities, labels = drawn()
    nothing = np.full_like(probabilities, 1 / 3)
    assert best_share(probabilities, nothing, labels) > 0.9
    assert best_share(nothing, probabilities, labels) < 0.2


def test_the_calibration_error_is_the_mean_gap_over_the_bins() -> None:
    answers = np.array([[0.95, 0.05]] * 4 + [[0.35, 0.65]] * 6)
    labels = np.array([0, 0, 0, 1, 1, 1, 1, 0, 0, 0])
    expected = 0.4 * abs(0.75 - 0.95) + 0.6 * abs(0.5 - 0.65)
    assert calibration_error(answers, labels) == pytest.approx(expected)
