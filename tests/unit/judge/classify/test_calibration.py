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
    reliability,
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


def test_the_share_of_a_mixture_is_the_one_that_was_drawn_from() -> None:
    numbers = np.random.default_rng(5)
    one, other = numbers.dirichlet(np.ones(3) / 2, (2, 4000))
    truth = 0.3 * one + 0.7 * other
    labels = (numbers.random(4000)[:, None] > truth.cumsum(axis=1)).sum(axis=1)
    assert best_share(one, other, labels) == pytest.approx(0.3, abs=0.051)
    assert best_share(other, one, labels) == pytest.approx(0.7, abs=0.051)
    few = labels[:1]  # of which one knows all and the other nothing
    assert 0.5 < best_share(np.eye(3)[few] * 0.98 + 0.01, np.full((1, 3), 1 / 3), few) < 1


def test_a_few_right_answers_do_not_ask_for_no_doubt_at_all() -> None:
    answers = np.array([[0.7, 0.3]])
    assert 0.1 < best_temperature(answers, np.array([0])) < 0.9
    assert best_temperature(answers.repeat(1000, axis=0), np.zeros(1000, int)) < 0.15


def test_probabilities_of_nought_are_a_loss_that_is_finite() -> None:
    sure = np.array([[1.0, 0.0]])
    assert log_loss(sure, np.array([1])) == pytest.approx(12 * np.log(10))
    assert tempered(sure, 2.0)[0] == pytest.approx([1, 1e-6], rel=1e-5)


def test_bins_hold_what_was_answered_so_surely() -> None:
    answers = np.array([[1.0, 0.0], [0.95, 0.05], [0.45, 0.55], [0.5, 0.5]])
    confidence, right, counts = reliability(answers, np.array([0, 1, 1, 0]))
    assert counts.tolist() == [0] * 5 + [2, 0, 0, 0, 2]
    assert confidence.tolist() == pytest.approx([0] * 5 + [0.525, 0, 0, 0, 0.975])
    assert right.tolist() == [0] * 5 + [1, 0, 0, 0, 0.5]


def test_the_calibration_error_is_the_mean_gap_over_the_bins() -> None:
    answers = np.array([[0.95, 0.05]] * 4 + [[0.35, 0.65]] * 6)
    labels = np.array([0, 0, 0, 1, 1, 1, 1, 0, 0, 0])
    expected = 0.4 * abs(0.75 - 0.95) + 0.6 * abs(0.5 - 0.65)
    assert calibration_error(answers, labels) == pytest.approx(expected)
